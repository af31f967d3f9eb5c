"""Projects whose edition went out, and the mails that come back of it, as servers write them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from newsletter.app import App, open_app
from newsletter.subscribers.tokens import Purpose
from tests.flows.mailings import NOW, frozen
from tests.journeys.project import make_project


@contextmanager
def mailed_project(
    folder: Path, readers: Sequence[str], *, inbox: str = "", database: str = ""
) -> Iterator[tuple[App, int]]:
    """A project, open, and its edition that was sent to these readers; `inbox` are the lines of an
    [[inboxes]] table."""
    tables = f'[[inboxes]]\nname = "bounces"\n{inbox}\n' if inbox else ""
    url = database or "sqlite:///newsletter.db"
    make_project(folder, sources=tables, readers={"en": ()}, database=url)
    with open_app(folder) as app:
        number = frozen(app.database, *readers)
        with app.database.begin() as tx:
            tx.connection.execute(
                sa.text("update deliveries set state = 'sent', first_tried_at = :now"),
                {"now": NOW.replace(tzinfo=None)},
            )
        yield app, number


def tokens(app: App, edition: int) -> dict[str, str]:
    """The tokens of an edition's deliveries, by address."""
    with app.database.read() as tx:
        rows = tx.connection.execute(sa.text("select id, email from subscribers")).all()
    return {row.email: app.ring.return_token(edition, row.id) for row in rows}


def leaving(app: App, email: str, digest: str = "daily") -> bytes:
    """What a mail program sends for List-Unsubscribe: its subject holds the link's token."""
    with app.database.read() as tx:
        number = tx.connection.execute(
            sa.text("select id from subscribers where email = :email"), {"email": email}
        ).scalar_one()
    token = app.ring.sign(Purpose.UNSUBSCRIBE, f"{number}:{digest}")
    return _bytes(f"From: {email}\nTo: bounces@example.com\nSubject: unsubscribe {token}\n\n\n")


def letter_head(token: str, email: str) -> str:
    return (
        f"Return-Path: <bounces+{token}@example.com>\nFrom: News <news@example.com>\nTo: {email}\n"
        f"Subject: The harbour at dawn\nMessage-ID: <daily-2026.{token}@example.com>\n"
    )


def bounce(
    token: str, email: str, status: str = "5.1.1", words: str = "550 5.1.1 no such user"
) -> bytes:
    """A delivery status notification (RFC 3464) as Postfix writes it."""
    return _bytes(
        f"Return-Path: <>\nDelivered-To: bounces+{token}@example.com\n"
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\n"
        f"To: bounces+{token}@example.com\nSubject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report;"
        ' report-type=delivery-status; boundary="B"\n\n'
        f"--B\nContent-Type: text/plain\n\n<{email}>: host mx.example said: {words}\n\n"
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
        f"Final-Recipient: rfc822; {email}\nAction: failed\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {words}\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\n{letter_head(token, email)}\n--B--\n"
    )


def complaint(token: str, email: str) -> bytes:
    """A feedback report (RFC 5965) whose addresses are struck out."""
    return _bytes(
        "From: fbl@provider.example\nTo: bounces@example.com\nSubject: FW: The harbour at dawn\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;"
        ' boundary="B"\n\n--B\nContent-Type: text/plain\n\nAn abuse report.\n\n'
        "--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\n"
        "Version: 1\n\n--B\nContent-Type: message/rfc822\n\n"
        f"{letter_head(token, 'redacted@example.com')}\nDawn.\n\n--B--\n"
    )


def auto_reply(token: str, email: str) -> bytes:
    return _bytes(
        f"From: {email}\nTo: bounces+{token}@example.com\nSubject: Out of office\n"
        "Auto-Submitted: auto-replied\n\nI am away.\n"
    )


def stray(number: int) -> bytes:
    """A mail that a person wrote."""
    return _bytes(
        f"From: pat{number}@example.com\nTo: bounces@example.com\nSubject: Question {number}\n\n"
        "I did not get it: 550 5.1.1 user unknown, they say.\n"
    )


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def counted(app: App) -> dict[str, list[str]]:
    """The kinds of what was counted of each address."""
    found: dict[str, list[str]] = {}
    with app.database.read() as tx:
        rows = tx.connection.execute(
            sa.text(
                "select s.email, e.kind from events e join subscribers s on s.id = e.subscriber_id"
                " order by e.id"
            )
        )
        for row in rows:
            found.setdefault(row.email, []).append(row.kind)
    return found


def done_with(app: App) -> int:
    """How many mails were dealt with."""
    with app.database.read() as tx:
        return int(tx.connection.execute(sa.text("select count(*) from reports")).scalar_one())


def suppressed(app: App) -> dict[str, str]:
    """The first word of why addresses are suppressed."""
    with app.database.read() as tx:
        rows = tx.connection.execute(
            sa.text(
                "select s.email, p.reason from suppressions p"
                " join subscribers s on s.address_hash = p.address_hash"
            )
        )
        return {row.email: row.reason.split()[0] for row in rows}
