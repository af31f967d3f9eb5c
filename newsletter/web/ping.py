"""A CMS announces an article: POST /ping/SOURCE, signed. The source is read at the next tick.

The signature is the one that Ghost's webhooks have, so that these need nothing but the secret:
`sha256=HEX, t=TIME`, the HMAC-SHA256 of the body with the digits of the time appended to it. It
says nothing but "look now": what is in the body is not read, what is new is decided by a reading.
"""

import hmac
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.app import App
from newsletter.store import polls
from newsletter.subscribers.tokens import Purpose
from newsletter.web.bodies import body_of

HEADERS = ("x-newsletter-signature", "x-ghost-signature")
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64}),\s?t=([0-9]{10}|[0-9]{13})")  # s, or ms as Ghost's
_FRESH = timedelta(minutes=5)  # either way: clocks differ
_MOST = 10  # pings of a source in a minute
_MINUTE = timedelta(minutes=1)
_LONGEST = 1_000_000  # bytes: a CMS may send the whole article along


def ping_endpoint(app: App) -> Callable[[Request], Awaitable[Response]]:
    """Answers for `{source}` in a path: 202 when the source is going to be read. 403 for whatever
    is not signed with its secret, or for a source that is not there: nobody learns which."""
    door = _Door(app)

    async def ping(request: Request) -> Response:
        body = await body_of(request, _LONGEST)
        signature = next((request.headers[name] for name in HEADERS if name in request.headers), "")
        return await run_in_threadpool(door.answer, request.path_params["source"], signature, body)

    return ping


@dataclass(slots=True)
class _Door:
    """Who comes in, and how often. `seen` are signatures that are not to be used a second time."""

    app: App
    seen: dict[str, datetime] = field(default_factory=dict)
    lately: dict[str, deque[datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def answer(self, source: str, signature: str, body: bytes) -> Response:
        now = self.app.clock()
        if not (self._signed(source, signature, body, now) and self._is_there(source)):
            return PlainTextResponse("not accepted\n", HTTPStatus.FORBIDDEN)
        with self.lock:
            if self._is_replay(signature, now):
                return PlainTextResponse("ok\n", HTTPStatus.ACCEPTED)
            if self._too_often(source, now):
                return PlainTextResponse(
                    "too often\n", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "60"}
                )
        with self.app.database.begin() as tx:
            polls.ping(tx, source, now)
        return PlainTextResponse("ok\n", HTTPStatus.ACCEPTED)

    def _signed(self, source: str, signature: str, body: bytes, now: datetime) -> bool:
        match = _SIGNATURE.fullmatch(signature)
        if match is None or abs(_time(match[2]) - now) > _FRESH:
            return False
        secrets = self.app.ring.shared_secrets(Purpose.PING, source)
        return any(hmac.compare_digest(signed(s, body, match[2]), match[1]) for s in secrets)

    def _is_there(self, source: str) -> bool:
        return any(spec.name == source for spec in self.app.settings.sources)

    def _is_replay(self, signature: str, now: datetime) -> bool:
        for old in [one for one, at in self.seen.items() if now - at > 2 * _FRESH]:
            del self.seen[old]
        known = signature in self.seen
        self.seen.setdefault(signature, now)
        return known

    def _too_often(self, source: str, now: datetime) -> bool:
        times = self.lately.setdefault(source, deque())
        while times and now - times[0] > _MINUTE:
            times.popleft()
        if len(times) >= _MOST:
            return True
        times.append(now)
        return False


def signed(secret: str, body: bytes, time: str) -> str:
    """The signature of a body at a time, in hexadecimal digits."""
    return hmac.digest(secret.encode(), body + time.encode(), "sha256").hex()


def _time(digits: str) -> datetime:
    seconds = int(digits) / 1000 if len(digits) > 10 else int(digits)
    return datetime.fromtimestamp(seconds, UTC)
