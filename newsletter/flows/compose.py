"""Compose: for a due slot, one edition a language, frozen with its readers."""

from dataclasses import replace
from datetime import datetime

from newsletter.editions.due import run_or_fold
from newsletter.editions.slot import due_slots
from newsletter.flows.choosing import AskWithdrawn, Run, choose_issues, standing
from newsletter.flows.freeze import Composed, Letters, freeze, skipped
from newsletter.flows.press import Press
from newsletter.jobs.port import Wake, nobody
from newsletter.model.edition import Slot
from newsletter.model.specs import Digest
from newsletter.store import editions, subscribers
from newsletter.store.database import Database


def due(
    database: Database, digest: Digest, *, rehearsal: bool, now: datetime
) -> tuple[Slot | None, int]:
    """The slot that is to be run now, if any, and how many others were folded into it. Remembers
    the digest when it is new: its first slot is the first after that."""
    with database.begin() as tx:
        after = editions.digest_first_seen(tx, digest.name, rehearsal=rehearsal, now=now)
        last = editions.last_slot_until(tx, digest.name, rehearsal=rehearsal, now=now)
        slots = due_slots(digest.schedule, digest.timezone, max(after, last or after), now)
        run, folded = run_or_fold(slots, now, digest.late)
        for each in folded:
            fold = Run(digest=digest, slot=each.slot, rehearsal=rehearsal, now=now)
            for language in digest.languages:
                editions.write(tx, skipped(fold, language, each.reason))
    return run, len(folded)


def compose(
    database: Database,
    press: Press,
    run: Run,
    withdrawn: AskWithdrawn = standing,
    wake: Wake = nobody,
) -> list[Composed]:
    """Compose and freeze what the slot still lacks. All languages are rendered before any is
    frozen: a broken layout stops the run with nothing written.

    What was chosen is asked after once more: what has been `withdrawn` makes room for the next.
    `wake` hears of each edition that waits for nobody."""
    with database.exclusive("composing"):
        with database.begin() as tx:
            subscribers.wake_paused(tx, run.now)
        issues, dropped = choose_issues(database, run, withdrawn)
        composed = freeze(database, Letters(press, run), issues, wake)
    left_out = {
        issue.language: tuple(left for left in issue.selection.left_out if left.story in dropped)
        for issue in issues
    }
    return [replace(each, withdrawn=left_out[each.language]) for each in composed]
