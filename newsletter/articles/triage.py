"""Which drafts of a reading are worth being read, and how much of them. Decides, and touches
nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.articles.dates import read_date
from newsletter.articles.decide import FirstRun, perhaps_new
from newsletter.articles.flood import flood
from newsletter.articles.identity import draft_hash, keys_of, shared_addresses
from newsletter.model.article import Draft

_SAMPLE = 12  # articles of a first reading that are read whole: the desk shows them
_MOST_PAGES = 100  # articles that one reading reads whole; the others come with the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the store knows of a source before a reading: whether that is its first, the drafts
    that were dealt with and how they were, the keys of its articles (None: old, and never read),
    and how many new ones would be usual."""

    first_run: FirstRun | None = None
    drafts: Mapping[str, str]
    keys: Mapping[str, str | None]
    usual: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A draft to be dealt with: whether with its page, whether it may be news at all, and whether
    the next reading is to look at it again."""

    draft: Draft
    keys: frozenset[str]
    whole: bool = True
    old: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What is to be read. `alarm` is why what was never seen is held, `shared` are addresses that
    name no article, `unchanged` and `postponed` count what is not read at all, or not now."""

    tasks: tuple[Task, ...]
    shared: frozenset[str]
    alarm: str | None = None
    unchanged: int = 0
    postponed: int = 0


def triage(drafts: Sequence[Draft], past: Past, timezone: str) -> Triage:
    """What has to be read of what a source offers. Pages are asked for where an article may be
    mailed: not for what is old, nor for a flood that somebody has to look at first."""
    shared = shared_addresses(drafts)
    fresh = [draft for draft in drafts if past.drafts.get(draft_key(draft)) != draft_hash(draft)]
    tasks = [Task(draft=draft, keys=keys_of(draft, shared)) for draft in fresh]
    made, alarm = _chosen(tasks, past, timezone)
    return Triage(
        tasks=tuple(made),
        shared=shared,
        alarm=alarm,
        unchanged=len(drafts) - len(fresh),
        postponed=len(fresh) - len(made),
    )


def draft_key(draft: Draft) -> str:
    """What a draft is filed under: its id, else its address, else all of it."""
    return min(keys_of(draft), key=_ids_first, default="") or draft_hash(draft)


def all_keys(drafts: Iterable[Draft]) -> frozenset[str]:
    """Every key that any of the drafts may be known by."""
    return frozenset(key for draft in drafts for key in keys_of(draft))


def _ids_first(key: str) -> tuple[bool, str]:
    return not key.startswith("id:"), key


def _chosen(tasks: list[Task], past: Past, timezone: str) -> tuple[list[Task], str | None]:
    if past.first_run:
        return _first(tasks, past.first_run, timezone), None
    tasks = [replace(t, whole=False, old=True) if _is_old(t, past) else t for t in tasks]
    unknown = {at for at, task in enumerate(tasks) if task.keys.isdisjoint(past.keys)}
    if alarm := flood(len(unknown), past.usual):
        return [replace(t, whole=at not in unknown) for at, t in enumerate(tasks)], alarm
    return tasks[:_MOST_PAGES], None


def _first(tasks: list[Task], first_run: FirstRun, timezone: str) -> list[Task]:
    """All of a first reading: what is new by its rule, as far as can be told before it is read,
    and the latest of the rest, are read whole."""
    dates = [_date_of(task.draft, timezone) for task in tasks]
    new = perhaps_new(first_run, dates)
    shown = perhaps_new(FirstRun(latest=_SAMPLE), dates)
    whole = {*new[:_MOST_PAGES], *shown[:_SAMPLE]}
    fresh = set(new)
    return [
        replace(task, whole=at in whole, old=at not in fresh, again=at in fresh - whole)
        for at, task in enumerate(tasks)
    ]


def _date_of(draft: Draft, timezone: str) -> datetime | None:
    dated = read_date(draft.published or draft.updated or "", timezone, draft.language)
    return dated.moment.instant if dated else None


def _is_old(task: Task, past: Past) -> bool:
    """Known since the first reading, and never read: what changes in it is no news."""
    known = [past.keys[key] for key in task.keys if key in past.keys]
    return bool(known) and not any(known)
