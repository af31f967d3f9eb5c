"""What readers change by the links of their own letters: leave, another language, all choices."""

from newsletter.flows.consent import Readership, Said, a_name, in_turn, let_in, logged
from newsletter.model.consent import (
    Choice,
    Left,
    Origin,
    Preferences,
    Standing,
    What,
)
from newsletter.model.event import Event, EventKind
from newsletter.model.subscriber import WANTED, Subscription, SubscriptionStatus
from newsletter.store import consents, events, readers
from newsletter.store.database import Tx
from newsletter.store.readers import Person
from newsletter.subscribers.consent import (
    Offer,
    choose,
    day_of,
    left,
    may_return,
    switched,
    told,
)

_EVENTS = {What.UNSUBSCRIBE: EventKind.UNSUBSCRIBE, What.LANGUAGE: EventKind.LANGUAGE}


def standing(readership: Readership, number: int, digest: str) -> Standing | None:
    """How a subscriber stands to a digest; None when they never had it, or are gone."""
    with readership.database.read() as tx:
        person = readers.by_number(tx, number)
        found = readers.standings(tx, person.id).get(digest) if person else None
        if person is None or found is None:
            return None
    language = found.languages[0]
    known = readership.digest(digest)
    return Standing(
        digest=digest,
        title=readership.title(digest, language),
        language=language,
        status=found.status,
        available=known.languages if known else (),
        preferences=readership.preferences(person.id, digest),
    )


def leave(readership: Readership, number: int, digest: str, origin: Origin) -> Left | None:
    """End a subscription; twice is fine. What was asked for before cannot be confirmed any more."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        person = in_turn(tx, number)
        before = readers.standings(tx, person.id).get(digest) if person else None
        if person is None or before is None:
            return None
        _end(tx, readership, person, before, said)
    language = before.languages[0]
    return Left(
        digest=digest,
        title=readership.title(digest, language),
        language=language,
        preferences=readership.preferences(person.id, digest),
    )


def leave_all(readership: Readership, number: int, origin: Origin) -> Preferences | None:
    """End every subscription."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        person = in_turn(tx, number)
        if person is None:
            return None
        for before in readers.standings(tx, person.id).values():
            _end(tx, readership, person, before, said)
        return _preferences(tx, readership, person)


def _end(
    tx: Tx,
    readership: Readership,
    person: Person,
    before: Subscription,
    said: Said,
) -> None:
    after = left(before)
    if after != before:
        _carry_out(tx, readership, person, before, after, said)
    elif consents.asked_after_withdrawal(tx, person.id, before.digest):
        row = logged(person, What.UNSUBSCRIBE, said, digest=before.digest)
        consents.record(tx, row)


def switch_language(
    readership: Readership, number: int, digest: str, language: str, origin: Origin
) -> None:
    """Let a subscriber read a digest in another language from now on."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        person = in_turn(tx, number)
        before = readers.standings(tx, person.id).get(digest) if person else None
        if person and before and (after := switched(before, language)) != before:
            _carry_out(tx, readership, person, before, after, said)


# --- all choices ---------------------------------------------------------------------------------


def preferences(readership: Readership, number: int) -> Preferences | None:
    """All that a subscriber can choose, and how they stand."""
    with readership.database.read() as tx:
        person = readers.by_number(tx, number)
        return _preferences(tx, readership, person) if person else None


def save(
    readership: Readership, number: int, wanted: Preferences, origin: Origin
) -> Preferences | None:
    """Bring about what a subscriber chose; how they stand then. What cannot be is left as it is:
    nobody who complained, or whose mailbox is gone, comes back this way."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        person = in_turn(tx, number)
        if person is None:
            return None
        person = _renamed(tx, person, wanted.name, said)
        _save(tx, readership, person, wanted, said)
        return _preferences(tx, readership, person)


def _renamed(tx: Tx, person: Person, name: str | None, said: Said) -> Person:
    wanted = a_name(name)
    if wanted == person.name:
        return person
    readers.rename(tx, person.id, wanted)
    # The log names nobody.
    consents.record(tx, logged(person, What.PREFERENCES, said, detail="name"))
    return readers.by_number(tx, person.id) or person


def _save(
    tx: Tx,
    readership: Readership,
    person: Person,
    wanted: Preferences,
    said: Said,
) -> None:
    standings = readers.standings(tx, person.id)
    may_come = may_return(readers.suppression_of(tx, person.address_hash))
    changes = {}
    for choice in wanted.digests:
        before = standings.get(choice.digest)
        offer = _offer(readership, choice.digest, before)
        after = offer and choose(before, choice, offer, said.at, may_come=may_come)
        if after and after != before:
            changes[choice.digest] = after
    if any(after.status in WANTED for after in changes.values()):
        wants = {each.digest for each in wanted.digests if each.status in WANTED}
        let_in(tx, person, wants, said)
    for name, after in changes.items():
        _carry_out(tx, readership, person, standings.get(name), after, said)


def _carry_out(
    tx: Tx,
    readership: Readership,
    person: Person,
    before: Subscription | None,
    after: Subscription,
    said: Said,
) -> None:
    """Write a change down: how it is, in the log, and among what happened."""
    readers.put(tx, person.id, after)
    offer = _offer(readership, after.digest, after)
    assert offer, "there is something to choose of what was had before"
    for what, detail in told(before, after, offer):
        row = logged(person, what, said, digest=after.digest, detail=detail)
        consents.record(tx, row)
        if kind := _EVENTS.get(what):
            events.record(
                tx,
                Event(
                    at=said.at, kind=kind, subscriber=person.id, digest=after.digest, detail=detail
                ),
            )


def _preferences(tx: Tx, readership: Readership, person: Person) -> Preferences:
    standings = readers.standings(tx, person.id)
    names = dict.fromkeys(digest.name for digest in readership.digests)
    names |= dict.fromkeys(name for name, each in standings.items() if each.status in WANTED)
    choices = (_choice(readership, name, standings.get(name), person) for name in names)
    return Preferences(
        email=person.email, name=person.name, language=person.language, digests=tuple(choices)
    )


def _choice(
    readership: Readership, name: str, standing: Subscription | None, person: Person
) -> Choice:
    offer = _offer(readership, name, standing)
    assert offer, "it is configured, or was had"
    title = readership.title(name, person.language)
    if standing is None:
        own = [each for each in offer.languages if each == person.language]
        return Choice(
            digest=name,
            title=title,
            status=SubscriptionStatus.UNSUBSCRIBED,
            languages=tuple(own or offer.languages[:1]),
            available=offer.languages,
        )
    return Choice(
        digest=name,
        title=title,
        status=standing.status,
        languages=standing.languages,
        available=offer.languages,
        cadence=standing.cadence,
        paused_until=day_of(standing, offer),
    )


def _offer(readership: Readership, name: str, standing: Subscription | None) -> Offer | None:
    """What there is to choose of a digest; of one that is not configured any more, to leave it."""
    if digest := readership.digest(name):
        return Offer(digest=name, languages=digest.languages, timezone=digest.timezone)
    if standing:
        return Offer(digest=name, languages=standing.languages, timezone="UTC")
    return None
