"""Whether this database may send at all: it is at home, and made with our keys."""

from datetime import datetime

from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import EditionState
from newsletter.store import articles, deliveries, editions, house, notices, sources
from newsletter.store.database import Database

_RESTORED = "restored"


class GuardFault(NewsletterError):
    """Sending from this database could reach readers twice, or with links that do not work."""


def check_keys(database: Database, fingerprint: str) -> None:
    """Refuse a store whose tokens and hashes were made with other keys."""
    with database.begin() as tx:
        known = house.fact(tx, house.KEY_RING)
        if known is None:
            house.set_fact(tx, house.KEY_RING, fingerprint)
        elif known != fingerprint:
            raise GuardFault(
                f"database {database.name}: made with another signing key, on which every link in "
                "the mails sent so far, and every suppressed address, depends: bring back the key "
                "file that belongs to it (`newsletter database backup` names it)"
            )


def check_home(database: Database) -> None:
    """Refuse to send from a copy: the original may have mailed its editions already."""
    here = database.home()
    with database.begin() as tx:
        known = house.fact(tx, house.HOME)
        if known is None:
            house.set_fact(tx, house.HOME, here)
        elif known != here:
            raise GuardFault(
                f"database {database.name}: this is a {_kind(known)} of a database that has sent "
                "before, and does not know what went out since. When the original sends no more, "
                "`newsletter database adopt` lets this one go on, with what is new from then on"
            )


def _kind(known: str) -> str:
    return "restored backup" if known == _RESTORED else "copy"


def mark_restored(database: Database) -> None:
    with database.begin() as tx:
        house.set_fact(tx, house.HOME, _RESTORED)


def adopt(database: Database, now: datetime) -> int:
    """Let this database send from here on. What it knows, and what its sources show at their next
    reading, counts as mailed. Unfinished editions are paused, and held ones wait for an editor;
    returns how many are paused."""
    here = database.home()
    with database.begin() as tx:
        house.set_fact(tx, house.HOME, here)
        articles.all_baseline(tx)
        sources.forget_first_runs(tx)
        editions.forget_digests(tx)
        notices.give_up_all(tx, "the database was adopted: the one before may have sent it")
        for held in editions.held(tx, rehearsal=False):
            editions.stop_veto(tx, held.id)
        unfinished = editions.unfinished(tx, rehearsal=False)
        for edition in unfinished:
            deliveries.claimed_to_unknown(tx, edition.id)
            deliveries.decide_unknown(tx, edition.id, DeliveryState.HELD)
            editions.change_state(
                tx,
                edition.id,
                [EditionState.FROZEN, EditionState.SENDING],
                EditionState.PAUSED,
                reason=f"the database was adopted at {now:%Y-%m-%d %H:%M} UTC",
            )
    return len(unfinished)
