"""What has not changed is not read again, whatever the source consists of."""

from collections.abc import Mapping
from typing import Any

import pytest

from newsletter.model.poll import Document
from newsletter.sources.http import Http
from newsletter.sources.port import Fetch, Fetched, NotModified, SourceFault
from newsletter.sources.visits import Visits
from tests.sources.server import Answer, page, redirect, serving

DATE = "Sun, 22 Nov 2026 06:00:00 GMT"


class Web:
    """Documents by their address; what is asked stands in `asked`, with the conditions."""

    def __init__(self, **documents: Fetched | str) -> None:
        self.documents: dict[str, Fetched | str] = dict(documents)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def ask(self, url: str, conditions: Mapping[str, str]) -> Fetched:
        self.asked.append((url, dict(conditions)))
        found = self.documents[url]
        if isinstance(found, str):
            raise SourceFault("fetch_failed", found)
        etag = found.headers.get("etag")
        if etag and conditions.get("If-None-Match") == etag:
            return Fetched(url=url, status=304, content=b"", headers=found.headers)
        return found


def document(content: str, *, status: int = 200, url: str = "", **headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(url=url, status=status, content=content.encode(), headers=named)


def read(web: Web, known: tuple[Document, ...], *urls: str) -> tuple[list[bytes], Visits]:
    """One reading of the addresses; no contents where nothing has changed."""
    visits = Visits(web.ask, known)
    try:
        with visits.reading():
            return [visits.fetch(url).content for url in urls], visits
    except NotModified:
        return [], visits


def twice(web: Web, *urls: str, **changes: Fetched | str) -> tuple[list[bytes], Visits]:
    """What the second of two readings got, with changes between them; `asked` tells of it only."""
    _, visits = read(web, (), *urls)
    web.documents |= changes
    web.asked.clear()
    return read(web, visits.documents, *urls)


@pytest.mark.parametrize(
    "feed", [document("a", etag='"1"'), document("a")], ids=["304", "same content"]
)
def test_a_feed_that_has_not_changed_is_not_read(feed: Fetched) -> None:
    web = Web(feed=feed)
    found, visits = twice(web, "feed")
    assert found == []
    assert [each.url for each in visits.documents] == ["feed"]


def test_a_feed_that_has_changed_is_read_once() -> None:
    web = Web(feed=document("a", etag='"1"'))
    found, visits = twice(web, "feed", feed=document("b", etag='"2"'))
    assert (found, len(web.asked)) == ([b"b"], 1)
    assert visits.documents[0].etag == '"2"'


def test_both_validators_are_sent_as_they_came() -> None:
    web = Web(feed=document("a", etag='W/"1"', last_modified=DATE))
    twice(web, "feed")
    assert web.asked == [("feed", {"If-None-Match": 'W/"1"', "If-Modified-Since": DATE})]


def test_an_answer_that_is_not_modified_may_bring_a_new_date() -> None:
    web = Web(feed=document("a", etag='"1"'))
    _, visits = twice(web, "feed", feed=document("a", etag='"1"', last_modified=DATE))
    assert (visits.documents[0].etag, visits.documents[0].last_modified) == ('"1"', DATE)


def test_of_several_documents_one_that_changed_brings_all() -> None:
    web = Web(one=document("1"), two=document("2"), three=document("3"))
    found, visits = twice(web, "one", "two", "three", two=document("2, corrected"))
    assert found == [b"1", b"2, corrected", b"3"]
    assert [each.url for each in visits.documents] == ["one", "two", "three"]
    assert [url for url, _ in web.asked].count("two") == 1


def test_several_documents_of_which_none_changed_are_not_read() -> None:
    web = Web(one=document("1"), two=document("2"))
    found, visits = twice(web, "one", "two")
    assert (found, len(web.asked), len(visits.documents)) == ([], 2, 2)


@pytest.mark.parametrize("broken", ["no answer", document("", status=500)], ids=["fault", "500"])
def test_a_document_that_was_not_to_be_had_is_asked_for_again(broken: Fetched | str) -> None:
    web = Web(one=document("1"), two=broken)
    visits = Visits(web.ask)
    with visits.reading():
        visits.fetch("one")
        try:
            visits.fetch("two")
        except SourceFault:
            assert visits.last is None
    assert visits.documents == ()


def test_a_later_document_that_fails_does_not_hide_that_it_was_looked_for() -> None:
    web = Web(one=document("1"), two=document("2"))
    _, visits = read(web, (), "one", "two")
    web.documents["two"] = "no answer"
    with pytest.raises(SourceFault, match="no answer"):
        read(web, visits.documents, "one", "two")


def test_a_source_that_asks_elsewhere_first_gets_everything() -> None:
    web = Web(one=document("1"), other=document("2"))
    _, visits = read(web, (), "one")
    assert read(web, visits.documents, "other", "one")[0] == [b"2", b"1"]


def test_pages_of_articles_are_no_documents_of_the_source() -> None:
    web, pages = Web(feed=document("a", etag='"1"')), Web(page=document("p", etag='"2"'))
    fetch_page: Fetch = lambda url: pages.ask(url, {})  # noqa: E731
    visits = Visits(web.ask, page=fetch_page)
    with visits.reading():
        visits.fetch("feed")
    for _ in range(2):
        assert visits.fetch("page").content == b"p"
    assert [each.url for each in visits.documents] == ["feed"]
    assert [conditions for _, conditions in pages.asked] == [{}, {}]


@pytest.mark.parametrize(("status", "asked"), [(429, 1), (503, 1), (500, 3), (404, 3)])
def test_a_host_that_asks_for_a_rest_is_not_asked_for_its_other_pages(
    status: int, asked: int
) -> None:
    urls = [f"https://example.com/{n}" for n in range(3)]
    web = Web(**dict.fromkeys(urls, document("", status=status)), other=document("fine"))
    visits = Visits(web.ask)
    for url in urls:
        try:
            assert visits.fetch(url).status == status
        except SourceFault as fault:
            assert "asks for a rest" in str(fault)  # noqa: PT017 - the first answer is none
    assert len(web.asked) == asked
    assert visits.fetch("other").content == b"fine"


@pytest.mark.parametrize("url", ["http://[x", "http://[::1", "", "mailto:a@example.com"])
def test_a_page_at_something_that_is_no_address_is_a_fault_and_no_error(url: str) -> None:
    with Http(user_agent="Meridian/1") as http, pytest.raises(SourceFault):
        Visits(http.fetch).fetch(url)


def test_more_documents_than_can_be_remembered_are_not_remembered() -> None:
    web = Web(**{f"u{n}": document(str(n)) for n in range(101)})
    assert read(web, (), *web.documents)[1].documents == ()


MOVES: dict[str, Answer] = {
    "/for-good": redirect("/b", 301),
    "/b": redirect("/feed", 308),
    "/for-now": redirect("/for-good", 302),
    "/half": redirect("/for-now", 301),
    "/see": redirect("/feed", 303),
    "/keep": redirect("/feed", 307),
    "/feed": page(b"us"),
}


@pytest.mark.parametrize(
    ("path", "moved"),
    [
        ("/for-good", "/feed"),
        ("/for-now", None),  # what comes after a look elsewhere says nothing of this address
        ("/half", "/for-now"),
        ("/see", None),
        ("/keep", None),
        ("/feed", None),
    ],
)
def test_only_redirects_that_are_permanent_from_the_first_on_are_a_move(
    path: str, moved: str | None
) -> None:
    with (
        serving(MOVES) as site,
        Http(user_agent="Meridian/1", allow_private=("127.0.0.0/8",)) as http,
    ):
        address = f"{site.url}{path}"
        visits = Visits(http.fetch, address=address)
        with visits.reading():
            assert visits.fetch(address).content == b"us"
    assert visits.moved == (moved and f"{site.url}{moved}")


def test_a_real_server_is_asked_on_condition() -> None:
    def feed(handler: Any) -> None:
        known = handler.headers.get("If-None-Match") == '"1"'
        page(b"" if known else b"us", status=304 if known else 200, ETag='"1"')(handler)

    with (
        serving({"/": feed}) as site,
        Http(user_agent="Meridian/1", allow_private=("127.0.0.0/8",)) as http,
    ):
        first = Visits(http.fetch)
        with first.reading():
            assert first.fetch(f"{site.url}/").content == b"us"
        again = Visits(http.fetch, first.documents)
        with again.reading(), pytest.raises(NotModified):
            again.fetch(f"{site.url}/")
    assert again.documents == first.documents


def test_of_addresses_that_hold_a_key_nothing_is_remembered() -> None:
    visits = Visits(lambda url, headers: Fetched(url=url, status=200, content=b"x"), secret=True)
    with visits.reading():
        visits.fetch("https://blog.example/posts/?key=secret")
    assert visits.documents == ()
