"""The account itself: whatever does not add up is said."""

from dataclasses import replace
from typing import Any

import pytest

from tests.journeys.accounts import Account, Entry, faults
from tests.tools.sink import Record, Taken

ANN = Taken("ann@x", "<1@x>", "today", 1, "aa", 10, 0.0, True)
BOB = replace(ANN, recipient="bob@x", message_id="<2@x>")
SENT = Entry("sent", "250 ok")


def an_account(*taken: Taken, bob: Entry = SENT, state: str = "sent", **counts: int) -> Account:
    """Of two readers; Ann's delivery is sent, Bob's is listed when it is held."""
    listed = [{"email": "bob@x", "state": bob.state}] if bob.state == "held" else []
    return Account(
        frozenset({"ann@x", "bob@x"}),
        Record(list(taken), []),
        {"ann@x": SENT, "bob@x": bob},
        {"state": state, "deliveries": counts or {"sent": 2, "queued": 0}, "missed": listed},
    )


def test_an_account_that_adds_up_has_no_faults() -> None:
    assert faults(an_account(ANN, BOB), doubles=0) == []


def test_the_same_letter_may_come_as_often_as_is_allowed() -> None:
    assert faults(an_account(ANN, BOB, ANN), doubles=1) == []
    assert faults(an_account(ANN, BOB, ANN), doubles=0) == ["doubled: 1, at most 0"]


@pytest.mark.parametrize(
    "change", [{"message_id": "<3@x>"}, {"date": "tomorrow"}, {"digest": "bb"}]
)
def test_another_letter_to_the_same_reader_is_a_fault(change: dict[str, Any]) -> None:
    other = replace(ANN, **change)
    assert faults(an_account(ANN, BOB, other), doubles=1) == [
        "doubled with another letter: 1, ann@x"
    ]


def test_who_had_nothing_and_counts_as_sent_is_named() -> None:
    assert faults(an_account(ANN), doubles=0) == [
        "had nothing: 1, bob@x",
        "sent in the ledger, never taken: 1, bob@x",
    ]


def test_a_held_reader_may_have_nothing_only_where_that_is_allowed() -> None:
    found = an_account(ANN, bob=Entry("held", ""), sent=1, held=1)
    assert faults(found, doubles=0, held=True) == []
    assert faults(found, doubles=0) == ["had nothing: 1, bob@x", "not sent in the ledger: 1, bob@x"]


def test_a_held_reader_who_is_not_listed_is_a_fault() -> None:
    found = an_account(ANN, bob=Entry("held", ""), sent=1, held=1)
    hidden = replace(found, shown={**found.shown, "missed": []})
    assert faults(hidden, doubles=0, held=True) == ["held, and not listed as such: 1, bob@x"]


def test_a_refusal_without_words_is_a_fault() -> None:
    found = an_account(ANN, bob=Entry("refused", ""), sent=1, refused=1)
    assert faults(found, doubles=0, unreachable=["bob@x"]) == ["refused without a reply: 1, bob@x"]


def test_an_edition_with_open_deliveries_is_not_sent() -> None:
    found = an_account(ANN, BOB, bob=Entry("claimed", ""), sent=1, claimed=1)
    assert faults(found, doubles=0) == [
        "not sent in the ledger: 1, bob@x",
        "sent with open deliveries: {'claimed': 1}",
    ]
    unfinished = replace(
        found, shown={**found.shown, "state": "sending", "deliveries": {"sent": 2}}
    )
    assert "edition: sending" in faults(unfinished, doubles=0)
    assert "shown {'sent': 2}, in the ledger {'sent': 1, 'claimed': 1}" in faults(
        unfinished, doubles=0
    )
