"""Ten good sources beside every fault that a server can have: the good ones arrive."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.faulty_site import GOOD, REASONS, faulty_site, odd_addresses
from tests.journeys.project import make_project

ALLOWED = 'allow_private = ["127.0.0.1/32"]\n'
MEGABYTES = 256


def source(name: str, url: str, more: str = ALLOWED) -> str:
    return (
        f'[[sources]]\nname = "{name}"\nkind = "feed"\nurl = "{url}"\n'
        f'first_run = "all"\nrequest_pause = 0\n{more}'
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What one round over all of them came to."""
    with faulty_site() as (site, private):
        sources = [
            *(
                source(name, f"http://{name}.example:{site.port}/{name}")
                for name in (*GOOD, *REASONS, "lures", "rebinding", "elsewhere")
            ),
            *(source(f"odd-{n}", url, "") for n, url in odd_addresses(private.port).items()),
            source("mixed", f"http://mixed.example:{site.port}/good-3"),
        ]
        folder = make_project(
            tmp_path_factory.mktemp("faulty") / "paper", sources="\n".join(sources), readers={}
        )
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.journeys.faulty_reading", str(folder)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "http_proxy": private.url, "ALL_PROXY": private.url},
            check=True,
        )
        yield {**json.loads(done.stdout), "connected": private.connected}


def test_the_good_ones_arrive(found: dict[str, Any]) -> None:
    for name in GOOD:
        result = found["results"][name]
        assert (result["fault"], result["faults"]) == (None, [])
    # A source that moved to a good one brings its articles too, whichever is read first.
    brought = [found["results"][name]["new"] for name in (*GOOD, "moved")]
    assert sum(brought) == 3 * len(GOOD)


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=list(REASONS))
def test_each_bad_one_is_named_with_its_reason(
    found: dict[str, Any], name: str, reason: str | None
) -> None:
    fault = found["results"][name]["fault"]
    assert (fault is None) if reason is None else (reason in fault), fault


@pytest.mark.parametrize("name", odd_addresses(0))
def test_no_way_of_writing_a_private_address_is_taken(found: dict[str, Any], name: str) -> None:
    assert found["results"][f"odd-{name}"]["fault"]


def test_nothing_private_is_ever_connected(found: dict[str, Any]) -> None:
    assert found["connected"] == 0


def test_a_name_that_changes_between_look_and_connection_is_refused(found: dict[str, Any]) -> None:
    (fault,) = found["results"]["rebinding"]["faults"]
    assert "127.0.0.2, which is not a public address" in fault["reason"]
    assert found["asked"]["rebinding.example"] == 2  # once for the feed, once for the page
    assert "127.0.0.2, which is not a public address" in found["results"]["mixed"]["fault"]


def test_one_bad_page_costs_one_article(found: dict[str, Any]) -> None:
    result = found["results"]["lures"]
    reasons = {each["place"].rpartition("/")[2]: each["reason"] for each in result["faults"]}
    assert "not a public address" in reasons["lure"]
    assert "nests too deep" in reasons["deep-page"]
    assert "too slow" in reasons["drip-body"]
    assert "unpack to more than" in reasons["bomb"]
    assert result["new"] + result["elsewhere"] == 5


def test_another_host_s_robots_txt_is_obeyed_and_the_source_s_own_is_not_asked(
    found: dict[str, Any],
) -> None:
    (fault,) = found["results"]["elsewhere"]["faults"]
    assert re.search(r"good-5/1: not fetched, .*/robots.txt keeps programs out", fault["reason"])
    assert found["results"]["good-5"]["faults"] == []


def test_no_entity_opens_a_file_or_grows(found: dict[str, Any]) -> None:
    whole = "".join(found["texts"])
    assert "root:" not in whole
    assert "haha" not in whole


def test_a_server_that_asks_for_a_rest_and_one_that_is_gone_are_told(found: dict[str, Any]) -> None:
    assert "not read any more" in found["results"]["gone"]["notes"][0]
    assert found["results"]["busy"]["notes"] == []


def test_neither_process_takes_more_memory_than_it_may(found: dict[str, Any]) -> None:
    assert found["process_kb"] <= MEGABYTES * 1024
    assert found["child_kb"] <= MEGABYTES * 1024
