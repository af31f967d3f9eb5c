"""The application for readers: what letters link to, signing up, past editions.

It has no route of the editor's. Nothing is changed by a GET, and every link that is not ours gets
one answer, whatever is wrong with it.
"""

from collections.abc import Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from newsletter.app import App
from newsletter.starter.project import layouts
from newsletter.web import api, archive, front, links, preferences, signup
from newsletter.web.headers import PUBLIC, with_headers
from newsletter.web.pages import pages_of
from newsletter.web.pictures import picture_endpoint
from newsletter.web.ping import ping_endpoint
from newsletter.web.visit import Site, Visit, endpoint, with_token
from newsletter.web.webhooks import webhook_endpoint

_BOTH = ["GET", "POST"]
# What each fault is called among the words of a page; any other went wrong on our side.
_FAULTS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "unknown",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "too_often",
}


def public_app(app: App) -> ASGIApp:
    """The application for readers."""
    site = _site(app)
    routes = [*_of_readers(site), *_of_anybody(site), *_of_machines(app)]
    fault = _fault_page(site)
    handlers = {HTTPException: fault, Exception: fault}
    application = Starlette(routes=routes, exception_handlers=handlers)
    # The redirect to a path without its last slash would be made of the Host header, and would
    # carry the token there.
    application.router.redirect_slashes = False
    return with_headers(application, PUBLIC)


def _site(app: App) -> Site:
    settings = app.settings
    folders = (app.folder / "layouts", layouts())
    base_url = settings.public.base_url
    return Site(app, pages_of(settings.publication, base_url, folders, settings.languages))


def _of_readers(site: Site) -> list[Route]:
    """Behind a token: who has it is the reader, or forwards their mail."""
    leave = with_token(site, links.leave_page, links.leave, always=True)
    switch = with_token(site, links.switch_page, links.switch)
    confirm = with_token(site, links.confirm_page, links.confirm)
    choices = with_token(site, preferences.preferences_page, preferences.change)
    address = with_token(site, links.address_page, links.change_address)
    return [
        Route("/u/{token}", leave, methods=_BOTH),
        Route("/l/{token}/{language}", switch, methods=_BOTH),
        Route("/c/{token}", confirm, methods=_BOTH),
        Route("/s/{token}", choices, methods=_BOTH),
        Route("/a/{token}", address, methods=_BOTH),
    ]


def _of_anybody(site: Site) -> list[Route]:
    sign_up = endpoint(site, signup.sign_up_page, signup.sign_up, even=True)
    by_json = endpoint(site, api.preflight, api.sign_up, even=True)
    return [
        Route("/", endpoint(site, front.front_page)),
        Route("/robots.txt", endpoint(site, front.robots)),
        Route("/subscribe", sign_up, methods=_BOTH),
        Route("/subscribe/embed", sign_up, methods=_BOTH),
        Route("/api/subscribe", by_json, methods=["OPTIONS", "POST"]),
        Route("/archive/{digest}/{language}", endpoint(site, archive.archive_page)),
        Route("/archive/{digest}/{language}/feed.atom", endpoint(site, archive.feed)),
        Route("/archive/{digest}/{language}/{slot}", endpoint(site, archive.edition_page)),
    ]


def _of_machines(app: App) -> list[Route]:
    return [
        Route("/p/{name}", picture_endpoint(app.database)),
        Route("/ping/{source}", ping_endpoint(app), methods=["POST"]),
        Route("/hooks/{name}", webhook_endpoint(app.returns.hooks), methods=["POST"]),
        Route("/healthz", _health),
    ]


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _fault_page(site: Site) -> Callable[[Request, Exception], Response]:
    """A page for whatever cannot be answered."""

    def page(request: Request, fault: Exception) -> Response:
        known = fault if isinstance(fault, HTTPException) else HTTPException(500)
        visit = Visit(site, request)
        name = _FAULTS.get(known.status_code, "broken")
        words, language = visit.words(visit.language), visit.language
        answer = visit.page(
            "message", language, known.status_code, title=words[f"{name}_title"], text=words[name]
        )
        answer.headers.update(known.headers or {})
        return answer

    return page
