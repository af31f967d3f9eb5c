"""The command line: words in, words out.

In: arguments. Out: tables and progress for people, JSON on request, an exit code. Verbs are loaded
when they are called: the program starts as fast as its lightest one. Must not decide anything.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from newsletter import __version__
from newsletter.lib.errors import NewsletterError

# verb: (module, what it does)
_VERBS = {
    "init": ("make", "Make a project: configuration, layouts, lists, sample articles."),
    "demo": ("make", "Compose and send sample articles into a throwaway outbox."),
    "article": ("read", "Show what is read out of one page, file or feed entry."),
    "feed": ("read", "Show what is read out of a whole feed."),
    "sources": ("sources", "List sources, add those of a feed reader's list, let a CMS announce."),
    "collect": ("collect", "Read every source once."),
    "plan": ("collect", "Say what each digest would send next, and why not more."),
    "preview": ("preview", "Show the next editions in a browser, or write them as files."),
    "check": ("check", "Say what is wrong with the next editions, or with mails in files."),
    "send": ("send", "Collect, compose what is due, deliver it: what a cron line calls."),
    "serve": ("send", "Run the service: schedule, senders, public pages."),
    "worker": ("worker", "Deliver beside others, on any machine, woken through PostgreSQL."),
    "held": ("held", "List articles that wait for you; release or dismiss them."),
    "story": ("story", "Join articles that are one story, or part them."),
    "edition": ("edition", "List, show, approve, hold, cancel, pause or resume editions."),
    "subscribers": ("subscribers", "Bring the lists of subscribers into the store."),
    "person": ("person", "Show, export or erase all that is stored of one person."),
    "dkim": ("dkim", "Make keys for signing with DKIM, and show their DNS records."),
    "status": ("status", "Say how digests, editions, deliveries and sources stand."),
    "database": ("database", "Upgrade, back up, restore or adopt the database."),
}


class _Verbs(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS:
            return None
        command = getattr(import_module(f"newsletter.cli.{_VERBS[name][0]}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _VERBS.items()])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsletter")
def cli() -> None:
    """Newly published articles in, digests by language out.

    Every verb takes --project DIR (default: this folder).
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit: 0 done, 1 it could not be done, 2 wrong usage or configuration."""
    try:
        cli(args=arguments, prog_name="newsletter")
    except NewsletterError as fault:
        click.echo(f"newsletter: {fault}", err=True)
        sys.exit(_exit_code(fault))


def _exit_code(fault: NewsletterError) -> int:
    # By name: the module of the class is heavy, and loaded already if it raised.
    return 2 if type(fault).__name__ == "ConfigError" else 1
