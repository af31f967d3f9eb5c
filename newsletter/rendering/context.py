"""Edition → context: plain values only, for templates that run in a sandbox.

Strings, numbers, tuples and dictionaries; no object of ours, nothing callable. What came from
outside is text here, and stays text: the environment escapes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import islice

from newsletter.lib.text import shortened
from newsletter.model.article import Author, Image
from newsletter.model.edition import Edition, EditionStory, Section
from newsletter.model.letter import Personal, Pictures, Place
from newsletter.model.specs import Publication, in_language
from newsletter.rendering.body import Block, text_of
from newsletter.rendering.frames import Frame, frames
from newsletter.rendering.lines import line
from newsletter.rendering.locales import direction, language_name, long_date, short_date
from newsletter.rendering.look import Look
from newsletter.rendering.people import bio_in, disc_colour, initials, joined, joiners
from newsletter.rendering.sponsor import Sponsor
from newsletter.rendering.words import Words

Values = dict[str, object]

_PARAGRAPHS = re.compile(r"\n\s*\n")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
# What a letter has room for, whatever a source sends: characters, and authors of one story.
_TITLE, _KICKER, _SUMMARY, _NAME, _BIO = 300, 120, 600, 120, 600
_ALT, _CAPTION, _CREDIT, _URL = 500, 600, 150, 2_000
_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the values of one edition are made with."""

    language: str
    words: Words
    pictures: Pictures
    frames: Mapping[Place, Frame]
    look: Look


def content_values(
    edition: Edition,
    *,
    publication: Publication,
    look: Look,
    words: Words,
    pictures: Pictures,
    sponsor: Sponsor | None = None,
) -> Values:
    """What the edition says, the same for all readers. `pictures` are those that may be shown."""
    reading = _Reading(edition.language, words, pictures, frames(look), look)
    return {
        "words": dict(words),
        "publication": publication_values(publication, words.language),
        "edition": _edition(edition),
        "lead": _lead(edition.lead, reading),
        "sections": tuple(_section(section, reading) for section in edition.sections),
        "more": tuple(_story(story, reading, Place.STORY) for story in edition.more),
        "sponsor": sponsor and _sponsor(sponsor),
    }


def publication_values(publication: Publication, language: str) -> Values:
    """Who writes, in a language."""
    return {
        "name": line(in_language(publication.name, language)) or "",
        "url": web_address(in_language(publication.url, language)),
        "postal_address": line(in_language(publication.postal_address, language)),
        "contact": line(publication.contact),
    }


def frame_values(look: Look, words: Words) -> Values:
    """What stands around it: look and direction. Only checked settings of the layout."""
    rtl = words["dir"] == "rtl"
    return {
        "look": asdict(look),
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
    }


def link_values(
    words: Words,
    *,
    base_url: str,
    marker: str,
    view_url: str | None,
    languages: tuple[str, ...],
) -> Values:
    """Where a reader can go: addresses with a slot for their token in them."""
    base = base_url.rstrip("/")
    others = [language for language in languages if language != words.language]
    return {
        "view": web_address(view_url),
        "unsubscribe": f"{base}/u/{slot(marker, Personal.UNSUBSCRIBE)}",
        "preferences": f"{base}/s/{slot(marker, Personal.PREFERENCES)}",
        "switches": tuple(
            {
                "url": f"{base}/l/{slot(marker, Personal.LANGUAGE)}/{language}",
                **_other_language(language, words, "receive_here"),
            }
            for language in others
        ),
    }


def slot(marker: str, name: Personal) -> str:
    """Where a reader's own value goes."""
    return f"{marker}{name}{marker}"


def without_marker(value: object, marker: str) -> object:
    """The values without the marker: no headline can ask for a token, whatever it knows."""
    if isinstance(value, str):
        return _without(value, marker)
    if isinstance(value, dict):
        return {key: without_marker(inner, marker) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(without_marker(inner, marker) for inner in value)
    return value


def _without(text: str, marker: str) -> str:
    """Taken out once, a marker within a marker would make another."""
    while marker in text:
        text = text.replace(marker, "")
    return text


def web_address(url: str | None) -> str | None:
    """The address when it is one of the web that programs open; anything else (javascript:, data:,
    a longer one) is no link."""
    return url if url and len(url) <= _URL and _WEB.fullmatch(url) else None


def _edition(edition: Edition) -> Values:
    note = _PARAGRAPHS.split(edition.note or "")
    return {
        "language": edition.language,
        "title": line(edition.title) or "",
        "subject": line(edition.subject) or "",
        "preheader": line(edition.preheader) or "",
        "date": long_date(edition.slot.local.date(), edition.language),
        "note": tuple(filter(None, map(line, note))),
        "sample": edition.sample,
    }


def _section(section: Section, reading: _Reading) -> Values:
    """Its first stories in full, the others as briefs."""
    stories = tuple(_story(story, reading, Place.STORY) for story in section.stories)
    if stories and Place.FEATURE in reading.frames:
        opening = section.stories[0].article.lead_image
        stories[0]["wide"] = _image(opening, reading, Place.FEATURE)
    full = reading.look.full
    return {"title": line(section.title), "stories": stories[:full], "briefs": stories[full:]}


def _lead(story: EditionStory, reading: _Reading) -> Values:
    """The first story; with its whole text where the layout wants that."""
    text: tuple[Block, ...] = ()
    whole = False
    if reading.look.lead_text:
        text, whole = text_of(story.article.body_html)
    return {
        **_story(story, reading, Place.LEAD),
        "text": tuple(_block(block, reading) for block in text),
        "whole": whole and bool(text),
    }


def _block(block: Block, reading: _Reading) -> Values:
    return {
        "kind": block.kind.value,
        "html": block.html,
        "text": block.text,
        "mark": block.mark,
        "head": block.head,
        "rows": block.rows,
        "image": _image(block.image, reading, Place.TEXT),
    }


def _sponsor(sponsor: Sponsor) -> Values:
    image = sponsor.image
    return {
        "name": line(sponsor.name),
        "title": line(sponsor.title),
        "text": line(sponsor.text),
        "url": web_address(sponsor.url),
        "image": {**asdict(image), "alt": line(image.alt) or ""}
        if image and web_address(image.src)
        else None,
    }


def _story(story: EditionStory, reading: _Reading, place: Place) -> Values:
    article = story.article
    people = tuple(_people(article.authors))
    return {
        "title": _at_most(_TITLE, article.title) or "",
        "url": web_address(article.address),
        "kicker": _at_most(_KICKER, article.section),
        "summary": _at_most(_SUMMARY, article.standfirst or article.excerpt),
        "image": _image(article.lead_image, reading, place),
        "wide": None,
        "authors": _authors(people, reading),
        "byline": joined([author.name for author in people], reading.words) or None,
        "date": article.published and short_date(article.published.at.date(), reading.language),
        "language": article.language if story.fallback else reading.language,
        "dir": direction(article.language) if story.fallback else reading.words["dir"],
        "other_language": _label(article.language, reading) if story.fallback else None,
        "translations": tuple(
            {"url": url, **_other_language(language, reading.words, "read_here")}
            for language, url in story.translations.items()
            if web_address(url) and language != article.language
        ),
    }


def _people(authors: tuple[Author, ...]) -> Iterator[Author]:
    """Those who have a name, and of very many the first."""
    named = (replace(each, name=name) for each in authors if (name := _at_most(_NAME, each.name)))
    return islice(named, _PEOPLE)


def _authors(authors: tuple[Author, ...], reading: _Reading) -> tuple[Values, ...]:
    names = [author.name for author in authors]
    return tuple(
        {
            "joiner": joiner,
            "name": author.name,
            "url": web_address(author.url),
            "avatar": _image(author.avatar, reading, Place.AVATAR),
            "initials": initials(author.name),
            "colour": disc_colour(author.name),
            "bio": _at_most(_BIO, bio_in(reading.language, author)),
        }
        for joiner, author in zip(joiners(names, reading.words), authors, strict=True)
    )


def _image(image: Image | None, reading: _Reading, place: Place) -> Values | None:
    """A picture at most as wide as its place, never blown up; None when it is not to be shown.

    A picture that was made for its place holds twice the pixels: `width` and `height` are the size
    that it is shown in.
    """
    picture = reading.pictures.get((image, place)) if image else None
    if image is None or picture is None or not _can_be_shown(picture.src):
        return None
    width = reading.frames[place].width
    shown = min(width, picture.width or width)
    height = picture.height and picture.width and round(picture.height * shown / picture.width)
    return {
        "src": picture.src,
        "width": shown,
        "height": max(1, height) if height else None,
        "alt": _at_most(_ALT, image.alt) or "",
        "caption": _at_most(_CAPTION, image.caption),
        "credit": _at_most(_CREDIT, image.credit),
    }


def _at_most(length: int, text: str | None) -> str | None:
    """The text as one line of this many characters; None when nothing is left."""
    return shortened(line(text) or "", length) or None


def _can_be_shown(address: str) -> bool:
    """Pictures are somewhere in the web, or travel with the letter (RFC 2392)."""
    return bool(web_address(address) or address.startswith("cid:"))


def _label(language: str, reading: _Reading) -> str:
    """ "in English", said in the edition's language."""
    name = language_name(language, within=reading.language)
    return reading.words["in_language"].replace("{language}", name)


def _other_language(language: str, words: Words, phrase: str) -> Values:
    """An invitation to readers of another language, in that language: "Leer en español"."""
    return {
        "language": language,
        "dir": words.of(language, "dir") or direction(language),
        "label": words.of(language, phrase) or language_name(language, within=language),
    }
