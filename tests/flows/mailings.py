"""An edition that stands frozen, its readers, and a mailing that sends it."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.delivery.compile import LetterHeaders
from newsletter.delivery.pace import Unhurried
from newsletter.delivery.smtp import SmtpTransport
from newsletter.editions.slot import slot_at
from newsletter.flows.send import Mailing
from newsletter.model.delivery import Delivery, DeliveryState
from newsletter.model.edition import EditionState, Slot
from newsletter.model.letter import Letter, Personal
from newsletter.model.specs import OnUnknown
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store import chunks, deliveries, editions, subscribers
from newsletter.store.database import Database
from newsletter.store.editions import NewEdition
from newsletter.store.subscribers import Listed
from tests.smtp_server import SmtpServer

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
MARKER = "5f1c0d9a7b3e"
LETTER = Letter(
    subject="The harbour at dawn",
    preheader="Also: the owl",
    html=f'<p>Dawn.</p><a href="https://x.example/u/{MARKER}unsubscribe{MARKER}">Leave</a>',
    text=f"Dawn.\n\nLeave: https://x.example/u/{MARKER}unsubscribe{MARKER}\n",
    marker=MARKER,
)


def enrolled(database: Database, *emails: str, digest: str = "daily") -> None:
    """Readers of the digest in English."""
    rows = [
        Listed(
            email=email,
            key=email.lower(),
            name=None,
            language="en",
            digest=digest,
            status=SubscriptionStatus.ACTIVE,
        )
        for email in emails
    ]
    tokens = iter(range(10**6))
    with database.begin() as tx:
        subscribers.sync(
            tx,
            rows,
            address_hash=lambda key: f"#{key}",
            new_token=lambda: f"{digest}-{next(tokens)}-{emails[0].partition('@')[0]}",
            now=NOW,
        )


def frozen(database: Database, *emails: str, **changes: Any) -> int:
    """An edition that is owed to these new readers; returns its number."""
    enrolled(database, *emails)
    known: dict[str, Any] = {
        "digest": "daily",
        "slot": slot_at(datetime(2026, 11, 22, 8, 0), "Europe/Madrid"),  # noqa: DTZ001
        "language": "en",
        "rehearsal": False,
        "state": EditionState.FROZEN,
        "now": NOW,
        "subject": LETTER.subject,
        "letter": LETTER,
    }
    with database.begin() as tx:
        number = editions.write(tx, NewEdition(**known | changes))
        assert number is not None
        deliveries.owe(tx, number, NOW)
    return number


def mailing(server: SmtpServer, **changes: Any) -> Mailing:
    """A mailing by SMTP to the server, at the time NOW."""
    spec = server.spec()
    known: dict[str, Any] = {
        "rehearsal": False,
        "connections": 1,
        "open_transport": lambda: SmtpTransport(spec, local_hostname="client.example"),
        "headers": lambda edition: HEADERS,
        "on_unknown": lambda digest: OnUnknown.RESEND,
        "tokens": lambda delivery, edition: dict.fromkeys(Personal, f"t-{delivery.subscriber}"),
        "return_token": lambda delivery: f"r-{delivery.subscriber}",
        "pace": lambda edition: Unhurried(),
        "clock": lambda: NOW,
        "stop": threading.Event(),
    }
    return Mailing(**known | changes)


HEADERS = LetterHeaders(
    sender_name="The Example",
    sender_address="news@example.com",
    list_id="daily.en.news.example.com",
    message_domain="example.com",
    unsubscribe_base="https://x.example/u/",
)


def left_claimed(database: Database, number: int) -> Delivery:
    """A sender claims the first delivery of an edition, and dies; returns what it claimed."""
    with database.begin() as tx:
        editions.change_state(tx, number, [EditionState.FROZEN], EditionState.SENDING)
        chunk = chunks.lease(tx, number, "one that died", timedelta(minutes=1), NOW)
        assert chunk is not None
        claimed = deliveries.waiting(tx, chunk, NOW)[0]
        assert deliveries.claim(tx, [claimed]) == {claimed.id}
    return claimed


def states(database: Database, number: int) -> dict[str, DeliveryState]:
    """How the edition's delivery to each address stands."""
    with database.read() as tx:
        return {email: state for email, _, state in deliveries.recipients(tx, number)}


def state_of(database: Database, number: int) -> EditionState:
    with database.read() as tx:
        entry = editions.entry(tx, number)
    assert entry is not None
    return entry.state


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def addresses(count: int) -> Sequence[str]:
    return [f"reader{number}@example.com" for number in range(count)]


def run_slot(hour: int) -> Slot:
    """A slot of the day of the mailings."""
    return slot_at(datetime(2026, 11, 22, hour), "UTC")  # noqa: DTZ001
