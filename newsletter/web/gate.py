"""Who may use the desk: the browser that was opened with the address that the program printed.

The desk listens on the loopback address only. That is not enough: any page in the same browser can
send requests there, under a name of its own (DNS rebinding). So: known hosts, a start token that is
exchanged for a cookie, and the origin of everything that is not a mere look.
"""

from hmac import compare_digest
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.web.headers import with_headers

_SAFE = ("GET", "HEAD")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-site",
}


class Gate:
    """In front of the desk's application. `free` is the beginning of paths that carry a secret of
    their own: a letter in its sandbox may load pictures, and has no cookie."""

    def __init__(self, app: ASGIApp, *, port: int, token: str, free: str) -> None:
        self._app = app
        self._token = token
        self._free = free
        self._cookie = f"desk-{port}"  # cookies know no ports: another desk has another name
        self._hosts = {f"{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._answer(scope)
        await with_headers(answer or self._app, _HEADERS)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """What the gate says itself; None lets the request through."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("This is not the desk's address.\n", 421)
        if scope["path"].startswith(self._free) and scope["method"] in _SAFE:
            return None
        if self._starts(scope):
            entered = RedirectResponse("/", 303)
            entered.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return entered
        if not self._known(headers):
            return PlainTextResponse("Open the address that `newsletter preview` printed.\n", 403)
        if scope["method"] not in _SAFE and headers.get("origin") != f"http://{host}":
            return PlainTextResponse("This request comes from another page.\n", 403)
        return None

    def _starts(self, scope: Scope) -> bool:
        if scope["path"] != "/" or scope["method"] != "GET":
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("start", [""])[0]
        return compare_digest(given.encode(), self._token.encode())

    def _known(self, headers: Headers) -> bool:
        given = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        return compare_digest(given.encode(), self._token.encode())
