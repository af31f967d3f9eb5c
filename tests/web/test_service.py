"""The service: what is due is mailed once, whatever the clocks, the neighbours or a layout do."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.app import App, open_app
from newsletter.scheduler import Service
from tests.journeys.project import NEWSLETTER
from tests.web.serving import new_project

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


def test_two_services_on_one_database_mail_everybody_once(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "paper")
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


def test_serve_ends_in_good_order_when_asked(tmp_path: Path, free_port: int) -> None:
    folder = new_project(tmp_path / "paper")
    configure(folder, 'listen = "127.0.0.1:8000"', f'listen = "127.0.0.1:{free_port}"')
    process = subprocess.Popen(
        [*NEWSLETTER, "serve", "--project", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stderr is not None
    while "serving" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "stopped" in said
