"""robots.txt (RFC 9309): whether the pages of a host may be read by programs like this one.

Not asked for what the operator has configured: that is their own decision, as with a bookmark.
Asked where articles lead to other hosts.
"""

from collections.abc import Iterable
from http import HTTPStatus
from threading import Lock
from urllib.parse import urlsplit

from protego import Protego

from newsletter.lib.isolation import Isolation, Overrun, here
from newsletter.lib.urls import bare_host
from newsletter.sources.port import Fetch, Fetched, SourceFault

_LONGEST = 500 * 1024  # bytes; RFC 9309, 2.5: at least so many are to be read
_SERVER_FAULTS = HTTPStatus.INTERNAL_SERVER_ERROR


class Robots:
    """What robots.txt of each host says, asked once in a run."""

    def __init__(self, user_agent: str, isolated: Isolation = here) -> None:
        # Rules name a program, not its version (RFC 9309, 2.2.1).
        self._program = user_agent.partition("/")[0].strip()
        self._isolated = isolated
        self._rules: dict[str, str | None] = {}
        self._lock = Lock()

    def obeying(self, fetch: Fetch, own: Iterable[str]) -> Fetch:
        """A Fetch that keeps out where robots.txt says so; `own` are addresses on the hosts where
        nobody is asked."""
        hosts = {bare_host(url) for url in own}

        def obedient(url: str) -> Fetched:
            host = bare_host(url)
            if host and host not in hosts:  # without a host, the fetch itself says what is wrong
                self._check(url, fetch)
            return fetch(url)

        return obedient

    def _check(self, url: str, fetch: Fetch) -> None:
        place = robots_url(url)
        rules = self._rules_at(place, fetch)
        if rules is None:
            raise SourceFault("fetch_failed", f"{url}: not fetched, {place} is not to be had now")
        if not self._allowed(rules, url):
            raise SourceFault("fetch_refused", f"{url}: not fetched, {place} keeps programs out")

    def _rules_at(self, place: str, fetch: Fetch) -> str | None:
        """The text; None where the server is in trouble: that means no (RFC 9309, 2.3.1.4)."""
        with self._lock:
            if place in self._rules:
                return self._rules[place]
        rules = _rules(place, fetch)
        with self._lock:
            return self._rules.setdefault(place, rules)

    def _allowed(self, rules: str, url: str) -> bool:
        try:
            return self._isolated(allows, rules, url, self._program)
        except Overrun:  # nobody writes rules that take so long to be understood, but to harm us
            return False


def allows(rules: str, url: str, program: str) -> bool:
    """Whether a robots.txt lets a program read a page."""
    return bool(not rules or Protego.parse(rules).can_fetch(url, program))


def robots_url(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def _rules(place: str, fetch: Fetch) -> str | None:
    try:
        answer = fetch(place)
    except SourceFault as fault:
        # An address that is refused is refused with its page, too, which says so better.
        return "" if fault.code == "fetch_refused" else None
    if answer.status >= _SERVER_FAULTS or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return None
    return answer.content[:_LONGEST].decode("utf-8", "replace")
