"""What readers can do by themselves: one call for each button of the public pages.

None stands for a link that is not ours, whatever is wrong with it. No answer tells what the store
knows of an address that was typed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.app.naming import new_name
from newsletter.config import Settings
from newsletter.flows import address, consent, preferences
from newsletter.flows.consent import Readership
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
from newsletter.subscribers.consent import Link, read_link
from newsletter.subscribers.tokens import KeyRing, Purpose


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of a project."""

    ring: KeyRing
    readership: Readership

    def sign_up(self, wish: SignUp, origin: Origin) -> NotAnAddress | NoSuchDigest | None:
        """Ask the owner of an address whether they want these digests. A fault says what is wrong
        with the form itself."""
        return consent.sign_up(self.readership, wish, origin)

    def asked(self, token: str) -> Pending | Expired | None:
        """What a confirmation link (Purpose.CONFIRM) would begin. Changes nothing."""
        link = self._link(Purpose.CONFIRM, token)
        return consent.asked(self.readership, link) if link else None

    def confirm(self, token: str, origin: Origin) -> Confirmed | Expired | None:
        """Begin what was asked for; twice is fine."""
        link = self._link(Purpose.CONFIRM, token)
        return consent.confirm(self.readership, link, origin) if link else None

    def standing(self, purpose: Purpose, token: str) -> Standing | None:
        """How the reader stands to the digest of a letter's link (UNSUBSCRIBE, LANGUAGE or
        PREFERENCES). Changes nothing."""
        reader = self._reader(purpose, token)
        return preferences.standing(self.readership, *reader) if reader else None

    def leave(self, token: str, origin: Origin) -> Left | None:
        """End the subscription of an UNSUBSCRIBE link; twice is fine."""
        reader = self._reader(Purpose.UNSUBSCRIBE, token)
        return preferences.leave(self.readership, *reader, origin) if reader else None

    def leave_all(self, token: str, origin: Origin) -> Preferences | None:
        """End every subscription of the reader of a PREFERENCES link."""
        reader = self._reader(Purpose.PREFERENCES, token)
        return preferences.leave_all(self.readership, reader[0], origin) if reader else None

    def switch_language(self, token: str, language: str, origin: Origin) -> Standing | None:
        """Read the digest of a LANGUAGE link in another of its languages. None as well when the
        digest has no such language; nothing changes once the subscription has ended (`status`)."""
        before = self.standing(Purpose.LANGUAGE, token)
        reader = self._reader(Purpose.LANGUAGE, token)
        if not reader or not before or language not in before.available:
            return None
        preferences.switch_language(self.readership, *reader, language, origin)
        return self.standing(Purpose.LANGUAGE, token)

    def preferences(self, token: str) -> Preferences | None:
        """All choices of the reader of a PREFERENCES link."""
        reader = self._reader(Purpose.PREFERENCES, token)
        return preferences.preferences(self.readership, reader[0]) if reader else None

    def save(self, token: str, wanted: Preferences, origin: Origin) -> Preferences | None:
        """Bring about what the reader chose, as far as it can be; returns how they stand now."""
        reader = self._reader(Purpose.PREFERENCES, token)
        return preferences.save(self.readership, reader[0], wanted, origin) if reader else None

    def change_address(self, token: str, email: str, origin: Origin) -> NotAnAddress | None:
        """Ask at a new address whether the reader of a PREFERENCES link reads there. What becomes
        of it is never told here."""
        reader = self._reader(Purpose.PREFERENCES, token)
        return address.change_address(self.readership, reader[0], email, origin) if reader else None

    def asked_address(self, token: str) -> NewAddress | Expired | None:
        """What an ADDRESS link would do. Changes nothing."""
        link = self._link(Purpose.ADDRESS, token)
        return address.asked_address(self.readership, link) if link else None

    def confirm_address(self, token: str, origin: Origin) -> NewAddress | Expired | None:
        """Send to the new address from now on; twice is fine."""
        link = self._link(Purpose.ADDRESS, token)
        return address.confirm_address(self.readership, link, origin) if link else None

    def _link(self, purpose: Purpose, token: str) -> Link | None:
        payload = self.ring.read(purpose, token)
        return read_link(payload) if payload else None

    def _reader(self, purpose: Purpose, token: str) -> tuple[int, str] | None:
        """Whom a link is for, and the digest of its letter."""
        payload = self.ring.read(purpose, token)
        if payload is None:
            return None
        number, _, digest = payload.partition(":")
        return int(number), digest


def readers_of(
    database: Database,
    settings: Settings,
    ring: KeyRing,
    *,
    clock: Callable[[], datetime],
    woken: Callable[[], object],
) -> Readers:
    """The readers of a project; `woken` is called when there is a notice to send at once."""
    readership = Readership(
        database=database,
        digests=settings.digests,
        address_hash=ring.address_hash,
        new_token=new_name,
        preferences=lambda number, digest: ring.sign(Purpose.PREFERENCES, f"{number}:{digest}"),
        life=settings.privacy.confirm,
        clock=clock,
        woken=woken,
    )
    return Readers(ring, readership)
