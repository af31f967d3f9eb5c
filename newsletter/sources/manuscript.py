"""An article as somebody wrote it into a file: Markdown or HTML with front matter, or plain text.

Knows no folder: pictures and authors that lie beside the file are looked up by whoever asks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser

from newsletter.lib.urls import absolute
from newsletter.model.article import UNKNOWN_LANGUAGE, Author, Draft, Image, Page, Remark
from newsletter.sources.front_matter import Fields, first, mapping, split, string, texts
from newsletter.sources.languages import language_tag
from newsletter.sources.markdown import html_of_markdown

MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm"})
TEXT = frozenset({".txt"})

FindPicture = Callable[[str], Image | None]
"""A picture by its path or address as an author wrote it; None when it is not to be had."""

_PICTURE_FIELDS = ("image", "cover", "featuredimage")
_AUTHOR_FIELDS = ("authors", "author")
_PICTURES_OF_A_TEXT = "img[src]"
# A page has logos and icons too; an author's picture stands in the article.
_PICTURES_OF_A_PAGE = 'meta[property="og:image"], figure img[src], article img[src], main img[src]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a file's place tells of it. `path` is relative to the source's folder."""

    source: str
    path: PurePosixPath
    find_picture: FindPicture
    base_url: str | None = None
    language: str | None = None
    authors: Fields = field(default_factory=dict)


def draft_of_manuscript(text: str, around: Surroundings) -> Draft | None:
    """The file as a draft; None when its front matter calls it one itself (`draft: true`).

    SourceFault ("decode") when the front matter cannot be read.
    """
    ending = around.path.suffix.lower()
    if ending in TEXT:
        return replace(_bare(around, {}), origin="text", text=text)
    fields, body = split(text)
    if first(fields, "draft") == "true":
        return None
    if ending in HTML and not fields:
        return _page(body, around)
    return _written(fields, html_of_markdown(body) if ending in MARKDOWN else body, around)


def language_of(path: PurePosixPath) -> str | None:
    """The language that a file's name (story.es.md) or else its folder (es/story.md) says."""
    parts = (_suffix_language(path), *map(language_tag, reversed(path.parent.parts)))
    return next((tag for tag in parts if tag), None)


def address_of(path: PurePosixPath, base_url: str | None, slug: str | None) -> str | None:
    """Where the file is published: es/story.md and story.es.md both as BASE/es/story.

    An index stands for its folder, with a slash, so that what lies beside it is found.
    """
    if base_url is None:
        return None
    language = _suffix_language(path)
    name = slug.strip("/") if slug else _stem(path)
    name = "" if not slug and name == "index" else name
    folders = ([language] if language else []) + list(path.parent.parts)
    return absolute(quote("/".join([*folders, name])), base_url.rstrip("/") + "/")


def without_language(path: PurePosixPath) -> str:
    """What the files of one story in several languages have in common."""
    folders = [part for part in path.parent.parts if not language_tag(part)]
    return "/".join([*folders, _stem(path)])


def _suffix_language(path: PurePosixPath) -> str | None:
    return language_tag(path.suffixes[-2][1:]) if len(path.suffixes) > 1 else None


def _stem(path: PurePosixPath) -> str:
    return path.stem.removesuffix(path.suffixes[-2]) if _suffix_language(path) else path.stem


def _bare(around: Surroundings, fields: Fields) -> Draft:
    return Draft(
        source=around.source,
        origin="front_matter",
        url=_url(fields, around) or address_of(around.path, around.base_url, first(fields, "slug")),
        guid=str(around.path),
        language=around.language or first(fields, "lang", "language") or language_of(around.path),
    )


def _page(html: str, around: Surroundings) -> Draft:
    draft = _bare(around, {})
    return replace(
        draft,
        origin="page",
        page=Page(url=draft.url, html=html),
        images=tuple(_pictures_in(html, _PICTURES_OF_A_PAGE, around.find_picture)),
    )


def _written(fields: Fields, html: str, around: Surroundings) -> Draft:
    title = first(fields, "title") or _heading(html)
    sections = [*texts(fields.get("section")), *texts(fields.get("categories"))]
    images = (*_lead(fields, around), *_pictures_in(html, _PICTURES_OF_A_TEXT, around.find_picture))
    return replace(
        _bare(around, fields),
        title=title or _title_of_name(around.path),
        summary=first(fields, "summary", "description", "excerpt"),
        content=html,
        images=_distinct(images),
        authors=tuple(_authors(fields, around)),
        section=sections[0] if sections else first(fields, "category"),
        tags=tuple(dict.fromkeys([*texts(fields.get("tags")), *sections[1:]])),
        published=first(fields, "date", "published", "publishdate"),
        updated=first(fields, "updated", "lastmod"),
        translation_key=first(fields, "translationkey"),
        remarks=() if title else (_named_by_file(around.path),),
    )


def _url(fields: Fields, around: Surroundings) -> str | None:
    written = first(fields, "url", "permalink")
    return absolute(written, around.base_url) if written else None


def _heading(html: str) -> str | None:
    heading = LexborHTMLParser(html).css_first("h1")
    return string(heading.text()) if heading else None


def _title_of_name(path: PurePosixPath) -> str:
    return _stem(path).replace("-", " ").replace("_", " ").strip().capitalize()


def _named_by_file(path: PurePosixPath) -> Remark:
    return Remark("title_from_filename", f"{path}: no title in it, named after the file")


def _lead(fields: Fields, around: Surroundings) -> Iterator[Image]:
    """The picture that the front matter names, as a path or with its words."""
    for key in _PICTURE_FIELDS:
        value = fields.get(key)
        words = mapping(value)
        path = string(value) or first(words, "url", "src", "path", "file")
        picture = around.find_picture(path) if path else None
        if picture:
            yield replace(
                picture,
                alt=first(words, "alt") or first(fields, f"{key}alt"),
                caption=first(words, "caption") or first(fields, f"{key}caption"),
                credit=first(words, "credit") or first(fields, f"{key}credit"),
            )
            return


def _pictures_in(html: str, which: str, find_picture: FindPicture) -> Iterator[Image]:
    """Pictures of the text that lie beside it; those with addresses are found by its reader."""
    for node in LexborHTMLParser(html).css(which):
        written = (node.attributes.get("src") or node.attributes.get("content") or "").strip()
        if not written or written.startswith(("/", "#")) or ":" in written.partition("/")[0]:
            continue
        if picture := find_picture(written):
            yield replace(
                picture,
                alt=string(node.attributes.get("alt")),
                caption=string(node.attributes.get("title")),
            )


def _distinct(images: Iterable[Image]) -> tuple[Image, ...]:
    """Each picture once: the front matter's words win over those in the text."""
    pictures: dict[str | None, Image] = {}
    for image in images:
        pictures.setdefault(image.file or image.url, image)
    return tuple(pictures.values())


def _authors(fields: Fields, around: Surroundings) -> Iterator[Author]:
    for key in _AUTHOR_FIELDS:
        value = fields.get(key)
        for each in value if isinstance(value, list) else [value]:
            if author := _author(each, around):
                yield author


def _author(written: object, around: Surroundings) -> Author | None:
    """An author as typed, or by their key or name in authors.yml."""
    name = string(written)
    about = mapping(written) if name is None else _known_author(name, around.authors)
    name = first(about, "name") or name
    if name is None:
        return None
    avatar, url = first(about, "avatar", "image", "picture"), first(about, "url", "link")
    return Author(
        name=name,
        url=absolute(url, around.base_url) if url else None,
        avatar=around.find_picture(avatar) if avatar else None,
        bio=_bio(about.get("bio")),
    )


def _known_author(name: str, known: Fields) -> Fields:
    if name in known:
        return mapping(known[name])
    described = (mapping(value) for value in known.values())
    return next((about for about in described if first(about, "name") == name), {})


def _bio(value: object) -> dict[str, str]:
    """By language where it is written so; else whole, to be told apart by whoever cleans it."""
    if isinstance(value, dict):
        return {str(language): text for language, bio in value.items() if (text := string(bio))}
    text = string(value)
    return {UNKNOWN_LANGUAGE: text} if text else {}
