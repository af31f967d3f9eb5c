"""Providers tell what came back: POST /hooks/NAME, each signed in its own way.

200 once what is said is written down, also where it says nothing new. 403 for whatever does not
prove where it comes from, or for a webhook that is not there: nobody learns which. 503 when the
provider is to call again.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.app.hooks import Hooks
from newsletter.feedback.esp.call import Call
from newsletter.lib.errors import NewsletterError
from newsletter.web.bodies import body_of

log = structlog.get_logger()

_LONGEST = 1_000_000  # bytes: mails that came back are quoted at length


def webhook_endpoint(hooks: Hooks) -> Callable[[Request], Awaitable[Response]]:
    """Answers for `{name}` in a path."""

    async def webhook(request: Request) -> Response:
        call = Call(dict(request.headers), await body_of(request, _LONGEST))
        return await run_in_threadpool(_answer, hooks, request.path_params["name"], call)

    return webhook


def _answer(hooks: Hooks, name: str, call: Call) -> Response:
    try:
        refused = hooks.answer(name, call, lambda words: log.error("feedback", alarm=words))
    except NewsletterError as fault:
        log.warning("webhook", name=name, fault=str(fault))
        return PlainTextResponse("not now\n", HTTPStatus.SERVICE_UNAVAILABLE)
    if refused:
        log.warning("webhook", name=name, refused=refused)
        return PlainTextResponse("not accepted\n", HTTPStatus.FORBIDDEN)
    return PlainTextResponse("ok\n")
