"""What a digest includes and excludes, by source, section, tag, author and language."""

from collections.abc import Iterable, Iterator, Sequence

from newsletter.editions.story import speaks
from newsletter.model.article import Known
from newsletter.model.specs import Choice


def fits(choice: Choice, members: Sequence[Known], shown: Known) -> bool:
    """Whether a story fits every kind that the choice names. Sections, tags and authors are called
    something else in each language: it is enough when one of the story's articles fits."""
    return all(_answers(choice, members, shown))


def is_any(choice: Choice, members: Sequence[Known], shown: Known) -> bool:
    """Whether a story fits any kind that the choice names; never for an empty choice."""
    return any(_answers(choice, members, shown))


def _answers(choice: Choice, members: Sequence[Known], shown: Known) -> Iterator[bool]:
    """For each kind that is named, whether the story fits it."""
    if choice.sources:
        yield any(not known.sources.isdisjoint(choice.sources) for known in members)
    if choice.languages:
        # Of the article that would be mailed: its translations are other readers' business.
        yield any(speaks(shown.article.language, wanted) for wanted in choice.languages)
    for wanted, told in (
        (choice.sections, (known.article.section for known in members)),
        (choice.tags, (tag for known in members for tag in known.article.tags)),
        (choice.authors, (author.name for k in members for author in k.article.authors)),
    ):
        if wanted:
            yield not _folded(wanted).isdisjoint(_folded(told))


def _folded(names: Iterable[str | None]) -> set[str]:
    return {" ".join(name.split()).casefold() for name in names if name}
