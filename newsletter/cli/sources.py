"""`newsletter sources`: what is done about sources, besides reading them."""

from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.output import print_json
from newsletter.lib.errors import NewsletterError
from newsletter.subscribers.tokens import Purpose

_EXAMPLE = """
By hand:
  SECRET={secret}; T=$(date +%s); BODY='{{}}'
  SIGNATURE=$(printf '%s%s' "$BODY" "$T" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')
  curl -X POST -H "X-Newsletter-Signature: sha256=$SIGNATURE, t=$T" -d "$BODY" {address}"""


@click.group()
def sources() -> None:
    """What is done about sources, besides reading them."""


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
