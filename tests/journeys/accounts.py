"""The account after a send: the server's record on one side, the ledger on the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tests.journeys.sending_project import SendingProject
from tests.tools.sink import Record, Taken

_LEDGER = """
select subscribers.email, deliveries.state, deliveries.reply
from deliveries join subscribers on subscribers.id = deliveries.subscriber_id
where deliveries.edition_id = :edition
"""
_FINAL = frozenset({"sent", "refused", "held", "suppressed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Entry:
    """How a reader stands in the ledger."""

    state: str
    reply: str


@dataclass(frozen=True, slots=True)
class Account:
    """What the server took, what the ledger says, and what the program shows of the edition."""

    readers: frozenset[str]
    record: Record
    ledger: Mapping[str, Entry]
    shown: Mapping[str, Any]

    @property
    def taken(self) -> dict[str, list[Taken]]:
        """The letters that the server took, by recipient."""
        found: dict[str, list[Taken]] = defaultdict(list)
        for letter in self.record.taken:
            found[letter.recipient].append(letter)
        return found

    @property
    def doubled(self) -> dict[str, list[Taken]]:
        return {reader: letters for reader, letters in self.taken.items() if len(letters) > 1}

    @property
    def doubles(self) -> int:
        """How many letters came that had come before."""
        return sum(len(letters) - 1 for letters in self.doubled.values())

    def in_state(self, state: str) -> set[str]:
        return {reader for reader, entry in self.ledger.items() if entry.state == state}

    @property
    def lost(self) -> set[str]:
        """Readers whom the ledger counts as sent, and whose letter the server never took."""
        return self.in_state("sent") - self.taken.keys()

    @property
    def altered(self) -> set[str]:
        """Readers whose second letter was another than the first: not to be known as the same."""
        return {
            reader
            for reader, letters in self.doubled.items()
            if len({(each.message_id, each.date, each.digest) for each in letters}) > 1
        }

    def summary(self) -> dict[str, object]:
        """The figures for people."""
        return {
            "readers": len(self.readers),
            "letters taken": len(self.record.taken),
            "readers reached": len(self.taken.keys() & self.readers),
            "lost": len(self.lost),
            "doubled": self.doubles,
            "doubled, and not the same letter": len(self.altered),
            "offences": len(self.record.offences),
            "ledger": dict(Counter(entry.state for entry in self.ledger.values())),
            "edition": self.shown["state"],
        }


def account(project: SendingProject, record: Record) -> Account:
    """The account of the project's edition as it stands now."""
    shown = project.shown()
    return Account(frozenset(project.readers), record, _ledger(project, shown["id"]), shown)


def _ledger(project: SendingProject, edition: int) -> dict[str, Entry]:
    url = project.database.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text(_LEDGER), {"edition": edition}).all()
    engine.dispose()
    return {email: Entry(state, reply or "") for email, state, reply in rows}


def faults(
    found: Account, *, doubles: int, unreachable: Iterable[str] = (), held: bool = False
) -> list[str]:
    """Everything that does not add up, in words; nothing when the account is good.

    At most so many `doubles` may be there. Who is not `unreachable` has the letter, or may be
    `held` when that is allowed.
    """
    reachable = found.readers - set(unreachable)
    kept = found.in_state("held") if held else set()
    have = found.taken.keys() | kept
    return [
        *_some("had nothing", reachable - have),
        *_some("sent in the ledger, never taken", found.lost),
        *_some("not sent in the ledger", reachable - found.in_state("sent") - kept),
        *_some("taken, and no reader", found.taken.keys() - found.readers),
        *_some("doubled with another letter", found.altered),
        *_some("not owed once", found.readers ^ found.ledger.keys()),
        *_some("refused without a reply", _speechless(found)),
        *_some("offences", found.record.offences),
        *_too_many(found.doubles, doubles),
        *_not_finished(found),
    ]


def _some(what: str, whom: Iterable[str]) -> list[str]:
    listed = sorted(whom)
    return [f"{what}: {len(listed)}, {', '.join(listed[:3])}"] if listed else []


def _speechless(found: Account) -> set[str]:
    return {r for r, entry in found.ledger.items() if entry.state == "refused" and not entry.reply}


def _too_many(doubles: int, allowed: int) -> list[str]:
    return [f"doubled: {doubles}, at most {allowed}"] if doubles > allowed else []


def _not_finished(found: Account) -> list[str]:
    """The edition is sent, nothing is open, and what is shown is what the ledger has."""
    counted = Counter(entry.state for entry in found.ledger.values())
    shown = {state: number for state, number in found.shown["deliveries"].items() if number}
    wrong = [f"edition: {found.shown['state']}"] if found.shown["state"] != "sent" else []
    if shown != dict(counted):
        wrong.append(f"shown {shown}, in the ledger {dict(counted)}")
    listed = {each["email"] for each in found.shown["missed"] if each["state"] == "held"}
    wrong += _some("held, and not listed as such", found.in_state("held") ^ listed)
    if open_ := {state: n for state, n in counted.items() if state not in _FINAL}:
        wrong.append(f"sent with open deliveries: {open_}")
    return wrong
