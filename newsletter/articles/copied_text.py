"""A page as a reader copied it: plain lines, from which the parts of an article are told."""

from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from newsletter.articles.bios import bios_by_language, name_in_bios
from newsletter.articles.blocks import same_words
from newsletter.articles.boilerplate import is_boilerplate
from newsletter.articles.bylines import names_in
from newsletter.articles.credits import split_credit
from newsletter.articles.dates import read_date
from newsletter.articles.translations import translation_phrase
from newsletter.model.article import Author, Draft, Image

_LONGEST_TITLE = 200
_LONGEST_CAPTION = 300
_LONGEST_BYLINE = 80
_LONGEST_DATE = 40


@dataclass(frozen=True, slots=True)
class _Parts:
    title: str
    rest: list[str]


def unfolded(draft: Draft, languages: tuple[str, ...]) -> Draft:
    """The draft with the parts of its copied `text` in the fields that they belong to; a draft
    without such a text as it is. What the text does not say stays empty."""
    if draft.text is None:
        return draft
    paragraphs = _paragraphs(draft.text)
    offered = [language for p in paragraphs if (language := translation_phrase(p))]
    parts = _titled([p for p in paragraphs if not is_boilerplate(p)])
    if parts is None:
        return draft
    author = _author(parts.rest, languages)
    pictures = [image for p in parts.rest if (image := _picture(p))]
    date = next((p for p in parts.rest[:4] if _is_date(p)), None)
    apart = {date, *(author or {}), *(p for p in parts.rest if _picture(p))}
    return replace(
        draft,
        title=draft.title or parts.title,
        content="".join(_markup(p) for p in parts.rest if p not in apart),
        images=draft.images or tuple(pictures[:1]),
        authors=draft.authors or tuple((author or {}).values())[:1],
        published=draft.published or date,
        translations={**dict.fromkeys(offered), **draft.translations},
        text=None,
    )


def _paragraphs(text: str) -> list[str]:
    """Runs of lines between blank ones, furniture lines taken out."""
    found: list[list[str]] = [[]]
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if not line:
            found.append([])
        elif not (is_boilerplate(line) and translation_phrase(line) is None):
            found[-1].append(line)
    return ["\n".join(lines) for lines in found if lines]


def _titled(paragraphs: list[str]) -> _Parts | None:
    """A headline that stands there twice, else the first line if it is no paragraph."""
    for one, other in pairwise(paragraphs[:9]):
        if same_words(one, other):
            return _Parts(one, [p for p in paragraphs if not same_words(p, one)])
    for index, paragraph in enumerate(paragraphs[:1]):
        title, _, below = paragraph.partition("\n")
        if len(title) <= _LONGEST_TITLE and not title.endswith((".", ";", ",")):
            rest = [*([below] if below else []), *paragraphs[index + 1 :]]
            return _Parts(title.lstrip("# "), rest)
    return None


def _picture(paragraph: str) -> Image | None:
    """Lines that a picture leaves behind: its alternative text, then its caption with a credit."""
    lines = paragraph.split("\n")
    caption, credit = split_credit(lines[-1])
    if len(lines) > 2 or credit is None or len(lines[-1]) > _LONGEST_CAPTION:
        return None
    alt = lines[0] if len(lines) == 2 else None
    return Image(alt=alt, caption=caption, credit=credit)


def _author(paragraphs: list[str], languages: tuple[str, ...]) -> dict[str, Author] | None:
    """The author by the paragraphs that tell of them: a byline near the top, a bio in two
    languages at the end. A bio in one language is not to be told from the text."""
    byline = next((p for p in paragraphs[:4] if _is_byline(p)), None)
    name = names_in(byline)[0] if byline else None
    for paragraph in reversed(paragraphs[-3:]):
        bios = bios_by_language(paragraph, languages, "und")
        name_told = name or name_in_bios(bios)
        if len(bios) > 1 and name_told:
            author = Author(name=name_told, bio={"und": paragraph})
            return {paragraph: author, **({byline: author} if byline else {})}
    return {byline: Author(name=name)} if byline and name else None


def _is_byline(paragraph: str) -> bool:
    if len(paragraph) > _LONGEST_BYLINE or paragraph.endswith((".", "?", "!")):
        return False
    first_word = paragraph.split(maxsplit=1)[0].casefold().rstrip(":")
    return first_word in ("by", "por", "par", "von", "di") and bool(names_in(paragraph))


def _is_date(paragraph: str) -> bool:
    return len(paragraph) <= _LONGEST_DATE and read_date(paragraph, "UTC") is not None


def _markup(paragraph: str) -> str:
    return f"<p>{'<br>'.join(escape(line) for line in paragraph.splitlines())}</p>"
