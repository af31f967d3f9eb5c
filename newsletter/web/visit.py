"""A visit to the public pages: who asks for what, and the answers that all pages have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.app import App
from newsletter.flows.show import NOBODY
from newsletter.model.consent import How, Origin
from newsletter.model.specs import Digest
from newsletter.web.bodies import Form, body_of, form_in
from newsletter.web.limits import Address, Limit, Limits, client_address, counted, kept
from newsletter.web.pages import Pages, names_of
from newsletter.web.words import Words

_EVEN = 0.25  # seconds that a sign-up takes, whatever the store knows of the address
_TAGS = 20  # of Accept-Language


@dataclass(frozen=True, slots=True)
class Site:
    """What is there for all visits."""

    app: App
    pages: Pages
    limits: Limits = field(default_factory=Limits)

    @property
    def open_digests(self) -> tuple[Digest, ...]:
        """The digests that anybody can sign up for."""
        return tuple(each for each in self.app.settings.digests if each.open)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, and what was sent with it."""

    site: Site
    request: Request
    body: bytes = b""

    @property
    def app(self) -> App:
        return self.site.app

    @property
    def form(self) -> Form:
        return form_in(self.body)

    @property
    def token(self) -> str:
        return str(self.request.path_params["token"])

    @property
    def now(self) -> datetime:
        return self.app.clock()

    @property
    def address(self) -> Address | None:
        return client_address(self.request, self.app.settings.public.trusted_proxies)

    @property
    def language(self) -> str:
        """The language to speak to somebody in whom we do not know: the one asked for in the
        address or the form, else the one that the browser would like best."""
        languages = self.app.settings.languages
        asked = (self.form.one("lang"), self.request.query_params.get("lang", ""))
        liked = preferred(self.request.headers.get("accept-language", ""))
        found = (match(each, languages) for each in (*asked, *liked))
        return next(filter(None, found), languages[0])

    def origin(self, how: How, language: str, wording: str) -> Origin:
        return Origin(how=how, language=language, wording=wording, ip=kept(self.address))

    def words(self, language: str) -> Words:
        return self.site.pages.words(language)

    def path(self, path: str) -> str:
        """A path of ours as a link on a page."""
        return f"{self.site.pages.base}/{path}"

    def preferences(self, token: str, words: str) -> dict[str, str]:
        """A link to the page with all choices."""
        return {"url": self.path(f"s/{token}"), "words": words}

    def switches(self, path: str) -> list[dict[str, str]]:
        """Links to a page of ours in the other languages."""
        others = (each for each in self.app.settings.languages if each != self.language)
        return [
            each | {"url": f"{self.path(path)}?lang={each['language']}"}
            for each in names_of(others)
        ]

    def page(
        self, name: str, language: str, status: int = HTTPStatus.OK, **values: object
    ) -> HTMLResponse:
        content = self.site.pages.page(name, language, **values)
        return HTMLResponse(content, status, self.headers())

    def headers(self) -> dict[str, str]:
        """The policy of a page: its own style, and the publisher's logo."""
        return {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'unsafe-inline'; "
                f"img-src {self.site.pages.pictures}; form-action 'self'; "
                "frame-ancestors 'none'; base-uri 'none'"
            )
        }

    def count(self, limit: Limit) -> None:
        """Count this visit. An HTTPException when there were too many from where it comes."""
        if wait := limit.take(counted(self.address), self.now):
            raise too_often(wait)


Answer = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def unknown() -> HTTPException:
    """One answer for every link that is not ours, whatever is wrong with it."""
    return HTTPException(HTTPStatus.NOT_FOUND)


def too_often(wait: timedelta) -> HTTPException:
    seconds = str(ceil(wait.total_seconds()))
    return HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": seconds})


def endpoint(
    site: Site, look: Answer, post: Answer | None = None, *, even: bool = False
) -> Endpoint:
    """Answers with a page: `look` for a GET, `post` for a POST. With `even`, a POST takes the same
    time whatever is found out meanwhile."""

    async def answered(request: Request) -> Response:
        if request.method != "POST" or post is None:
            return await run_in_threadpool(look, Visit(site, request))
        begun = monotonic()
        visit = Visit(site, request, await body_of(request))
        answer = await run_in_threadpool(post, visit)
        if even:
            await asyncio.sleep(_EVEN - (monotonic() - begun))
        return answer

    return answered


def with_token(
    site: Site, look: Answer, post: Answer | None = None, *, always: bool = False
) -> Endpoint:
    """The same for pages whose path holds a token. Wrong ones are counted, and who brought too many
    has to wait; with `always` not for a POST, which is somebody's one click."""
    answer = endpoint(site, look, post)
    limit = site.limits.wrong_tokens

    async def answered(request: Request) -> Response:
        visit = Visit(site, request)
        key, free = counted(visit.address), always and request.method == "POST"
        if not free and (wait := limit.wait(key, visit.now)):
            raise too_often(wait)
        try:
            return await answer(request)
        except HTTPException as fault:
            # What stands in past editions, where it would be a reader's, is no guess of anybody's.
            if fault.status_code == HTTPStatus.NOT_FOUND and visit.token != NOBODY:
                limit.take(key, visit.now)
            raise

    return answered


def preferred(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the one liked best first (RFC 9110 §12.5.4)."""
    weighted = []
    for each in accepted.split(",")[:_TAGS]:
        tag, _, parameter = each.partition(";")
        weight = _weight(parameter)
        if weight > 0:
            weighted.append((-weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda each: each[0])]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def match(wanted: str, languages: Iterable[str]) -> str | None:
    """The one of these languages that is wanted, else one of the same base; None for neither."""
    wanted = wanted.lower()
    base = wanted.partition("-")[0]
    there = list(languages)
    exact = [each for each in there if each.lower() == wanted]
    near = [each for each in there if each.lower().partition("-")[0] == base]
    return next(iter(exact + near), None)
