"""Which sources are read, in what company, and what is remembered of it."""

import pickle
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsletter.flows.collect import Collected
from newsletter.flows.poll import Round, due, poll, troubles
from newsletter.flows.reading import Subject
from newsletter.lib.isolation import Overrun
from newsletter.model.article import Draft, Remark
from newsletter.model.poll import Poll
from newsletter.model.specs import Digest, FeedSpec, FolderSpec, PagesSpec, SourceSpec
from newsletter.sources.feed import FeedSource
from newsletter.sources.http import Http
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.polling import on_condition
from newsletter.sources.port import Found, SourceFault
from newsletter.sources.visits import Visits
from newsletter.store import articles, polls, sources
from newsletter.store.database import Database
from tests.flows.sources import NOW, ListedSource, draft, feed_of
from tests.sources.server import Answer, Site, page, redirect, serving, tagged

HOUR = timedelta(hours=1)


def feed_spec(url: str, name: str = "site", **changes: Any) -> FeedSpec:
    known = {"enrich": False, "first_run": "all", "allow_private": ("127.0.0.0/8",)}
    return FeedSpec(kind="feed", name=name, url=url, **{**known, **changes})


@contextmanager
def opened(spec: SourceSpec, standing: Poll, now: datetime = NOW) -> Iterator[Subject]:
    """A feed as the program opens it."""
    assert isinstance(spec, FeedSpec)
    with Http(user_agent="Meridian/1", allow_private=spec.allow_private) as http:
        there = replace(spec, url=standing.address or spec.url)
        known = standing.documents if on_condition(standing, now) else ()
        visits = Visits(http.fetch, known, address=there.url)
        yield Subject(FeedSource(there, visits.fetch), spec, visits)


def round_of(*specs: SourceSpec, now: datetime = NOW, **changes: Any) -> Round:
    known: dict[str, Any] = {
        "specs": specs,
        "languages": ("en", "es"),
        "open_source": lambda spec, standing: opened(spec, standing, now),
        "clock": lambda: now,
    }
    return Round(**known | changes)


def visit(
    database: Database, spec: SourceSpec, *, now: datetime = NOW, **changes: Any
) -> Collected:
    """One round over one source."""
    (result,) = poll(database, round_of(spec, now=now, **changes))
    return result


def standing(database: Database, name: str = "site") -> Poll:
    with database.read() as tx:
        return polls.poll_of(tx, name) or Poll()


@contextmanager
def site_of(answers: Mapping[str, Answer]) -> Iterator[tuple[Site, dict[str, Answer]]]:
    """A server whose answers can be changed while it runs."""
    table = dict(answers)
    with serving(table) as site:
        yield site, table


def test_a_feed_that_has_not_changed_is_no_work(database: Database) -> None:
    with site_of({"/feed": tagged(feed_of(1, 2))}) as (site, answers):
        spec = feed_spec(f"{site.url}/feed")
        assert visit(database, spec).new == 2
        second = visit(database, spec, now=NOW + HOUR)
        assert (second.not_modified, second.new, second.fault) == (True, 0, None)
        assert site.headers[1]["If-None-Match"] == '"1"'
        answers["/feed"] = tagged(feed_of(1, 2, 3), '"2"')
        assert visit(database, spec, now=NOW + 2 * HOUR).new == 1
    with database.read() as tx:
        assert sources.state_of(tx, "site").last_read_at == NOW + 2 * HOUR


def test_what_is_remembered_survives_the_database(database: Database) -> None:
    feed = feed_of(1, ttl="<ttl>90</ttl>")
    with site_of({"/feed": page(feed, ETag='"1"', Last_Modified="x")}) as (site, _):
        visit(database, feed_spec(f"{site.url}/feed"))
    kept = standing(database)
    assert (kept.documents[0].etag, kept.documents[0].last_modified) == ('"1"', "x")
    assert (kept.ttl, kept.due_at) == (90, NOW + timedelta(minutes=90))
    assert kept.whole_at == kept.full_at == NOW


def test_a_reading_that_was_not_stored_is_done_again(database: Database) -> None:
    """Killed between reading and storing: validators of what was never kept would hide it."""

    class Killed(BaseException):
        pass

    def killed(source: str, read: int, of: int) -> None:
        raise Killed

    @contextmanager
    def opened_once(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        with opened(spec, standing) as subject:
            yield replace(subject, progress=killed)

    with site_of({"/feed": tagged(feed_of(1))}) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        with pytest.raises(Killed):
            visit(database, spec, open_source=opened_once)
        assert standing(database) == Poll()
        assert visit(database, spec).new == 1


def test_pages_that_were_not_to_be_had_are_asked_for_though_the_feed_stays(
    database: Database,
) -> None:
    class Unlucky(FeedSource):
        def complete(self, draft: Draft) -> Draft:
            return replace(draft, remarks=(Remark(PAGE_UNREAD, "503"),))

    @contextmanager
    def without_pages(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        with opened(spec, standing) as subject:
            assert isinstance(spec, FeedSpec)
            assert subject.visits
            yield replace(subject, source=Unlucky(spec, subject.visits.fetch))

    with site_of({"/feed": tagged(feed_of(1))}) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        visit(database, spec, open_source=without_pages)
        assert len(visit(database, spec, open_source=without_pages).faults) == 1
        assert not visit(database, spec).not_modified
        assert visit(database, spec).not_modified


def test_another_configuration_reads_everything_anew(database: Database) -> None:
    with site_of({"/feed": tagged(feed_of(1))}) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        visit(database, spec)
        assert not visit(database, replace(spec, language="es")).not_modified


def test_an_adopted_database_reads_everything_anew(database: Database) -> None:
    with site_of({"/feed": tagged(feed_of(1, 2))}) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        visit(database, spec)
        with database.begin() as tx:
            sources.forget_first_runs(tx)
        assert visit(database, spec).unchanged == 2


def test_a_busy_server_is_left_alone_until_its_time_unless_forced(database: Database) -> None:
    busy = page(b"", status=429, Retry_After="7200")
    with site_of({"/feed": busy}) as (site, answers):
        spec = feed_spec(f"{site.url}/feed")
        assert "429 Too Many Requests" in (visit(database, spec).fault or "")
        answers["/feed"] = page(feed_of(1))
        told = visit(database, spec, now=NOW + HOUR)
        assert (told.waits_until, told.fault, len(site.asked)) == (NOW + 2 * HOUR, None, 1)
        assert visit(database, spec, now=NOW + HOUR, force=True).new == 1
    assert standing(database).wait_until is None


def test_a_rest_that_one_source_s_server_asks_for_is_its_own(database: Database) -> None:
    """A broken address must not silence a whole site, whose other feeds are in order."""
    answers = {"/busy": page(b"", status=503, Retry_After="7200"), "/feed": page(feed_of(1))}
    with site_of(answers) as (site, _):
        busy, good = (feed_spec(f"{site.url}/{name}", name) for name in ("busy", "feed"))
        first, second = poll(database, round_of(busy, good))
    assert (bool(first.fault), second.new) == (True, 1)
    assert due_names(database, NOW + HOUR, busy, good) == ["feed"]
    assert due_names(database, NOW + 2 * HOUR, busy, good) == ["busy", "feed"]


def test_a_source_that_is_gone_is_not_asked_again_until_somebody_insists(
    database: Database,
) -> None:
    with site_of({"/feed": page(b"", status=410)}) as (site, answers):
        spec = feed_spec(f"{site.url}/feed")
        first = visit(database, spec)
        assert "410 Gone" in (first.fault or "")
        assert "not read any more" in first.notes[0]
        later = visit(database, spec, now=NOW + 48 * HOUR)
        assert ("gone for good" in (later.paused or ""), len(site.asked)) == (True, 1)
        answers["/feed"] = page(feed_of(1))
        assert visit(database, spec, now=NOW + 49 * HOUR, force=True).new == 1
        assert visit(database, spec, now=NOW + 50 * HOUR).not_modified


def test_a_source_that_moved_for_good_is_read_at_its_new_address(database: Database) -> None:
    answers = {"/feed": redirect("/new", 301), "/new": tagged(feed_of(1, 2))}
    with site_of(answers) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        results = [visit(database, spec, now=NOW + n * 13 * HOUR) for n in range(4)]
        assert site.asked == ["/feed", "/new"] * 3 + ["/new"]
    assert [bool(each.notes) for each in results] == [False, False, True, False]
    assert f"has moved to {site.url}/new" in results[2].notes[0]
    assert sum(each.new for each in results) == 2


def test_a_redirect_to_something_that_is_no_feed_is_not_believed(database: Database) -> None:
    answers = {"/feed": redirect("/", 301), "/": page(b"<html>welcome</html>")}
    with site_of(answers) as (site, _):
        for n in range(5):
            visit(database, feed_spec(f"{site.url}/feed"), now=NOW + n * 13 * HOUR)
    assert (standing(database).address, standing(database).failures) == (None, 5)


class Waiting(ListedSource):
    """Does something while it is read."""

    def __init__(self, name: str, act: Callable[[], None], *drafts: Draft) -> None:
        super().__init__(name, drafts)
        self.act = act

    def read(self, since: datetime | None = None) -> Found:
        self.act()
        return super().read(since)


def listed(*found: ListedSource) -> Callable[[SourceSpec, Poll], Any]:
    """Opens sources of a list by their names."""
    named = {each.name: each for each in found}

    @contextmanager
    def open_listed(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        yield Subject(named[spec.name], spec)

    return open_listed


def spec_at(host: str, name: str) -> FeedSpec:
    return feed_spec(f"https://{host}/{name}", name)


def limited(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Runs everything but what tells that it is a bomb."""
    if b"bomb" in pickle.dumps(args):
        raise Overrun("takes longer than 7 s")
    return function(*args, **kwargs)


def test_an_article_that_takes_too_much_costs_itself_alone(database: Database) -> None:
    @contextmanager
    def isolated(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        drafts = [draft(1), draft(2, title="A bomb"), draft(3)]
        yield Subject(ListedSource("site", drafts), spec, isolated=limited)

    result = visit(database, spec_at("one.example", "site"), open_source=isolated)
    (fault,) = result.faults
    assert (result.new, fault.place) == (2, "https://example.com/en/2")
    assert fault.reason == "could not be read: takes longer than 7 s"
    again = visit(database, spec_at("one.example", "site"), open_source=isolated)
    assert (again.unchanged, again.faults) == (3, ())


def test_a_feed_that_takes_too_much_costs_itself_alone(database: Database) -> None:
    @contextmanager
    def isolated(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        with opened(spec, standing) as subject:
            assert isinstance(spec, FeedSpec)
            assert subject.visits
            source = FeedSource(spec, subject.visits.fetch, limited)
            yield replace(subject, source=source, isolated=limited)

    with site_of({"/bad": page(b"<rss>bomb</rss>"), "/good": page(feed_of(1))}) as (site, _):
        specs = [feed_spec(f"{site.url}/{name}", name) for name in ("bad", "good")]
        bad, good = poll(database, round_of(*specs, open_source=isolated))
    assert (bad.fault, good.new) == ("takes longer than 7 s", 1)
    assert standing(database, "bad").failures == 1


def test_a_slow_source_does_not_hold_up_those_of_other_hosts(database: Database) -> None:
    others_done, slow_waited = threading.Event(), []
    slow = Waiting("slow", lambda: slow_waited.append(others_done.wait(30)), draft(1))
    quick = [ListedSource(f"q{n}", [draft(n)]) for n in range(2, 12)]
    specs = [
        spec_at("slow.example", "slow"),
        *(spec_at(f"{q.name}.example", q.name) for q in quick),
    ]
    done: list[str] = []

    def told(result: Collected) -> None:
        done.append(result.source)
        if len(done) == len(quick):
            others_done.set()

    results = poll(database, round_of(*specs, open_source=listed(slow, *quick), told=told))
    assert slow_waited == [True]
    assert done[-1] == "slow"
    assert [each.source for each in results] == [spec.name for spec in specs]
    assert sum(each.new for each in results) == 11


def test_sources_of_one_host_are_read_one_after_the_other(database: Database) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def act() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.02)
        with lock:
            at_once -= 1

    found = [Waiting(f"s{n}", act) for n in range(5)]
    poll(
        database,
        round_of(
            *(spec_at("one.example", each.name) for each in found), open_source=listed(*found)
        ),
    )
    assert most == 1


def test_what_failed_the_last_time_does_not_hold_up_the_others_of_its_host(
    database: Database,
) -> None:
    order: list[str] = []
    found = [Waiting(name, lambda name=name: order.append(name)) for name in "abc"]  # type: ignore[misc]
    found[0].fault = SourceFault("timeout", "slow")
    wanted = round_of(
        *(spec_at("one.example", each.name) for each in found), open_source=listed(*found)
    )
    for _ in range(2):
        poll(database, wanted)
    assert order == ["a", "b", "c", "b", "c", "a"]


def test_an_article_of_two_sources_that_are_read_at_once_is_one(database: Database) -> None:
    barrier = threading.Barrier(4, timeout=30)

    def meet() -> None:
        barrier.wait()

    found = [Waiting(f"s{n}", meet, draft(1, source=f"s{n}", guid=f"g{n}")) for n in range(4)]
    specs = [spec_at(f"{each.name}.example", each.name) for each in found]
    results = poll(database, round_of(*specs, open_source=listed(*found)))
    assert (sum(each.new for each in results), sum(each.elsewhere for each in results)) == (1, 3)
    with database.read() as tx:
        assert len(articles.known_since(tx, NOW - HOUR)) == 1


def test_what_is_raised_for_one_source_is_raised_when_all_are_read(database: Database) -> None:
    class Broken(Exception):
        pass

    good = ListedSource("good", [draft(1)])
    inner = listed(good)

    @contextmanager
    def broken(spec: SourceSpec, standing: Poll) -> Iterator[Subject]:
        if spec.name == "bad":
            raise Broken
        with inner(spec, standing) as subject:
            yield subject

    specs = (spec_at("one.example", "bad"), spec_at("one.example", "good"))
    with pytest.raises(Broken):
        poll(database, round_of(*specs, open_source=broken))
    with database.read() as tx:
        assert len(articles.known_since(tx, NOW - HOUR)) == 1


def test_a_source_that_can_tell_changes_is_asked_since_the_last_whole_reading(
    database: Database,
) -> None:
    asked: list[datetime | None] = []

    class Asked(ListedSource):
        def read(self, since: datetime | None = None) -> Found:
            asked.append(since)
            return super().read(since)

    source = Asked("site", [draft(1)])
    spec = spec_at("one.example", "site")
    for hour in range(3):
        source.fault = SourceFault("timeout", "slow") if hour == 1 else None
        visit(database, spec, now=NOW + hour * HOUR, open_source=listed(source))
    assert asked == [None, NOW, NOW]


DAILY = Digest(name="daily", schedule="0 7 * * *", timezone="Europe/Madrid")  # 06:00 UTC


def due_names(
    database: Database, now: datetime, *specs: SourceSpec, digest: Digest = DAILY
) -> list[str]:
    return [spec.name for spec in due(database, specs, (digest,), now)]


@pytest.fixture
def resting(database: Database) -> FeedSpec:
    """A source that was read at half past five, and says that it stays for a day."""
    source = page(feed_of(1), Cache_Control="max-age=86400")
    with site_of({"/feed": source}) as (site, _):
        spec = feed_spec(f"{site.url}/feed")
        visit(database, spec, now=NOW - HOUR / 2)
    return spec


@pytest.mark.parametrize(("minutes", "expected"), [(-6, []), (-5, ["site"]), (3, ["site"])])
def test_five_minutes_before_a_digest_its_sources_are_due(
    database: Database, resting: FeedSpec, minutes: int, expected: list[str]
) -> None:
    assert due_names(database, NOW + timedelta(minutes=minutes), resting) == expected


def test_a_digest_makes_no_source_due_that_it_does_not_use(
    database: Database, resting: FeedSpec
) -> None:
    other = replace(DAILY, sources=("other",))
    assert due_names(database, NOW, resting, digest=other) == []
    never_read = PagesSpec(kind="pages", name="pages", urls=("https://one.example/",))
    assert due_names(database, NOW, resting, never_read, digest=other) == ["pages"]


def test_what_a_cms_announces_is_due_until_it_was_looked_for(
    database: Database, resting: FeedSpec
) -> None:
    with database.begin() as tx:
        polls.ping(tx, "site", NOW - HOUR / 3)
    assert due_names(database, NOW - HOUR / 4, resting) == ["site"]
    assert standing(database).documents != ()
    visit(database, resting, now=NOW - HOUR / 4)
    assert due_names(database, NOW - HOUR / 5, resting) == []


def test_what_is_announced_while_a_source_is_read_stays_due(database: Database) -> None:
    def announce() -> None:
        with database.begin() as tx:
            polls.ping(tx, "site", NOW + timedelta(seconds=2))

    source = Waiting("site", announce, draft(1))
    spec = spec_at("one.example", "site")
    visit(database, spec, open_source=listed(source))
    assert standing(database).pinged_at == NOW + timedelta(seconds=2)
    source.act = lambda: None
    visit(database, spec, now=NOW + HOUR, open_source=listed(source))
    assert standing(database).pinged_at is None


def test_a_ping_of_a_source_that_was_never_read_is_kept(database: Database) -> None:
    with database.begin() as tx:
        polls.ping(tx, "site", NOW)
        polls.ping(tx, "site", NOW + HOUR)
    assert standing(database).pinged_at == NOW + HOUR


def test_a_digest_knows_which_of_its_sources_fail(database: Database) -> None:
    broken, gone, fine = ListedSource("broken"), ListedSource("gone"), ListedSource("fine")
    broken.fault = SourceFault("timeout", "too slow")
    specs = [spec_at("one.example", each.name) for each in (broken, gone, fine)]
    poll(database, round_of(*specs, open_source=listed(broken, gone, fine)))
    with database.begin() as tx:
        paused = replace(polls.poll_of(tx, "gone") or Poll(), paused="its server says 410")
        polls.save(tx, "gone", paused, looked_at=NOW)
    folder = FolderSpec(kind="folder", name="folder", path=".")  # type: ignore[arg-type]
    assert troubles(database, [*specs, folder], DAILY) == (
        ("broken", "cannot be read since 2026-11-22 06:00 UTC: too slow"),
        ("gone", "is not read any more: its server says 410"),
    )
    assert troubles(database, specs, replace(DAILY, sources=("fine",))) == ()
