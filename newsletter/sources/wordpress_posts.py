"""A post of WordPress as its REST API tells it, with what plugins put into it, as a draft.

Translations are told by plugins: Polylang Pro (`lang`, `translations`), the small one that does the
same for Polylang itself (`polylang_current_lang`, `polylang_translations`), and WPML REST API
(`wpml_current_locale`, `wpml_translations`). Where none is there, the pages tell them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from urllib.parse import urlsplit

from newsletter.lib.urls import bare_host
from newsletter.model.article import Author, Draft, Image, Visibility
from newsletter.model.specs import WordPressSpec
from newsletter.sources.json_values import Object, address, at, number, objects, pixels, text
from newsletter.sources.languages import language_tag

_LINK = re.compile(r"<a\b.{0,1000}?</a>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_EXCERPT = 10_000  # characters
# WordPress numbers blocks and galleries in the order in which an answer shows them, hurries the
# first picture, and makes up names for what its scripts move: none of this makes another text.
_STYLE = re.compile(r"<(/?)style\b[^<>]{0,200}>", re.IGNORECASE)
_NAMES = re.compile(
    r"""(\s(?:class|id|aria-[a-z]{1,20})=)(["'])([^"'<>]{1,1000})\2""", re.IGNORECASE
)
_NUMBERED = re.compile(r"wp-container-[\w-]+|gallery-\d+(?:-\d+)?")
_MOVED = re.compile(
    r"""\s(?:data-wp-[\w-]{1,50}|loading|decoding|fetchpriority)=(?:"[^"]{0,5000}"|'[^']{0,5000}')"""
)
# What nobody filed, under the names that WordPress gives it in the languages of its users.
_UNFILED = frozenset({
    "uncategorized", "uncategorised", "sin-categoria", "sem-categoria", "non-classe",
    "unkategorisiert", "allgemein", "senza-categoria", "geen-categorie", "sense-categoria",
})  # fmt: skip
_AVATARS = ("192", "96", "48", "24")
_NOBODY = re.compile(r"gravatar\.com/avatar/?(?:\?|$)")  # the picture of whoever has none


class Posts:
    """What the drafts of one reading have in common."""

    def __init__(
        self, spec: WordPressSpec, api: str, links: Mapping[int, str], title: str | None
    ) -> None:
        self._spec = spec
        self._api = api
        self._links = links
        self._title = title

    def draft(self, post: Object) -> Draft | None:
        """None for a post in another language than the source is for."""
        own = _language(post)
        if not self._is_wanted(post, own):
            return None
        categories, tags = _terms(post)
        protected = at(post, "content", "protected") is True
        return Draft(
            source=self._spec.name,
            origin="wordpress",
            url=link_of(post),
            guid=str(number(post, "id")),
            language=self._spec.language or own,
            title=text(post, "title", "rendered"),
            summary=_excerpt(post),
            content=None if protected else _content(post),
            images=tuple(_featured(post)),
            authors=tuple(people(_named_authors(post))),
            section=next(iter(categories), None),
            tags=tuple(dict.fromkeys(tags)),
            published=_instant(post, "date_gmt"),
            updated=_instant(post, "modified_gmt"),
            translations=self._translations(post),
            translation_key=self._translation_key(post),
            site=self._title,
            visibility=Visibility.PASSWORD if protected else Visibility.PUBLIC,
        )

    def _is_wanted(self, post: Object, language: str | None) -> bool:
        """By its language; where no plugin tells it, by the folder of the source's address, if that
        is a language's (https://meridian.example/es/)."""
        if language:
            return self._spec.language is None or _base(language) == _base(self._spec.language)
        folder = urlsplit(self._spec.url).path.strip("/")
        if not language_tag(folder):
            return True
        return f"{urlsplit(link_of(post) or '').path}/".startswith(f"/{folder}/")

    def _translations(self, post: Object) -> dict[str, str | None]:
        """By language; without the address of one that is not published yet."""
        own = number(post, "id")
        polylang = {
            language: self._links.get(member)
            for language, member in _polylang(post).items()
            if member != own
        }
        return polylang or {language: link for language, _, link in _wpml(post)}

    def _translation_key(self, post: Object) -> str | None:
        """The same for all members of a group, from whichever site or source they are read: the
        smallest of their ids, and the first of the hosts that they are on."""
        ids = {*_polylang(post).values(), *(member for _, member, _ in _wpml(post))}
        if not ids and _language(post) is None:
            return None
        own = number(post, "id") or 0
        linked = [link_of(post), *(self._links.get(member) for member in ids)]
        linked += [link for _, _, link in _wpml(post)]
        hosts = sorted(bare_host(link) for link in linked if link)
        return f"wordpress:{next(iter(hosts), '')}{_path(self._api)}:{min({own, *ids})}"


def _path(api: str) -> str:
    """Where a site lies on its host, whichever of its languages the API was asked in."""
    path = urlsplit(api).path.removesuffix("/").removesuffix("/wp-json")
    return "".join(f"/{part}" for part in path.split("/") if part and not language_tag(part))


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def link_of(post: object) -> str | None:
    """Where readers find the post."""
    return address(post, "link")


def _language(post: Object) -> str | None:
    told = (text(post, key) for key in ("lang", "polylang_current_lang", "wpml_current_locale"))
    return next((language.replace("_", "-") for language in told if language), None)


def _polylang(post: Object) -> dict[str, int]:
    """The ids of the translations by language; the post's own may be among them."""
    found = at(post, "translations")
    members = list(found.items()) if isinstance(found, dict) else []
    for each in objects(post, "polylang_translations"):
        members.append((text(each, "locale") or text(each, "lang"), each.get("id")))
    return {
        str(name).replace("_", "-"): member
        for name, value in members
        if name and (member := number(value)) is not None
    }


def _wpml(post: Object) -> list[tuple[str, int, str | None]]:
    """Language, id and address of each translation: a list, by newer versions an object."""
    found = at(post, "wpml_translations")
    told = objects(list(found.values()) if isinstance(found, dict) else found)
    return [
        (locale.replace("_", "-"), member, address(each, "href"))
        for each in told
        if (locale := text(each, "locale")) and (member := number(each, "id")) is not None
    ]


def translated_ids(posts: Iterable[Object]) -> set[int]:
    """What Polylang names as translations of these posts, they themselves among them."""
    return {member for post in posts for member in _polylang(post).values()}


def _instant(post: Object, key: str) -> str | None:
    """WordPress writes UTC without saying so."""
    written = text(post, key)
    return f"{written}Z" if written and re.fullmatch(r"[\d-]+T[\d:]+", written) else written


def _content(post: Object) -> str | None:
    """The text of the post, the same whenever it is asked for."""
    written = text(post, "content", "rendered")
    return _steady(written) if written else None


def _steady(html: str) -> str:
    pieces = _STYLE.split(html)  # text, "/" or "" of an end or a beginning, text, …
    kept = [
        piece for piece, before in zip(pieces[::2], ["/", *pieces[1::2]], strict=True) if before
    ]
    return _TAG.sub(lambda tag: _NAMES.sub(_unnumbered, _MOVED.sub("", tag[0])), "".join(kept))


def _unnumbered(match: re.Match[str]) -> str:
    names = [name for name in match[3].split() if not _NUMBERED.fullmatch(name)]
    return f"{match[1]}{match[2]}{' '.join(names)}{match[2]}"


def _excerpt(post: Object) -> str | None:
    """The one that somebody wrote; one that WordPress cut from the text ends in an ellipsis."""
    if at(post, "excerpt", "protected") is True:
        return None
    written = (text(post, "excerpt", "rendered") or "")[:_LONGEST_EXCERPT]
    if written and not _is_cut(written, _content(post) or ""):
        return written
    return text(post, "yoast_head_json", "og_description")


def _is_cut(excerpt: str, content: str) -> bool:
    """Whether WordPress made it of the text: then it is the whole of a short one, or ends in "[…]",
    in whose place themes put "… Continue reading"."""
    words = _words(_LINK.sub("", excerpt))
    if words.endswith(("[…]", "[...]")) or (words.endswith(("…", "...")) and "<a " in excerpt):
        return True
    return _words(content).startswith(words)


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _featured(post: Object) -> Iterator[Image]:
    """The picture that stands for the post. One that may not be read has an error in its place."""
    media = at(post, "_embedded", "wp:featuredmedia", 0)
    url = address(media, "source_url")
    mime = text(media, "mime_type") or ""
    if url is None or (mime and not mime.startswith("image/")):
        return
    yield Image(
        url=url,
        width=pixels(media, "media_details", "width"),
        height=pixels(media, "media_details", "height"),
        mime=mime or None,
        alt=text(media, "alt_text"),
        caption=text(media, "caption", "rendered"),
        credit=text(media, "media_details", "image_meta", "credit"),
    )


def _named_authors(post: Object) -> list[Object]:
    """Where sites put the people themselves into `coauthors`, those; else the post's own author."""
    return [
        author
        for author in objects(post, "coauthors") or objects(post, "_embedded", "author")
        if text(author, "name") or text(author, "display_name")
    ]


def has_coauthors(post: Object) -> bool:
    """Co-Authors Plus gives the numbers of terms, one an author."""
    found = at(post, "coauthors")
    return isinstance(found, list) and any(number(each) is not None for each in found)


def people(told: Iterable[Object]) -> Iterator[Author]:
    """Users of WordPress, or people of Co-Authors Plus, whose names differ."""
    for person in told:
        name = text(person, "display_name") or text(person, "name")
        if name is None:
            continue
        bio = text(person, "description") or text(person, "description", "raw")
        portraits = (address(person, "avatar_urls", size) for size in _AVATARS)
        portrait = next((url for url in portraits if url and not _NOBODY.search(url)), None)
        yield Author(
            name=name,
            url=address(person, "link"),
            avatar=Image(url=portrait) if portrait else None,
            bio={"und": bio} if bio else {},
        )


def _terms(post: Object) -> tuple[list[str], list[str]]:
    """The names of its categories and of its tags."""
    found = at(post, "_embedded", "wp:term")
    terms = [
        term for group in (found if isinstance(found, list) else ()) for term in objects(group)
    ]
    named = [(text(term, "taxonomy"), text(term, "slug"), text(term, "name")) for term in terms]
    categories = [
        unescape(name)
        for taxonomy, slug, name in named
        if taxonomy == "category" and name and slug not in _UNFILED
    ]
    tags = [unescape(name) for taxonomy, _, name in named if taxonomy == "post_tag" and name]
    return categories, tags


def leaves_out(draft: Draft, *, translated: bool) -> bool:
    """Whether a page may tell what the API does not: who wrote it, a picture, its translations."""
    pictured = bool(draft.images) or "<img" in (draft.content or "")
    told = draft.language and (draft.translation_key or not translated)
    return draft.visibility is Visibility.PUBLIC and not (draft.authors and pictured and told)
