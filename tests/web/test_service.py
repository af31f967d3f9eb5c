"""The service: what is due is mailed once, whatever the clocks, the neighbours or a layout do."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.app import App, open_app
from newsletter.lib.errors import NewsletterError
from newsletter.model.consent import How, Origin, SignUp
from newsletter.scheduler import Service
from newsletter.web.server import run
from tests.journeys.project import NEWSLETTER
from tests.sources.server import page, serving
from tests.waiting import until
from tests.web.serving import Client, new_project

MADRID = ZoneInfo("Europe/Madrid")
EVENING = datetime(2031, 5, 1, 20, 0, tzinfo=UTC)  # after any date that the samples can have


@contextmanager
def service(folder: Path, start: datetime = EVENING) -> Iterator[tuple[Service, list[datetime]]]:
    """A service on the project, and its clock: the last time in the list is now."""
    times = [start]
    with open_app(folder, clock=lambda: times[-1]) as app:
        yield Service(app), times


def letters(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "outbox").glob("new/*"))


def configure(folder: Path, old: str, new: str) -> None:
    config = folder / "newsletter.toml"
    text = config.read_text("utf-8")
    assert old in text
    config.write_text(text.replace(old, new, 1), "utf-8")


def write_article(folder: Path, name: str, day: datetime) -> None:
    (folder / "articles" / "en" / f"{name}.md").write_text(
        f"---\ntitle: {name}\ndate: {day.isoformat()}\n---\nSomething happened in {name}.\n",
        "utf-8",
    )


def test_a_digest_is_mailed_at_its_slot_and_only_then(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    with service(folder) as (running, times):
        running.tick()
        assert letters(folder) == []
        times.append(datetime(2031, 5, 2, 7, 0, 10, tzinfo=MADRID))
        running.tick()
        assert len(letters(folder)) == 20
        for _ in range(3):
            times.append(times[-1] + timedelta(hours=1))
            running.tick()
        assert len(letters(folder)) == 20


@pytest.mark.parametrize(
    ("first", "days"),
    [(datetime(2031, 10, 24, 12, tzinfo=MADRID), 4), (datetime(2032, 3, 26, 12, tzinfo=MADRID), 4)],
    ids=["autumn", "spring"],
)
def test_the_nights_when_clocks_change_have_one_edition_each(
    tmp_path: Path, first: datetime, days: int
) -> None:
    folder = new_project(tmp_path / "paper", first_run="baseline")
    configure(folder, '"0 7 * * *"', '"30 2 * * *"')
    configure(folder, 'languages = ["en", "es"]', 'languages = ["en"]')
    (folder / "subscribers" / "es.csv").unlink()
    with service(folder, first) as (running, times):
        running.tick()
        for hour in range(days * 24):
            if hour % 24 == 6:
                write_article(folder, f"day-{hour // 24}", times[-1])
            times.append(first.astimezone(UTC) + timedelta(hours=hour, minutes=20))
            running.tick()
    slots = [name.split("-en-")[0] for name in letters(folder)]
    assert sorted(set(slots)) == [
        f"daily-{(first + timedelta(days=n)).date()}T0230" for n in range(1, days + 1)
    ]
    assert len(slots) == 10 * days


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_services_on_one_database_mail_everybody_once(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    folder = new_project(tmp_path / "paper")
    configure(folder, "sqlite:///newsletter.db", request.getfixturevalue(f"{kind}_url"))
    with service(folder) as (one, times), service(folder) as (other, more):
        one.tick()
        times.append(datetime(2031, 5, 2, 7, 0, 5, tzinfo=MADRID))
        more.append(times[-1])
        threads = [threading.Thread(target=each.tick) for each in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert _edition_count(one.app) == 2
    assert len(letters(folder)) == 20


def _edition_count(app: App) -> int:
    with app.database.read() as tx:
        return int(tx.connection.exec_driver_sql("select count(*) from editions").scalar_one())


def test_a_digest_with_a_broken_layout_stops_no_other(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    configure(
        folder,
        "[[digests]]",
        '[[digests]]\nname = "broken"\nschedule = "0 7 * * *"\ntimezone = "Europe/Madrid"\n'
        'layout = "nowhere"\n\n[[digests]]',
    )
    with service(folder) as (running, times):
        running.tick()
        times.append(datetime(2031, 5, 2, 7, 0, 10, tzinfo=MADRID))
        running.tick()
    assert len(letters(folder)) == 20


def test_a_source_that_cannot_be_read_stops_no_edition(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    configure(
        folder,
        "[[digests]]",
        '[[sources]]\nname = "gone"\nkind = "folder"\npath = "nowhere"\n\n[[digests]]',
    )
    with service(folder) as (running, times):
        running.tick()
        times.append(datetime(2031, 5, 2, 7, 0, 10, tzinfo=MADRID))
        running.tick()
    assert len(letters(folder)) == 20


@contextmanager
def served(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """`newsletter serve` at work on the project, from the moment when it answers."""
    configure(folder, 'listen = "127.0.0.1:8000"', f'listen = "127.0.0.1:{port}"')
    process = subprocess.Popen(
        [*NEWSLETTER, "serve", "--project", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stderr is not None
    while "serving" not in process.stderr.readline():
        assert process.poll() is None
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> str:
    """What the service said after it was asked to stop; ten seconds are all it has."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said
    return said


def test_serve_ends_in_good_order_when_asked(tmp_path: Path, free_port: int) -> None:
    with served(new_project(tmp_path / "paper"), free_port) as process:
        assert Client(free_port).ask("GET", "/healthz").status == 200
        assert "stopped" in ended(process)


def test_a_source_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path, free_port: int) -> None:
    folder = new_project(tmp_path / "paper")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/feed"
        source = f'name = "slow"\nkind = "feed"\nurl = "{url}"\nallow_private = ["127.0.0.1/32"]'
        configure(folder, "[[digests]]", f"[[sources]]\n{source}\n\n[[digests]]")
        with served(folder, free_port) as process:
            connection, _ = silent.accept()  # from here on it waits for an answer
            assert "stopped" in ended(process)
            connection.close()


def test_a_port_that_is_taken_is_named_before_anything_is_done(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    with socket.create_server(("127.0.0.1", 0)) as taken, open_app(folder) as app:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        public = replace(app.settings.public, listen=listen)
        with pytest.raises(NewsletterError, match=f"{listen}.*public.listen"):
            run(replace(app, settings=replace(app.settings, public=public)))
        with app.database.read() as tx:
            assert tx.connection.exec_driver_sql("select count(*) from subscribers").scalar() == 0


def test_sources_are_looked_at_five_minutes_before_a_digest(tmp_path: Path) -> None:
    """Whatever their own cadence, and without being read again when the digest is due."""
    folder = new_project(tmp_path / "paper", first_run="baseline")
    asked: list[datetime] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(times[-1])
        page(b'<rss version="2.0"><channel/></rss>', Cache_Control="max-age=86400")(handler)

    with serving({"/feed": answer}) as site:
        source = f'name = "remote"\nkind = "feed"\nurl = "{site.url}/feed"\nrequest_pause = 0'
        private = 'allow_private = ["127.0.0.1/32"]'
        configure(folder, "[[digests]]", f"[[sources]]\n{source}\n{private}\n\n[[digests]]")
        with service(folder) as (running, times):
            running.tick()
            for hour, minute in ((5, 0), (6, 54), (6, 55), (6, 58), (7, 0), (7, 1), (8, 0)):
                times.append(datetime(2031, 5, 2, hour, minute, tzinfo=MADRID))
                running.tick()
    assert asked == [EVENING, datetime(2031, 5, 2, 6, 55, tzinfo=MADRID)]


def test_a_digest_tells_which_sources_it_does_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = new_project(tmp_path / "paper")
    configure(
        folder,
        "[[digests]]",
        '[[sources]]\nname = "gone"\nkind = "folder"\npath = "nowhere"\n\n[[digests]]',
    )
    with service(folder) as (running, times):
        running.tick()
        capsys.readouterr()
        times.append(datetime(2031, 5, 2, 7, 0, 10, tzinfo=MADRID))
        running.tick()
    said = capsys.readouterr().out
    assert re.search(r"without .*digest=.*daily.*nowhere.*source=.*gone", said)


def test_who_signs_up_finds_the_mail_within_seconds(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    with service(folder) as (running, _):
        keeping = threading.Thread(target=running.keep_notices)
        keeping.start()
        wish = SignUp(email="ada@example.com", language="en", digests=("daily",))
        running.app.readers.sign_up(wish, Origin(how=How.FORM, language="en"))
        until(lambda: any("ada@example.com" in name for name in letters(folder)), "a notice")
        running.app.stop.set()
        keeping.join()


def test_a_tick_sends_the_notices_that_another_process_wrote(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
    with service(folder) as (running, _):
        wish = SignUp(email="ada@example.com", language="es", digests=("daily",))
        running.app.readers.sign_up(wish, Origin(how=How.FORM, language="es"))
        running.app.notified.clear()
        running.tick()
    assert [name for name in letters(folder) if "ada@example.com" in name]
