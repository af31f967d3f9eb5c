"""`newsletter listen`."""

import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.output import print_json, table, warn
from newsletter.cli.stopping import stopping
from newsletter.feedback.port import LONGEST
from newsletter.lib.errors import NewsletterError

_TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail, and brings it again


@click.command()
@options.project
@options.as_json
@click.option("--once", is_flag=True, help="Read every inbox once, then end.")
@click.option("--stdin", is_flag=True, help="Take one mail from standard input: for a pipe.")
def listen(folder: Path, json: bool, once: bool, stdin: bool) -> None:
    """Read the mailboxes that letters come back to, and do what follows.

    Mails are taken away once what they say is written down; what is not understood is kept aside.
    With --stdin the exit code is 0 when the mail was taken, 75 when it is to be brought again.
    """
    if stdin:
        _take_one(folder)
        return
    with open_app(folder) as app, stopping(app):
        if not app.settings.inboxes:
            raise NewsletterError(
                "newsletter.toml names no [[inboxes]]; newsletter/docs/feedback.md shows how to"
            )
        if once:
            _listen_once(app, json=json)
            return
        from newsletter import log, scheduler  # a mail through a pipe needs neither

        log.configure()
        scheduler.listen(app)


def _listen_once(app: App, *, json: bool) -> None:
    heard = [app.returns.listen(inbox, warn) for inbox in app.settings.inboxes]
    if json:
        print_json({"inboxes": [asdict(each) for each in heard]})
    else:
        table(
            "inbox", "counted", "seen before", "kept aside", "fault",
            rows=[tuple(asdict(each).values()) for each in heard],
        )  # fmt: skip
    if any(each.fault for each in heard):
        raise click.exceptions.Exit(1)


def _take_one(folder: Path) -> None:
    """A mail server takes any other exit code for a reason to send the mail back, or to lose it."""
    try:
        with closing(sys.stdin):
            content = sys.stdin.buffer.read(LONGEST)
            while sys.stdin.buffer.read(LONGEST):  # who writes must not find the pipe closed
                pass
        with open_app(folder) as app:
            click.echo(app.returns.take_mail(content).value)
    except Exception as fault:
        click.echo(f"newsletter: {fault}; the mail is to be brought again", err=True)
        raise click.exceptions.Exit(_TEMPORARY) from None
