"""`newsletter person …`: all that is stored of one person, told or taken away."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.output import print_json, table, warn
from newsletter.flows.person import Dossier
from newsletter.model.specs import Privacy
from newsletter.model.subscriber import Suppression

_DAY = timedelta(days=1)
# What names nobody and is of no use to anybody.
_INTERNAL = ("address_hash", "subscriber", "id")


@click.group()
def person() -> None:
    """Show, export or erase all that is stored of one person.

    An address may be spelled in any way: Ann@Example.com is ann@example.com.
    """


@person.command()
@click.argument("address")
@options.project
@options.as_json
def show(address: str, folder: Path, json: bool) -> None:
    """Tell everything that is stored of ADDRESS."""
    with open_app(folder) as app:
        found = app.dossier(address)
        if json:
            print_json(document(found, app.settings.privacy))
        elif found.person:
            _tell(found, app.settings.privacy)
        _check_known(found)


@person.command()
@click.argument("address")
@options.project
def export(address: str, folder: Path) -> None:
    """Write everything that is stored of ADDRESS as one JSON document: for who asks for it."""
    with open_app(folder) as app:
        found = app.dossier(address)
        print_json(document(found, app.settings.privacy))
        _check_known(found)


@person.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--suppress", is_flag=True, help="Never mail the address again, whatever lists say.")
@options.project
def erase(address: str, yes: bool, suppress: bool, folder: Path) -> None:
    """Take away all that tells of ADDRESS: name, address, tags, subscriptions, words of servers.

    Counts stay. Whoever had left, bounced or complained stays out, by a keyed hash of the address.
    """
    with open_app(folder) as app:
        found = app.dossier(address)
        if found.person and not yes:
            click.confirm(f"Erase all that tells of {found.email}?", abort=True)
        suppression = app.erase(address, suppress=suppress)
        _tell_erased(app, found, suppression)


def document(found: Dossier, kept: Privacy) -> Mapping[str, object]:
    """Everything as one JSON document."""
    parts = {key: _plain(value) for key, value in asdict(found).items()}
    return {**parts, "kept": {key: _days(value) for key, value in asdict(kept).items()}}


def _plain(value: object) -> object:
    """Without our own numbers and hashes."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in _INTERNAL}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _days(span: timedelta) -> str:
    return f"{span / _DAY:g} days"


def _check_known(found: Dossier) -> None:
    """Say that nobody has the address, and what is known of it nevertheless; exit 1 then."""
    if found.person:
        return
    warn(f"{found.email}: nobody in the store has this address")
    if found.suppression:
        warn(_told(found.suppression))
    if found.consents:
        warn(f"{len(found.consents)} rows of the log are about it: `newsletter person export`")
    raise click.exceptions.Exit(1)


def _told(suppression: Suppression) -> str:
    at = f"{suppression.at:%Y-%m-%d %H:%M} UTC"
    return f"It is suppressed since {at}: {suppression.reason}. Nothing is mailed to it."


def _tell(found: Dossier, kept: Privacy) -> None:
    assert found.person
    name = f"{found.person.name} <{found.email}>" if found.person.name else found.email
    click.echo(f"{name}, in {found.person.language}, since {found.person.created_at:%Y-%m-%d}")
    if found.suppression:
        click.echo(_told(found.suppression))
    if found.tags:
        click.echo(f"Tags: {', '.join(found.tags)}")
    for key, value in found.attributes.items():
        click.echo(f"{key}: {value}")
    _tell_subscriptions(found)
    _tell_past(found)
    click.echo(
        f"\nKept: words of servers {_days(kept.replies)}, events {_days(kept.events)}, "
        f"the log {_days(kept.consents)} after the person is gone."
    )


def _tell_subscriptions(found: Dossier) -> None:
    table(
        "digest", "status", "until", "languages", "cadence", "agreed", "by",
        rows=[
            (
                each.digest, each.status, each.paused_until or "", ", ".join(each.languages),
                each.cadence, each.consent_at or "", each.consent_source or "",
            )
            for each in found.subscriptions
        ],
        apart=True,
    )  # fmt: skip


def _tell_past(found: Dossier) -> None:
    table(
        "said on", "what", "digest", "how", "wording", "from", "detail",
        rows=[
            (
                each.at, each.what, each.digest or "", each.how, each.wording, each.ip or "",
                each.detail,
            )
            for each in found.consents
        ],
        apart=True,
    )  # fmt: skip
    table(
        "edition", "digest", "slot", "language", "state", "on", "their server said",
        rows=[
            (
                each.edition, each.digest, each.slot, each.language,
                f"{each.state} (rehearsal)" if each.rehearsal else each.state,
                each.settled_at or "", each.reply or "",
            )
            for each in found.deliveries
        ],
        apart=True,
    )  # fmt: skip
    table(
        "came back", "edition", "kind", "reason", "status", "detail",
        rows=[
            (each.at, each.edition, each.kind, each.reason, each.status, each.detail)
            for each in found.failures
        ],
        apart=True,
    )  # fmt: skip
    table(
        "happened on", "what", "digest", "detail",
        rows=[(each.at, each.kind, each.digest or "", each.detail) for each in found.events],
        apart=True,
    )  # fmt: skip
    table(
        "notice", "written on", "state", "their server said",
        rows=[(each.kind, each.created_at, each.state, each.reply or "") for each in found.notices],
        apart=True,
    )  # fmt: skip


def _tell_erased(app: App, found: Dossier, suppression: Suppression | None) -> None:
    click.echo(f"Erased. {_told(suppression)}" if suppression else "Erased.")
    for place in app.lists.places_of(found.email):
        warn(
            f"{place} still has the address: take the line out"
            + ("." if suppression else ", or the next reading brings it in as a new subscriber.")
        )
    if app.outbox:
        warn(f"Letters of rehearsals are files below {app.outbox}: delete those of this address.")
