"""Ghost, through its Content API (docs.ghost.org/content-api).

Ghost knows no languages: a post's internal tag tells it (`#es`), or else the site's own locale.
Posts with the internal tag `#translation-KEY` in common are one story, on whatever site they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from newsletter.lib.urls import same_site
from newsletter.model.article import Author, Draft, Image, Visibility
from newsletter.model.specs import GhostSpec
from newsletter.sources.json_values import Object, address, at, number, objects, parsed, text
from newsletter.sources.languages import language_tag
from newsletter.sources.page import GONE
from newsletter.sources.port import Fetch, Fetched, Found, ItemFault, SourceFault, answered

_PAGE = 15  # posts a request
_FIRST, _MOST = 7, 40  # requests of a first reading, and of one that asks for changes
_OVERLAP = timedelta(minutes=10)  # for clocks that differ
_TRANSLATION = re.compile(r"#translation-(\S+)", re.IGNORECASE)
_VISIBILITY = {
    "public": Visibility.PUBLIC,
    "members": Visibility.MEMBERS,
    "paid": Visibility.PAID,
    "tiers": Visibility.PAID,  # some of those who pay
}


class GhostSource:
    """The posts of a site of Ghost. The key stands in every address: no fault repeats it."""

    def __init__(self, spec: GhostSpec, fetch: Fetch) -> None:
        self._spec = spec
        self._key = spec.key or ""
        self._fetch = _masked(fetch, self._key)
        self._api = f"{_site(spec.url)}/ghost/api/content/"

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        """The posts that changed since then, the oldest change first; without `since` those that
        changed last, the newest first, a hundred at most."""
        posts, cut = self._posts(since)
        site = self._site_facts()
        drafts: list[Draft] = []
        faults: list[ItemFault] = []
        for position, post in enumerate(posts, start=1):
            if isinstance(post, dict) and (text(post, "id") or text(post, "url")):
                drafts.append(_draft(post, site, self._spec))
            else:
                faults.append(ItemFault(f"post {position}", "has neither id nor address"))
        if cut and since is not None:
            reason = (
                f"more than {_MOST * _PAGE} posts changed; those that changed last are not read"
            )
            faults.append(ItemFault(self._spec.url, reason))
        return Found(
            drafts=tuple(drafts), title=site.title, language=site.language, faults=tuple(faults)
        )

    def complete(self, draft: Draft) -> Draft:
        """As it is: what Ghost's pages show, its API tells."""
        return draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        """Only an API that answers otherwise is believed to have a post no longer."""
        if not guid:
            return None
        try:
            one = self._fetch(self._address(f"posts/{quote(guid, safe='')}/", fields="id"))
            if one.status not in GONE:
                return None
            self._json(self._address("posts/", limit="1", fields="id"))
        except SourceFault:
            return None
        return f"Ghost has no published post {guid} any more ({one.status})"

    def _posts(self, since: datetime | None) -> tuple[list[object], bool]:
        """The posts as they are answered, and whether there were more of them."""
        asked = {"include": "authors,tags", "limit": str(_PAGE)}
        if since is None:
            asked["order"] = "updated_at desc"
        else:
            asked |= {"order": "updated_at asc", "filter": f"updated_at:>'{_moment(since)}'"}
        posts: list[object] = []
        page: int | None = 1
        for _ in range(_FIRST if since is None else _MOST):
            answer = self._json(self._address("posts/", **asked, page=str(page)))
            found = at(answer, "posts")
            if not isinstance(found, list):
                raise SourceFault("decode", f"{self._api}posts/: the answer has no list of posts")
            posts += found
            page = number(answer, "meta", "pagination", "next")
            if page is None:
                return posts, False
        return posts, True

    def _site_facts(self) -> "_Site":
        """What the site says of itself; nothing where an old or a closed one does not say it."""
        fetched = self._fetch(self._address("settings/"))
        if not _is_good(fetched):
            return _Site()
        settings = at(parsed(fetched.content, f"{self._api}settings/"), "settings")
        locale = text(settings, "locale") or text(settings, "lang")
        return _Site(title=text(settings, "title"), language=locale)

    def _json(self, url: str) -> object:
        fetched = self._fetch(url)
        shown = url.partition("?")[0]
        if fetched.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise SourceFault(
                "fetch_refused",
                f"{shown}: Ghost does not know the key of source {self.name} ({fetched.status}); "
                "copy the Content API key from Ghost's settings, Integrations",
            )
        return parsed(answered(lambda _: fetched, shown).content, shown)

    def _address(self, path: str, **parameters: str) -> str:
        pairs = {"key": self._key} | parameters
        query = "&".join(f"{name}={quote(value, safe=':,')}" for name, value in pairs.items())
        return f"{self._api}{path}?{query}"


@dataclass(frozen=True, slots=True)
class _Site:
    title: str | None = None
    language: str | None = None


def _draft(post: Object, site: _Site, spec: GhostSpec) -> Draft:
    url = address(post, "url", base=spec.url)
    canonical = address(post, "canonical_url", base=spec.url)
    if canonical and (url is None or same_site(canonical, url)):
        url = canonical  # on another site it marks a copy of somebody else's article
    tags = objects(post, "tags")
    internal = [name for tag in tags if (name := text(tag, "name")) and _is_internal(tag)]
    public = [name for tag in tags if (name := text(tag, "name")) and not _is_internal(tag)]
    return Draft(
        source=spec.name,
        origin="ghost",
        url=url,
        guid=text(post, "id"),
        language=spec.language or _language(internal) or site.language,
        title=text(post, "title"),
        summary=text(post, "custom_excerpt"),  # `excerpt` is cut from the text
        content=text(post, "html"),
        images=tuple(_images(post, spec.url)),
        authors=tuple(_authors(post, spec.url)),
        section=_section(post, public),
        tags=tuple(dict.fromkeys(public)),
        published=text(post, "published_at"),
        updated=text(post, "updated_at"),
        translation_key=_translation_key(internal),
        site=site.title,
        visibility=_visibility(post),
    )


def _images(post: Object, base: str) -> Iterator[Image]:
    if url := address(post, "feature_image", base=base):
        yield Image(
            url=url,
            alt=text(post, "feature_image_alt"),
            caption=text(post, "feature_image_caption"),
        )


def _authors(post: Object, base: str) -> Iterator[Author]:
    for author in objects(post, "authors"):
        if name := text(author, "name"):
            portrait = address(author, "profile_image", base=base)
            bio = text(author, "bio")
            yield Author(
                name=name,
                url=address(author, "url", base=base),
                avatar=Image(url=portrait) if portrait else None,
                bio={"und": bio} if bio else {},
            )


def _section(post: Object, public: list[str]) -> str | None:
    """The first tag, which is Ghost's own notion of a section, unless readers do not see it."""
    primary = text(post, "primary_tag", "name")
    return primary if primary in public else next(iter(public), None)


def _is_internal(tag: Object) -> bool:
    return text(tag, "visibility") == "internal" or (text(tag, "name") or "").startswith("#")


def _language(internal: list[str]) -> str | None:
    """The language that an internal tag names: #es, #pt-BR."""
    return next(filter(None, (language_tag(name.removeprefix("#")) for name in internal)), None)


def _translation_key(internal: list[str]) -> str | None:
    return next((match[1] for name in internal if (match := _TRANSLATION.fullmatch(name))), None)


def _visibility(post: Object) -> Visibility:
    """What is not known to be open is taken for closed."""
    return _VISIBILITY.get(text(post, "visibility") or "public", Visibility.PAID)


def _site(url: str) -> str:
    """The address of a site, also where that of its editors' room was given."""
    return url.partition("?")[0].partition("#")[0].rstrip("/").removesuffix("/ghost")


def _moment(since: datetime) -> str:
    """As databases write it: Ghost hands this text on to its own as it stands, and SQLite compares
    letter by letter."""
    return (since.astimezone(UTC) - _OVERLAP).strftime("%Y-%m-%d %H:%M:%S")


def _is_good(fetched: Fetched) -> bool:
    return 200 <= fetched.status < 300


def _masked(fetch: Fetch, key: str) -> Fetch:
    """The same, but the key stands in no fault, nor in what a traceback would print beside it."""

    def masked(url: str) -> Fetched:
        try:
            return fetch(url)
        except SourceFault as fault:
            fault.args = tuple(_without(key, str(part)) for part in fault.args)
            raise fault from None

    return masked


def _without(key: str, words: str) -> str:
    return words.replace(key, "…") if key else words
