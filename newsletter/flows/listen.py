"""Listen: the mails of an inbox are read, counted, and taken away once that is committed.

Killed at any moment, what was counted and still lies there is recognised by its content the next
time. Any number of listeners may read one inbox.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.feedback.classify import classify
from newsletter.feedback.port import LONGEST, Inbox, Mail
from newsletter.flows.feedback import Alarm, Taken, nobody, take
from newsletter.lib.errors import NewsletterError
from newsletter.model.feedback import Arrived
from newsletter.store.database import Database
from newsletter.subscribers.tokens import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """How many mails of an inbox were counted, were known already, were not understood; and why not
    all of them were read, if they were not."""

    inbox: str
    counted: int = 0
    seen: int = 0
    aside: int = 0
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Reads inboxes for one store. `alarm` is told what somebody should know at once. `stop` is set
    when it is asked to end: a batch that is begun is finished."""

    database: Database
    ring: KeyRing
    clock: Callable[[], datetime]
    alarm: Alarm = nobody
    stop: threading.Event = field(default_factory=threading.Event)

    def listen(self, name: str, open_inbox: Callable[[], Inbox]) -> Listened:
        """All that lies in an inbox now."""
        told: Counter[Taken] = Counter()
        fault = None
        try:
            # Of two that move a mail aside at once each may leave a copy: they take turns.
            with self.database.exclusive(f"inbox-{name}"), open_inbox() as inbox:
                for batch in inbox.batches():
                    told.update(self._work_off(inbox, batch))
                    if self.stop.is_set():
                        break
        except NewsletterError as error:
            fault = str(error)
        return Listened(
            inbox=name,
            counted=told[Taken.COUNTED],
            seen=told[Taken.SEEN],
            aside=told[Taken.NOT_UNDERSTOOD],
            fault=fault,
        )

    def _work_off(self, inbox: Inbox, batch: Sequence[Mail]) -> list[Taken]:
        told = [self.take_mail(mail.content) for mail in batch]
        pairs = list(zip(batch, told, strict=True))
        inbox.finish(
            [mail for mail, taken in pairs if taken is not Taken.NOT_UNDERSTOOD],
            [mail for mail, taken in pairs if taken is Taken.NOT_UNDERSTOOD],
        )
        return told

    def take_mail(self, content: bytes) -> Taken:
        """Count what one mail says. DatabaseFault when the store is away: nothing was counted."""
        return take(self.database, self.ring, read_mail(content), self.clock(), self.alarm)


def read_mail(content: bytes) -> Arrived:
    """What a mail says of readers. Its key is its content: the same by whichever way it comes, but
    for the ends of its lines."""
    content = content[:LONGEST]
    plain = content.replace(b"\r\n", b"\n").rstrip(b"\n")
    key = f"mail:{hashlib.sha256(plain).hexdigest()}"
    return Arrived(keys=(key,), reports=classify(content))
