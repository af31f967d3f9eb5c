"""The two lines that decide whether a letter is opened: subject and preheader."""

from collections.abc import Sequence

from newsletter.lib.templates import fill_line
from newsletter.lib.text import one_line, shortened
from newsletter.model.edition import EditionStory

# Phones show some 40 characters of a subject and 90 of a preheader, desktops about 70 and 140:
# the default lines keep the words that matter inside the larger ones.
SUBJECT_LENGTH = 90
PREHEADER_LENGTH = 140
_LONGEST = 200  # characters of a value: whatever a source sends, a header stays one


def subject_line(template: str, values: dict[str, object], lead: EditionStory) -> str:
    """The editor's template filled, or the lead's title when there is none."""
    if template:
        return fill_line(template, values, name="subject")
    return shortened(one_line(lead.article.title), SUBJECT_LENGTH)


def preheader_line(
    template: str,
    values: dict[str, object],
    lead: EditionStory,
    others: Sequence[EditionStory],
    *,
    also: str,
) -> str:
    """The editor's template filled; without one the next titles ("Also: A · B"), or the excerpt of
    a lead that stands alone. `also` is the word for "Also" in the edition's language."""
    if template:
        return fill_line(template, values, name="preheader")
    if not others:
        return shortened(one_line(lead.article.excerpt), PREHEADER_LENGTH)
    line = f"{also} {one_line(others[0].article.title)}"
    for story in others[1:3]:
        longer = f"{line} · {one_line(story.article.title)}"
        if len(longer) > PREHEADER_LENGTH:
            break
        line = longer
    return shortened(line, PREHEADER_LENGTH)


def template_values(
    *, publication: str, title: str, date: str, lead: EditionStory, count: int
) -> dict[str, object]:
    """What a template may name: {{ publication }}, {{ title }}, {{ date }}, {{ count }},
    {{ lead.title }}, {{ lead.section }}, {{ lead.author }}."""
    article = lead.article
    return {
        "publication": publication,
        "title": title,
        "date": date,
        "count": count,
        "lead": {
            "title": shortened(article.title, _LONGEST),
            "section": shortened(article.section or "", _LONGEST),
            "author": shortened(article.authors[0].name, _LONGEST) if article.authors else "",
        },
    }
