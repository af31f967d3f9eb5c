"""Chunks: what working on a part of an edition costs must not depend on the whole of it."""

from datetime import timedelta

import sqlalchemy as sa

from newsletter.store import chunks, schema
from newsletter.store.chunks import SIZE
from newsletter.store.database import Database
from newsletter.store.tables import chunks as table
from newsletter.store.tables import deliveries
from tests.flows.mailings import NOW, addresses, frozen


def test_an_edition_is_cut_into_ranges_without_gaps(database: Database) -> None:
    number = frozen(database, *addresses(2 * SIZE + 1))
    with database.read() as tx:
        rows = tx.run(sa.select(table).order_by(table.c.id)).all()
        owed = tx.run(sa.select(deliveries.c.id).order_by(deliveries.c.id)).scalars().all()
    cut = [range(row.first_id, row.last_id + 1) for row in rows]
    assert [len(each) for each in cut] == [SIZE, SIZE, 1]
    assert [number for each in cut for number in each] == owed
    with database.begin() as tx:
        chunk = chunks.lease(tx, number, "me", timedelta(minutes=1), NOW)
        assert chunk is not None
        asked = sa.select(sa.func.count()).select_from(deliveries).where(chunks.within(chunk))
        assert tx.run(asked).scalar_one() == SIZE


def test_a_chunk_is_found_by_its_ids_and_not_through_the_whole_edition(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    schema.prepare(database)
    number = frozen(database, *addresses(10))
    with database.begin() as tx:
        chunk = chunks.lease(tx, number, "me", timedelta(minutes=1), NOW)
        assert chunk is not None
        asked = sa.select(deliveries.c.state).where(chunks.within(chunk))
        text = str(asked.compile(tx.connection.engine, compile_kwargs={"literal_binds": True}))
        plan = " ".join(
            str(row[-1]) for row in tx.connection.exec_driver_sql(f"explain query plan {text}")
        )
    database.close()
    assert "INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan
