"""What is remembered of a source from one look to the next: when it is due, and what it said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

USUAL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that a source was read from, as it was then: what tells whether it is the same.

    `digest` is the SHA-256 of its content; validators are empty where the server gave none, or
    such as cannot be trusted.
    """

    url: str
    digest: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Where the asking of a source stands. All of it is for the source as `configured`: with
    another address, or another language, everything begins anew.

    `wait_until` is what its server asked for (Retry-After), `due_at` what we make of it.
    `failures` are those in a row, `missing` the 404 among them. `moved_to` is an address that a
    permanent redirect names, `address` one that was named so often that it is taken for true.
    `whole_at` is the last reading of which everything was stored, `full_at` the last that was not
    asked on condition. `paused` says why it is not read any more; `ttl` are the minutes for which
    a feed says that it stays as it is. `pinged_at` is when its CMS announced something that was not
    looked for yet.
    """

    configured: str = ""
    documents: tuple[Document, ...] = ()
    due_at: datetime | None = None
    wait_until: datetime | None = None
    interval: timedelta = USUAL
    failures: int = 0
    failing_since: datetime | None = None
    missing: int = 0
    missing_since: datetime | None = None
    moved_to: str | None = None
    moved_count: int = 0
    moved_since: datetime | None = None
    address: str | None = None
    paused: str | None = None
    ttl: int | None = None
    whole_at: datetime | None = None
    full_at: datetime | None = None
    pinged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The source answered. It is `fresh` when it brought something, `whole` when all of it was
    stored; `conditional` when it was asked for changes alone. `rest` is how long it says that it
    will stay as it is, `moved` where it has moved for good."""

    fresh: bool = False
    whole: bool = True
    conditional: bool = False
    documents: tuple[Document, ...] = ()
    rest: timedelta | None = None
    ttl: int | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The source did not answer, or with something that cannot be used. `retry_at` is when its
    server wants to be asked again."""

    status: int | None = None
    retry_at: datetime | None = None


Outcome = Looked | Failed
