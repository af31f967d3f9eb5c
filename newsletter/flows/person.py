"""One person: all that is known of them, told or taken away."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.flows.consent import take_turn
from newsletter.lib.errors import NewsletterError
from newsletter.model.consent import Consent, How, What
from newsletter.model.event import Event
from newsletter.model.notice import Notice
from newsletter.model.subscriber import Subscription, SubscriptionStatus, Suppression
from newsletter.store import consents, events, notices, people, readers, subscribers
from newsletter.store.database import Database, Tx
from newsletter.store.people import Failed, Got
from newsletter.store.readers import Person
from newsletter.subscribers.address import NotAnAddress, key, normalise
from newsletter.subscribers.consent import LEFT

# What a suppression says of someone whose subscriptions ended so; the strongest first.
_REASONS = {
    SubscriptionStatus.COMPLAINED: "complaint",
    SubscriptionStatus.BOUNCED: "hard bounce",
    SubscriptionStatus.UNSUBSCRIBED: LEFT,
}
BY_HAND = "by hand"


class UnknownPerson(NewsletterError):
    """Nobody has this address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that is stored of a person, or of an address that nobody has."""

    email: str
    person: Person | None = None
    suppression: Suppression | None = None
    subscriptions: tuple[Subscription, ...] = ()
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str]
    consents: tuple[Consent, ...] = ()
    deliveries: tuple[Got, ...] = ()
    failures: tuple[Failed, ...] = ()
    events: tuple[Event, ...] = ()
    notices: tuple[Notice, ...] = ()


def dossier(database: Database, email: str, address_hash: Callable[[str], str]) -> Dossier:
    """All that is known under an address, however it is spelled."""
    address = _address(email)
    hashed = address_hash(address)
    with database.read() as tx:
        person = readers.by_key(tx, key(address))
        known = Dossier(
            email=person.email if person else address,
            person=person,
            suppression=readers.suppression_of(tx, hashed),
            attributes=people.attributes(tx, person.id) if person else {},
            consents=tuple(consents.of_person(tx, person.id if person else None, hashed)),
            notices=tuple(notices.of_address(tx, hashed)),
        )
        return _with_ledger(tx, known, person.id) if person else known


def _with_ledger(tx: Tx, known: Dossier, number: int) -> Dossier:
    return replace(
        known,
        subscriptions=tuple(readers.standings(tx, number).values()),
        tags=tuple(people.tags(tx, number)),
        deliveries=tuple(people.got(tx, number)),
        failures=tuple(people.failed(tx, number)),
        events=tuple(events.of_subscriber(tx, number)),
    )


def erase(
    database: Database,
    email: str,
    address_hash: Callable[[str], str],
    now: datetime,
    *,
    suppress: bool = False,
) -> Suppression | None:
    """Take away all that tells of a person, at once; the suppression that stays, if one does.

    Who had left, bounced or complained stays out, whatever a list says later: a keyed hash of the
    address remembers that and nothing else. UnknownPerson when there is nobody.
    """
    address = _address(email)
    hashed = address_hash(address)
    with database.begin() as tx:
        take_turn(tx, hashed)
        person = readers.by_key(tx, key(address))
        if person is None and not suppress:
            raise UnknownPerson(
                f"{address}: nobody in the store has this address; `newsletter person show` tells "
                "what else is known of it"
            )
        reason = BY_HAND if suppress else None
        if person:
            reason = _reason(tx, person) or reason
            forget(tx, [person.id])
        if reason:
            subscribers.suppress(tx, hashed, reason, now)
        row = Consent(at=now, address_hash=hashed, what=What.ERASE, how=How.OPERATOR)
        consents.record(tx, row)
        return readers.suppression_of(tx, hashed)


def forget(tx: Tx, numbers: Collection[int]) -> None:
    """Make subscribers nobody: what counts is kept, what tells of them is not."""
    notices.forget(tx, people.hashes_of(tx, numbers) | consents.hashes_of(tx, numbers))
    people.make_nobody(tx, numbers)
    consents.unlink(tx, numbers)


def _reason(tx: Tx, person: Person) -> str | None:
    """Why somebody must not be brought back by a list."""
    had = {each.status for each in readers.standings(tx, person.id).values()}
    return next((reason for status, reason in _REASONS.items() if status in had), None)


def _address(email: str) -> str:
    address = normalise(email)
    if isinstance(address, NotAnAddress):
        raise NewsletterError(address.reason)
    return address
