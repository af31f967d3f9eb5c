"""Decide: what an editor says of editions and held articles, written down with who and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.articles.identity import address_key
from newsletter.articles.language import base
from newsletter.jobs.port import Wake, nobody
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Known, Pairing
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionEntry, EditionState
from newsletter.model.event import Event, EventKind
from newsletter.store import articles, deliveries, editions, events, polls
from newsletter.store.database import Database, Tx


class DecisionFault(NewsletterError):
    """The edition is not in a state in which this can be decided."""


class Decision(StrEnum):
    APPROVE = "approve"
    HOLD = "hold"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class _Step:
    """From which states a decision leads, and where to."""

    states: tuple[EditionState, ...]
    to: EditionState


_UNSENT = (EditionState.HELD, EditionState.FROZEN, EditionState.SENDING, EditionState.PAUSED)
_STEPS = {
    Decision.APPROVE: _Step((EditionState.HELD,), EditionState.FROZEN),
    # One that is held already, for a veto, waits for an editor from then on.
    Decision.HOLD: _Step((EditionState.FROZEN, EditionState.HELD), EditionState.HELD),
    Decision.CANCEL: _Step(_UNSENT, EditionState.CANCELLED),
    Decision.PAUSE: _Step((EditionState.SENDING, EditionState.FROZEN), EditionState.PAUSED),
    Decision.RESUME: _Step((EditionState.PAUSED,), EditionState.SENDING),
}
_DELIVERED = (EditionState.FROZEN, EditionState.SENDING)
# Whoever is in one of these may have the letter: its stories are not new to them any more.
_MAY_HAVE_IT = (
    DeliveryState.SENT,
    DeliveryState.CLAIMED,
    DeliveryState.UNKNOWN,
    DeliveryState.HELD,
)


def decide(
    database: Database,
    number: int,
    decision: Decision,
    *,
    who: str,
    now: datetime,
    wake: Wake = nobody,
) -> EditionEntry:
    """Carry a decision out and return the edition as it stands then. `wake` hears of it when it can
    be delivered from now on."""
    step = _STEPS[decision]
    with database.begin() as tx:
        before = editions.entry(tx, number)
        if before is None:
            raise DecisionFault(
                f"edition {number}: there is none; `newsletter edition list` names them"
            )
        reason = f"{decision.value} by {who}"
        if not editions.change_state(tx, number, step.states, step.to, reason=reason):
            raise DecisionFault(_refusal(before, decision, step))
        if decision is Decision.HOLD:
            editions.stop_veto(tx, number)
        detail = _cancel(tx, number) if decision is Decision.CANCEL else ""
        events.record(
            tx,
            Event(
                at=now,
                kind=EventKind.DECISION,
                edition=number,
                digest=before.digest,
                who=who,
                detail=f"{decision.value}{detail}",
            ),
        )
        if step.to in _DELIVERED:
            wake(tx, number)
        after = editions.entry(tx, number)
    assert after is not None
    return after


def _refusal(edition: EditionEntry, decision: Decision, step: _Step) -> str:
    allowed = " or ".join(state.value for state in step.states)
    return (
        f"edition {edition.id} is {edition.state.value}: "
        f"{decision.value} is for editions that are {allowed}"
    )


def _cancel(tx: Tx, number: int) -> str:
    """Withdraw what is still owed. The stories are new again, unless somebody may have them."""
    deliveries.cancel_open(tx, number)
    counted = deliveries.counts(tx, number)
    having = sum(counted[state] for state in _MAY_HAVE_IT)
    if having:
        return f"; {having} readers had it already, so its stories stay used"
    editions.release_stories(tx, number)
    return "; its stories are new again"


def release_vetoed(
    database: Database, *, rehearsal: bool, now: datetime, wake: Wake = nobody
) -> list[EditionEntry]:
    """Let the held editions go whose time for a veto is over; `wake` hears of each."""
    with database.begin() as tx:
        over = [
            edition
            for edition in editions.held(tx, rehearsal=rehearsal)
            if edition.release_at and edition.release_at <= now
        ]
        for edition in over:
            editions.change_state(tx, edition.id, [EditionState.HELD], EditionState.FROZEN)
            wake(tx, edition.id)
    return over


class Release(StrEnum):
    """What becomes of articles that were held."""

    RELEASE = "release"  # they are news from now on
    DISMISS = "dismiss"  # they count as old


def decide_held(
    database: Database, release: Release, ids: Collection[str], *, who: str, now: datetime
) -> list[Known]:
    """Release or dismiss the held articles with these ids, or those of the sources with these
    names; return them. DecisionFault when one of the words names neither."""
    with database.begin() as tx:
        waiting = articles.held(tx)
        meant = [k for k in waiting if k.article.id in ids or k.article.source in ids]
        named = {name for known in meant for name in (known.article.id, known.article.source)}
        if unknown := sorted(set(ids) - named):
            raise DecisionFault(
                f"nothing is held under {', '.join(unknown)}; `newsletter held list` names "
                "articles and sources"
            )
        chosen = [known.article.id for known in meant]
        if release is Release.RELEASE:
            articles.release(tx, chosen, now)
            polls.look_anew(tx, {known.article.source for known in meant})
        else:
            articles.dismiss(tx, chosen)
        for known in meant:
            detail = f"{release.value} {known.article.id} {known.article.title}"
            events.record(tx, Event(at=now, kind=EventKind.DECISION, who=who, detail=detail))
    return meant


def join_stories(database: Database, one: str, other: str, *, who: str, now: datetime) -> Known:
    """Make one story of two articles, named by id or address; return the first. DecisionFault when
    there is no such article, or both are in one language."""
    with database.begin() as tx:
        first, second = _article(tx, one), _article(tx, other)
        if base(first.article.language) == base(second.article.language):
            raise DecisionFault(
                f"both are in {first.article.language}: a story has one article in each language"
            )
        articles.join(tx, first.article.id, second.story, Pairing.EDITOR)
        detail = f"join {first.article.id} {second.article.id}"
        events.record(tx, Event(at=now, kind=EventKind.DECISION, who=who, detail=detail))
    return first


def part_story(database: Database, name: str, *, who: str, now: datetime) -> Known:
    """Make an article, named by id or address, a story of its own, for good; return it."""
    with database.begin() as tx:
        known = _article(tx, name)
        articles.part(tx, known.article.id, now, Pairing.APART)
        detail = f"part {known.article.id}"
        events.record(tx, Event(at=now, kind=EventKind.DECISION, who=who, detail=detail))
    return known


def _article(tx: Tx, name: str) -> Known:
    known = articles.named(tx, address_key(name) or name) or articles.named(tx, name)
    if known is None:
        raise DecisionFault(f"{name}: no article has this id or address")
    return known
