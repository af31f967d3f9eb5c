"""What every source keeps to, whatever it reads from. A new kind of source is one more line in
KINDS; see newsletter/docs/sources.md."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.articles.identity import draft_hash
from newsletter.articles.read import Reading, read_article
from newsletter.model import specs
from newsletter.model.article import Draft
from newsletter.sources.feed import FeedSource
from newsletter.sources.folder import FolderSource
from newsletter.sources.ghost import GhostSource
from newsletter.sources.http import Http
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.pages import PagesSource
from newsletter.sources.port import Fetch, Fetched, Source, SourceFault
from newsletter.sources.wordpress import WordPressSource
from tests.sources.cms import (
    BASE,
    KEY,
    Behind,
    Files,
    Ghost,
    Json,
    Reply,
    WordPress,
    fetching,
    ghost_post,
    post,
    served,
    variations,
)

SINCE = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PAGE = "<!doctype html><html lang=en><h1>Quay {0}</h1><p>{1}</p></html>"
_WORDS = "The ferries use the old quay of the harbour again, and nobody knows for how long. " * 4
_RSS_ITEM = (
    "<item><title>Quay {0}</title><guid>{0}</guid><link>{1}/en/the-quay-{0}</link>"
    "<description>{2}</description></item>"
)


@dataclass(frozen=True)
class Kind:
    """How one kind of source is opened over a site, and what that site is made of.

    `site` takes the numbers of the articles that it has. `odd` is the same with one item more that
    cannot be read, where the kind knows such a thing.
    """

    spec: type
    open: Callable[[str, Fetch], Source]
    site: Callable[[tuple[int, ...]], Behind]
    odd: Callable[[], Behind] | None = None
    completes: bool = False  # from the pages of its articles


def pages_of(numbers: tuple[int, ...]) -> dict[str, str | bytes]:
    return {f"/en/the-quay-{n}": PAGE.format(n, _WORDS) for n in numbers}


def with_pages(numbers: tuple[int, ...], **files: str) -> Files:
    known = {f"/{name}": text for name, text in files.items()}
    return Files({**known, **pages_of(numbers)})


def rss(numbers: tuple[int, ...]) -> Files:
    items = "".join(_RSS_ITEM.format(n, BASE, _WORDS) for n in numbers)
    return with_pages(
        numbers, feed=f'<rss version="2.0"><channel><title>Site</title>{items}</channel></rss>'
    )


def json_feed(numbers: tuple[int, ...], *more: object) -> Files:
    items = [
        {"id": str(n), "url": f"{BASE}/en/the-quay-{n}", "title": f"Quay {n}"} for n in numbers
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "S", "items": [*items, *more]}
    return with_pages(numbers, feed=json.dumps(feed))


def sitemap(numbers: tuple[int, ...], more: str = "") -> Files:
    urls = "".join(f"<url><loc>{BASE}/en/the-quay-{n}</loc></url>" for n in numbers)
    return with_pages(numbers, feed=f"<urlset>{urls}{more}</urlset>")


def listing(numbers: tuple[int, ...]) -> Files:
    links = "".join(f'<a href="/en/the-quay-{n}">Quay {n}</a>' for n in numbers)
    return with_pages(numbers, feed=f"<!doctype html><html><main>{links}</main></html>")


def feed(url: str, fetch: Fetch) -> Source:
    return FeedSource(specs.FeedSpec(kind="feed", name="site", url=f"{url}/feed"), fetch)


def by_urls(url: str, fetch: Fetch) -> Source:
    urls = tuple(f"{url}/en/the-quay-{n}" for n in (1, 2))
    return PagesSource(specs.PagesSpec(kind="pages", name="site", urls=urls), fetch)


def by_list(url: str, fetch: Fetch) -> Source:
    return PagesSource(specs.PagesSpec(kind="pages", name="site", list=f"{url}/feed"), fetch)


def by_sitemap(url: str, fetch: Fetch) -> Source:
    return PagesSource(specs.PagesSpec(kind="pages", name="site", sitemap=f"{url}/feed"), fetch)


def wordpress(url: str, fetch: Fetch) -> Source:
    spec = specs.WordPressSpec(kind="wordpress", name="site", url=url)
    return WordPressSource(spec, fetch, translated=True)


def ghost(url: str, fetch: Fetch) -> Source:
    return GhostSource(specs.GhostSpec(kind="ghost", name="site", url=url, key=KEY), fetch)


def posts(numbers: tuple[int, ...]) -> WordPress:
    site = WordPress(*(post(n, link=f"{BASE}/en/the-quay-{n}") for n in numbers))
    files = Files(pages_of(numbers))
    answer = site.reply

    def reply(path: str, asked: dict[str, str]) -> Reply:
        return files.reply(path, asked) if path in files.files else answer(path, asked)

    site.reply = reply  # type: ignore[method-assign]
    return site


def odd_json_feed() -> Files:
    return json_feed((1, 2), "?")


def odd_posts() -> WordPress:
    return WordPress(post(1), {}, post(2))


def odd_sitemap() -> Files:
    return sitemap((1, 2), "<url><loc>mailto:x</loc></url>")


def ghost_posts(numbers: tuple[int, ...]) -> Ghost:
    return Ghost(*map(ghost_post, numbers))


def odd_ghost_posts() -> Ghost:
    return Ghost(ghost_post(1), {}, ghost_post(2))


# fmt: off
KINDS = {
    "rss": Kind(specs.FeedSpec, feed, rss, completes=True),
    "json feed": Kind(specs.FeedSpec, feed, json_feed, odd_json_feed, completes=True),
    "wordpress": Kind(specs.WordPressSpec, wordpress, posts, odd_posts, completes=True),
    "ghost": Kind(specs.GhostSpec, ghost, ghost_posts, odd_ghost_posts),
    "pages by urls": Kind(specs.PagesSpec, by_urls, lambda numbers: Files(pages_of(numbers))),
    "pages by a list": Kind(specs.PagesSpec, by_list, listing, completes=True),
    "pages by a sitemap": Kind(specs.PagesSpec, by_sitemap, sitemap, odd_sitemap, completes=True),
}
# fmt: on
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
some = settings(max_examples=40, deadline=None)


@contextmanager
def opened(kind: Kind, site: Behind) -> Iterator[tuple[Source, str]]:
    """The source over a real server, and the server's address."""
    with served(site) as server, Http(user_agent="test", allow_private=("127.0.0.1/32",)) as http:
        yield kind.open(server.url, http.fetch), server.url


def answering(content: bytes, headers: Mapping[str, str] = {}) -> Fetch:
    """Says the same to whatever is asked."""
    return lambda url: Fetched(url=url, status=200, content=content, headers=headers)


def down(url: str) -> Fetched:
    raise SourceFault("timeout", f"{url}: too slow")


def only_faults(source: Source) -> tuple[Draft, ...]:
    """What was read; none where it was a SourceFault. Anything else fails the test."""
    try:
        drafts = source.read().drafts
    except SourceFault:
        return ()
    for draft in drafts:
        draft_hash(draft)
        read_article(source.complete(draft), Reading(languages=("en", "es")))
    return drafts


def test_every_kind_of_source_is_held_to_the_contract() -> None:
    assert {kind.spec for kind in KINDS.values()} | {specs.FolderSpec} == set(
        get_args(specs.SourceSpec)
    )


@each_kind
def test_drafts_name_their_source_and_are_the_same_when_read_again(kind: Kind) -> None:
    with opened(kind, kind.site((1, 2))) as (source, url):
        first, second = source.read(), source.read()
    assert source.name == "site"
    assert len(first.drafts) == 2
    assert first == second
    for draft in first.drafts:
        assert draft.source == "site"
        assert draft.guid
        assert (draft.url or "").startswith(f"{url}/")
    assert len({draft.guid for draft in first.drafts}) == 2


@each_kind
def test_a_reading_of_changes_only_is_like_any_other(kind: Kind) -> None:
    source = kind.open(BASE, fetching(kind.site((1, 2))))
    everything = {draft.guid: draft for draft in source.read().drafts}
    changes = {draft.guid: draft for draft in source.read(SINCE).drafts}
    assert changes == everything
    later = source.read(SINCE + timedelta(days=300)).drafts
    assert {draft.guid: draft for draft in later}.items() <= everything.items()


@each_kind
def test_a_source_that_is_down_raises_a_fault_and_nothing_else(kind: Kind) -> None:
    with pytest.raises(SourceFault):
        kind.open(BASE, down).read()
    with pytest.raises(SourceFault):
        kind.open(BASE, lambda url: Fetched(url=url, status=503, content=b"")).read(SINCE)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.odd])
def test_an_item_that_cannot_be_read_is_named_and_stops_no_other(name: str) -> None:
    kind = KINDS[name]
    assert kind.odd is not None
    found = kind.open(BASE, fetching(kind.odd())).read()
    assert len(found.drafts) == 2
    (fault,) = found.faults
    assert fault.place
    assert fault.reason


@each_kind
def test_completing_never_raises_and_tells_of_a_page_that_is_not_to_be_had(kind: Kind) -> None:
    (draft,) = kind.open(BASE, fetching(kind.site((1, 2)))).read().drafts[:1]
    bare = replace(draft, images=(), authors=(), translation_key=None)
    whole = kind.open(BASE, fetching(kind.site((1, 2)))).complete(bare)
    alone = kind.open(BASE, down).complete(bare)
    assert whole.remarks == ()
    if kind.completes:
        assert whole.page is not None
        assert [remark.code for remark in alone.remarks] == [PAGE_UNREAD]
    else:
        assert whole == alone == bare


def number(draft: Draft) -> str:
    return (draft.url or "").rstrip("/")[-1]


@each_kind
def test_withdrawn_is_what_the_source_itself_says_is_gone(kind: Kind) -> None:
    drafts = kind.open(BASE, fetching(kind.site((1, 2)))).read().drafts
    assert {number(draft) for draft in drafts} == {"1", "2"}
    left = kind.open(BASE, fetching(kind.site((1,))))
    for draft in drafts:
        gone = left.withdrawn(draft.guid, draft.url)
        assert (gone is None) == (number(draft) == "1")


@each_kind
def test_nothing_is_withdrawn_where_no_server_answers(kind: Kind) -> None:
    (draft,) = kind.open(BASE, fetching(kind.site((1, 2)))).read().drafts[:1]
    for fetch in (down, lambda url: Fetched(url=url, status=500, content=b"")):
        assert kind.open(BASE, fetch).withdrawn(draft.guid, draft.url) is None
        assert kind.open(BASE, fetch).withdrawn(None, None) is None


HOSTILE = {
    "nothing": b"",
    "a page": b"<!doctype html><html><body>Hello</body></html>",
    "deep JSON": b"[" * 200_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a huge number": b'{"posts": [{"id": 1' + b"0" * 5000 + b"}]}",
    "half a character": b'[{"id": 1, "title": {"rendered": "\\ud800"}, "link": "https://\\ud800"}]',
    "deep XML": b"<a>" * 100_000,
    "many laughs": b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><urlset>&d;</urlset>',
    "a deep page": b"<!doctype html><html><body>" + b"<div>" * 100_000,
    "zeros": b"\0" * 1000,
}


@each_kind
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_a_fault_or_nothing(kind: Kind, content: bytes) -> None:
    only_faults(kind.open(BASE, answering(content)))


@each_kind
@given(content=st.binary(max_size=300))
@some
def test_any_bytes_are_a_fault_or_nothing(kind: Kind, content: bytes) -> None:
    only_faults(kind.open(BASE, answering(content)))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "posts", "items", "title", "meta", "link"]), inner)
    ),
    max_leaves=12,
)


@each_kind
@given(value=_JSON)
@some
def test_any_json_is_a_fault_or_nothing(kind: Kind, value: object) -> None:
    only_faults(kind.open(BASE, answering(json.dumps(value).encode())))


BAD: list[Any] = [None, True, -1, 1.5, "", "x", "http://[", [], [None], {}, {"rendered": 1}]
GOOD: dict[str, Json] = {
    "wordpress": post(
        1, lang="en", translations={"en": 1, "es": 2}, coauthors=[4],
        wpml_translations=[{"locale": "es_ES", "id": 2, "href": f"{BASE}/es/"}],
    ),
    "ghost": ghost_post(1, "World", "#es", "#translation-quay"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_wrong_types_in_any_field_stop_neither_the_post_nor_the_others(name: str) -> None:
    kind, other = KINDS[name], {"wordpress": post(7), "ghost": ghost_post(7)}[name]
    shuffled = random.Random(7)
    for bad in variations(GOOD[name], BAD):
        made = {"wordpress": WordPress, "ghost": Ghost}[name]
        both = [bad, other]
        shuffled.shuffle(both)
        drafts = only_faults(kind.open(BASE, fetching(made(*both))))
        assert any("Quay 7" in (draft.title or "") for draft in drafts), bad


@pytest.mark.parametrize("pages", ["x", "-1", "9" * 30, "1e9", ""])
def test_a_number_of_pages_that_is_none_ends_the_reading(pages: str) -> None:
    def fetch(url: str) -> Fetched:
        found = fetching(WordPress(post(1)))(url)
        return replace(found, headers={**found.headers, "x-wp-totalpages": pages})

    assert len(wordpress(BASE, fetch).read().drafts) <= 1


# --- a folder, which has no server --------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    for number in (1, 2):
        text = f"---\ntitle: Quay {number}\n---\n{_WORDS}"
        (tmp_path / "articles" / f"quay-{number}.md").write_text(text, "utf-8")
    return tmp_path


def over(folder: Path) -> Source:
    spec = specs.FolderSpec(
        kind="folder", name="site", path=Path("articles"), base_url="https://e.com"
    )
    return FolderSource(spec, folder)


def test_a_folder_keeps_to_the_contract(folder: Path) -> None:
    source = over(folder)
    found = source.read()
    assert source.name == "site"
    assert found == source.read() == source.read(SINCE)
    assert [(draft.source, draft.guid) for draft in found.drafts] == [
        ("site", "quay-1.md"),
        ("site", "quay-2.md"),
    ]
    assert source.complete(found.drafts[0]) == found.drafts[0]
    (folder / "articles" / "quay-2.md").unlink()
    assert source.withdrawn("quay-1.md", None) is None
    assert source.withdrawn("quay-2.md", None)


@given(content=st.binary(max_size=200))
@some
def test_a_file_that_cannot_be_read_stops_no_other(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "articles").mkdir()
    (folder / "articles" / "a.md").write_bytes(content)
    (folder / "articles" / "b.md").write_text(f"# Quay 2\n\n{_WORDS}", "utf-8")
    assert "Quay 2" in [draft.title for draft in only_faults(over(folder))]


def test_a_folder_that_is_away_raises_a_fault_and_withdraws_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceFault):
        over(tmp_path).read()
    assert over(tmp_path).withdrawn("quay-1.md", None) is None
