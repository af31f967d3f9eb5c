"""All that is known of a person can be told, and can be taken away: then nothing leads to them."""

from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.flows import person
from newsletter.flows.person import Dossier, UnknownPerson
from newsletter.lib.errors import NewsletterError
from newsletter.model.consent import Expired
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.model.subscriber import Suppression
from newsletter.store import deliveries, editions, people
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.editions import NewEdition
from newsletter.store.tables import deliveries as ledger
from newsletter.store.tables import metadata, subscriber_attributes, subscriber_tags
from tests.flows.mailings import LETTER, NOW, run_slot
from tests.flows.persons import ANN, RING, Town, origin, told


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def known(town: Town, email: str = ANN) -> Dossier:
    return person.dossier(town.database, email, RING.address_hash)


def erased(town: Town, email: str = ANN, **changes: Any) -> Suppression | None:
    return person.erase(town.database, email, RING.address_hash, town.now, **changes)


def owed(town: Town, slot: int = 7) -> int:
    """An edition that is owed to all readers; its number."""
    edition = NewEdition(
        digest="daily",
        slot=run_slot(slot),
        language="en",
        rehearsal=False,
        state=EditionState.FROZEN,
        now=NOW,
        subject=LETTER.subject,
        letter=LETTER,
    )
    with town.database.begin() as tx:
        number = editions.write(tx, edition)
        assert number is not None
        deliveries.owe(tx, number, Audience(digest="daily", language="en"), NOW)
    return number


def answered(town: Town, edition: int, state: DeliveryState, reply: str) -> None:
    with town.database.begin() as tx:
        change = sa.update(ledger).where(ledger.c.edition_id == edition)
        tx.run(change.values(state=state.value, reply=reply, settled_at=NOW))


def described(town: Town) -> None:
    """Ann has a tag and an attribute."""
    number = town.person().id
    with town.database.begin() as tx:
        tx.run(sa.insert(subscriber_tags).values(subscriber_id=number, tag="patron"))
        values = {"subscriber_id": number, "name": "town", "value": "Vigo"}
        tx.run(sa.insert(subscriber_attributes).values(**values))


def everything(town: Town) -> str:
    """The whole store as a text."""
    with town.database.read() as tx:
        rows = [tx.run(sa.select(table)).fetchall() for table in metadata.sorted_tables]
    return str(rows)


def counted(town: Town, edition: int) -> dict[DeliveryState, int]:
    with town.database.read() as tx:
        return {state: n for state, n in deliveries.counts(tx, edition).items() if n}


def test_a_dossier_holds_all_that_is_stored(town: Town) -> None:
    town.joined()
    described(town)
    answered(town, owed(town), DeliveryState.REFUSED, "550 <ann@example.com> is full")
    town.leave()
    found = known(town, "ANN@example.com")
    assert (found.tags, found.attributes) == (("patron",), {"town": "Vigo"})
    assert [each.reply for each in found.deliveries] == ["550 <ann@example.com> is full"]
    assert [what for what, *_ in told(found.consents)] == ["sign_up", "confirm", "unsubscribe"]
    assert [each.kind.value for each in found.events] == ["unsubscribe"]
    assert [each.kind.value for each in found.notices] == ["confirm"]
    assert [each.status.value for each in found.subscriptions] == ["unsubscribed"]


def test_an_address_that_nobody_has_may_be_suppressed(town: Town) -> None:
    town.suppress(reason="by hand")
    found = known(town)
    assert found.person is None
    assert found.suppression is not None
    assert found.suppression.reason == "by hand"


def test_after_an_erasure_nothing_tells_of_the_person(town: Town) -> None:
    town.joined("Ann.Lee@example.com")
    with town.database.begin() as tx:
        number = town.person("ann.lee@example.com").id
        tx.run(sa.insert(subscriber_tags).values(subscriber_id=number, tag="patron"))
    answered(town, owed(town), DeliveryState.REFUSED, "550 <Ann.Lee@example.com> is full")
    erased(town, "ann.lee@EXAMPLE.com")
    for trace in ("lee", "Lee", "'Ann'", "patron", "192.0.2.0"):
        assert trace not in everything(town)


def test_the_log_proves_an_erasure_to_who_has_the_address(town: Town) -> None:
    town.joined()
    number = town.person().id
    erased(town)
    found = known(town).consents
    assert [what for what, *_ in told(found)] == ["sign_up", "confirm", "erase"]
    assert {each.subscriber for each in found} == {None}
    with town.database.read() as tx:
        assert people.got(tx, number) == []


def test_counts_stay_true_and_what_was_owed_is_cancelled(town: Town) -> None:
    town.joined()
    out, waiting = owed(town), owed(town, 8)
    answered(town, out, DeliveryState.SENT, "250 2.0.0 Ok")
    erased(town)
    assert counted(town, out) == {DeliveryState.SENT: 1}
    assert counted(town, waiting) == {DeliveryState.CANCELLED: 1}


def test_links_of_an_erased_person_do_nothing(town: Town) -> None:
    town.sign_up()
    link, token = town.link(), town.preferences_token()
    erased(town)
    assert town.readers.asked(link) is None
    assert town.readers.confirm(link, origin()) is None
    assert town.readers.preferences(token) is None
    assert town.readers.leave_all(token, origin()) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [("unsubscribed", "left"), ("bounced", "hard bounce"), ("complained", "complaint")],
)
def test_who_was_out_stays_out_whatever_a_list_says(town: Town, status: str, reason: str) -> None:
    town.listed(status=status)
    suppression = erased(town)
    assert suppression is not None
    assert suppression.reason == reason
    town.listed("ann@EXAMPLE.com".lower())
    assert town.mailed() == 0


def test_a_reader_who_is_erased_may_be_enrolled_again(town: Town) -> None:
    town.listed()
    assert erased(town) is None
    town.listed()
    assert town.mailed() == 1


def test_an_erased_person_is_suppressed_where_that_is_wanted(town: Town) -> None:
    town.listed()
    assert erased(town, suppress=True) is not None
    town.listed()
    assert town.mailed() == 0


def test_who_had_left_and_was_erased_may_come_back_by_themselves(town: Town) -> None:
    town.joined()
    town.leave()
    erased(town)
    town.listed(name="weekly")
    town.sign_up()
    assert (town.mailed(), town.mailed("weekly")) == (0, 0)
    town.confirm()
    assert (town.mailed(), town.mailed("weekly")) == (1, 0)
    assert "weekly" not in town.standings()


def test_a_list_is_no_reason_not_to_ask_who_had_left(town: Town) -> None:
    town.joined()
    town.leave()
    erased(town)
    town.listed()
    town.sign_up()
    assert town.mailed() == 0
    town.confirm()
    assert (town.mailed(), told(town.log())[-1][0]) == (1, "confirm")


def test_who_complained_and_was_erased_cannot_be_signed_up(town: Town) -> None:
    town.listed(status="complained")
    erased(town)
    town.sign_up()
    assert town.notices() == []


def test_a_new_subscriber_is_never_given_an_old_number(town: Town) -> None:
    town.joined()
    number = town.person().id
    erased(town)
    town.joined("pia@example.com")
    assert town.person("pia@example.com").id > number
    assert not isinstance(town.confirm("pia@example.com"), Expired)


def test_nobody_to_erase_is_said(town: Town) -> None:
    with pytest.raises(UnknownPerson, match=r"ann@example\.com: nobody .* person show"):
        erased(town)
    with pytest.raises(NewsletterError, match="not one plain address"):
        erased(town, "Ann <ann@example.com>")
