"""A reader's new address: asked for there, and only then written down. Nobody else's address can be
made to get anything, and nobody learns which addresses the store knows."""

from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.flows.consent import Readership, Said, logged, notify, take_turn
from newsletter.model.consent import Expired, NewAddress, Origin, What
from newsletter.model.notice import NoticeKind
from newsletter.store import consents, failures, notices, people, readers
from newsletter.store.database import Tx
from newsletter.store.readers import Person
from newsletter.subscribers.address import NotAnAddress, key, normalise
from newsletter.subscribers.consent import ASK_AGAIN, Link, may_ask_address, may_move, merged, moved


def change_address(
    readership: Readership, number: int, email: str, origin: Origin
) -> NotAnAddress | None:
    """Ask at a new address whether a subscriber reads there."""
    address = normalise(email)
    if isinstance(address, NotAnAddress):
        return address
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        person = readers.by_number(tx, number)
        if person and address != person.email:
            _ask(tx, readership, person, address, said)
    return None


def _ask(tx: Tx, readership: Readership, person: Person, email: str, said: Said) -> None:
    there = replace(person, email=email, address_hash=readership.address_hash(email))
    take_turn(tx, there.address_hash)
    yesterday = said.at - ASK_AGAIN
    if not _may_move(tx, readership, person, email) or not may_ask_address(
        consents.count_since(tx, person.id, What.ASK_ADDRESS, yesterday),
        asked_lately=notices.asked_since(tx, there.address_hash, yesterday),
    ):
        return
    row = consents.record(tx, logged(there, What.ASK_ADDRESS, said))
    content = {"link": str(Link(person.id, row, said.at, email)), "email": email}
    notify(tx, readership, NoticeKind.ADDRESS, there, person.language, content, said.at)


@dataclass(frozen=True, slots=True)
class _Move:
    """A subscriber on the way to a new address; `done` when they are there already."""

    person: Person
    email: str
    done: bool


def asked_address(readership: Readership, link: Link) -> NewAddress | Expired | None:
    """What following a link to a new address would do. Changes nothing."""
    with readership.database.read() as tx:
        found = _asked(tx, readership, link, readership.clock())
    if not isinstance(found, _Move):
        return found
    return NewAddress(email=found.email, language=found.person.language)


def confirm_address(
    readership: Readership, link: Link, origin: Origin
) -> NewAddress | Expired | None:
    """Send to the new address from now on, and tell the old one; twice is fine."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        _both_in_turn(tx, readership, link)
        found = _asked(tx, readership, link, said.at)
        if not isinstance(found, _Move):
            return found
        if not found.done:
            _move(tx, readership, found, said)
    return NewAddress(email=found.email, language=found.person.language)


def _both_in_turn(tx: Tx, readership: Readership, link: Link) -> None:
    """In one order, whichever is the old one: two that wait for each other would wait for ever."""
    person = readers.by_number(tx, link.subscriber)
    old = [person.address_hash] if person else []
    for each in sorted({*old, readership.address_hash(link.email)}):
        take_turn(tx, each)


def _asked(tx: Tx, readership: Readership, link: Link, now: datetime) -> _Move | Expired | None:
    person = readers.by_number(tx, link.subscriber)
    rows = consents.wishes_since(tx, person.id, link.row, What.ASK_ADDRESS) if person else []
    if not person or not rows or rows[0].number != link.row or not link.answers(rows[0].consent.at):
        return None
    done = person.email == link.email
    later = consents.wishes_since(tx, person.id, link.row, What.ADDRESS)
    late = link.expired(readership.life, now)
    if not done and (later or late or not _may_move(tx, readership, person, link.email)):
        return Expired(language=person.language)
    return _Move(person, link.email, done)


def _may_move(tx: Tx, readership: Readership, person: Person, email: str) -> bool:
    hashes = (person.address_hash, readership.address_hash(email))
    return may_move(*(readers.suppression_of(tx, each) for each in hashes))


def _move(tx: Tx, readership: Readership, move: _Move, said: Said) -> None:
    old, email = move.person, move.email
    address_hash = readership.address_hash(email)
    other = readers.by_key(tx, key(email))
    if other and other.id != old.id:
        _merge(tx, readership, old, other, said)
    new = replace(old, email=email, address_hash=address_hash)
    for standing in readers.standings(tx, old.id).values():
        readers.put(tx, old.id, moved(standing))
    failures.leave_behind(tx, old.id)
    readers.move(tx, old.id, email=email, email_key=key(email), address_hash=address_hash)
    # Under both: who asks about either address finds what became of it.
    rows = [logged(each, What.ADDRESS, said) for each in (old, new)]
    consents.record(tx, *rows)
    if old.address_hash != address_hash and readers.suppression_of(tx, old.address_hash) is None:
        content = {"email": email}
        notify(tx, readership, NoticeKind.MOVED, old, old.language, content, said.at)


def _merge(tx: Tx, readership: Readership, person: Person, other: Person, said: Said) -> None:
    """Let the two rows of one person be one; the other's is nobody's from now on, and what it was
    owed comes to nobody."""
    for after in merged(readers.standings(tx, person.id), readers.standings(tx, other.id)):
        readers.put(tx, person.id, after)
    if person.name is None and other.name:
        readers.rename(tx, person.id, other.name)
    people.hand_down(tx, other.id, person.id)
    consents.relink(tx, other.id, person.id)
    people.make_nobody(tx, [other.id])
    consents.record(tx, logged(person, What.ADDRESS, said, detail="merged"))
