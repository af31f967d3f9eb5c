"""What somebody's wish does to how they stand: decided here, carried out by the flows.

A wish is worth what it proves. A form proves that somebody knows an address: it only makes us ask.
A link from one's own mailbox proves who asks, and brings about whatever its reader wants; but not
against what is said after it, and never mail to who complained or whose mailbox is gone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.consent import Choice, How, What
from newsletter.model.subscriber import (
    ENDED,
    OF_THE_ADDRESS,
    WANTED,
    Cadence,
    Subscription,
    SubscriptionStatus,
    Suppression,
)

LEFT = "left"
"""Why an address is suppressed whose person left and was erased then: no list brings them back, but
they themselves may come."""

ASK_AGAIN = timedelta(days=1)
"""An address is asked for a confirmation no oftener, whoever fills in forms with it."""

_MOST_ADDRESSES = 5  # that one reader may have asked in that time: more is somebody trying them out

# What a form can make us ask about; a bounced or complained one is no question.
_ASKED = (
    None,
    SubscriptionStatus.PENDING,
    SubscriptionStatus.PAUSED,
    SubscriptionStatus.UNSUBSCRIBED,
)
_UNWILLING = ("complaint", "by hand")  # how the reasons of suppressions begin
# The stronger of two comes later. What nobody has confirmed says nothing.
_STRENGTH = (
    SubscriptionStatus.PENDING,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAUSED,
    SubscriptionStatus.UNSUBSCRIBED,
    SubscriptionStatus.BOUNCED,
    SubscriptionStatus.COMPLAINED,
)
_OFTEN = (Cadence.EVERY, Cadence.DAILY, Cadence.WEEKLY)

Standings = Mapping[str, Subscription]
"""The subscriptions of a person, by digest."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a confirmation link is made of: whose it is, the row of the log that it answers, when
    that was written, and the new address, if it is about one."""

    subscriber: int
    row: int
    at: datetime
    email: str = ""

    def __str__(self) -> str:
        return f"{self.subscriber}:{self.row}:{_seconds(self.at)}:{self.email}"

    def answers(self, at: datetime) -> bool:
        """Whether that is the row, and not another one of this number in a restored store."""
        return _seconds(at) == _seconds(self.at)

    def expired(self, life: timedelta, now: datetime) -> bool:
        return now - self.at > life


def read_link(payload: str) -> Link:
    """The link in the payload of a token of ours."""
    subscriber, row, seconds, email = payload.split(":", 3)
    return Link(int(subscriber), int(row), datetime.fromtimestamp(int(seconds), UTC), email)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


# --- signing up ----------------------------------------------------------------------------------


def may_return(suppression: Suppression | None) -> bool:
    """Whether an address may be mailed at its owner's wish."""
    return suppression is None or suppression.reason == LEFT


def to_ask(
    wished: Collection[str],
    standings: Standings,
    suppression: Suppression | None,
    *,
    lately: Collection[str],
) -> tuple[str, ...]:
    """The digests that the owner of an address is to be asked about, but for those of `lately`,
    which they were asked about a moment ago."""
    if not may_return(suppression):
        return ()
    # What a list says of who had left is not mailed, so it is a question like any other.
    asked = _ASKED if suppression is None else (*_ASKED, SubscriptionStatus.ACTIVE)
    new = (digest for digest in wished if digest not in lately)
    return tuple(digest for digest in new if _status(standings, digest) in asked)


def may_move(old: Suppression | None, new: Suppression | None) -> bool:
    """Whether letters may go to a new address in place of an old one. Who complained is not mailed
    there either; a mailbox that is gone is what new addresses are for."""
    unwilling = old is not None and old.reason.startswith(_UNWILLING)
    return new is None and not unwilling


def may_ask_address(asked: int, *, asked_lately: bool) -> bool:
    """Whether a new address is asked, after `asked` others in the last day by the same reader."""
    return not asked_lately and asked < _MOST_ADDRESSES


def moved(before: Subscription) -> Subscription:
    """A subscription at a new address: what bounced was the old one, so its reader may turn it on
    again. Nothing comes by itself."""
    if before.status is not SubscriptionStatus.BOUNCED:
        return before
    return replace(before, status=SubscriptionStatus.UNSUBSCRIBED)


def pending(digest: str, language: str, how: How, now: datetime) -> Subscription:
    """A subscription that nobody has confirmed: nothing is mailed for it."""
    return Subscription(
        digest=digest,
        status=SubscriptionStatus.PENDING,
        languages=(language,),
        created_at=now,
        consent_source=how.value,
        consent_at=now,
    )


def still_wished(
    wished: Iterable[str],
    link: Link,
    withdrawn: Mapping[str | None, int],
    standings: Standings,
) -> tuple[str, ...]:
    """The digests that a link can confirm: nothing was said against them since. `withdrawn` are the
    rows of the log that did so; None stands for all digests."""
    return tuple(
        digest
        for digest in wished
        if link.row > max(withdrawn.get(digest, 0), withdrawn.get(None, 0))
        and _status(standings, digest) not in OF_THE_ADDRESS
    )


def confirmed(
    before: Subscription | None, digest: str, language: str, how: How, now: datetime
) -> Subscription | None:
    """A subscription after its reader confirmed it; None when it was active already."""
    if before and before.status is SubscriptionStatus.ACTIVE:
        return None
    asked = pending(digest, language, how, now)
    return replace(
        asked,
        status=SubscriptionStatus.ACTIVE,
        chosen=True,
        cadence=before.cadence if before else asked.cadence,
        created_at=before.created_at if before else now,
    )


def _status(standings: Standings, digest: str) -> SubscriptionStatus | None:
    return standings[digest].status if digest in standings else None


# --- leaving and choosing ------------------------------------------------------------------------


def left(before: Subscription) -> Subscription:
    """A subscription after its reader left; one that had ended stays as it ended."""
    if before.status in ENDED:
        return before
    return replace(before, status=SubscriptionStatus.UNSUBSCRIBED, chosen=True, paused_until=None)


def switched(before: Subscription, language: str) -> Subscription:
    """A subscription in another preferred language; an ended one stays as it was."""
    if before.status in ENDED or language == before.languages[0]:
        return before
    others = tuple(each for each in before.languages[1:] if each != language)
    return replace(before, languages=(language, *others), chosen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What there is to choose of a digest."""

    digest: str
    languages: tuple[str, ...]
    timezone: str


def choose(
    before: Subscription | None, wanted: Choice, offer: Offer, now: datetime, *, may_come: bool
) -> Subscription | None:
    """How a reader stands to a digest once their choice is carried out, as far as it can be. None:
    not at all. `may_come` is false where their address must not be mailed."""
    today = before or Subscription(
        digest=offer.digest,
        status=SubscriptionStatus.UNSUBSCRIBED,
        languages=offer.languages[:1],
        created_at=now,
    )
    after = replace(
        _at_pace(today, wanted, offer, now, may_come=may_come),
        languages=_languages(today, wanted, offer),
        cadence=wanted.cadence,
    )
    if after == today:
        return before
    return replace(after, chosen=True)


def _at_pace(
    today: Subscription, wanted: Choice, offer: Offer, now: datetime, *, may_come: bool
) -> Subscription:
    """On, off, or on again from a day on."""
    if wanted.status is SubscriptionStatus.UNSUBSCRIBED:
        return left(today)
    unchanged = wanted.status is today.status and wanted.paused_until == day_of(today, offer)
    raised = wanted.status in WANTED
    if unchanged or not raised or today.status in OF_THE_ADDRESS or not may_come:
        return today
    back = _morning(wanted.paused_until, offer)
    rests = back is not None and back > now
    on = replace(
        today,
        status=SubscriptionStatus.PAUSED if rests else SubscriptionStatus.ACTIVE,
        paused_until=back if rests else None,
    )
    if today.status in WANTED:
        return on
    return replace(on, consent_source=How.LINK.value, consent_at=now)


def _languages(today: Subscription, wanted: Choice, offer: Offer) -> tuple[str, ...]:
    there = [each for each in wanted.languages if each in offer.languages]
    return tuple(dict.fromkeys(there)) or today.languages


def day_of(subscription: Subscription, offer: Offer) -> date | None:
    """The day on which a paused subscription goes on, where its digest is at home."""
    until = subscription.paused_until
    return until.astimezone(ZoneInfo(offer.timezone)).date() if until else None


def _morning(day: date | None, offer: Offer) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(offer.timezone)) if day else None


def told(
    before: Subscription | None, after: Subscription, offer: Offer
) -> Iterator[tuple[What, str]]:
    """What the log says of a change: each thing that is different, before → after."""
    earlier = _told_status(before, offer) if before else SubscriptionStatus.UNSUBSCRIBED.value
    if earlier != (now := _told_status(after, offer)):
        yield _kind(before, after), f"{earlier} → {now}"
    if before and before.languages != after.languages:
        yield What.LANGUAGE, f"{', '.join(before.languages)} → {', '.join(after.languages)}"
    if before and before.cadence is not after.cadence:
        yield What.PREFERENCES, f"{before.cadence} → {after.cadence}"


def _told_status(subscription: Subscription, offer: Offer) -> str:
    until = day_of(subscription, offer)
    return f"{subscription.status} until {until}" if until else subscription.status.value


def _kind(before: Subscription | None, after: Subscription) -> What:
    if after.status in ENDED:
        return What.UNSUBSCRIBE
    return What.PAUSE if before and before.status in WANTED else What.PREFERENCES


# --- two rows that are one person ----------------------------------------------------------------


def merged(mine: Standings, others: Standings) -> Iterator[Subscription]:
    """How one person stands who stood in the store twice: nothing that either had taken back comes,
    and nothing oftener than either wanted it."""
    for digest in {**mine, **others}:
        one, other = mine.get(digest), others.get(digest)
        yield _weaker(one, other) if one and other else next(filter(None, (one, other)))


def _weaker(one: Subscription, other: Subscription) -> Subscription:
    status = max(one.status, other.status, key=_STRENGTH.index)
    untils = [each.paused_until for each in (one, other) if each.status is status]
    return replace(
        one,
        status=status,
        paused_until=None if None in untils else max(filter(None, untils), default=None),
        cadence=max(one.cadence, other.cadence, key=_OFTEN.index),
        languages=_common(one.languages, other.languages),
        chosen=one.chosen or other.chosen,
    )


def _common(one: tuple[str, ...], other: Iterable[str]) -> tuple[str, ...]:
    """The languages of both; those of the first where they share none."""
    shared = tuple(each for each in one if each in other)
    return shared or one[:1]
