"""The history of the tables: one line of versions for both databases, run by alembic."""

HEAD = "0008"  # what this program works with; a test holds it against the newest version file
