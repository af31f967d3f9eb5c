"""What editors decide, and what stands in their way."""

from datetime import timedelta

import pytest

from newsletter.flows.decide import Decision, DecisionFault, decide, release_vetoed
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState as S
from newsletter.store import deliveries, editions, events
from newsletter.store.database import Database
from newsletter.store.deliveries import Settled
from tests.flows.mailings import NOW, enrolled, frozen, left_claimed, state_of
from tests.flows.printing import composed, run
from tests.flows.sources import collected, draft


@pytest.mark.parametrize(
    ("before", "decision", "after"),
    [
        (S.HELD, Decision.APPROVE, S.FROZEN),
        (S.FROZEN, Decision.HOLD, S.HELD),
        (S.SENDING, Decision.PAUSE, S.PAUSED),
        (S.FROZEN, Decision.PAUSE, S.PAUSED),
        (S.PAUSED, Decision.RESUME, S.SENDING),
        (S.HELD, Decision.CANCEL, S.CANCELLED),
        (S.SENDING, Decision.CANCEL, S.CANCELLED),
        (S.PAUSED, Decision.CANCEL, S.CANCELLED),
    ],
)
def test_a_decision_moves_the_edition_and_is_written_down(
    database: Database, before: S, decision: Decision, after: S
) -> None:
    number = frozen(database, "ann@example.com", state=before)
    assert decide(database, number, decision, who="maria", now=NOW).state is after
    with database.read() as tx:
        (event,) = events.of_edition(tx, number)
    assert (event.who, event.at, event.detail.split(";")[0]) == ("maria", NOW, decision.value)


@pytest.mark.parametrize("before", [S.SENT, S.CANCELLED, S.SKIPPED])
@pytest.mark.parametrize("decision", list(Decision))
def test_what_is_over_is_not_decided_again(
    database: Database, before: S, decision: Decision
) -> None:
    number = frozen(database, "ann@example.com", state=before)
    with pytest.raises(DecisionFault, match=rf"is {before.value}: {decision.value} is for"):
        decide(database, number, decision, who="maria", now=NOW)
    assert state_of(database, number) is before


def test_an_edition_that_is_not_there_is_named_with_the_way_to_the_others(
    database: Database,
) -> None:
    with pytest.raises(DecisionFault, match=r"edition 7: there is none.*edition list"):
        decide(database, 7, Decision.APPROVE, who="maria", now=NOW)


def test_the_stories_of_a_cancelled_edition_are_new_again(database: Database) -> None:
    collected(database, draft(1))
    enrolled(database, "ann@example.com")
    number = composed(database, run())["en"].number
    decide(database, number, Decision.CANCEL, who="maria", now=NOW)
    assert composed(database, run(23))["en"].stories == 1


def test_stories_that_somebody_has_stay_used(database: Database) -> None:
    collected(database, draft(1))
    enrolled(database, "ann@example.com")
    number = composed(database, run())["en"].number
    claimed = left_claimed(database, number)
    with database.begin() as tx:
        deliveries.settle(tx, [Settled(claimed, DeliveryState.SENT, "250")], NOW)
    decide(database, number, Decision.CANCEL, who="maria", now=NOW)
    assert composed(database, run(23))["en"].state is S.SKIPPED


def test_a_cancelled_edition_owes_nothing(database: Database) -> None:
    number = frozen(database, "ann@example.com")
    decide(database, number, Decision.CANCEL, who="maria", now=NOW)
    with database.read() as tx:
        assert deliveries.counts(tx, number)[DeliveryState.CANCELLED] == 1


def test_an_edition_goes_by_itself_when_its_veto_is_over(database: Database) -> None:
    vetoed = frozen(database, "a@example.com", state=S.HELD, release_at=NOW + timedelta(minutes=30))
    waiting = frozen(database, "b@example.com", state=S.HELD, language="es")
    release_vetoed(database, rehearsal=False, now=NOW + timedelta(minutes=29))
    assert state_of(database, vetoed) is S.HELD
    release_vetoed(database, rehearsal=False, now=NOW + timedelta(minutes=30))
    assert (state_of(database, vetoed), state_of(database, waiting)) == (S.FROZEN, S.HELD)


def test_who_cancels_an_edition_within_its_veto_has_stopped_it(database: Database) -> None:
    number = frozen(database, "a@example.com", state=S.HELD, release_at=NOW)
    decide(database, number, Decision.CANCEL, who="maria", now=NOW)
    release_vetoed(database, rehearsal=False, now=NOW + timedelta(hours=1))
    with database.read() as tx:
        assert editions.unfinished(tx, rehearsal=False) == []


@pytest.mark.parametrize("before", [S.HELD, S.FROZEN])
def test_what_an_editor_holds_waits_for_an_editor(database: Database, before: S) -> None:
    number = frozen(database, "a@example.com", state=before, release_at=NOW)
    decide(database, number, Decision.HOLD, who="maria", now=NOW)
    assert release_vetoed(database, rehearsal=False, now=NOW + timedelta(hours=1)) == []
    decide(database, number, Decision.APPROVE, who="jo", now=NOW)
    assert state_of(database, number) is S.FROZEN
