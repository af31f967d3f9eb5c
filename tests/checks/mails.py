"""Builders: the least mail that nothing is wrong with, and parts of it changed."""

from collections.abc import Callable, Iterator

from newsletter.checks.given import Mail
from newsletter.model.finding import Finding

WORDS = "The harbour was quiet, and the lamps along the quay went out one by one at dawn. " * 4


def page(body: str = f"<h1>News</h1><p>{WORDS}</p>", *, head: str = "", lang: str = "en") -> str:
    """A whole document around a body."""
    return (
        f'<!doctype html><html lang="{lang}"><head><title>News</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def codes(check: Callable[[Mail], Iterator[Finding]], mail: Mail | str) -> list[str]:
    """What a check finds, as "level code"."""
    given = Mail(html=mail) if isinstance(mail, str) else mail
    return [f"{finding.level} {finding.code}" for finding in check(given)]
