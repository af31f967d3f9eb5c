"""What readers can do by themselves: one call for each button of the public pages.

None stands for a link that is not ours, whatever is wrong with it. No answer tells what the store
knows of an address that was typed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.config import Settings
from newsletter.model.consent import (
    Confirmed,
    Expired,
    Left,
    NewAddress,
    NoSuchDigest,
    Origin,
    Pending,
    Preferences,
    SignUp,
    Standing,
)
from newsletter.store.database import Database
from newsletter.subscribers.address import NotAnAddress
from newsletter.subscribers.tokens import KeyRing, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The readers of a project. `woken` is called when there is a notice to send at once."""

    database: Database
    settings: Settings
    ring: KeyRing
    clock: Callable[[], datetime]
    woken: Callable[[], object] = lambda: None

    def sign_up(self, wish: SignUp, origin: Origin) -> NotAnAddress | NoSuchDigest | None:
        """Ask the owner of an address whether they want these digests. A fault says what is wrong
        with the form itself."""
        raise NotImplementedError

    def asked(self, token: str) -> Pending | Expired | None:
        """What a confirmation link (Purpose.CONFIRM) would begin. Changes nothing."""
        raise NotImplementedError

    def confirm(self, token: str, origin: Origin) -> Confirmed | Expired | None:
        """Begin what was asked for; twice is fine."""
        raise NotImplementedError

    def standing(self, purpose: Purpose, token: str) -> Standing | None:
        """How the reader stands to the digest of a letter's link (UNSUBSCRIBE, LANGUAGE or
        PREFERENCES). Changes nothing."""
        raise NotImplementedError

    def leave(self, token: str, origin: Origin) -> Left | None:
        """End the subscription of an UNSUBSCRIBE link; twice is fine."""
        raise NotImplementedError

    def leave_all(self, token: str, origin: Origin) -> Preferences | None:
        """End every subscription of the reader of a PREFERENCES link."""
        raise NotImplementedError

    def switch_language(self, token: str, language: str, origin: Origin) -> Standing | None:
        """Read the digest of a LANGUAGE link in another of its languages. None as well when the
        digest has no such language; nothing changes once the subscription has ended (`status`)."""
        raise NotImplementedError

    def preferences(self, token: str) -> Preferences | None:
        """All choices of the reader of a PREFERENCES link."""
        raise NotImplementedError

    def save(self, token: str, wanted: Preferences, origin: Origin) -> Preferences | None:
        """Bring about what the reader chose, as far as it can be; returns how they stand now."""
        raise NotImplementedError

    def change_address(self, token: str, email: str, origin: Origin) -> NotAnAddress | None:
        """Ask at a new address whether the reader of a PREFERENCES link reads there. What becomes
        of it is never told here."""
        raise NotImplementedError

    def asked_address(self, token: str) -> NewAddress | Expired | None:
        """What an ADDRESS link would do. Changes nothing."""
        raise NotImplementedError

    def confirm_address(self, token: str, origin: Origin) -> NewAddress | Expired | None:
        """Send to the new address from now on; twice is fine."""
        raise NotImplementedError
