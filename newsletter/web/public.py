"""The pages behind the links in letters: leaving, and another language.

An application of its own, without any route of the editor's. A GET shows a page with one button and
changes nothing, since mail filters open every link; the POST does what the button says, and is also
what mail programs send for one click (RFC 8058 §3.1): no cookie, no redirect, twice is fine.
"""

from dataclasses import dataclass
from typing import NamedTuple

from babel import Locale
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsletter.app import App
from newsletter.model.event import Event, EventKind
from newsletter.model.specs import Digest, in_language
from newsletter.store import events, subscribers
from newsletter.subscribers.tokens import Purpose
from newsletter.web.headers import public_page
from newsletter.web.pages import button_page, plain_page
from newsletter.web.words import words_of


class _Reader(NamedTuple):
    """Whom a token stands for, and the language that they read the digest in."""

    number: int
    digest: Digest
    language: str


@dataclass(frozen=True, slots=True)
class _Pages:
    app: App

    async def unsubscribe(self, request: Request) -> Response:
        return await run_in_threadpool(self._unsubscribe, request)

    async def language(self, request: Request) -> Response:
        return await run_in_threadpool(self._language, request)

    async def health(self, request: Request) -> Response:
        return PlainTextResponse("ok\n")

    def _unsubscribe(self, request: Request) -> Response:
        reader = self._reader(Purpose.UNSUBSCRIBE, request.path_params["token"])
        if reader is None:
            return self._unknown(request)
        words = words_of(reader.language)
        title = in_language(reader.digest.title, reader.language)
        if request.method != "POST":
            text = words["leave?"].format(title=title)
            return public_page(button_page(reader.language, title, text, words["leave"]))
        self._leave(reader)
        return public_page(plain_page(reader.language, title, words["left"].format(title=title)))

    def _leave(self, reader: _Reader) -> None:
        with self.app.database.begin() as tx:
            if subscribers.unsubscribe(tx, reader.number, reader.digest.name):
                events.record(tx, self._event(EventKind.UNSUBSCRIBE, reader))

    def _language(self, request: Request) -> Response:
        reader = self._reader(Purpose.LANGUAGE, request.path_params["token"])
        wanted = request.path_params["language"]
        if reader is None or wanted not in reader.digest.languages:
            return self._unknown(request)
        words = words_of(wanted)
        title = in_language(reader.digest.title, wanted)
        name = Locale.parse(wanted, sep="-").get_display_name(wanted) or wanted
        if request.method != "POST":
            text = words["switch?"].format(title=title, language=name)
            return public_page(
                button_page(wanted, title, text, words["switch"].format(language=name))
            )
        self._switch(reader, wanted)
        return public_page(
            plain_page(wanted, title, words["switched"].format(title=title, language=name))
        )

    def _switch(self, reader: _Reader, wanted: str) -> None:
        with self.app.database.begin() as tx:
            if subscribers.choose_language(tx, reader.number, reader.digest.name, wanted):
                events.record(tx, self._event(EventKind.LANGUAGE, reader, wanted))

    def _event(self, kind: EventKind, reader: _Reader, detail: str = "") -> Event:
        return Event(
            at=self.app.clock(),
            kind=kind,
            subscriber=reader.number,
            digest=reader.digest.name,
            detail=detail,
        )

    def _reader(self, purpose: Purpose, token: str) -> _Reader | None:
        payload = self.app.ring.read(purpose, token)
        if payload is None:
            return None
        number, _, name = payload.partition(":")
        digest = next((d for d in self.app.settings.digests if d.name == name), None)
        if digest is None or not number.isdigit():
            return None
        with self.app.database.read() as tx:
            standing = subscribers.status_of(tx, int(number), name)
        return _Reader(int(number), digest, standing[1]) if standing else None

    def _unknown(self, request: Request) -> Response:
        """One answer for every link that is not ours, whatever is wrong with it."""
        language = self.app.settings.languages[0]
        words = words_of(language)
        name = in_language(self.app.settings.publication.name, language)
        return public_page(plain_page(language, name, words["unknown"]), status=404)


def public_app(app: App) -> Starlette:
    """The application for readers."""
    pages = _Pages(app)
    both = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/u/{token}", pages.unsubscribe, methods=both),
            Route("/l/{token}/{language}", pages.language, methods=both),
            Route("/healthz", pages.health),
        ]
    )
