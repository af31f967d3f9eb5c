"""The pages behind the links in letters: leaving, another language, the letter itself.

An application of its own, without any route of the editor's. A GET shows a page with one button and
changes nothing, since mail filters open every link; the POST does what the button says, and is also
what mail programs send for one click (RFC 8058 §3.1): no cookie, no redirect, twice is fine.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from newsletter.app import App
from newsletter.model.event import Event, EventKind
from newsletter.model.specs import Digest, in_language
from newsletter.model.subscriber import SubscriptionStatus
from newsletter.rendering.locales import language_name
from newsletter.store import events, subscribers
from newsletter.subscribers.tokens import Purpose
from newsletter.web.archive import archive_endpoint
from newsletter.web.headers import PUBLIC, with_headers
from newsletter.web.pages import button_page, plain_page
from newsletter.web.pictures import picture_endpoint
from newsletter.web.ping import ping_endpoint
from newsletter.web.webhooks import webhook_endpoint
from newsletter.web.words import words_of

_ENDED = (
    SubscriptionStatus.UNSUBSCRIBED,
    SubscriptionStatus.BOUNCED,
    SubscriptionStatus.COMPLAINED,
)


class _Reader(NamedTuple):
    """Whom a token stands for, and the language that they read the digest in.

    The digest may have left the configuration: its letters are still in inboxes, and their links
    still have to work.
    """

    number: int
    digest: str
    language: str
    status: SubscriptionStatus


@dataclass(frozen=True, slots=True)
class _Pages:
    app: App

    async def unsubscribe(self, request: Request) -> Response:
        return await run_in_threadpool(self._unsubscribe, request)

    async def language(self, request: Request) -> Response:
        return await run_in_threadpool(self._language, request)

    async def health(self, request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def unknown(self, request: Request, fault: Exception | None = None) -> Response:
        """One answer for every link that is not ours, whatever is wrong with it."""
        return self._unknown()

    def _unsubscribe(self, request: Request) -> Response:
        reader = self._reader(Purpose.UNSUBSCRIBE, request.path_params["token"])
        if reader is None:
            return self._unknown()
        words = words_of(reader.language)
        title = self._title(reader.digest, reader.language)
        if request.method != "POST":
            text = words["leave?"].format(title=title)
            return HTMLResponse(button_page(reader.language, title, text, words["leave"]))
        self._leave(reader)
        return HTMLResponse(plain_page(reader.language, title, words["left"].format(title=title)))

    def _leave(self, reader: _Reader) -> None:
        with self.app.database.begin() as tx:
            if subscribers.unsubscribe(tx, reader.number, reader.digest):
                events.record(tx, self._event(EventKind.UNSUBSCRIBE, reader))

    def _language(self, request: Request) -> Response:
        reader = self._reader(Purpose.LANGUAGE, request.path_params["token"])
        wanted = request.path_params["language"]
        digest = self._digest(reader.digest) if reader else None
        if reader is None or digest is None or wanted not in digest.languages:
            return self._unknown()
        words = words_of(wanted)
        title = self._title(reader.digest, wanted)
        if reader.status in _ENDED:
            return HTMLResponse(plain_page(wanted, title, words["ended"].format(title=title)))
        name = language_name(wanted, within=wanted)
        if request.method != "POST":
            text = words["switch?"].format(title=title, language=name)
            return HTMLResponse(
                button_page(wanted, title, text, words["switch"].format(language=name))
            )
        self._switch(reader, wanted)
        return HTMLResponse(
            plain_page(wanted, title, words["switched"].format(title=title, language=name))
        )

    def _switch(self, reader: _Reader, wanted: str) -> None:
        with self.app.database.begin() as tx:
            if subscribers.choose_language(tx, reader.number, reader.digest, wanted):
                events.record(tx, self._event(EventKind.LANGUAGE, reader, wanted))

    def _event(self, kind: EventKind, reader: _Reader, detail: str = "") -> Event:
        return Event(
            at=self.app.clock(),
            kind=kind,
            subscriber=reader.number,
            digest=reader.digest,
            detail=detail,
        )

    def _reader(self, purpose: Purpose, token: str) -> _Reader | None:
        payload = self.app.ring.read(purpose, token)
        if payload is None:
            return None
        number, _, digest = payload.partition(":")
        with self.app.database.read() as tx:
            standing = subscribers.status_of(tx, int(number), digest)
        return _Reader(int(number), digest, standing[1], standing[0]) if standing else None

    def _digest(self, name: str) -> Digest | None:
        return next((each for each in self.app.settings.digests if each.name == name), None)

    def _title(self, name: str, language: str) -> str:
        digest = self._digest(name)
        return (digest and in_language(digest.title, language)) or name

    def _unknown(self) -> Response:
        language = self.app.settings.languages[0]
        name = in_language(self.app.settings.publication.name, language)
        page = plain_page(language, name, words_of(language)["unknown"])
        return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND)


def public_app(app: App) -> ASGIApp:
    """The application for readers."""
    pages = _Pages(app)
    both = ["GET", "POST"]
    routes = [
        Route("/u/{token}", pages.unsubscribe, methods=both),
        Route("/l/{token}/{language}", pages.language, methods=both),
        Route("/p/{name}", picture_endpoint(app.database)),
        Route("/archive/{digest}/{language}/{slot}", archive_endpoint(app)),
        Route("/ping/{source}", ping_endpoint(app), methods=["POST"]),
        Route("/hooks/{name}", webhook_endpoint(app.hooks), methods=["POST"]),
        Route("/healthz", pages.health),
    ]
    application = Starlette(routes=routes, exception_handlers={HTTPStatus.NOT_FOUND: pages.unknown})
    # The redirect to a path without its last slash would be made of the Host header, and would
    # carry the token there.
    application.router.redirect_slashes = False
    return with_headers(application, PUBLIC)
