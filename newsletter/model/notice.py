"""Mails to one person that are no edition: "please confirm"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    CONFIRM = "confirm"  # whether the owner of an address wants what was asked for
    ADDRESS = "address"  # whether a reader reads at this new address
    MOVED = "moved"  # to the old address: letters go elsewhere now


class NoticeState(StrEnum):
    QUEUED = "queued"  # to be sent at `next_try`; a sender that has it in hand moves that on
    SENT = "sent"
    REFUSED = "refused"  # with the server's words, or given up after a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`content` says what it is about: "link" is what its button's token is made of, "titles" are
    those of the digests, "email" a new address. `created_at` is its Date at every try."""

    id: int
    kind: NoticeKind
    email: str
    address_hash: str
    language: str
    created_at: datetime
    content: Mapping[str, str] = field(default_factory=dict)
    state: NoticeState = NoticeState.QUEUED
    attempts: int = 0
    reply: str | None = None
