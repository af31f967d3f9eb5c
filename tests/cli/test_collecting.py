"""`newsletter collect`, and what is said of sources elsewhere: one line for each."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.cli.reading import collected_words
from newsletter.flows.collect import Collected
from newsletter.sources.port import ItemFault
from tests.cli.running import Program
from tests.flows.sources import feed_of
from tests.journeys.project import make_project
from tests.sources.server import Answer, page, serving, tagged

UNTIL = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Collected(source="s", new=3, unchanged=12), "3 new, 12 unchanged"),
        (Collected(source="s", changed=1), "1 changed"),
        (Collected(source="s", baseline=9), "9 baseline (old at the first reading)"),
        (
            Collected(source="s", elsewhere=2),
            "2 elsewhere (known from another source or address)",
        ),
        (Collected(source="s"), "nothing in it"),
        (Collected(source="s", not_modified=True), "not modified"),
        (Collected(source="s", fault="no answer"), "failed: no answer"),
        (
            Collected(source="s", paused="gone for good (410)"),
            "paused: gone for good (410) (--force tries again)",
        ),
        (
            Collected(source="s", waits_until=UNTIL),
            "waiting until 2026-11-22 07:30 UTC, as its server asked (--force does not)",
        ),
        (
            Collected(source="s", new=1, notes=("has moved to https://b.example/",)),
            "1 new; has moved to https://b.example/",
        ),
        (Collected(source="s", new=1, faults=(ItemFault("x", "y"),)), "1 new; 1 failed"),
    ],
)
def test_what_happened_to_a_source_is_one_line(result: Collected, words: str) -> None:
    assert collected_words(result) == words


@contextmanager
def project(folder: Path, answers: Mapping[str, Answer]) -> Iterator[Path]:
    """A project with a feed for each answer, named after its path."""
    with serving(answers) as site:
        sources = "".join(
            f'[[sources]]\nname = "{path[1:]}"\nkind = "feed"\nurl = "{site.url}{path}"\n'
            'allow_private = ["127.0.0.1/32"]\nrequest_pause = 0\nenrich = false\n'
            for path in answers
        )
        yield make_project(folder, sources=sources, readers={"en": ["a@example.com"]})


ANSWERS = {
    "/good": tagged(feed_of(1, 2)),
    "/busy": page(b"", status=503, Retry_After="86400"),
    "/gone": page(b"", status=410),
    "/closed": page(b"", status=403),
}


def test_collect_says_a_line_for_each_source_and_nothing_else(
    newsletter: Program, tmp_path: Path
) -> None:
    with project(tmp_path / "paper", ANSWERS) as folder:
        first = newsletter("collect", "--project", folder)
        second = newsletter("collect", "--project", folder)
    for done in (first, second):
        assert [line.partition(":")[0] for line in done.out.splitlines()] == [
            "good", "busy", "gone", "closed",
        ]  # fmt: skip
        assert (done.code, done.err) == (0, "")
    good, busy, gone, closed = first.out.splitlines()
    assert good == "good: 2 baseline (old at the first reading)"
    assert "503 Service Unavailable" in busy
    assert "410 Gone" in gone
    assert "403 Forbidden" in closed
    assert closed.endswith("it does not let this program in: ask its administrator")
    good, busy, gone, closed = second.out.splitlines()
    assert good == "good: not modified"
    assert re.match(r"busy: waiting until \d{4}-\d\d-\d\d \d\d:\d\d UTC", busy)
    assert gone.startswith("gone: paused: its server says that it is gone for good (410)")
    assert "403 Forbidden" in closed


def test_collect_asks_everybody_when_forced(newsletter: Program, tmp_path: Path) -> None:
    with project(tmp_path / "paper", ANSWERS) as folder:
        newsletter("collect", "--project", folder)
        done = newsletter("collect", "--project", folder, "--force", "--json").json
    assert [(each["source"], bool(each["fault"])) for each in done["sources"]] == [
        ("good", False),
        ("busy", True),
        ("gone", True),
        ("closed", True),
    ]


def test_programs_get_what_people_are_told(newsletter: Program, tmp_path: Path) -> None:
    with project(tmp_path / "paper", ANSWERS) as folder:
        newsletter("collect", "--project", folder)
        found = newsletter("collect", "--project", folder, "--json").json["sources"]
        status = newsletter("status", "--project", folder, "--json").json["sources"]
    good, busy, gone, _ = found
    assert good["not_modified"]
    assert datetime.fromisoformat(busy["waits_until"]) > datetime.now(UTC)
    assert "410" in gone["paused"]
    named = {each["name"]: each for each in status}
    assert (named["busy"]["failures"], named["gone"]["paused"]) == (1, gone["paused"])
    assert named["good"]["failing_since"] is None


def test_where_nothing_can_be_read_any_more_collect_ends_with_1(
    newsletter: Program, tmp_path: Path
) -> None:
    with project(tmp_path / "paper", {"/gone": page(b"", status=410)}) as folder:
        assert [newsletter("collect", "--project", folder).code for _ in range(2)] == [1, 1]


def test_the_plan_names_the_sources_that_a_digest_has_to_do_without(
    newsletter: Program, tmp_path: Path
) -> None:
    with project(tmp_path / "paper", ANSWERS) as folder:
        newsletter("collect", "--project", folder)
        plan = newsletter("plan", "--project", folder)
        (english, _) = newsletter("plan", "--project", folder, "--json").json["plan"]
    assert "digest daily: source busy cannot be read since" in plan.err
    assert "digest daily: source gone is not read any more" in plan.err
    assert [each["source"] for each in english["troubles"]] == ["busy", "gone", "closed"]


def test_a_cms_is_told_where_and_with_what_to_announce(newsletter: Program, tmp_path: Path) -> None:
    with project(tmp_path / "paper", ANSWERS) as folder:
        told = newsletter("sources", "ping", "good", "--project", folder)
        found = newsletter("sources", "ping", "good", "--project", folder, "--json").json
        unknown = newsletter("sources", "ping", "nowhere", "--project", folder)
    assert found["address"] == "https://news.example.com/ping/good"
    assert re.fullmatch("[0-9a-f]{64}", found["secret"])
    assert found["address"] in told.out
    assert found["secret"] in told.out
    assert unknown.code == 1
    assert "newsletter.toml has: good, busy, gone, closed" in unknown.err


def test_the_example_for_a_cms_signs_as_the_door_wants_it() -> None:
    """What openssl does in the printed example."""
    from newsletter.web.ping import signed

    by_hand = hmac.new(b"secret", b'{"a":1}' + b"1793000000", hashlib.sha256).hexdigest()
    assert signed("secret", b'{"a":1}', "1793000000") == by_hand
