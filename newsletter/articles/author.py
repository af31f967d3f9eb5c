"""Who wrote it: names from many mouths, and what is said about them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsletter.articles.bios import bios_by_language
from newsletter.articles.blocks import same_words
from newsletter.articles.found import Found, first
from newsletter.articles.guessed import guessed
from newsletter.articles.json_ld import Thing, texts
from newsletter.articles.markup import attribute, plain, words
from newsletter.articles.pictures import picture_url
from newsletter.articles.structured import Sheet, item_value
from newsletter.lib.urls import absolute
from newsletter.model.article import Author, Draft, Image

_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|words|text|texto|texte|story|escrito|publicado|"
    r"geschrieben|verfasst|redacción|redaction)\s*)?"
    r"(?:by|por|par|von|di|door|per|autor(?:a|es)?|author|auteur)\b\s*:?\s*|^\W*(?:text|texto|texte)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[;|•·\n]|\s//\s|,(?!\s*(?:jr|sr|phd|md|esq)\b)|\s(?:and|und|y|et|e|en|&|with|con|mit)\s)\s*",
    re.IGNORECASE,
)
_DOUBLED = re.compile(r"\s*//+\s*")
_ADDRESS = re.compile(r"https?://|www\.|\.com\b|^@|\S+@\S+")
_MAIL_AND_NAME = re.compile(r"^\S+@\S+\s*\((.+)\)$")
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s[-–—]\s.*|\s@\w+.*|\s(?:on|el|am|le|updated|published|posted|for|in)\s.*\d.*|https?:.*)$",
    re.IGNORECASE,
)
# Pieces of a byline that are no name: roles, places to look, and what programs write.
_NOT_A_NAME = re.compile(
    r"^(?:admin|administrator|root|unknown|null|none|undefined|editor|author|autor|staff|"
    r"(?:senior |chief |political |staff |contributing )*"
    r"(?:writer|reporter|editor|correspondent|producer|contributor)"
    r"|.*\b(?:correspondent|reporter|editor in chief|editor-in-chief)|guest|follow|"
    r"view (?:all|profile|bio).*|"
    r"see (?:all|more).*|more (?:posts|from).*|about the author|share|comments?|\d.*|posted.*|"
    r"published.*|"
    r"updated.*|min read|redactora?|periodista|redakteur(?:in)?|autorin|ph\.?d|md)$",
    re.IGNORECASE,
)
_MOST_WORDS, _LONGEST = 6, 60
_BYLINE_QUERY = (
    "[rel~=author]",
    "[class*=byline i] [class*=name i], [class*=author-name i], [class*=authorname i]",
    "[itemprop~=author]",
    "address [class*=author i], .author.vcard .fn, .vcard .fn",
    "[class*=byline i], [class*=by-line i], [class*=post-author i], [class*=entry-author i]",
    ".author, [class*=article-author i], [class*=article__author i], [class*=author-link i]",
)
_BIO_QUERY = (
    "[class*=author-bio i], [class*=author_bio i], [class*=authorbio i], [class*=bio-text i], "
    "[class*=author-description i], [class*=author-desc i], [class*=author__bio i], "
    "[class*=author-box i] [class*=description i], [class*=about-author i] p, "
    "[itemprop=author] [itemprop=description], .author-info p, .author-box p"
)
_AVATAR_QUERY = (
    "[class*=author-box i] img, [class*=author-info i] img, [class*=author-bio i] img, img.avatar, "
    "[class*=about-author i] img"
)
_LONGEST_BIO = 2_000


def find_authors(draft: Draft, sheet: Sheet) -> Found[tuple[Author, ...]]:
    """The authors, bios raw under "und"; empty where nobody is named. What the page knows of
    them beyond their names (bio, portrait, address) is added whoever named them."""
    named = first(_witnesses(draft, sheet)) or Found((), "none")
    site = sheet.meta("og:site_name") or draft.site or ""
    people = tuple(one for one in named.value if not same_words(one.name, site)) or named.value
    return Found(_enriched(people, sheet), named.where)


def in_languages(
    authors: Sequence[Author], languages: Sequence[str], own: str
) -> tuple[Author, ...]:
    """The authors with their bios parted by language."""
    return tuple(
        replace(one, bio=bios_by_language(one.bio.get("und", ""), languages, own))
        if "und" in one.bio
        else one
        for one in authors
    )


def names_in(raw: str) -> list[str]:
    """The names in a byline: "By Jane Doe and John Roe, Staff Writers" → two of them."""
    match = _MAIL_AND_NAME.match(raw.strip())
    text = plain(match[1] if match else raw)
    # "By Jane Doe // Por Jane Doe" says one thing twice.
    halves = [_BY.sub("", half) for half in _DOUBLED.split(text)]
    pieces = [piece for half in halves for piece in _BETWEEN.split(half)]
    names = (_as_name(piece) for piece in pieces)
    return [*dict.fromkeys(name for name in names if name)]


def _as_name(piece: str) -> str | None:
    name = _AFTER_NAME.sub("", _BY.sub("", piece.strip())).strip(" .,:;|-–—*\"'")
    if not name or _NOT_A_NAME.match(name) or _ADDRESS.search(name):
        return None
    if len(name.split()) > _MOST_WORDS or len(name) > _LONGEST or not any(map(str.isalpha, name)):
        return None
    loud = name.isupper() and " " in name
    return name.title() if loud else name


def _witnesses(draft: Draft, sheet: Sheet) -> Iterator[Found[tuple[Author, ...]] | None]:
    yield _people(draft.authors, f"{draft.origin}.authors", sheet)
    for name in ("author", "creator"):
        yield _people(_from_graph(sheet, name), f"jsonld.{name}", sheet)
    for meta in ("parsely-author", "byl", "sailthru.author"):
        yield _from_texts(sheet.metas.get(meta, ()), f"meta.{meta}")
    yield _from_nodes(sheet, "a[rel~=author]", "page.rel-author")
    yield _from_texts(sheet.metas.get("article:author", ()), "og.author")
    items = [_item_name(sheet, index) for index in range(min(len(sheet.item("author")), 5))]
    yield _from_texts(items, "microdata.author")
    for meta in (
        "author",
        "dc.creator",
        "dc.contributor",
        "dcterms.creator",
        "article:author_name",
    ):
        yield _from_texts(sheet.metas.get(meta, ()), f"meta.{meta}")
    for query in _BYLINE_QUERY:
        yield _from_nodes(sheet, query, "page.byline")
    yield _from_texts(guessed(sheet).authors, "guessed")


def _people(
    authors: Sequence[Author], where: str, sheet: Sheet
) -> Found[tuple[Author, ...]] | None:
    """Authors as given, each name parted and cleaned; one entry may name several people."""
    found: dict[str, Author] = {}
    for author in authors:
        names = names_in(author.name)
        alone = len(names) == 1
        url = absolute(author.url, sheet.base) if author.url else None
        for name in names:
            person = replace(author, name=name, url=url) if alone else Author(name=name)
            found.setdefault(name.casefold(), person)
    return Found(tuple(found.values()), where) if found else None


def _from_graph(sheet: Sheet, name: str) -> list[Author]:
    return [
        Author(
            name=known,
            url=_text(thing, "url"),
            avatar=_portrait(thing, sheet),
            bio={"und": bio} if (bio := _text(thing, "description")) else {},
        )
        for thing in sheet.graph.things(name)
        for known in texts(thing.get("name"))
    ]


def _text(thing: Thing, name: str) -> str | None:
    return next(texts(thing.get(name)), None)


def _portrait(thing: Thing, sheet: Sheet) -> Image | None:
    image = sheet.graph.resolved(thing.get("image"))
    url = next(texts(image.get("url") if isinstance(image, dict) else image), None)
    address = absolute(url, sheet.base) if url else None
    return Image(url=address) if address else None


def _from_texts(raw: Sequence[str], where: str) -> Found[tuple[Author, ...]] | None:
    names = dict.fromkeys(name for text in raw for name in names_in(text))
    return Found(tuple(Author(name=name) for name in names), where) if names else None


def _from_nodes(sheet: Sheet, query: str, where: str) -> Found[tuple[Author, ...]] | None:
    """Names that readers see; the longest bylines are whole sentences and name nobody."""
    raw = [words(node) for node in sheet.select(query)[:4]]
    return _from_texts([text for text in raw if text and len(text) <= 120], where)


def _item_name(sheet: Sheet, index: int) -> str:
    node = sheet.item("author")[index]
    inner = node.css_first("[itemprop=name]")
    return item_value(inner) if inner is not None else item_value(node)


def _enriched(authors: tuple[Author, ...], sheet: Sheet) -> tuple[Author, ...]:
    """A single author gets what the page's author box says; of several nobody knows whose."""
    if len(authors) != 1:
        return authors
    (author,) = authors
    return (
        replace(
            author,
            url=author.url or _address_of(author.name, sheet),
            avatar=author.avatar or _avatar(sheet),
            bio=author.bio or _bio(sheet, author.name),
        ),
    )


def _address_of(name: str, sheet: Sheet) -> str | None:
    link = next((a for a in sheet.select("a[rel~=author]") if same_words(words(a), name)), None)
    return absolute(attribute(link, "href"), sheet.base) if link is not None else None


def _avatar(sheet: Sheet) -> Image | None:
    node = sheet.first(_AVATAR_QUERY)
    url = picture_url(node, sheet.base) if node is not None else None
    return Image(url=url) if url else None


def _bio(sheet: Sheet, name: str) -> dict[str, str]:
    for node in sheet.select(_BIO_QUERY):
        text = words(node)
        if len(text.split()) >= 4 and len(text) <= _LONGEST_BIO and not same_words(text, name):
            return {"und": node.inner_html or text}
    return {}
