"""What comes back to a project: mails in inboxes, mails by a pipe, calls of providers."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.app import inboxes
from newsletter.feedback.aside import keep_aside
from newsletter.flows import feedback
from newsletter.flows.listen import Listened, Listener
from newsletter.model.specs import InboxSpec, WebhookSpec
from newsletter.store.database import Database
from newsletter.subscribers.tokens import KeyRing

if TYPE_CHECKING:
    from newsletter.app.hooks import Hooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Where it comes in. `aside` is the folder for mails that nobody understood and that have no
    other place."""

    database: Database
    ring: KeyRing
    webhooks: tuple[WebhookSpec, ...]
    aside: Path
    user_agent: str
    clock: Callable[[], datetime]
    stop: threading.Event

    def listen(self, inbox: InboxSpec, alarm: feedback.Alarm = feedback.nobody) -> Listened:
        """Count all that lies in an inbox now, and take it away."""
        return self._listener(alarm).listen(inbox.name, partial(inboxes.opened, inbox, self.aside))

    def take_mail(self, content: bytes) -> feedback.Taken:
        """Count one mail; what is not understood is kept aside. DatabaseFault or InboxFault when it
        is to be brought again."""
        taken = self._listener(feedback.nobody).take_mail(content)
        if taken is feedback.Taken.NOT_UNDERSTOOD:
            keep_aside(self.aside, content)
        return taken

    def _listener(self, alarm: feedback.Alarm) -> Listener:
        return Listener(
            database=self.database, ring=self.ring, clock=self.clock, alarm=alarm, stop=self.stop
        )

    @property
    def hooks(self) -> "Hooks":
        """Who answers providers that call."""
        # Imported here: a process that reads one mail from a pipe calls nobody.
        from newsletter.app.hooks import Hooks, fetch_from_provider

        return Hooks(
            specs=self.webhooks,
            clock=self.clock,
            take=lambda event, alarm: feedback.take(
                self.database, self.ring, event, self.clock(), alarm
            ),
            fetch=partial(fetch_from_provider, self.user_agent),
        )
