"""Who wrote it: names from many mouths, and what is said about them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from selectolax.lexbor import LexborNode

from newsletter.articles.bios import bios_by_language
from newsletter.articles.blocks import same_words
from newsletter.articles.bylines import byline_in, names_in
from newsletter.articles.found import Found
from newsletter.articles.json_ld import Thing, texts
from newsletter.articles.markup import attribute, blocks_of_text, words
from newsletter.articles.masthead import Masthead, read_masthead
from newsletter.articles.pictures import picture_url
from newsletter.articles.structured import Sheet, in_comments, item_value
from newsletter.lib.urls import absolute, bare_host
from newsletter.model.article import Author, Draft, Image

_BYLINE_QUERY = (
    "[rel~=author]",
    "[class*=byline i] [class*=name i], [class*=author-name i], [class*=authorname i]",
    "[itemprop~=author]",
    "address [class*=author i], .author.vcard .fn, .vcard .fn",
    "[class*=byline i], [class*=by-line i], [class*=post-author i], [class*=entry-author i]",
    ".author, [class*=article-author i], [class*=article__author i], [class*=author-link i]",
    "[data-testid*=byline i], [data-testid*=author i], [data-qa*=author i], [data-test*=author i]",
    ".auteur, .auteurs, .autor, .autora, .autores, .autore",
    "[class*=__author i], [id*=author i]",
)
_LINK_QUERY = ", ".join(
    f"a[href*='/{name}/']"
    for name in ("author", "authors", "autor", "autores", "autoren", "auteur")
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
_LINKED = "page.author-link"
_LONGEST_BIO, _LONGEST_BYLINE = 2_000, 120  # characters
_MOST = 50  # authors of one article: more is a list of members, or an attack
_TEXT_QUERY = "p, em, i, span, h4, h5, div[class*=autor i], div[class*=author i]"
_ACCOUNT = re.compile(r"^(?:[a-z0-9._-]+|\w+\d+)$")


def find_authors(draft: Draft, sheet: Sheet) -> Found[tuple[Author, ...]]:
    """The authors, bios raw under "und"; empty where nobody is named. What the page knows of
    them beyond their names (bio, portrait, address) is added whoever named them."""
    unsure: Found[tuple[Author, ...]] | None = None
    masthead = read_masthead(sheet, draft.site, bare_host(draft.url or ""))
    for found in filter(None, _witnesses(draft, sheet)):
        people = _sure(found.value, masthead)
        if people and (unsure is None or _beats_site(people, found.where)):
            return Found(_enriched(people, sheet), found.where)
        unsure = unsure or found
    return unsure or Found((), "none")


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
    yield _people(_the_only_person(sheet), "jsonld.person", sheet)
    for query in _BYLINE_QUERY:
        yield _from_nodes(sheet, query, "page.byline")
    lines = (line for node in sheet.select(_TEXT_QUERY) if byline_in(line := _first_line(node)))
    yield _from_texts([*islice(lines, 1)], "page.line")
    linked = _from_nodes(sheet, _LINK_QUERY, _LINKED)
    yield linked if linked and all(" " in one.name for one in linked.value) else None


def _sure(authors: tuple[Author, ...], masthead: Masthead) -> tuple[Author, ...]:
    """The people among them: sites put their own name where nobody's is at hand, or that of an
    account."""
    if all(_ACCOUNT.match(one.name) for one in authors):
        return ()
    return tuple(one for one in authors if not masthead.signs(one.name))


def _beats_site(people: tuple[Author, ...], where: str) -> bool:
    """Whether names are worth more than the site's own, which stands where nobody is named."""
    return where != _LINKED and any(" " in one.name for one in people)


def _people(
    authors: Sequence[Author], where: str, sheet: Sheet
) -> Found[tuple[Author, ...]] | None:
    """Authors as given, each name parted and cleaned; one entry may name several people."""
    found: dict[str, Author] = {}
    for author in authors[:_MOST]:
        names = names_in(author.name[:_LONGEST_BIO])
        alone = len(names) == 1
        url = absolute(author.url, sheet.base) if author.url else None
        for name in names:
            person = replace(author, name=name, url=url) if alone else Author(name=name)
            found.setdefault(name.casefold(), person)
    return Found(tuple(found.values())[:_MOST], where) if found else None


def _from_graph(sheet: Sheet, name: str) -> list[Author]:
    return _authors(sheet.graph.things(name), sheet)


def _authors(things: Iterable[Thing], sheet: Sheet) -> list[Author]:
    return [
        Author(
            name=known,
            url=_text(thing, "url"),
            avatar=_portrait(thing, sheet),
            bio={"und": bio} if (bio := _text(thing, "description")) else {},
        )
        for thing in things
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


def _the_only_person(sheet: Sheet) -> list[Author]:
    """The one person that a page's graph describes, if no article in it names its author."""
    things = sheet.graph.by_id.values()
    people = [thing for thing in things if "Person" in str(thing.get("@type"))]
    return _authors(people, sheet) if len(people) == 1 else []


def _from_nodes(sheet: Sheet, query: str, where: str) -> Found[tuple[Author, ...]] | None:
    """Names that readers see, below no comment; the longest bylines are sentences, not names."""
    named = [
        (node, line)
        for node in sheet.select(query)[:8]
        if not in_comments(node) and (line := _named_line(node))
    ]
    return _from_texts([line for node, line in named[:4] if _beside(node, named[0][0])], where)


def _beside(node: LexborNode, other: LexborNode) -> bool:
    """Whether two bylines belong together: those of other articles stand in other boxes."""
    boxes = {box.mem_id for box in (other.parent, other.parent and other.parent.parent) if box}
    return any(
        box.mem_id in boxes for box in (node.parent, node.parent and node.parent.parent) if box
    )


def _first_line(node: LexborNode) -> str:
    return next(iter(blocks_of_text(node)), "").partition("\n")[0]


def _named_line(node: LexborNode) -> str | None:
    """The first line of a node that names somebody: roles and links follow in lines below."""
    lines = [line for line in blocks_of_text(node) if len(line) <= _LONGEST_BYLINE]
    return next((line for line in lines if names_in(line)), None)


def _item_name(sheet: Sheet, index: int) -> str:
    """Whom a microdata author names: its name, its content or its text, never its address."""
    node = sheet.item("author")[index]
    inner = node.css_first("[itemprop=name]")
    if inner is not None:
        return item_value(inner)
    return attribute(node, "content") or words(node)


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
