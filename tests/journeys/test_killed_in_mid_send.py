"""Whoever is killed when: nobody is lost, and what came twice is the same letter, in doubt."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.model.specs import OnUnknown
from tests.journeys.accounts import Account, account, faults
from tests.journeys.killing import (
    Crowd,
    kill_any_at,
    kill_at,
    stop_over_its_lease,
    thresholds,
    wait_for_letters,
)
from tests.journeys.sending_project import SEND, SendingProject, sending_project, together
from tests.tools.postgresql import OwnPostgresql
from tests.tools.sink import Habits, Sink

SENDERS = 3  # processes on PostgreSQL
LEASE = 1.0  # seconds after which another may take over what a sender has in hand


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "sink") as sink:
        yield sink


def finished(project: SendingProject, sink: Sink) -> Account:
    """The account once a last run has sent whatever was left."""
    project.run(*SEND)
    return account(project, sink.record())


def test_killed_again_and_again_on_sqlite_everybody_has_the_letter(
    tmp_path: Path, sink: Sink, sqlite_url: str
) -> None:
    project = sending_project(tmp_path / "p", readers=900, port=sink.port, database=sqlite_url)
    kills = kill_at(project, sink, thresholds(1, 4, 900))
    assert kills > 0
    assert faults(finished(project, sink), doubles=project.connections * kills) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_connection_doubles_at_most_one_letter_a_kill(
    tmp_path: Path, sink: Sink, kind: str, request: pytest.FixtureRequest
) -> None:
    project = sending_project(
        tmp_path / "p",
        readers=400,
        port=sink.port,
        database=request.getfixturevalue(f"{kind}_url"),
        connections=1,
    )
    kills = kill_at(project, sink, thresholds(2, 2, 400))
    assert kills > 0
    assert faults(finished(project, sink), doubles=kills) == []


def test_where_doubt_is_held_nobody_has_two_and_everybody_held_is_listed(
    tmp_path: Path, sink: Sink, sqlite_url: str
) -> None:
    project = sending_project(
        tmp_path / "p",
        readers=600,
        port=sink.port,
        database=sqlite_url,
        on_unknown=OnUnknown.HOLD,
    )
    kills = kill_at(project, sink, thresholds(3, 3, 600))
    assert kills > 0
    found = finished(project, sink)
    assert faults(found, doubles=0, held=True) == []
    assert 0 < found.shown["deliveries"]["held"] <= project.connections * kills


def test_senders_on_postgresql_of_which_any_is_killed_lose_nobody(
    tmp_path: Path, sink: Sink, postgresql_url: str
) -> None:
    project = sending_project(tmp_path / "p", readers=900, port=sink.port, database=postgresql_url)
    crowd = Crowd.of(project, SENDERS)
    kills = kill_any_at(crowd, sink, thresholds(4, 3, 900), seed=4)
    assert set(crowd.ended()) == {0}, project.said()
    assert faults(finished(project, sink), doubles=project.connections * kills) == []


def test_a_crash_of_postgresql_loses_nobody(
    tmp_path: Path, sink: Sink, own_postgresql: OwnPostgresql
) -> None:
    project = sending_project(
        tmp_path / "p", readers=600, port=sink.port, database=own_postgresql.url
    )
    crashes = thresholds(5, 2, 600)
    for threshold in crashes:
        sender = project.start()
        assert wait_for_letters(sink, threshold, sender), project.said()
        own_postgresql.crash()
        own_postgresql.restart()
        sender.wait()
    assert faults(finished(project, sink), doubles=project.connections * len(crashes)) == []


@pytest.mark.parametrize("on_unknown", list(OnUnknown))
def test_a_server_that_hangs_up_after_the_dot_is_resent_to_or_held(
    tmp_path: Path, sqlite_url: str, on_unknown: OnUnknown
) -> None:
    """Retries are minutes away: in this run nobody is doubled, and none in doubt counts as sent."""
    habits = Habits(drop_taken=0.03, drop_lost=0.03)
    with Sink(tmp_path / "sink", habits) as sink:
        project = sending_project(
            tmp_path / "p",
            readers=500,
            port=sink.port,
            database=sqlite_url,
            on_unknown=on_unknown,
        )
        project.run(*SEND)
        found = account(project, sink.record())
    hung_up = {each.recipient for each in found.record.taken if not each.answered}
    waiting = found.in_state("held" if on_unknown is OnUnknown.HOLD else "deferred")
    assert hung_up
    assert hung_up <= waiting
    assert (found.doubles, found.lost) == (0, set())
    assert found.in_state("sent") | waiting == found.readers
    assert found.shown["state"] == ("sent" if on_unknown is OnUnknown.HOLD else "sending")


def test_a_sender_asked_to_end_does_so_at_once_and_leaves_no_doubt(
    tmp_path: Path, sink: Sink, sqlite_url: str
) -> None:
    project = sending_project(tmp_path / "p", readers=900, port=sink.port, database=sqlite_url)
    sender = project.start()
    assert wait_for_letters(sink, random.Random(6).randrange(100, 400), sender)
    sender.send_signal(signal.SIGTERM)
    assert sender.wait(10) == 0, project.said()
    halfway = account(project, sink.record())
    assert halfway.in_state("claimed") | halfway.in_state("unknown") == set()
    assert halfway.in_state("sent") == halfway.taken.keys()
    assert faults(finished(project, sink), doubles=0) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_sender_that_stood_still_beside_another_doubles_only_what_it_had_in_hand(
    tmp_path: Path, sink: Sink, kind: str, request: pytest.FixtureRequest
) -> None:
    project = sending_project(
        tmp_path / "p",
        readers=500,
        port=sink.port,
        database=request.getfixturevalue(f"{kind}_url"),
        connections=4,
    )
    ended = stop_over_its_lease(project, sink, letters=100, lease=LEASE)
    assert ended == (0, 0), project.said()
    assert faults(finished(project, sink), doubles=project.connections) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_started_together_mail_everybody_once(
    tmp_path: Path, sink: Sink, kind: str, request: pytest.FixtureRequest
) -> None:
    project = sending_project(
        tmp_path / "p",
        readers=600,
        port=sink.port,
        database=request.getfixturevalue(f"{kind}_url"),
    )
    assert together(project, SENDERS) == [0] * SENDERS, project.said()
    assert faults(account(project, sink.record()), doubles=0) == []
