"""A mail server with every bad habit: who can be reached is, once; who is refused has a reply."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.delivery.transport import TransportFault
from newsletter.model.edition import EditionState
from newsletter.store import editions
from tests.journeys.accounts import Account, account, faults
from tests.journeys.sending_project import SLOT, SendingProject, sending_project
from tests.tools.sink import Fate, Habits, Sink, fate

START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
READERS = 400
ROUNDS = 120  # runs after which an edition that is still under way will not end
STEP = timedelta(minutes=6)  # between two runs: a little more than the first wait for a retry
GREYLIST = 0.5  # seconds on the server's own clock

PLAIN = Habits(refuse=0.05, greylist=0.1, greylist_seconds=GREYLIST)
ERRATIC = Habits(
    refuse=0.05, greylist=0.1, greylist_seconds=GREYLIST, busy=0.08, closing=0.02, drop=0.02,
    stall=0.005, stall_seconds=0.5, per_connection=25,
)  # fmt: skip
FORGETFUL = Habits(busy=0.05, drop_taken=0.02, drop_lost=0.02, per_connection=40)
OLD = Habits(refuse=0.05, busy=0.05, per_connection=10, no_pipelining=True, no_eightbit=True)
ANCIENT = Habits(refuse=0.05, busy=0.05, no_ehlo=True, no_pipelining=True, no_eightbit=True)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def send_all(project: SendingProject) -> None:
    """Send the edition, run after run as an operator's timer would, until it is sent."""
    clock = Clock()
    with open_app(project.folder, clock=clock) as app:
        digest = app.digest("daily")
        app.lists.enrol()
        app.newsroom.collect()
        composed = app.editions.compose(digest, app.slot(digest, SLOT))
        (number,) = [each.number for each in composed if each.language == "en"]
        for _ in range(ROUNDS):
            # A server that takes nobody for a while ends a run, with nobody marked for it.
            with suppress(TransportFault):
                app.post.deliver()
            if is_sent(app, number):
                return
            clock.now += STEP
            time.sleep(GREYLIST / 10)  # who is tried again ten runs later is let in
    raise AssertionError(f"not sent after {ROUNDS} runs")


def is_sent(app: App, number: int) -> bool:
    with app.database.read() as tx:
        entry = editions.entry(tx, number)
    return entry is not None and entry.state is EditionState.SENT


Sent = Callable[[Habits], Account]


@pytest.fixture
def sent(tmp_path: Path, sqlite_url: str) -> Sent:
    """Sends to everybody through a server with such habits; the account of it."""

    def send(habits: Habits) -> Account:
        with Sink(tmp_path / "sink", habits) as sink:
            project = sending_project(
                tmp_path / "p", readers=READERS, port=sink.port, database=sqlite_url, connections=8
            )
            send_all(project)
            return account(project, sink.record())

    return send


def never_taken(found: Account, habits: Habits) -> set[str]:
    return {reader for reader in found.readers if fate(habits, reader) is Fate.REFUSED}


@pytest.mark.parametrize(
    "habits",
    [PLAIN, ERRATIC, OLD, ANCIENT],
    ids=["plain", "erratic", "without PIPELINING", "without EHLO"],
)
def test_everybody_who_can_be_reached_is_once_and_the_refused_carry_their_reply(
    sent: Sent, habits: Habits
) -> None:
    found = sent(habits)
    refused = never_taken(found, habits)
    assert faults(found, doubles=0, unreachable=refused) == []
    assert found.in_state("refused") == refused
    assert {found.ledger[reader].reply[:3] for reader in refused} == {"550", "554"}


def test_a_server_that_forgets_to_answer_gets_the_same_letter_again(sent: Sent) -> None:
    found = sent(FORGETFUL)
    unanswered = [each.recipient for each in found.record.taken if not each.answered]
    assert unanswered
    assert faults(found, doubles=len(unanswered)) == []
    assert found.doubled.keys() == set(unanswered)
