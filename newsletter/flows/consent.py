"""Consent: somebody asks for digests, and the owner of the address says yes, or nothing at all.

What a form sets in motion is the same for every address, to whoever fills it in: an answer that
tells nothing, and perhaps a mail to the address itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.editions.story import speaks
from newsletter.lib.text import one_line, shortened
from newsletter.model.consent import (
    Confirmed,
    Consent,
    Expired,
    NoSuchDigest,
    Origin,
    Pending,
    SignUp,
    What,
)
from newsletter.model.notice import NoticeKind
from newsletter.model.specs import Digest, in_language
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.store import consents, notices, readers
from newsletter.store.consents import Entry
from newsletter.store.database import Database, Tx
from newsletter.store.notices import NewNotice
from newsletter.store.readers import Person
from newsletter.subscribers.address import NotAnAddress, key, normalise
from newsletter.subscribers.consent import (
    ASK_AGAIN,
    Link,
    Standings,
    confirmed,
    left,
    may_return,
    pending,
    still_wished,
    to_ask,
)

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Readership:
    """What wishes are read against. `preferences` makes the token for all choices of a subscriber,
    seen from a digest; `life` is that of a confirmation link; `woken` is called once there is a
    notice to be sent."""

    database: Database
    digests: tuple[Digest, ...]
    address_hash: Callable[[str], str]
    new_token: Callable[[], str]
    preferences: Callable[[int, str], str]
    life: timedelta
    clock: Callable[[], datetime]
    woken: Callable[[], object] = lambda: None

    def digest(self, name: str) -> Digest | None:
        return next((each for each in self.digests if each.name == name), None)

    def title(self, name: str, language: str) -> str:
        """What readers call a digest; its name when it is not configured any more."""
        digest = self.digest(name)
        return (digest and in_language(digest.title, language)) or name


@dataclass(frozen=True, slots=True)
class Said:
    """How something was said, and when."""

    origin: Origin
    at: datetime


def sign_up(
    readership: Readership, wish: SignUp, origin: Origin
) -> NotAnAddress | NoSuchDigest | None:
    """Ask the owner of an address whether they want these digests; at most once a day.

    Who is subscribed already, complained, or has no mailbox any more gets nothing; whoever asked
    cannot tell. Who left stays so until they confirm.
    """
    address = normalise(wish.email)
    if isinstance(address, NotAnAddress):
        return address
    wanted = {name: language_in(readership.digest(name), wish.language) for name in wish.digests}
    missing = next((name for name, language in wanted.items() if language is None), None)
    if missing is not None or not wanted:
        return NoSuchDigest(missing or "")
    spoken = {name: language for name, language in wanted.items() if language}
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        _ask(tx, readership, replace(wish, email=address), spoken, said)
    return None


def language_in(digest: Digest | None, wanted: str) -> str | None:
    """The language of a digest's editions that somebody's stands for: es for a reader of es-MX."""
    if digest is None:
        return None
    if wanted in digest.languages:
        return wanted
    return next((each for each in digest.languages if speaks(wanted, each)), None)


def _ask(
    tx: Tx,
    readership: Readership,
    wish: SignUp,
    spoken: Mapping[str, str],
    said: Said,
) -> None:
    address_hash = readership.address_hash(wish.email)
    take_turn(tx, address_hash)
    person = readers.by_key(tx, key(wish.email))
    standings = readers.standings(tx, person.id) if person else {}
    since = _lately(tx, address_hash, said.at)
    asked = to_ask(
        spoken,
        standings,
        readers.suppression_of(tx, address_hash),
        lately=consents.digests_since(tx, address_hash, What.SIGN_UP, since),
    )
    if not asked:
        return
    known = replace(wish, language=spoken[asked[0]])  # what a form says may be anything
    person = person or _new_person(tx, readership, known, address_hash, said.at)
    link = _wish(tx, person, {digest: spoken[digest] for digest in asked}, standings, said)
    # The link of an earlier mail stands for all that was asked for since, so one a day is enough.
    if not notices.asked_since(tx, address_hash, since):
        titles = "\n".join(readership.title(digest, known.language) for digest in asked)
        content = {"link": str(link), "titles": titles}
        notify(tx, readership, NoticeKind.CONFIRM, person, known.language, content, said.at)


def _wish(
    tx: Tx, person: Person, asked: Mapping[str, str], standings: Standings, said: Said
) -> Link:
    """Write down what was asked for in somebody's name, and what is no more than that."""
    for digest, language in asked.items():
        before = standings.get(digest)
        if before is None or before.status is SubscriptionStatus.PENDING:
            readers.put(tx, person.id, pending(digest, language, said.origin.how, said.at))
    rows = [
        logged(person, What.SIGN_UP, said, digest=digest, detail=language)
        for digest, language in asked.items()
    ]
    return Link(person.id, consents.record(tx, *rows), said.at)


def _lately(tx: Tx, address_hash: str, now: datetime) -> datetime:
    """Since when one mail is enough: for a day, or since its owner left, who may think better."""
    yesterday = now - ASK_AGAIN
    return max(yesterday, consents.last_withdrawal(tx, address_hash) or yesterday)


def _new_person(
    tx: Tx, readership: Readership, wish: SignUp, address_hash: str, now: datetime
) -> Person:
    return readers.add(
        tx,
        email=wish.email,
        email_key=key(wish.email),
        address_hash=address_hash,
        name=a_name(wish.name),
        language=wish.language,
        token=readership.new_token(),
        now=now,
    )


def take_turn(tx: Tx, address_hash: str) -> None:
    """Let what is done about an address follow what was done before: a link that is confirmed while
    its reader leaves must not bring them back."""
    tx.take_turns(f"person {address_hash}")


def in_turn(tx: Tx, number: int) -> Person | None:
    """The subscriber of this number, once it is this transaction's turn to change them."""
    person = readers.by_number(tx, number)
    if person is None:
        return None
    take_turn(tx, person.address_hash)
    return readers.by_number(tx, number)


def a_name(text: str | None) -> str | None:
    """A name as it can stand in a letter; None where there is none."""
    return shortened(one_line(text or ""), _LONGEST_NAME) or None


def notify(
    tx: Tx,
    readership: Readership,
    kind: NoticeKind,
    person: Person,
    language: str,
    content: Mapping[str, str],
    now: datetime,
) -> None:
    """Queue a notice to a person, and wake who sends it once all this is committed."""
    notice = NewNotice(
        kind=kind,
        email=person.email,
        address_hash=person.address_hash,
        language=language,
        content=content,
    )
    notices.add(tx, notice, now)
    tx.after_commit.append(readership.woken)


def logged(
    person: Person,
    what: What,
    said: Said,
    *,
    digest: str | None = None,
    detail: str = "",
) -> Consent:
    """A row for the log."""
    return Consent(
        at=said.at,
        address_hash=person.address_hash,
        subscriber=person.id,
        what=what,
        digest=digest,
        language=said.origin.language,
        how=said.origin.how,
        wording=said.origin.wording,
        ip=said.origin.ip,
        detail=detail,
    )


# --- the answer ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a confirmation link asks about now: the language of each digest, by its name."""

    person: Person
    wished: Mapping[str, str]

    @property
    def language(self) -> str:
        return next(iter(self.wished.values()))


def asked(readership: Readership, link: Link) -> Pending | Expired | None:
    """What following a link would begin. Changes nothing."""
    with readership.database.read() as tx:
        found = _asked(tx, readership, link, readership.clock())
    if not isinstance(found, _Asked):
        return found
    return Pending(language=found.language, titles=_titles(readership, found))


def confirm(readership: Readership, link: Link, origin: Origin) -> Confirmed | Expired | None:
    """Begin what was asked for; twice is fine."""
    said = Said(origin, readership.clock())
    with readership.database.begin() as tx:
        in_turn(tx, link.subscriber)
        found = _asked(tx, readership, link, said.at)
        if not isinstance(found, _Asked):
            return found
        _begin(tx, found, said)
    return Confirmed(
        language=found.language,
        titles=_titles(readership, found),
        preferences=readership.preferences(found.person.id, next(iter(found.wished))),
    )


def _asked(tx: Tx, readership: Readership, link: Link, now: datetime) -> _Asked | Expired | None:
    person = readers.by_number(tx, link.subscriber)
    rows = consents.wishes_since(tx, person.id, link.row, What.SIGN_UP) if person else []
    if not person or not rows or rows[0].number != link.row or not link.answers(rows[0].consent.at):
        return None
    wished = _languages(readership, rows)
    live = still_wished(
        wished,
        link,
        consents.withdrawn(tx, person.id),
        readers.standings(tx, person.id),
    )
    alive = {digest: wished[digest] for digest in live if digest in wished}
    suppression = readers.suppression_of(tx, person.address_hash)
    if not alive or link.expired(readership.life, now) or not may_return(suppression):
        return Expired(language=person.language)
    return _Asked(person, alive)


def _languages(readership: Readership, rows: Iterable[Entry]) -> dict[str, str]:
    """By digest the language that it was last asked for in, as far as it still comes in it."""
    found = {}
    for consent in (entry.consent for entry in rows):
        digest = readership.digest(consent.digest or "")
        if digest and (language := language_in(digest, consent.detail)):
            found[digest.name] = language
    return found


def _titles(readership: Readership, found: _Asked) -> tuple[str, ...]:
    return tuple(readership.title(name, language) for name, language in found.wished.items())


def _begin(tx: Tx, found: _Asked, said: Said) -> None:
    person = found.person
    let_in(tx, person, (), said)
    standings = readers.standings(tx, person.id)
    for digest, language in found.wished.items():
        after = confirmed(standings.get(digest), digest, language, said.origin.how, said.at)
        if after:
            readers.put(tx, person.id, after)
            consents.record(tx, logged(person, What.CONFIRM, said, digest=digest))


def let_in(tx: Tx, person: Person, wanted: Iterable[str], said: Said) -> None:
    """Let somebody who had left, and was erased, be mailed again. Of what a list brought in
    meanwhile, and was not mailed, only what they want stays."""
    if readers.suppression_of(tx, person.address_hash) is None:
        return
    readers.lift(tx, person.address_hash)
    for digest, standing in readers.standings(tx, person.id).items():
        if digest not in wanted and (after := left(standing)) != standing:
            readers.put(tx, person.id, after)
            consents.record(tx, logged(person, What.UNSUBSCRIBE, said, digest=digest))
