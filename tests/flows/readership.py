"""Readers with their wishes, and what the ledger says they got."""

from collections.abc import Collection, Iterable
from itertools import count
from typing import Any

import sqlalchemy as sa

from newsletter.model.delivery import DeliveryState
from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.store import listed
from newsletter.store.database import Database
from newsletter.store.listed import Listed
from newsletter.store.tables import (
    articles,
    deliveries,
    edition_stories,
    editions,
    further_languages,
    subscriptions,
    variant_stories,
)
from newsletter.store.tables import subscribers as people
from tests.flows.sources import NOW

_tokens = count()


def reader(
    database: Database,
    email: str,
    *,
    digest: str = "daily",
    languages: Collection[str] = ("en",),
    cadence: Cadence = Cadence.EVERY,
    timezone: str | None = None,
    tags: tuple[str, ...] = (),
) -> str:
    """Somebody who reads a digest in these languages, the first one first; returns the address."""
    first, *further = languages
    row = Listed(
        email=email,
        key=email,
        name=None,
        language=first,
        digest=digest,
        status=SubscriptionStatus.ACTIVE,
        tags=tags,
    )
    with database.begin() as tx:
        listed.sync(
            tx,
            [row],
            address_hash=lambda key: f"#{key}",
            new_token=lambda: f"t{next(_tokens)}",
            now=NOW,
        )
        number = tx.run(sa.select(people.c.id).where(people.c.email == email)).scalar_one()
        own = (subscriptions.c.subscriber_id == number) & (subscriptions.c.digest == digest)
        tx.run(sa.update(subscriptions).where(own).values(cadence=cadence.value))
        tx.run(sa.update(people).where(people.c.id == number).values(timezone=timezone))
        beside = [{"subscriber_id": number, "digest": digest, "language": each} for each in further]
        tx.insert_new(further_languages, beside)
    return email


def got(database: Database, email: str) -> list[tuple[str, list[int]]]:
    """The letters that somebody is to get, or got: digest and language, and the numbers of the
    drafts in each."""
    with database.read() as tx:
        rows: Iterable[Any] = tx.run(
            sa.select(
                editions.c.digest, editions.c.language, deliveries.c.edition_id,
                deliveries.c.variant_id,
            )
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .join(people, people.c.id == deliveries.c.subscriber_id)
            .where(people.c.email == email)
            .order_by(editions.c.slot_at, deliveries.c.id)
        )  # fmt: skip
        found = []
        for digest, language, edition, variant in rows:
            table = edition_stories if variant is None else variant_stories
            of = table.c.edition_id == edition if variant is None else table.c.variant_id == variant
            shown = sa.select(articles.c.content["title"].as_string()).join(
                table, table.c.article_id == articles.c.id
            )
            titles = tx.run(shown.where(of)).scalars()
            numbers = sorted(int(title.split()[1]) for title in titles)  # "Quay 3 in en"
            found.append((f"{digest}.{language}", numbers))
        return found


def stories_of(database: Database, email: str) -> list[int]:
    """All stories of all letters of somebody: a story that stands there twice was told twice."""
    return sorted(story for _, stories in got(database, email) for story in stories)


def settled(database: Database, edition: int, state: DeliveryState = DeliveryState.SENT) -> None:
    """All that is owed of an edition stands so."""
    with database.begin() as tx:
        of_it = sa.update(deliveries).where(deliveries.c.edition_id == edition)
        tx.run(of_it.values(state=state.value))
