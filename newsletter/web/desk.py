"""The editor's desk: the next edition of every language, in a browser on this machine."""

import os
import re
import secrets
import sys
import webbrowser
from contextlib import suppress
from functools import cached_property
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlencode

import click
import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.app import App
from newsletter.flows.show import Shown
from newsletter.lib.errors import NewsletterError
from newsletter.web.gate import Gate
from newsletter.web.listening import listening
from newsletter.web.proofroom import Proofroom
from newsletter.web.view import page_values

_HOST = "127.0.0.1"
_HERE = Path(__file__).parent


class Desk:
    """The desk's pages. Its routes run in threads: rendering takes its time."""

    def __init__(self, app: App, *, port: int) -> None:
        self._room = Proofroom(app)
        self._origin = f"http://{_HOST}:{port}"
        self._pictures = f"/pictures/{secrets.token_urlsafe(12)}/"
        self.token = secrets.token_urlsafe(24)
        self.application = Starlette(
            routes=[
                Route("/", self.page),
                Route("/changes", self.changes),
                Route("/collect", self.collect, methods=["POST"]),
                Route("/letters/{key}", self.letter),
                Route("/letters/{key}/text", self.text),
                Route(self._pictures + "{key}/{name}", self.picture),
                Mount("/static", StaticFiles(directory=_HERE / "static")),
            ],
            middleware=[Middleware(Gate, port=port, token=self.token, free=self._pictures)],
        )
        self.application.router.redirect_slashes = False  # a path is right or it is nothing

    @property
    def start_address(self) -> str:
        return f"{self._origin}/?start={self.token}"

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=PackageLoader("newsletter.web"), autoescape=True, undefined=StrictUndefined
        )

    def page(self, request: Request) -> Response:
        """The desk itself, or what keeps it from being shown."""
        try:
            sheet = self._room.sheet()
        except NewsletterError as fault:
            return self._rendered("fault.html.j2", fault=fault, signature=self._signature())
        app, key = self._room.app, request.query_params.get("edition")
        values = page_values(sheet, key, app.settings, app.clock())
        scheme = "dark" if request.cookies.get("scheme") == "dark" else "light"
        return self._rendered("desk.html.j2", **values, scheme=scheme)

    def _rendered(self, name: str, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(name).render(values))

    def changes(self, request: Request) -> Response:
        """Whether anything was saved since the page was made."""
        return JSONResponse({"signature": self._signature()})

    def collect(self, request: Request) -> Response:
        self._room.collect()
        return RedirectResponse(f"/?{urlencode(request.query_params)}", 303)

    def letter(self, request: Request) -> Response:
        """A letter, locked in: no script, no form, no frame, wherever it comes from."""
        found = self._shown(request)
        if found is None:
            return _nothing()
        html = _in_scheme(found.html, request.query_params.get("scheme"))
        html = html.replace('"pictures/', f'"{self._pictures}{request.path_params["key"]}/')
        policy = (
            f"sandbox; default-src 'none'; img-src {self._origin} https: http: data:; "
            "style-src 'unsafe-inline'; frame-ancestors 'self'"
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    def text(self, request: Request) -> Response:
        found = self._shown(request)
        return PlainTextResponse(found.text) if found else _nothing()

    def picture(self, request: Request) -> Response:
        found = self._shown(request)
        name = request.path_params["name"]
        if found is None or name not in found.pictures:
            return _nothing()
        kind = guess_type(name)[0] or "application/octet-stream"
        return Response(
            found.pictures[name],
            media_type=kind,
            headers={"Cross-Origin-Resource-Policy": "cross-origin"},
        )

    def _signature(self) -> str:
        """What a page that shows things as they are has in it; a fault's words stand for it."""
        try:
            return self._room.signature()
        except NewsletterError as fault:
            return str(fault)

    def _shown(self, request: Request) -> Shown | None:
        return self._room.sheet().letters.get(request.path_params["key"])


_DARK_ONLY = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")


def _in_scheme(html: str, scheme: str | None) -> str:
    """The letter as a dark or a light mail program shows it, whatever this browser prefers."""
    if scheme is None:
        return html
    return _DARK_ONLY.sub("@media all" if scheme == "dark" else "@media not all", html)


def _nothing() -> Response:
    return PlainTextResponse("There is nothing here.\n", 404)


def serve_desk(app: App, *, port: int) -> None:
    """Serve the desk on the loopback address until interrupted; `port` 0 takes a free one.

    NewsletterError when the port cannot be had.
    """
    with listening(_HOST, port, setting="--port") as listener:
        desk = Desk(app, port=listener.getsockname()[1])
        click.echo(f"The desk is open at {desk.start_address} (Ctrl-C closes it)")
        sys.stdout.flush()
        if sys.stdout.isatty() and _has_screen():
            with suppress(webbrowser.Error):
                webbrowser.open(desk.start_address)
        config = uvicorn.Config(
            desk.application, log_level="warning", access_log=False, server_header=False, ws="none"
        )
        with suppress(KeyboardInterrupt):  # the way to close it
            uvicorn.Server(config).run(sockets=[listener])


def _has_screen() -> bool:
    """Not so on a server: a browser for terminals would run there, in front of the desk."""
    desktops = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(each) for each in desktops)
