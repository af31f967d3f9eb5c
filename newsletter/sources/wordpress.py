"""WordPress, through its REST API (developer.wordpress.org/rest-api).

Translations are told by plugins: Polylang Pro (`lang`, `translations`) and WPML REST API
(`wpml_current_locale`, `wpml_translations`). Where neither is there, the pages tell them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from newsletter.lib.urls import bare_host
from newsletter.model.article import Author, Draft, Image, Visibility
from newsletter.model.specs import WordPressSpec
from newsletter.sources.decode import html_text
from newsletter.sources.json_values import (
    Object,
    address,
    at,
    number,
    objects,
    parsed,
    pixels,
    text,
)
from newsletter.sources.languages import language_tag
from newsletter.sources.page import GONE, gone_page, with_page
from newsletter.sources.port import Fetch, Fetched, Found, ItemFault, SourceFault, answered

_PAGE = 20  # posts a request
_FIRST, _MOST = 5, 25  # requests of a first reading, and of one that asks for changes, each order
_MOST_IDS = 100  # what WordPress answers at most in one request
_OVERLAP = timedelta(minutes=10)  # for clocks that differ
_API_LINK = "https://api.w.org/"  # the relation by which a site names its API
# Both orders are needed: an article that was written days ago and is published now by a timer is
# new, but was not modified since (WordPress leaves the date of its last change as it was).
_ORDERS = {"modified": "modified_after", "date": "after"}
# `_links` is what `_embed` follows. Unknown names are not minded: plugins may be there or not.
_FIELDS = (
    "id,date_gmt,modified_gmt,link,status,title,content,excerpt,lang,translations,"
    "wpml_current_locale,wpml_translations,coauthors,yoast_head_json.og_description,"
    "_links,_embedded"
)
_EMBED = "author,wp:featuredmedia,wp:term"
_LANDING = re.compile(r"(?:/wp-json(?:/.*)?|/wp-admin(?:/.*)?)?/?$")
_MARKUP = re.compile(r"<a\b.{0,1000}?</a>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
# What nobody filed, under the names that WordPress gives it in the languages of its users.
_UNFILED = frozenset({
    "uncategorized", "uncategorised", "sin-categoria", "sem-categoria", "non-classe",
    "unkategorisiert", "allgemein", "senza-categoria", "geen-categorie", "sense-categoria",
})  # fmt: skip
_AVATARS = ("192", "96", "48", "24")


class WordPressSource:
    """The posts of a site of WordPress.

    `translated` says that articles are wanted in several languages: where the API tells nothing of
    translations, an article's page is asked.
    """

    def __init__(self, spec: WordPressSpec, fetch: Fetch, *, translated: bool = False) -> None:
        self._spec = spec
        self._fetch = fetch
        self._translated = translated
        self._root: str | None = None
        self._shared: set[str] = set()  # ids of posts that Co-Authors Plus knows more of

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        """The posts that were published or changed since then, the last change first; without
        `since` the newest hundred of both kinds."""
        posts: dict[int, Object] = {}
        faults: list[ItemFault] = []
        for kind in self._spec.post_types:
            for order in _ORDERS:
                for post in self._posts(kind, order, since, faults):
                    if (found := number(post, "id")) is not None and isinstance(post, dict):
                        posts[found] = post
                    else:
                        faults.append(ItemFault(kind, "an entry has no id, or is no object"))
        links = self._links_of(_translated_ids(posts.values()) - posts.keys())
        links |= {found: link for found, post in posts.items() if (link := _link(post))}
        title = self._site_title()
        site = _Site(self._spec, self._api, links, title)
        drafts = [draft for post in posts.values() if (draft := site.draft(post))]
        self._shared = {str(found) for found, post in posts.items() if _has_coauthors(post)}
        return Found(
            drafts=tuple(drafts),
            title=title,
            language=self._spec.language,
            faults=tuple(dict.fromkeys(faults)),
        )

    def complete(self, draft: Draft) -> Draft:
        """With all its authors; and with its page where the API left something out."""
        if draft.guid in self._shared:
            draft = replace(draft, authors=self._coauthors(draft.guid) or draft.authors)
        if self._spec.enrich and _leaves_out(draft, translated=self._translated):
            return with_page(draft, self._fetch)
        return draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        """Asked by id. Only an API that answers otherwise is believed to have a post no longer: a
        plugin that closes it to strangers says the same of every post."""
        if not (guid and guid.isascii() and guid.isdigit()):
            return gone_page(self._fetch, url)
        try:
            reasons = [self._gone(kind, guid) for kind in self._spec.post_types]
        except SourceFault:
            return None
        return reasons[0] if all(reasons) else None

    # --- asking ---------------------------------------------------------------------------------

    @property
    def _api(self) -> str:
        """Where the API begins, looked up once."""
        if self._root is None:
            self._root = _api_root(self._fetch, self._spec.url)
        return self._root

    def _posts(
        self, kind: str, order: str, since: datetime | None, faults: list[ItemFault]
    ) -> Iterator[object]:
        """The posts of a kind as they are answered, the newest by this order first."""
        asked = {
            "_embed": _EMBED,
            "_fields": _FIELDS,
            "per_page": str(_PAGE),
            "orderby": order,
            "order": "desc",
            "status": "publish",
        }
        if since is not None:
            asked[_ORDERS[order]] = _moment(since)
        most = _FIRST if since is None else _MOST
        for page in range(1, most + 1):
            answer = self._answer(f"wp/v2/{kind}", asked | {"page": str(page)})
            found = parsed(answer.content, f"{self._api}wp/v2/{kind}")
            if not isinstance(found, list):
                raise SourceFault("decode", f"{self._api}wp/v2/{kind}: the answer is no list")
            yield from found
            if page >= (number(answer.headers.get("x-wp-totalpages")) or 1):
                return
            if since is not None and _all_before(found, order, since):
                return  # WordPress before 5.7 does not know `modified_after`
        if since is not None:
            told = f"more than {most * _PAGE} were changed; those changed first are not read"
            faults.append(ItemFault(kind, told))

    def _links_of(self, ids: Iterable[int]) -> dict[int, str]:
        """The addresses of posts by their ids, of those that are published."""
        wanted = sorted(ids)
        found: dict[int, str] = {}
        for kind in self._spec.post_types:
            for start in range(0, len(wanted), _MOST_IDS):
                asked = {
                    "include": ",".join(map(str, wanted[start : start + _MOST_IDS])),
                    "per_page": str(_MOST_IDS),
                    "_fields": "id,link",
                }
                answer = self._answer(f"wp/v2/{kind}", asked, anywhere=True)
                for post in objects(parsed(answer.content, f"{self._api}wp/v2/{kind}")):
                    if (one := number(post, "id")) is not None and (link := _link(post)):
                        found[one] = link
        return found

    def _site_title(self) -> str | None:
        fetched = self._fetch(self._address("", {"_fields": "name"}))
        if not 200 <= fetched.status < 300:
            return None
        return text(parsed(fetched.content, self._api), "name")

    def _coauthors(self, guid: str | None) -> tuple[Author, ...]:
        """Everybody whom Co-Authors Plus names for a post; nobody where it does not answer."""
        try:
            answer = self._answer("coauthors/v1/coauthors", {"post_id": guid or ""})
            return tuple(_people(objects(parsed(answer.content, self._api))))
        except SourceFault:
            return ()

    def _gone(self, kind: str, guid: str) -> str | None:
        fields = {"_fields": "id,status,content.protected"}
        one = self._fetch(self._address(f"wp/v2/{kind}/{guid}", fields))
        if one.status in GONE:
            self._answer(f"wp/v2/{kind}", {"per_page": "1", "_fields": "id"})
            return f"WordPress has no published post {guid} any more ({one.status})"
        if not 200 <= one.status < 300:
            return None
        post = parsed(one.content, self._api)
        if at(post, "content", "protected") is True:
            return f"post {guid} is closed with a password now"
        status = text(post, "status") or "publish"
        return None if status == "publish" else f"post {guid} is {status} now"

    def _answer(
        self, path: str, parameters: Mapping[str, str], *, anywhere: bool = False
    ) -> Fetched:
        """`anywhere`: in whatever language."""
        language = self._spec.language
        if language and not anywhere:  # both plugins know it; without them it does nothing
            parameters = dict(parameters) | {"lang": language.partition("-")[0].lower()}
        return answered(self._fetch, self._address(path, parameters))

    def _address(self, path: str, parameters: Mapping[str, str]) -> str:
        query = "&".join(f"{name}={quote(value, safe=':,')}" for name, value in parameters.items())
        return f"{self._api}{path}{'&' if '?' in self._api else '?'}{query}"


def _api_root(fetch: Fetch, url: str) -> str:
    """Where a site's API begins, as it says itself, else where it usually does. Ends so that a
    path can be put behind it. SourceFault when the site does not answer."""
    site = _LANDING.sub("/", url.partition("?")[0].partition("#")[0], count=1)
    page = answered(fetch, site)
    named = _named_root(page)
    if named:
        return named if named.endswith(("/", "=")) else f"{named}/"
    usual = (urljoin(page.url, "wp-json/"), urljoin(page.url, "?rest_route=/"))
    for root in usual:
        fetched = fetch(root)
        if 200 <= fetched.status < 300 and _is_api(fetched):
            return root
    raise SourceFault(
        "not_article",
        f"{site}: names no REST API of WordPress, and has none where it usually is "
        f'({usual[0]}); it may be closed: use kind = "feed"',
    )


def _named_root(page: Fetched) -> str | None:
    """By the Link header (RFC 8288), or by the link element in the page's head."""
    for part in re.split(r",\s*(?=<)", page.headers.get("link", "")[:10_000]):
        match = re.match(r"\s*<([^<>]*)>(.*)", part, re.DOTALL)
        if match and _API_LINK in match[2]:
            return address(match[1], base=page.url)
    tree = LexborHTMLParser(html_text(page.content, page.charset))
    link = tree.css_first(f'link[rel="{_API_LINK}"][href]')
    return address(link.attributes.get("href"), base=page.url) if link else None


def _is_api(fetched: Fetched) -> bool:
    try:
        namespaces = at(parsed(fetched.content, fetched.url), "namespaces")
    except SourceFault:
        return False
    return isinstance(namespaces, list) and "wp/v2" in namespaces


def _moment(since: datetime) -> str:
    return (since.astimezone(UTC) - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")


def _all_before(posts: Sequence[object], order: str, since: datetime) -> bool:
    """Whether all of a page is older than what was asked for: as texts, which ISO 8601 allows."""
    dates = [text(post, f"{order}_gmt") for post in posts]
    return all(date is not None and f"{date}Z" < _moment(since) for date in dates)


# --- from a post to a draft -------------------------------------------------------------------


class _Site:
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
        if self._spec.language and own and _base(own) != _base(self._spec.language):
            return None
        categories, tags = _terms(post)
        protected = at(post, "content", "protected") is True
        return Draft(
            source=self._spec.name,
            origin="wordpress",
            url=_link(post),
            guid=str(number(post, "id")),
            language=self._spec.language or own,
            title=text(post, "title", "rendered"),
            summary=_excerpt(post),
            content=None if protected else text(post, "content", "rendered"),
            images=tuple(_featured(post)),
            authors=tuple(_people(_named_authors(post))),
            section=next(iter(categories), None),
            tags=tuple(dict.fromkeys(tags)),
            published=_instant(post, "date_gmt"),
            updated=_instant(post, "modified_gmt"),
            translations=self._translations(post),
            translation_key=self._translation_key(post),
            site=self._title,
            visibility=Visibility.PASSWORD if protected else Visibility.PUBLIC,
        )

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
        linked = [_link(post), *(self._links.get(member) for member in ids)]
        linked += [link for _, _, link in _wpml(post)]
        hosts = sorted(bare_host(link) for link in linked if link)
        return f"wordpress:{next(iter(hosts), '')}{_path(self._api)}:{min({own, *ids})}"


def _path(api: str) -> str:
    """Where a site lies on its host, whichever of its languages the API was asked in."""
    path = urlsplit(api).path.removesuffix("/").removesuffix("/wp-json")
    return "".join(f"/{part}" for part in path.split("/") if part and not language_tag(part))


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _link(post: object) -> str | None:
    return address(post, "link")


def _language(post: Object) -> str | None:
    return text(post, "lang") or (text(post, "wpml_current_locale") or "").replace("_", "-") or None


def _polylang(post: Object) -> dict[str, int]:
    """The ids of the translations by language, the post's own among them."""
    found = at(post, "translations")
    members = found.items() if isinstance(found, dict) else ()
    return {str(name): member for name, value in members if (member := number(value)) is not None}


def _wpml(post: Object) -> list[tuple[str, int, str | None]]:
    """Language, id and address of each translation: a list, by newer versions an object."""
    found = at(post, "wpml_translations")
    told = objects(list(found.values()) if isinstance(found, dict) else found)
    return [
        (locale.replace("_", "-"), member, address(each, "href"))
        for each in told
        if (locale := text(each, "locale")) and (member := number(each, "id")) is not None
    ]


def _translated_ids(posts: Iterable[Object]) -> set[int]:
    return {member for post in posts for member in _polylang(post).values()}


def _instant(post: Object, key: str) -> str | None:
    """WordPress writes UTC without saying so."""
    written = text(post, key)
    return f"{written}Z" if written and re.fullmatch(r"[\d-]+T[\d:]+", written) else written


def _excerpt(post: Object) -> str | None:
    """The one that somebody wrote; one that WordPress cut from the text ends in an ellipsis."""
    written = text(post, "excerpt", "rendered")
    if at(post, "excerpt", "protected") is True:
        return None
    if written and not _is_cut(written):
        return written
    return text(post, "yoast_head_json", "og_description")


def _is_cut(html: str) -> bool:
    """Themes put "… Continue reading" in the place of "[…]"."""
    words = unescape(_MARKUP.sub("", html)).rstrip()
    return words.endswith(("[…]", "[...]")) or (words.endswith(("…", "...")) and "<a " in html)


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


def _has_coauthors(post: Object) -> bool:
    """Co-Authors Plus gives the numbers of terms, one an author."""
    found = at(post, "coauthors")
    return isinstance(found, list) and any(number(each) is not None for each in found)


def _people(told: Iterable[Object]) -> Iterator[Author]:
    for person in told:
        name = text(person, "display_name") or text(person, "name")
        if name is None:
            continue
        bio = text(person, "description") or text(person, "description", "raw")
        portrait = next(
            (url for size in _AVATARS if (url := address(person, "avatar_urls", size))), None
        )
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


def _leaves_out(draft: Draft, *, translated: bool) -> bool:
    """Whether a page may tell what the API does not: who wrote it, a picture, its translations."""
    pictured = bool(draft.images) or "<img" in (draft.content or "")
    told = draft.language and (draft.translation_key or not translated)
    return draft.visibility is Visibility.PUBLIC and not (draft.authors and pictured and told)
