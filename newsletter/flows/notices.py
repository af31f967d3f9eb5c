"""Send notices: mails to one person, as soon as they are written.

At least once: what is about to be handed over is committed before. Any number of processes may do
so at a time; a notice that one of them died with comes up again, with the Message-ID it had.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.delivery.headers import Unaddressable
from newsletter.delivery.retry import next_try
from newsletter.delivery.transport import Transport, TransportFault, send
from newsletter.flows.press import Press
from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import Accepted, Deferred, InDoubt, Message, Outcome, Refused
from newsletter.model.letter import Letter
from newsletter.model.notice import Notice, NoticeKind, NoticeState
from newsletter.rendering.layouts import load_layout, load_phrases
from newsletter.rendering.notice import Occasion, render_notice
from newsletter.store import notices
from newsletter.store.database import Database

_LAYOUT = "_notices"
_AT_ONCE = 50
# Who waits for a confirmation waits for minutes; after a day nobody does.
_WORTH = timedelta(days=1)

Told = Callable[[Notice, NoticeState, str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How notices are sent. `message` makes one, the same at every try; `told` hears what became of
    each, with the server's words."""

    message: Callable[[Notice], Message]
    open_transport: Callable[[], Transport]
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    told: Told = lambda notice, state, reply: None


def any_waiting(database: Database, now: datetime) -> bool:
    with database.read() as tx:
        return bool(notices.waiting(tx, now, 1))


def send_notices(database: Database, post: Post) -> int:
    """Send what is to be sent now; how many were tried. TransportFault when the way out itself is
    wrong: no notice is marked for it."""
    tried = 0
    with post.open_transport() as transport:
        while not post.stop.is_set():
            with database.read() as tx:
                waiting = notices.waiting(tx, post.clock(), _AT_ONCE)
            if not waiting:
                break
            for notice in waiting:
                if not post.stop.is_set():
                    tried += _send(database, post, transport, notice)
    return tried


def _send(database: Database, post: Post, transport: Transport, notice: Notice) -> bool:
    with database.begin() as tx:
        if not notices.claim(tx, notice, post.clock()):
            return False
    try:
        outcome = send(transport, post.message(notice))
    except TransportFault:
        with database.begin() as tx:
            notices.give_back(tx, notice, post.clock())
        raise
    except Unaddressable as fault:
        outcome = Refused(str(fault))
    except NewsletterError as fault:
        outcome = Deferred(str(fault))  # a layout that is being edited
    _settle(database, post, notice, outcome)
    return True


def _settle(database: Database, post: Post, notice: Notice, outcome: Outcome) -> None:
    now = post.clock()
    with database.begin() as tx:
        match outcome:
            case Accepted(reply):
                state, words = NoticeState.SENT, reply
            case Refused(reply):
                state, words = NoticeState.REFUSED, reply
            case InDoubt(reason):
                # It may have arrived: the lease is as good a time to wait as any.
                state, words = NoticeState.QUEUED, reason
            case _:
                words = outcome.reply if isinstance(outcome, Deferred) else outcome.reason
                again = next_try(notice.attempts + 1, now, expires=notice.created_at + _WORTH)
                state = NoticeState.QUEUED if again else NoticeState.REFUSED
                if again:
                    notices.put_off(tx, notice, words, again)
        if state is not NoticeState.QUEUED:
            notices.settle(tx, notice, state, words, now)
    post.told(notice, state, words)


# --- what is in it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What notices are written with. `button` is the address behind the button of a notice, `life`
    for how long it works."""

    press: Press
    button: Callable[[Notice], str | None]
    life: timedelta


def letter_of(writing: Writing, notice: Notice) -> Letter:
    """What a notice says. A NewsletterError when it cannot be set."""
    press, content = writing.press, notice.content
    url = writing.button(notice)
    email = content.get("email", notice.email)
    occasion = Occasion(
        email=_masked(email) if notice.kind is NoticeKind.MOVED else email,
        titles=tuple(filter(None, content.get("titles", "").split("\n"))),
        url=url,
        until=(notice.created_at + writing.life).date() if url else None,
    )
    return press.isolated(
        render_notice,
        occasion,
        phrases=load_phrases(notice.kind.value, notice.language, press.folders),
        publication=press.publication,
        layout=load_layout(_LAYOUT, press.folders),
        words=press.words(notice.language),
        marker=secrets.token_hex(12),
    )


def _masked(email: str) -> str:
    """Enough of a new address for its owner to know it again: whoever reads at the old one may be
    somebody else by now."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
