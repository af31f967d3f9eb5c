"""What servers refuse while an edition is sent counts as if it had come back later."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from newsletter.flows.send import deliver
from newsletter.model.edition import EditionState
from newsletter.store.database import Database
from tests.flows.comebacks import slot, standing
from tests.flows.mailings import NOW, addresses, at, frozen, mailing, state_of
from tests.smtp_server import SmtpServer

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def sent(database: Database, server: SmtpServer, *emails: str, days: int = 0) -> int:
    """An edition of so many days after NOW, sent as far as the server takes it."""
    number = frozen(database, *emails, slot=slot(days))
    deliver(database, mailing(server, clock=at(NOW + timedelta(days=days))))
    return number


def failure(database: Database) -> tuple[str, str]:
    with database.read() as tx:
        row = tx.connection.execute(sa.text("select kind, reason from failures")).one()
    return row.kind, row.reason


@pytest.mark.parametrize(
    ("reply", "status", "known"),
    [
        ("550 5.1.1 No such user", "bounced", ("hard", "no mailbox")),
        ("550 5.1.2 No such domain", "active", ("hard", "bad domain")),
        ("554 5.7.1 Rejected as spam", "active", ("soft", "policy")),
        ("552 5.3.4 Message too big", "active", ("soft", "size")),
        ("550 5.5.0 Whatever", "active", ("soft", "other")),
    ],
)
def test_a_refusal_counts(
    database: Database, server: SmtpServer, reply: str, status: str, known: tuple[str, str]
) -> None:
    server.say("RCPT", reply, to=ANN)
    sent(database, server, ANN, BOB)
    assert failure(database) == known
    assert standing(database, ANN)[1] == [status]
    assert standing(database, BOB) == (None, ["active"])


def test_a_domain_that_is_not_there_twice_is_enough(database: Database, server: SmtpServer) -> None:
    server.say("RCPT", "550 5.1.2 No such domain", to=ANN)
    for days in (0, 1):
        assert standing(database, ANN) == (None, ["active"]) if days else True
        sent(database, server, ANN, days=days)
    reason, statuses = standing(database, ANN)
    assert ((reason or "").startswith("bad domain: 550 5.1.2"), statuses) == (True, ["bounced"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [("452 4.2.2 Mailbox full", "mailbox full"), ("451 4.7.650 rate limited", "rate")],
)
def test_who_is_given_up_after_patience_failed_softly(
    database: Database, server: SmtpServer, reply: str, reason: str
) -> None:
    server.say("RCPT", reply, to=ANN)
    sent(database, server, ANN)
    deliver(database, mailing(server, clock=at(NOW + timedelta(days=2))))
    assert failure(database) == ("soft", reason)
    assert standing(database, ANN) == (None, ["active"])


def test_a_mailbox_that_stays_full_for_two_weeks_is_given_up(
    database: Database, server: SmtpServer
) -> None:
    server.say("RCPT", "552 5.5.0 It does not work", to=ANN)
    for days in (0, 7, 14):
        assert standing(database, ANN) == (None, ["active"]) if days else True
        sent(database, server, ANN, days=days)
    assert standing(database, ANN)[1] == ["bounced"]


def test_a_small_edition_that_is_held_against_us_is_paused(
    database: Database, server: SmtpServer
) -> None:
    everybody = addresses(20)
    for email in everybody[:4]:
        server.say("RCPT", "554 5.7.1 Rejected as spam", to=email)
    number = sent(database, server, *everybody)
    assert state_of(database, number) is EditionState.PAUSED
    assert all(standing(database, email) == (None, ["active"]) for email in everybody[:4])
