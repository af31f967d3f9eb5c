"""Content management systems as their documentation describes them: small, but with their filters,
pages of answers, and refusals. What they hold is made up."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from newsletter.sources.port import Fetch, Fetched
from tests.sources.server import Answer, Site, page, serving

BASE = "https://meridian.example"
Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """`content` has BASE where the site's own address stands."""

    content: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Behind(Protocol):
    """What answers behind an address: a path and its parameters."""

    def reply(self, path: str, asked: dict[str, str]) -> Reply:
        """The answer; never raises."""


NOT_HERE = Reply(b"<html><h1>not here</h1>", 404, "text/html")


def fetching(site: Behind, asked: list[str] | None = None) -> Fetch:
    """The site at BASE, without a network. `asked` gets the addresses in their order."""

    def fetch(url: str) -> Fetched:
        if asked is not None:
            asked.append(url)
        reply = _reply(site, url)
        good = reply.status < 300
        return Fetched(
            url=url,
            status=reply.status,
            content=reply.content if good else b"",  # as the door does it
            content_type=reply.content_type,
            headers=reply.headers,
        )

    return fetch


@contextmanager
def served(site: Behind) -> Iterator[Site]:
    """The site on the loopback address."""

    class Answers(dict[str, Answer]):
        def get(self, path: str, default: Any = None) -> Answer:
            return lambda handler: _answer(handler, _reply(site, path))

    with serving(Answers()) as found:
        yield found


def _reply(site: Behind, url: str) -> Reply:
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query, True).items()}
    return site.reply(parts.path, asked)


def _answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    own = f"http://{handler.headers['Host']}"
    headers = {name: value.replace(BASE, own) for name, value in reply.headers.items()}
    content = reply.content.replace(BASE.encode(), own.encode())
    page(content, status=reply.status, content_type=reply.content_type, **headers)(handler)


def as_json(value: object, **headers: str) -> Reply:
    return Reply(json.dumps(value).encode(), headers=headers)


class Files:
    """Files at paths, and nothing else."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files = dict(files)

    def reply(self, path: str, asked: dict[str, str]) -> Reply:
        found = self.files.get(path)
        if found is None:
            return NOT_HERE
        content = found.encode() if isinstance(found, str) else found
        start = content.lstrip()[:9].lower()
        kind = "text/html" if start.startswith((b"<html", b"<!doctype")) else "application/xml"
        return Reply(content, content_type=kind)


# --- WordPress ----------------------------------------------------------------------------------


def author(name: str = "Ana Ruiz", **changes: Any) -> Json:
    slug = name.lower().replace(" ", "-")
    known: Json = {
        "id": 3,
        "name": name,
        "url": "",
        "description": "Ana Ruiz covers ports. // Ana Ruiz escribe sobre puertos.",
        "link": f"{BASE}/author/{slug}/",
        "slug": slug,
        "avatar_urls": {
            "24": f"{BASE}/a/24.jpg",
            "48": f"{BASE}/a/48.jpg",
            "96": f"{BASE}/a/96.jpg",
        },
    }
    return known | changes


def media(**changes: Any) -> Json:
    known: Json = {
        "id": 71,
        "media_type": "image",
        "mime_type": "image/jpeg",
        "alt_text": "Cranes at dusk",
        "caption": {"rendered": "<p>The quay on Sunday (EFE)</p>\n"},
        "source_url": f"{BASE}/wp-content/uploads/quay.jpg",
        "media_details": {"width": 1600, "height": 900, "image_meta": {"credit": ""}, "sizes": {}},
    }
    return known | changes


def term(name: str, taxonomy: str = "category") -> Json:
    slug = name.lower().replace(" ", "-")
    return {"id": 5, "name": name, "slug": slug, "taxonomy": taxonomy, "link": f"{BASE}/{slug}/"}


def post(number: int = 101, **changes: Any) -> Json:
    """A post with everything that WordPress itself knows."""
    embedded: Json = {
        "author": [author()],
        "wp:featuredmedia": [media()],
        "wp:term": [[term("World")], [term("harbours", "post_tag"), term("ferries", "post_tag")]],
    }
    known: Json = {
        "id": number,
        "date_gmt": "2026-11-22T05:30:00",
        "modified_gmt": "2026-11-22T06:00:00",
        "link": f"{BASE}/en/quay-{number}/",
        "status": "publish",
        "title": {"rendered": f"Quay {number} &#8220;reopens&#8221;"},
        "content": {
            "rendered": f"<p>{'The ferries use quay again. ' * 20}</p>",
            "protected": False,
        },
        "excerpt": {"rendered": "<p>After two years.</p>\n", "protected": False},
        "_embedded": embedded,
    }
    return known | changes


class WordPress:
    """`closed` answers 401 to everything, as security plugins do; `old` knows no modified_after."""

    def __init__(self, *posts: Any, title: str = "The Meridian", named_by: str = "header") -> None:
        self.posts: list[Any] = list(posts)
        self.title = title
        self.named_by = named_by
        self.closed = False
        self.old = False
        self.root = "/wp-json/"
        self.coauthors: dict[str, list[Json]] = {}

    def reply(self, path: str, asked: dict[str, str]) -> Reply:
        if path in ("", "/") and "rest_route" not in asked:
            return self._home()
        route = asked.get("rest_route") or path.removeprefix(self.root.rstrip("/"))
        if route == path and "rest_route" not in asked:
            return NOT_HERE
        if self.closed:
            return Reply(b'{"code":"rest_not_logged_in"}', 401)
        parts = [part for part in route.split("/") if part]
        match parts:
            case []:
                return as_json({"name": self.title, "namespaces": ["oembed/1.0", "wp/v2"]})
            case ["wp", "v2", "posts"]:
                return self._list(asked)
            case ["wp", "v2", "posts", number]:
                return self._one(number)
            case ["coauthors", "v1", "coauthors"] if self.coauthors:
                return as_json(self.coauthors.get(asked["post_id"], []))
        return Reply(b'{"code":"rest_no_route"}', 404)

    def _home(self) -> Reply:
        link = f'<link rel="https://api.w.org/" href="{BASE}{self.root}">'
        head = link if self.named_by == "element" else ""
        headers = {}
        if self.named_by == "header":
            headers["link"] = (
                f'<{BASE}{self.root}>; rel="https://api.w.org/", <{BASE}/>; rel=shortlink'
            )
        html = f"<html><head>{head}<title>Home</title></head><p>Welcome</p></html>"
        return Reply(html.encode(), content_type="text/html", headers=headers)

    def _list(self, asked: dict[str, str]) -> Reply:
        found = [each for each in self.posts if self._is_asked(each, asked)]
        if asked.get("orderby") in ("modified", "date"):
            key = f"{asked['orderby']}_gmt"
            found.sort(key=lambda each: str(_get(each, key)), reverse=True)
        size, number = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        pages = -(-len(found) // size)
        if number > max(pages, 1):
            return Reply(b'{"code":"rest_post_invalid_page_number"}', 400)
        chosen = found[(number - 1) * size : number * size]
        return as_json(chosen, **{"x-wp-totalpages": str(pages), "x-wp-total": str(len(found))})

    def _is_asked(self, each: Any, asked: dict[str, str]) -> bool:
        changed, published = asked.get("modified_after"), asked.get("after")
        if "include" in asked and str(_get(each, "id")) not in asked["include"].split(","):
            return False
        if "lang" in asked and _get(each, "lang") not in (None, asked["lang"]):
            return False
        if changed and not self.old and f"{_get(each, 'modified_gmt')}Z" <= changed:
            return False
        if published and f"{_get(each, 'date_gmt')}Z" <= published:
            return False
        return _get(each, "status") in ("publish", None)

    def _one(self, number: str) -> Reply:
        for each in self.posts:
            if str(_get(each, "id")) == number:
                open_ = _get(each, "status") == "publish"
                return as_json(each) if open_ else Reply(b'{"code":"rest_forbidden"}', 401)
        return Reply(b'{"code":"rest_post_invalid_id"}', 404)


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


# --- Ghost --------------------------------------------------------------------------------------

KEY = "22444f78447824223cefc48062"


def ghost_tag(name: str) -> Json:
    internal = name.startswith("#")
    slug = name.lower().replace("#", "hash-").replace(" ", "-")
    return {
        "id": slug,
        "name": name,
        "slug": slug,
        "visibility": "internal" if internal else "public",
        "url": f"{BASE}/404/" if internal else f"{BASE}/tag/{slug}/",
    }


def ghost_post(number: int = 1, *tags: str, **changes: Any) -> Json:
    """A post of Ghost with everything that its Content API tells."""
    given = [ghost_tag(name) for name in tags or ("World", "ferries")]
    known: Json = {
        "id": f"5ddc9141c35e7700383b29{number:02}",
        "uuid": "a5aa9bd8-ea31-415c-b452-3040dae1e730",
        "slug": f"quay-{number}",
        "title": f"Quay {number} reopens",
        "html": f"<p>{'The ferries use the quay again. ' * 20}</p>",
        "excerpt": "The ferries use the quay again. The ferries",
        "custom_excerpt": "After two years.",
        "feature_image": f"{BASE}/content/images/quay.jpg",
        "feature_image_alt": "Cranes at dusk",
        "feature_image_caption": "The quay on Sunday (<b>EFE</b>)",
        "canonical_url": None,
        "visibility": "public",
        "published_at": "2026-11-22T06:30:00.000+01:00",
        "updated_at": f"2026-11-22T06:{number:02}:00.000+00:00",
        "url": f"{BASE}/quay-{number}/",
        "authors": [
            {
                "id": "1",
                "name": "Ana Ruiz",
                "slug": "ana",
                "profile_image": f"{BASE}/content/images/ana.jpg",
                "bio": "Covers ports. // Escribe sobre puertos.",
                "website": None,
                "url": f"{BASE}/author/ana/",
            }
        ],
        "tags": given,
        "primary_tag": given[0],
    }
    return known | changes


class Ghost:
    def __init__(self, *posts: Any, locale: str | None = "en") -> None:
        self.posts: list[Any] = list(posts)
        self.settings: Json = {"title": "The Meridian", "locale": locale, "lang": locale}
        self.key = KEY

    def reply(self, path: str, asked: dict[str, str]) -> Reply:
        route = path.removeprefix("/ghost/api/content/")
        if route == path:
            return NOT_HERE
        if asked.get("key") != self.key:
            return Reply(b'{"errors":[{"message":"Unknown Content API Key"}]}', 401)
        match [part for part in route.split("/") if part]:
            case ["settings"]:
                return as_json({"settings": self.settings, "meta": {}})
            case ["posts"]:
                return self._list(asked)
            case ["posts", number]:
                found = [each for each in self.posts if _get(each, "id") == number]
                return as_json({"posts": found}) if found else Reply(b'{"errors":[]}', 404)
        return NOT_HERE

    def _list(self, asked: dict[str, str]) -> Reply:
        found = list(self.posts)
        if "filter" in asked:
            since = asked["filter"].removeprefix("updated_at:>").strip("'")
            found = [each for each in found if _sql(_get(each, "updated_at")) > since]
        descending = asked.get("order", "").endswith("desc")
        found.sort(key=lambda each: str(_get(each, "updated_at")), reverse=descending)
        size, number = int(asked.get("limit", "15")), int(asked.get("page", "1"))
        pages = -(-len(found) // size)
        chosen = found[(number - 1) * size : number * size]
        if "tags" not in asked.get("include", ""):
            chosen = [_without(each, "tags", "authors", "primary_tag") for each in chosen]
        following = number + 1 if number < pages else None
        turning = {"page": number, "limit": size, "pages": pages, "next": following}
        return as_json({"posts": chosen, "meta": {"pagination": turning}})


def _sql(written: Any) -> str:
    """As the database holds it, which compares texts."""
    return str(written)[:19].replace("T", " ")


def _without(each: Any, *keys: str) -> Any:
    copy = deepcopy(each)
    for key in keys if isinstance(copy, dict) else ():
        copy.pop(key, None)
    return copy


def variations(value: Any, bad: list[Any]) -> Iterator[Any]:
    """The value with each of its parts replaced by each of what it should not be."""
    for put in _places(value):
        for each in bad:
            copy = deepcopy(value)
            yield put(copy, each)


def _places(value: Any) -> Iterator[Callable[[Any, Any], Any]]:
    """Functions that put something into one place of a copy of the value."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:

        def put(copy: Any, new: Any, key: Any = key) -> Any:
            copy[key] = new
            return copy

        yield put
        for deeper in _places(inner):

            def put_deeper(
                copy: Any, new: Any, key: Any = key, deeper: Callable[[Any, Any], Any] = deeper
            ) -> Any:
                copy[key] = deeper(copy[key], new)
                return copy

            yield put_deeper
