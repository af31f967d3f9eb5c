"""What is mailed: slots, editions and the stories in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from newsletter.model.article import Article


class EditionState(StrEnum):
    """draft → held → frozen → sending → sent, or out of the way: paused, cancelled, skipped."""

    DRAFT = "draft"  # composed for a preview only, never stored
    HELD = "held"  # waits for an editor, or for the end of its veto
    FROZEN = "frozen"  # its bytes and its readers are fixed
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # the slot was due, and there was nothing to send


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One due time of a digest. `local` (naive, in the digest's zone) is the key; `at` is UTC."""

    local: datetime
    at: datetime

    @property
    def key(self) -> str:
        return self.local.isoformat(timespec="minutes")


def page_path(digest: str, language: str, slot: Slot) -> str:
    """Where an edition stands on the public pages, below their address: known before it has a
    number, and the same for everybody."""
    return f"archive/{digest}/{language}/{slot.local:%Y-%m-%dT%H-%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory:
    """A story as one edition shows it: the article, and where its other languages are."""

    story: int
    article: Article
    translations: Mapping[str, str] = field(default_factory=dict)
    fallback: bool = False  # the article is not in the edition's language
    late: bool = False  # it was published days before it was first seen


class Rule(StrEnum):
    """Why a story is not in an edition."""

    BASELINE = "baseline"  # was there when its source was first read
    MAILED = "mailed"  # this digest had it already, in this language
    MAILED_ORIGINAL = "mailed in another language"  # the same, and no translation has come since
    PASSED_OVER = "passed over"  # an earlier edition was full
    TOO_OLD = "too old"  # first seen longer ago than max_age
    NOT_YET = "not yet published"
    NO_TRANSLATION = "no translation"
    WAITING = "waits for a translation"
    OTHER_SOURCE = "not among the digest's sources"
    NOT_INCLUDED = "not among what the digest includes"
    EXCLUDED = "among what the digest excludes"
    MEMBERS_ONLY = "not for everybody to read"
    HELD = "held for an editor"  # one of a flood, or perhaps a story that was there before
    LATE = "published long before it was seen"  # where the digest holds such
    WITHDRAWN = "no longer published"
    MAX_STORIES = "max_stories"  # this edition is full
    NO_ROOM = "no room in the letter"  # it would be cut by mail programs; comes with the next one
    UNPRINTABLE = "cannot be rendered"


# What befalls a story after it was chosen.
UNSET = (Rule.NO_ROOM, Rule.UNPRINTABLE)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A story that an edition does without, by which rule; `reason` where that needs words."""

    story: int
    title: str
    rule: Rule
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Stories under one heading; `title` is empty where the digest has no sections."""

    title: str
    stories: tuple[EditionStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One digest, one slot, one language: everything that a layout shows of it."""

    digest: str
    language: str
    slot: Slot
    title: str
    subject: str
    preheader: str
    lead: EditionStory
    sections: tuple[Section, ...] = ()
    more: tuple[EditionStory, ...] = ()  # named at the end: the letter has no room for more
    note: str | None = None
    sample: bool = False  # nothing new: the newest stories, for looking at only

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """All stories in the order in which they are read."""
        in_sections = (story for section in self.sections for story in section.stories)
        return (self.lead, *in_sections, *self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionEntry:
    """An edition as the ledger has it."""

    id: int
    digest: str
    language: str
    slot: Slot
    rehearsal: bool
    state: EditionState
    subject: str
    reason: str | None = None
    release_at: datetime | None = None
    frozen_at: datetime | None = None
    sent_at: datetime | None = None
