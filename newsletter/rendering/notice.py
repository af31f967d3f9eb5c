"""A notice to one person → letter: plain, in their language, with one button and no article."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from newsletter.model.letter import Letter
from newsletter.model.specs import Publication
from newsletter.rendering.context import Values, frame_values, publication_values, web_address
from newsletter.rendering.lines import line
from newsletter.rendering.locales import long_date
from newsletter.rendering.look import Layout
from newsletter.rendering.people import joined
from newsletter.rendering.phrases import Phrases
from newsletter.rendering.render import render_html, render_text
from newsletter.rendering.words import Words

_PLACE = re.compile(r"\{(publication|email|titles|until)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What one notice is about: the address that it goes to or tells of, the titles of digests, and
    what its button opens until which day."""

    email: str
    titles: tuple[str, ...] = ()
    url: str | None = None
    until: date | None = None


def render_notice(
    occasion: Occasion,
    *,
    phrases: Phrases,
    publication: Publication,
    layout: Layout,
    words: Words,
    marker: str,
) -> Letter:
    """The letter of a notice; nothing in it is left to be filled in. RenderFault when the layout
    cannot be used."""
    shown = publication_values(publication, words.language)
    titles = tuple(filter(None, map(line, occasion.titles)))
    values: dict[str, str] = {
        "publication": str(shown["name"]),
        "email": occasion.email,
        "titles": joined(titles, words),
        "until": long_date(occasion.until, words.language) if occasion.until else "",
    }
    said = {key: _filled(text, values) for key, text in asdict(phrases).items()}
    context: Values = {
        **frame_values(layout.look, words),
        "words": dict(words),
        "publication": shown,
        "edition": _head(said, words),
        "notice": {**said, "titles": titles, "url": web_address(occasion.url)},
    }
    return Letter(
        subject=said["subject"],
        preheader=said["text"],
        html=render_html(layout, context),
        text=render_text(layout, context),
        marker=marker,
    )


def _head(said: Mapping[str, str], words: Words) -> Values:
    """What the parts that all letters share want to know."""
    return {
        "language": words.language,
        "title": said["title"],
        "subject": said["subject"],
        "preheader": said["text"],
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    """In one go: what is filled in is not looked at again."""
    return _PLACE.sub(lambda found: values[found[1]], text)
