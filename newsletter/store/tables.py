"""The tables, for SQLite and PostgreSQL alike. Migrations make them; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Utc(sa.TypeDecorator[datetime]):
    """Aware datetimes, kept in UTC. SQLite has no zones, so both keep the naive UTC time."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time is aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


# Constraint names that are the same on both databases, so that one migration history serves them.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

house = sa.Table(
    "house",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # "home", "key_ring"
    sa.Column("value", sa.Text, nullable=False),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("first_read_at", Utc),  # empty: the next reading is its first run
    sa.Column("last_read_at", Utc),
    sa.Column("last_tried_at", Utc),
    sa.Column("last_fault", sa.Text),
    sa.Column("learned", sa.JSON),  # the lines that it hangs on its articles
)

# Where the asking of each source stands; model/poll.py says what each column means.
polls = sa.Table(
    "polls",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("configured", sa.Text, nullable=False, server_default=""),
    sa.Column("documents", sa.JSON, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("wait_until", Utc),
    sa.Column("interval", sa.Integer, nullable=False),  # seconds
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", Utc),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("missing_since", Utc),
    sa.Column("moved_to", sa.Text),
    sa.Column("moved_count", sa.Integer, nullable=False),
    sa.Column("moved_since", Utc),
    sa.Column("address", sa.Text),
    sa.Column("paused", sa.Text),
    sa.Column("ttl", sa.Integer),
    sa.Column("whole_at", Utc),
    sa.Column("full_at", Utc),
    sa.Column("pinged_at", Utc),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created_at", Utc, nullable=False),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False, index=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("title_key", sa.Text, nullable=False, index=True),
    sa.Column("opening_key", sa.Text, nullable=False, index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("story_id", sa.ForeignKey("stories.id"), nullable=False, index=True),
    sa.Column("pairing", sa.Text),
    sa.Column("baseline", sa.Boolean, nullable=False),
    sa.Column("held", sa.Text),  # why it waits for an editor
    sa.Column("withdrawn", sa.Text),  # why it is no longer published
    sa.Column("published_at", Utc),
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("news_since", Utc, nullable=False, index=True),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),  # the Article, whole
    sa.Index(None, "source", "published_at"),
)

# Every id and address under which a source ever showed an article, so that it is known again when
# these change back. Without an article: was there at the first reading, and was not read.
article_keys = sa.Table(
    "article_keys",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), index=True),
)

# Every draft that was dealt with, as it was then: one that comes again unchanged is no work.
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
)

# Addresses that an article names as its translations: how the other one is found when it comes.
translations = sa.Table(
    "translations",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
)

# The pictures that an article names as its own, by the keys of their addresses: what many articles
# of a source name is the site's picture, and of none of them.
article_pictures = sa.Table(
    "article_pictures",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Index(None, "source", "key"),
)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("rehearsal", sa.Boolean, primary_key=True),
    sa.Column("first_seen", Utc, nullable=False),
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),  # local date and time: the key
    sa.Column("slot_at", Utc, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("rehearsal", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("reason", sa.Text),  # why it was skipped or stands still
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("release_at", Utc),  # the end of its veto
    sa.Column("frozen_at", Utc, nullable=False),
    sa.Column("sent_at", Utc),
    sa.Column("letter", sa.JSON),  # the Letter, whole; empty when skipped
    # The cadences whose readers it is the turn of: it tells them of all since their last turn.
    sa.Column("roundups", sa.Text, nullable=False, server_default=""),
    # A slot happens once, whoever runs it.
    sa.UniqueConstraint("digest", "slot", "language", "rehearsal"),
)

edition_stories = sa.Table(
    "edition_stories",
    metadata,
    sa.Column("edition_id", sa.ForeignKey("editions.id"), primary_key=True),
    sa.Column("story_id", sa.ForeignKey("stories.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer),  # empty: passed over
    sa.Column("article_id", sa.ForeignKey("articles.id")),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("rehearsal", sa.Boolean, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),  # false once the edition is cancelled
)
# A story is in a digest once in each language.
sa.Index(
    "uq_edition_stories_counting",
    edition_stories.c.digest,
    edition_stories.c.language,
    edition_stories.c.rehearsal,
    edition_stories.c.story_id,
    unique=True,
    sqlite_where=edition_stories.c.counts,
    postgresql_where=edition_stories.c.counts,
)

# An edition's letter for those who must not see some of its stories again, or who get more of them.
variants = sa.Table(
    "variants",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False, index=True),
    sa.Column("letter", sa.JSON, nullable=False),
)

variant_stories = sa.Table(
    "variant_stories",
    metadata,
    sa.Column("variant_id", sa.ForeignKey("variants.id"), primary_key=True),
    sa.Column("story_id", sa.ForeignKey("stories.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("article_id", sa.ForeignKey("articles.id"), nullable=False),
)

# What the letters of editions show, when they show copies; named by the SHA-256 of the content.
pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("first_used", Utc, nullable=False),
)

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    sa.Column("address_hash", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("timezone", sa.Text),  # IANA's name for where they live, when known
    # The row that stands for this one since both turned out to be one person: old letters have
    # links with its number.
    sa.Column("heir", sa.Integer),
)

# What lists say of people beside their names: digests choose their audience by it.
subscriber_tags = sa.Table(
    "subscriber_tags",
    metadata,
    sa.Column(
        "subscriber_id", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("tag", sa.Text, primary_key=True, index=True),
)

subscriber_attributes = sa.Table(
    "subscriber_attributes",
    metadata,
    sa.Column(
        "subscriber_id", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Index(None, "name", "value"),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column(
        "subscriber_id", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("chosen", sa.Boolean, nullable=False),  # by the reader: stronger than any list
    sa.Column("consent_source", sa.Text),
    sa.Column("consent_at", Utc),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("cadence", sa.Text, nullable=False, server_default="every"),
    sa.Column("paused_until", Utc),  # of a paused one; empty: until its reader comes back
    sa.Index(None, "digest", "language", "status"),
)

# The languages that a reader gets a digest in beside the one of the subscription: what there is in
# that one comes in it, and only the rest in these.
further_languages = sa.Table(
    "further_languages",
    metadata,
    sa.Column(
        "subscriber_id", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Index(None, "digest", "language"),
)

# What people agreed to and took back. Rows are only ever added. They name nobody: whose they are
# can be told by who has the address and the key, and by nobody else once the person is erased.
consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("address_hash", sa.Text, nullable=False, index=True),
    sa.Column("subscriber_id", sa.Integer, index=True),  # no foreign key: it outlives the person
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("digest", sa.Text),
    sa.Column("language", sa.Text),  # of the wording
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("wording", sa.Text, nullable=False, server_default=""),
    sa.Column("ip", sa.Text),  # truncated
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
)

# Mails to one person that are no edition: "please confirm".
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("address_hash", sa.Text, nullable=False, index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try_at", Utc),
    sa.Column("sent_at", Utc),
    sa.Column("reply", sa.Text),
    sa.Index(None, "state", "next_try_at"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address_hash", sa.Text, primary_key=True),  # keyed: outlives the address itself
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_tried_at", Utc),  # the message's Date
    sa.Column("next_try_at", Utc),
    sa.Column("settled_at", Utc),
    sa.Column("reply", sa.Text),
    sa.Column("variant_id", sa.Integer),  # empty: the edition's own letter
    sa.UniqueConstraint("edition_id", "subscriber_id"),
    sa.Index(None, "subscriber_id"),
)

# A range of an edition's deliveries, which one sender works on at a time. Where it stands is told
# by the deliveries themselves: no index over their states has to be kept while they change.
chunks = sa.Table(
    "chunks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), nullable=False),
    sa.Column("first_id", sa.Integer, nullable=False),
    sa.Column("last_id", sa.Integer, nullable=False),
    sa.Column("next_at", Utc),  # when there is work in it; empty: all of it is settled
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Utc),
    sa.Index(None, "edition_id", "next_at"),
)

# The relay ("*") and recipient domains: how far the line of each is taken, and what it said of our
# pace; model/pace.py says what each column means. Times in seconds: the database reckons with them.
paces = sa.Table(
    "paces",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_at", sa.Double, nullable=False),  # the first place that nobody has reserved
    sa.Column("paused_until", sa.Double, nullable=False),
    sa.Column("factor", sa.Double, nullable=False),
    sa.Column("base", sa.Double, nullable=False),
    sa.Column("strikes", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
)

# The letters of each sender address that is warmed up, by days in UTC.
sender_days = sa.Table(
    "sender_days",
    metadata,
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("letters", sa.Integer, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # No foreign key: what happened outlives the person.
    sa.Column("subscriber_id", sa.Integer, index=True),
    sa.Column("edition_id", sa.Integer),
    sa.Column("digest", sa.Text),
    sa.Column("who", sa.Text),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "kind", "digest"),
)

# Letters that did not arrive, one a reader and edition, whoever said so.
failures = sa.Table(
    "failures",
    metadata,
    sa.Column(
        "subscriber_id", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("edition_id", sa.ForeignKey("editions.id"), primary_key=True, index=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
)

# The mails and events that were dealt with, so that one that comes again counts once.
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
)
