"""`newsletter sources …`: where articles come from, and more of it from a feed reader's list."""

from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.output import print_json, table, warn
from newsletter.config import load
from newsletter.config.added import Added, append_sources, planned
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import FolderSpec, PagesSpec, SourceSpec
from newsletter.sources.files import read_text_file
from newsletter.sources.opml import parse_opml
from newsletter.sources.port import ItemFault, SourceFault
from newsletter.subscribers.tokens import Purpose

_EXAMPLE = """
By hand:
  SECRET={secret}; T=$(date +%s); BODY='{{}}'
  SIGNATURE=$(printf '%s%s' "$BODY" "$T" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')
  curl -X POST -H "X-Newsletter-Signature: sha256=$SIGNATURE, t=$T" -d "$BODY" {address}"""


@click.group()
def sources() -> None:
    """List the sources, add the feeds of an OPML file, or let a CMS announce its articles."""


@sources.command("list")
@options.project
@options.as_json
def list_(folder: Path, json: bool) -> None:
    """List the sources of the configuration."""
    found = [
        {
            "name": source.name,
            "kind": source.kind,
            "language": source.language,
            "from": _place(source),
        }
        for source in load(folder).sources
    ]
    if json:
        print_json({"sources": found})
        return
    rows = [(each["name"], each["kind"], each["language"] or "—", each["from"]) for each in found]
    table("source", "kind", "language", "from", rows=rows)
    if not found:
        click.echo("No sources yet: add a [[sources]] table to newsletter.toml.")


def _place(source: SourceSpec) -> str:
    if isinstance(source, FolderSpec):
        return str(source.path)
    if isinstance(source, PagesSpec):
        return source.list or source.sitemap or f"{len(source.urls)} pages"
    return source.url


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@options.project
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@options.as_json
def import_(file: Path, folder: Path, dry_run: bool, json: bool) -> None:
    """Add the feeds of FILE (OPML, as feed readers export it) to newsletter.toml.

    They are put at its end; nothing else in it is touched. What is there already is left out.
    """
    settings = load(folder)
    try:
        feeds, faults = parse_opml(read_text_file(file))
    except SourceFault as fault:
        words = str(fault)
        told = words if words.startswith(str(file)) else f"{file}: {words}"
        raise SourceFault(fault.code, told) from None
    added = planned(feeds, settings)
    if added.new and not dry_run:
        append_sources(folder, added.new)
    if json:
        print_json(_as_json(added, faults, dry_run=dry_run))
    else:
        _tell(added, faults, dry_run=dry_run)


def _as_json(added: Added, faults: list[ItemFault], *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "added": [
            {"name": each.name, "url": each.url, "language": each.language} for each in added.new
        ],
        "there": [{"url": feed.url, "name": name} for feed, name in added.there],
        "faults": [{"place": fault.place, "reason": fault.reason} for fault in faults],
    }


def _tell(added: Added, faults: list[ItemFault], *, dry_run: bool) -> None:
    for fault in faults:
        warn(f"{fault.place}: {fault.reason}")
    for feed, name in added.there:
        click.echo(f"there already: {feed.url} (source {name})")
    verb = "would be added" if dry_run else "added"
    table(verb, "language", "url", rows=[(e.name, e.language or "—", e.url) for e in added.new])
    if not added.new:
        click.echo("Nothing to add.")
    elif not dry_run:
        click.echo(
            f"{len(added.new)} sources added to newsletter.toml; what they offer now counts as old "
            "when `newsletter collect` reads them first."
        )


@sources.command()
@click.argument("name")
@options.project
@options.as_json
def ping(name: str, folder: Path, json: bool) -> None:
    """Print the address and the secret by which a CMS announces what it publishes in source NAME.

    `newsletter serve` then reads the source within half a minute. In Ghost: Settings, Integrations,
    a custom one, with a webhook for "Post published" to the address and with the secret. Other
    programs POST anything there, with a header `X-Newsletter-Signature: sha256=HEX, t=TIME`: TIME
    in seconds since 1970, HEX the HMAC-SHA256 of the body followed by the digits of TIME. With
    $SECRET and $ADDRESS as they are printed:

    \b
      T=$(date +%s); BODY='{}'
      SIGNATURE=$(printf '%s%s' "$BODY" "$T" |
        openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')
      curl -X POST -d "$BODY" $ADDRESS \\
        -H "X-Newsletter-Signature: sha256=$SIGNATURE, t=$T"

    The secret changes when newsletter.key gets a new first line; the old one stays good.
    """
    with open_app(folder) as app:
        address, secret = _address(app, name), app.ring.shared_secrets(Purpose.PING, name)[0]
    if json:
        print_json({"source": name, "address": address, "secret": secret})
        return
    click.echo(f"address  {address}")
    click.echo(f"secret   {secret}")
    click.echo(_EXAMPLE.format(address=address, secret=secret))


def _address(app: App, name: str) -> str:
    names = [spec.name for spec in app.settings.sources]
    if name not in names:
        known = ", ".join(names) or "none yet"
        raise NewsletterError(f"there is no source {name!r}; newsletter.toml has: {known}")
    return f"{app.settings.public.base_url}/ping/{name}"
