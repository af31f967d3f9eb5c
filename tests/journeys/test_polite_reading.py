"""How a publisher's server sees the program: one request a second, a name, and no needless ones."""

import os
import pty
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.lib.isolation import here
from newsletter.sources.manners import PAUSE, Manners
from tests.flows.sources import feed_of
from tests.journeys.faulty_site import feed, item
from tests.journeys.project import NEWSLETTER, make_project
from tests.sources.server import Site, page, serving, tagged

ROOT = Path(__file__).parents[2]
STORIES = {f"/story/{n}": page(b"<h1>Story</h1><p>" + b"It happened. " * 40) for n in range(3)}
FEED = tagged(feed(*(item(f"Story {n}", f"/story/{n}") for n in range(3))))


@contextmanager
def reading(folder: Path, *more: str, waits: list[float]) -> Iterator[tuple[App, Site]]:
    """The program on a project with two sources of one server; `waits` are those it asked for."""
    with serving({"/feed": FEED, "/other": page(feed_of(7)), **STORIES}) as site:
        sources = "".join(
            f'[[sources]]\nname = "{name}"\nkind = "feed"\nurl = "{site.url}/{name}"\n'
            'first_run = "all"\nallow_private = ["127.0.0.1/32"]\n' + "".join(more)
            for name in ("feed", "other")
        )
        make_project(
            folder, sources=sources.replace('/other"', '/other"\nenrich = false'), readers={}
        )
        with open_app(folder) as app:
            # However long an answer takes: time stands still.
            manners = Manners(PAUSE, sleep=waits.append, clock=lambda: 0.0)
            yield replace(app, reading=here, manners=manners), site


def test_a_server_is_asked_once_a_second(tmp_path: Path) -> None:
    waits: list[float] = []
    with reading(tmp_path / "paper", waits=waits) as (app, site):
        app.newsroom.collect()
    assert len(site.asked) == 5  # two feeds and three pages
    assert waits == [PAUSE] * 4


def test_the_operator_s_own_server_need_not_be_spared(tmp_path: Path) -> None:
    waits: list[float] = []
    with reading(tmp_path / "paper", "request_pause = 0\n", waits=waits) as (app, site):
        app.newsroom.collect()
    assert (len(site.asked), waits) == (5, [])


def test_nothing_is_asked_for_twice_that_stays(tmp_path: Path) -> None:
    with reading(tmp_path / "paper", waits=[]) as (app, site):
        app.newsroom.collect()
        site.asked.clear()
        feed_, other = app.newsroom.collect()
    assert sorted(site.asked) == ["/feed", "/other"]
    assert (feed_.not_modified, other.not_modified) == (True, True)
    assert [each.get("If-None-Match") for each in site.headers[-2:]].count('"1"') == 1


@pytest.mark.parametrize(
    ("more", "agent"),
    [
        ("", "NewsletterComposer/"),
        ('user_agent = "Mozilla/5.0 (compatible; us)"\n', "Mozilla/5.0 (compatible; us)"),
    ],
)
def test_a_server_is_told_who_asks(tmp_path: Path, more: str, agent: str) -> None:
    with reading(tmp_path / "paper", more, waits=[]) as (app, site):
        app.newsroom.collect()
    assert len(site.headers) == 5
    assert all(each["User-Agent"].startswith(agent) for each in site.headers)


def on_a_terminal(command: Sequence[str]) -> tuple[str, str]:
    """What a program writes on stdout, and on a terminal that is its stderr."""
    mine, theirs = pty.openpty()
    shown: list[bytes] = []

    def watch() -> None:
        with suppress(OSError):  # EIO: the program has gone
            while piece := os.read(mine, 4096):
                shown.append(piece)

    watching = threading.Thread(target=watch)
    watching.start()
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        check=True,
        text=True,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    watching.join()
    os.close(mine)
    return done.stdout, b"".join(shown).decode("utf-8", "replace")


def test_who_watches_sees_a_bar_and_a_pipe_gets_none(tmp_path: Path) -> None:
    command = [*NEWSLETTER, "collect", "--project", str(tmp_path / "paper")]
    with reading(tmp_path / "paper", "request_pause = 0\n", waits=[]):
        out, shown = on_a_terminal(command)
        again = subprocess.run(command, capture_output=True, cwd=ROOT, check=True, text=True)
    assert "sources" in shown
    assert out.splitlines() == ["feed: 3 new", "other: 1 new"]
    assert again.stdout.splitlines() == ["feed: not modified", "other: not modified"]
    assert again.stderr == ""
