"""Typeset: chosen stories → an edition and a letter that can be sent.

A story that cannot be rendered is put aside, and the rest goes on; a layout that cannot be used
stops everything. What makes the letter too long for mail programs is named at its end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from newsletter.checks.size import TOO_LARGE, encoded_bytes
from newsletter.editions.compose import compose_edition
from newsletter.editions.shorten import shortened, without_last
from newsletter.flows.press import NO_PICTURES, Press, Printed, as_shot, print_letter, shoot
from newsletter.flows.proofread import report_on
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Overrun
from newsletter.model.edition import Edition, EditionStory, LeftOut, Rule, Slot
from newsletter.model.finding import Finding, Level, Report
from newsletter.model.specs import Digest
from newsletter.rendering.faults import RenderFault
from newsletter.rendering.specimen import specimen

_BUDGET = TOO_LARGE - 2_000  # a reader's tokens come on top
_LEAST_BYTES = 200  # of a story in a letter: no layout names one in fewer
_MOST_STORIES = _BUDGET // _LEAST_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be set: an edition of a digest, for a slot, in a language."""

    digest: Digest
    slot: Slot
    language: str
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeset:
    """An edition with its letter, what had to stay out of it, and what a check says of it."""

    edition: Edition
    printed: Printed
    report: Report
    left_out: tuple[LeftOut, ...] = ()


def typeset(press: Press, order: Order, stories: tuple[EditionStory, ...]) -> Typeset:
    """The edition of these stories (newest first, not empty), and its letter.

    Raises a NewsletterError when the layout cannot be used, or none of the stories rendered.
    """
    try:
        return _fitting(press, order, stories)
    except (RenderFault, Overrun) as fault:
        aside = _culprits(press, order, stories, fault)
    names = {each.story for each in aside}
    rest = tuple(story for story in stories if story.story not in names)
    if not rest:
        raise RenderFault(f"none of the stories can be rendered: {aside[0].reason}")
    made = _fitting(press, order, rest)
    return replace(made, left_out=(*aside, *made.left_out))


def _culprits(
    press: Press, order: Order, stories: tuple[EditionStory, ...], fault: NewsletterError
) -> tuple[LeftOut, ...]:
    """The stories that cannot even be rendered alone. Raises the fault when it is not theirs."""
    tried = specimen(order.digest.name, order.slot, order.language)
    _edition(press, order, tried.stories)
    print_letter(press, tried, order.digest, NO_PICTURES)
    aside = tuple(_aside(press, order, stories))
    if not aside:
        raise fault
    return aside


def _aside(press: Press, order: Order, stories: tuple[EditionStory, ...]) -> Iterator[LeftOut]:
    for story in stories:
        try:
            alone = _edition(press, order, (story,))
            print_letter(press, alone, order.digest, NO_PICTURES)
        except (RenderFault, Overrun) as fault:
            yield LeftOut(story.story, story.article.title, Rule.UNPRINTABLE, str(fault))


def _edition(press: Press, order: Order, stories: tuple[EditionStory, ...]) -> Edition:
    return press.isolated(
        compose_edition,
        stories,
        order.digest,
        press.publication,
        order.slot,
        order.language,
        also=press.words(order.language)["also"],
        sample=order.sample,
    )


def _fitting(press: Press, order: Order, stories: tuple[EditionStory, ...]) -> Typeset:
    """The edition as a letter that no program cuts: with as many stories as fit, the others named
    at its end; where even their names are too many, the last ones wait for the next edition."""
    stories, waiting = stories[:_MOST_STORIES], stories[_MOST_STORIES:]
    edition = _edition(press, order, stories)
    shooting = shoot(press, edition, order.digest)
    edition = as_shot(edition, shooting)
    printed = print_letter(press, edition, order.digest, shooting)

    def fits(shown: Edition) -> bool:
        return _fits(print_letter(press, shown, order.digest, shooting))

    if not _fits(printed):
        edition, dropped = _shortest_cut(edition, fits)
        waiting = (*dropped, *waiting)
        printed = print_letter(press, edition, order.digest, shooting)
    return Typeset(
        edition=edition,
        printed=printed,
        report=_with_shortening(
            report_on(press, order.digest, edition, printed), order.digest, edition
        ),
        left_out=tuple(
            LeftOut(story.story, story.article.title, Rule.NO_ROOM) for story in waiting
        ),
    )


def _with_shortening(report: Report, digest: Digest, edition: Edition) -> Report:
    """The report, with a warning before all others when stories are only named."""
    if not edition.more:
        return report
    named = Finding(
        level=Level.WARNING,
        code="shortened",
        message=f"{len(edition.more)} of {len(edition.stories)} stories are only named, at the end:"
        f" mail programs would cut the letter; lower max_stories of {digest.name}",
    )
    lesser = (*report.warnings, *report.hints)
    return replace(report, findings=(*report.errors, named, *lesser))


def _fits(printed: Printed) -> bool:
    return encoded_bytes(printed.letter.html) <= _BUDGET


def _shortest_cut(
    edition: Edition, fits: Callable[[Edition], bool]
) -> tuple[Edition, tuple[EditionStory, ...]]:
    """The edition with as few stories moved to its end as will do, and those that have to wait."""
    movable = len(edition.stories) - 1
    moved = shortened(edition, _least(movable, lambda n: fits(shortened(edition, n))))
    if fits(moved):
        return moved, ()
    waiting = _least(len(moved.more), lambda n: fits(without_last(moved, n)[0]))
    return without_last(moved, waiting)


def _least(most: int, good: Callable[[int], bool]) -> int:
    """The least number from 1 to `most` that is good; `most` when none is."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle + 1, high)
    return high
