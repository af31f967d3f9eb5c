"""`newsletter dkim …`: keys for signing mails, and the DNS records that go with them."""

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.app import utc_now
from newsletter.app.signing import keys_of, new_keys
from newsletter.cli import options
from newsletter.cli.output import warn
from newsletter.config import Settings, load
from newsletter.lib.addresses import ascii_domain, is_selector
from newsletter.lib.errors import NewsletterError
from newsletter.model.specs import DkimSpec, SmtpSpec

if TYPE_CHECKING:
    from newsletter.delivery.dkim_keys import PrivateKey


@click.group()
def dkim() -> None:
    """Make keys for signing with DKIM, and show their DNS records."""


@dkim.command()
@click.option("--selector", help="The name of the keys in the DNS (default: nl and the year).")
@click.option("--domain", help="The domain that signs (default: that of the sender).")
@options.project
def make(selector: str | None, domain: str | None, folder: Path) -> None:
    """Make an RSA and an Ed25519 key, and say what to publish and to configure."""
    selector = _checked_selector(selector or f"nl{utc_now().year}")
    # A domain that is given needs no configuration, which may name these keys already.
    domain = _checked_domain(domain or _domain_of(load(folder)))
    made = new_keys(folder, selector)
    click.echo("Written, for nobody else to read; keep a copy where you keep newsletter.key:")
    for name in made:
        click.echo(f"  {folder / name}")
    _tell_records(domain, made.values())
    files = ", ".join(f'"{name}"' for name in made)
    click.echo("\nOnce the DNS shows them, this line below [transport] of newsletter.toml signs:")
    click.echo(f'  dkim = {{domain = "{domain}", selector = "{selector}", keys = [{files}]}}')


@dkim.command()
@options.project
def show(folder: Path) -> None:
    """Print the DNS records of the configured keys."""
    spec = _spec_of(load(folder))
    for path in spec.keys:
        if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            warn(f"{path}: others can read it and sign in your name: chmod 600")
    _tell_records(spec.domain, keys_of(spec))


def _tell_records(domain: str, keys: Iterable["PrivateKey"]) -> None:
    """Name and value for a form, and the same as a zone file has it."""
    from newsletter.delivery.dkim_keys import record_name, zone_line

    keys = tuple(keys)
    click.echo("\nThe TXT records to publish, name and value:")
    for key in keys:
        click.echo(f"  {record_name(domain, key)}\n    {key.record()}")
    click.echo("\nThe same for a zone file, in strings of at most 255 bytes:")
    for key in keys:
        click.echo(f"  {zone_line(domain, key)}")


def _spec_of(settings: Settings) -> DkimSpec:
    transport = settings.transport
    if isinstance(transport, SmtpSpec) and transport.dkim:
        return transport.dkim
    raise NewsletterError(
        "newsletter.toml: no transport.dkim: nothing is signed here; `newsletter dkim make` makes "
        "keys and says what to write there"
    )


def _domain_of(settings: Settings) -> str:
    transport = settings.transport
    if isinstance(transport, SmtpSpec) and transport.dkim:
        return transport.dkim.domain
    return settings.sender.address.rpartition("@")[2]


def _checked_selector(selector: str) -> str:
    if not is_selector(selector):
        raise click.BadParameter(
            "expected letters, digits and hyphens, such as nl2026", param_hint="--selector"
        )
    return selector.lower()


def _checked_domain(text: str) -> str:
    domain = ascii_domain(text)
    if domain is None or "." not in domain:
        raise click.BadParameter(f"{text!r} is not a domain", param_hint="--domain")
    return domain
