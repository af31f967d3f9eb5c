"""WordPress, through its REST API (developer.wordpress.org/rest-api): what is asked of it, and how
often. What its answers mean stands in `wordpress_posts`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urljoin

from newsletter.model.article import Author, Draft
from newsletter.model.specs import WordPressSpec
from newsletter.sources.decode import html_text
from newsletter.sources.json_values import Object, address, at, number, objects, parsed, text
from newsletter.sources.page import GONE, gone_page, with_page
from newsletter.sources.port import Fetch, Fetched, Found, ItemFault, SourceFault, answered
from newsletter.sources.tree import tree_of
from newsletter.sources.wordpress_posts import (
    Posts,
    has_coauthors,
    leaves_out,
    link_of,
    people,
    translated_ids,
)

_PAGE = 20  # posts a request
_FIRST, _MOST = 5, 25  # requests of a first reading, and of one that asks for changes, each kind
_MOST_IDS = 100  # what WordPress answers at most in one request
_OVERLAP = timedelta(minutes=10)  # for clocks that differ
_API_LINK = "https://api.w.org/"  # the relation by which a site names its API
# Both are needed for changes: an article that was written days ago and is published now by a timer
# is new, but was not modified since (WordPress leaves the date of its last change as it was).
_ORDERS = {"modified": "modified_after", "date": "after"}
# `_links` is what `_embed` follows. Unknown names are not minded: plugins may be there or not.
_FIELDS = (
    "id,date_gmt,modified_gmt,link,status,title,content,excerpt,lang,translations,"
    "polylang_current_lang,polylang_translations,wpml_current_locale,wpml_translations,"
    "coauthors,yoast_head_json.og_description,_links,_embedded"
)
_EMBED = "author,wp:featuredmedia,wp:term"
_LANDING = re.compile(r"(?:/wp-json(?:/.*)?|/wp-admin(?:/.*)?)?/?$")


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
        """The posts that were changed or published since then, the last change first; without
        `since` the hundred that were published last."""
        posts: dict[int, Object] = {}
        faults: list[ItemFault] = []
        for kind in self._spec.post_types:
            for order in _ORDERS if since else ("date",):
                for post in self._posts(kind, order, since, faults):
                    if (found := number(post, "id")) is not None and isinstance(post, dict):
                        posts[found] = post
                    else:
                        faults.append(ItemFault(kind, "an entry has no id, or is no object"))
        links = self._links_of(translated_ids(posts.values()) - posts.keys())
        links |= {found: link for found, post in posts.items() if (link := link_of(post))}
        title = self._site_title()
        site = Posts(self._spec, self._api, links, title)
        drafts = [draft for post in posts.values() if (draft := site.draft(post))]
        self._shared = {str(found) for found, post in posts.items() if has_coauthors(post)}
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
        if self._spec.enrich and leaves_out(draft, translated=self._translated):
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
            found, pages = self._page(kind, asked | {"page": str(page)})
            yield from found
            if page >= pages:
                return
            if since is not None and _all_before(found, order, since):
                return  # WordPress before 5.7 does not know `modified_after`
        if since is not None:
            told = f"more than {most * _PAGE} were changed; those changed first are not read"
            faults.append(ItemFault(kind, told))

    def _page(self, kind: str, asked: Mapping[str, str]) -> tuple[list[object], int]:
        """The posts of one page of an answer, and how many pages there are."""
        fetched = self._ask(f"wp/v2/{kind}", asked)
        if fetched.status == HTTPStatus.BAD_REQUEST and asked["page"] != "1":
            return [], 0  # what would have stood there was taken back meanwhile
        shown = f"{self._api}wp/v2/{kind}"
        found = parsed(answered(lambda _: fetched, shown).content, shown)
        if not isinstance(found, list):
            raise SourceFault("decode", f"{shown}: the answer is no list")
        return found, number(fetched.headers.get("x-wp-totalpages")) or 1

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
                    if (one := number(post, "id")) is not None and (link := link_of(post)):
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
            return tuple(people(objects(parsed(answer.content, self._api))))
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
        """A good one. `anywhere`: in whatever language."""
        fetched = self._ask(path, parameters, anywhere=anywhere)
        return answered(lambda _: fetched, f"{self._api}{path}")

    def _ask(self, path: str, parameters: Mapping[str, str], *, anywhere: bool = False) -> Fetched:
        language = self._spec.language
        if language and not anywhere:  # both plugins know it; without them it does nothing
            parameters = dict(parameters) | {"lang": language.partition("-")[0].lower()}
        return self._fetch(self._address(path, parameters))

    def _address(self, path: str, parameters: Mapping[str, str]) -> str:
        query = "&".join(f"{name}={quote(value, safe=':,')}" for name, value in parameters.items())
        return f"{self._api}{path}{'&' if '?' in self._api else '?'}{query}"


def _api_root(fetch: Fetch, url: str) -> str:
    """Where a site's API begins, as it says itself, else where it usually does. Ends so that a
    path can be put behind it. SourceFault when the site does not answer."""
    site = _LANDING.sub("/", url.partition("?")[0].partition("#")[0], count=1)
    page = fetch(site)
    named = _named_root(page) if page.content else None
    if named:
        return named if named.endswith(("/", "=")) else f"{named}/"
    usual = (urljoin(page.url, "wp-json/"), urljoin(page.url, "?rest_route=/"))
    for root in usual:
        fetched = fetch(root)
        if 200 <= fetched.status < 300 and _is_api(fetched):
            return root
    answered(lambda _: page, site)  # raises where there was no page to begin with
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
    tree = tree_of(html_text(page.content, page.charset))
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
