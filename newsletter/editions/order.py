"""In what order an edition tells its stories."""

from collections.abc import Sequence

from newsletter.model.edition import EditionStory, Section


def lead_first(stories: Sequence[EditionStory]) -> tuple[EditionStory, tuple[EditionStory, ...]]:
    """The lead and the rest. The lead is the newest story with a picture that can be shown and a
    text of its own language; failing that, the newest. `stories` are newest first, at least one."""
    lead = next((story for story in stories if _can_lead(story)), stories[0])
    return lead, tuple(story for story in stories if story is not lead)


def in_sections(stories: Sequence[EditionStory], wanted: Sequence[str] = ()) -> tuple[Section, ...]:
    """The stories under their sections' headings: first the sections that the digest names, in its
    order, then the others as their newest story comes; stories without a section stand last."""
    titles = list(dict.fromkeys(story.article.section or "" for story in stories))
    order = {title.casefold(): at for at, title in enumerate(wanted)}
    titles.sort(key=lambda title: (not title, order.get(title.casefold(), len(order))))
    return tuple(
        Section(title, tuple(s for s in stories if (s.article.section or "") == title))
        for title in titles
    )


def _can_lead(story: EditionStory) -> bool:
    image = story.article.lead_image
    return image is not None and image.shown and not story.fallback
