"""The store: what must not be lost, in SQLite or PostgreSQL.

In and out: nouns of the model, inside a transaction that a flow holds. Doors: `database` (the only
module that knows SQLite from PostgreSQL) and `tables` (known to this package alone). One module a
noun. Must not decide anything: it remembers.
"""
