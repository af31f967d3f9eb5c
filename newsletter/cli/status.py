"""`newsletter status`: how everything stands."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.articles.learned import NOTHING
from newsletter.cli import options
from newsletter.cli.entries import COLUMNS, edition_json, edition_row
from newsletter.cli.output import local, print_json, table
from newsletter.delivery.pace import RELAY
from newsletter.editions.slot import slots_after
from newsletter.model.edition import Slot
from newsletter.model.pace import Standing
from newsletter.model.poll import Poll
from newsletter.model.specs import Digest
from newsletter.store import audience, editions, failures, paces, polls, sources
from newsletter.store.audience import Audience
from newsletter.store.database import Tx

_EDITIONS = 50
_LATELY = timedelta(days=7)


@click.command()
@options.project
@options.as_json
def status(folder: Path, json: bool) -> None:
    """Say how digests, editions, deliveries and sources stand, and what lies with us."""
    with open_app(folder) as app, app.database.read() as tx:
        document = {
            "rehearsal": app.rehearsal,
            "digests": [_digest_json(app, tx, digest) for digest in app.settings.digests],
            "editions": [edition_json(tx, each) for each in editions.recent(tx, _EDITIONS)],
            "sources": [_source_json(tx, state) for state in sources.all_states(tx)],
            "slowed": [_slowed_json(*each) for each in paces.standings(tx).items()],
            "alarms": [asdict(each) for each in _troubles(app, tx)],
        }
        digests = {digest.name: digest for digest in app.settings.digests}
        if json:
            print_json(document)
        else:
            _tell(app, tx, digests)


def _tell(app: App, tx: Tx, digests: dict[str, Digest]) -> None:
    if app.rehearsal:
        click.echo("Rehearsal: letters go into files, and count for nothing once they go by smtp.")
    table(
        "digest", "next slot", "readers",
        rows=[
            (digest.name, local(_next(app, digest), digest.timezone), _readers(tx, digest))
            for digest in digests.values()
        ],
    )  # fmt: skip
    table(*COLUMNS, rows=[edition_row(tx, each) for each in editions.recent(tx, 12)], apart=True)
    table(
        "source", "last read", "next", "trouble",
        rows=[_source_row(tx, state) for state in sources.all_states(tx)],
        apart=True,
    )  # fmt: skip
    slowed = [_slowed_json(*each) for each in paces.standings(tx).items()]
    table(
        "slowed", "paused until", "said", rows=[tuple(each.values()) for each in slowed], apart=True
    )

    table(
        "alarm", "edition", "letters failed", "they say",
        rows=[
            (
                each.reason.value,
                f"{each.edition}: {each.digest} {each.language} {each.slot}",
                f"{each.failed} of {each.letters}",
                each.said,
            )
            for each in _troubles(app, tx)
        ],
        apart=True,
    )  # fmt: skip


def _troubles(app: App, tx: Tx) -> list[failures.Trouble]:
    """What servers held against us lately."""
    return failures.troubles(tx, app.clock() - _LATELY)


def _slowed_json(name: str, standing: Standing) -> dict[str, object]:
    """A destination that asked for fewer letters."""
    return {
        "destination": "the mail server" if name == RELAY else name,
        "paused_until": datetime.fromtimestamp(standing.paused_until, UTC),
        "said": standing.reply,
    }


def _source_row(tx: Tx, state: sources.SourceState) -> tuple[object, ...]:
    poll = polls.poll_of(tx, state.name) or Poll()
    upcoming = "paused" if poll.paused else poll.wait_until or poll.due_at
    return state.name, state.last_read_at or "never", upcoming, poll.paused or state.last_fault


def _source_json(tx: Tx, state: sources.SourceState) -> dict[str, object]:
    poll = polls.poll_of(tx, state.name) or Poll()
    return {
        **asdict(replace(state, learned=NOTHING)),
        "learned": sorted(state.learned.top | state.learned.bottom),
        "due_at": poll.due_at,
        "wait_until": poll.wait_until,
        "paused": poll.paused,
        "failures": poll.failures,
        "failing_since": poll.failing_since,
        "moved_to": poll.address,
    }


def _next(app: App, digest: Digest) -> Slot:
    return next(slots_after(digest.schedule, digest.timezone, app.clock()))


def _readers(tx: Tx, digest: Digest) -> str:
    return ", ".join(
        f"{language} {number}" for language, number in _readers_by_language(tx, digest).items()
    )


def _readers_by_language(tx: Tx, digest: Digest) -> dict[str, int]:
    return {
        language: audience.count(
            tx, Audience(digest=digest.name, language=language, segment=digest.audience)
        )
        for language in digest.languages
    }


def _digest_json(app: App, tx: Tx, digest: Digest) -> dict[str, object]:
    slot = _next(app, digest)
    return {
        "name": digest.name,
        "next_slot": slot.key,
        "next_at": slot.at,
        "readers": _readers_by_language(tx, digest),
    }
