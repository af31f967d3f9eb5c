"""An edition that is too long for a letter: its last stories are only named, or wait."""

from dataclasses import replace

from newsletter.model.edition import Edition, EditionStory, Section


def shortened(edition: Edition, count: int) -> Edition:
    """The edition with the last `count` stories of its sections moved to what is `more`."""
    stories = [story for section in edition.sections for story in section.stories]
    moved = stories[max(0, len(stories) - count) :]
    kept = [_without(section, moved) for section in edition.sections]
    return replace(
        edition,
        sections=tuple(section for section in kept if section.stories),
        more=(*moved, *edition.more),
    )


def without_last(edition: Edition, count: int) -> tuple[Edition, tuple[EditionStory, ...]]:
    """The edition without the last `count` of what is `more`, and those."""
    keep = max(0, len(edition.more) - count)
    return replace(edition, more=edition.more[:keep]), edition.more[keep:]


def _without(section: Section, moved: list[EditionStory]) -> Section:
    numbers = {story.story for story in moved}
    return Section(
        section.title, tuple(each for each in section.stories if each.story not in numbers)
    )
