"""An edition's own page: the letter as it was frozen, and nobody's links in it.

Its address stands in the letter, and is the same for every reader: what somebody forwards or saves
holds no token. Only what has begun to go out has a page.
"""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.app import App
from newsletter.flows.show import blanked
from newsletter.model.edition import EditionState, Slot
from newsletter.model.letter import Letter
from newsletter.store import editions

_PUBLIC = (
    EditionState.FROZEN,
    EditionState.SENDING,
    EditionState.PAUSED,
    EditionState.SENT,
)
_SLOT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)")
_HEADERS = {
    # Pictures are the publisher's, ours, or inside; nothing else is fetched, nothing runs.
    "Content-Security-Policy": (
        "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "Cache-Control": "public, max-age=300",  # a cancelled edition is gone soon
}


def archive_endpoint(app: App) -> Callable[[Request], Awaitable[Response]]:
    """Answers for `{digest}`, `{language}` and `{slot}` in a path (`model.edition.page_path`): the
    letter, or 404."""

    async def page(request: Request) -> Response:
        letter = await run_in_threadpool(_letter, app, **request.path_params)
        if letter is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return HTMLResponse(web_page(letter), headers=_HEADERS)

    return page


def web_page(letter: Letter) -> str:
    """The HTML of a letter for a browser: personal slots blanked, attached pictures inside."""
    html = blanked(letter.html, letter)
    for picture in letter.attachments:
        data = f"data:{picture.mime};base64,{b64encode(picture.content).decode()}"
        html = html.replace(f'"cid:{picture.cid}"', f'"{data}"')
    return html


def _letter(app: App, digest: str, language: str, slot: str) -> Letter | None:
    local = _local(slot)
    if local is None:
        return None
    with app.database.read() as tx:
        # The slot's key is its local time alone.
        found = editions.of_slot(tx, digest, Slot(local, app.clock()), rehearsal=app.rehearsal)
        public = (e.id for e in found if e.language == language and e.state in _PUBLIC)
        number = next(public, None)
        return editions.letter_of(tx, number) if number is not None else None


def _local(slot: str) -> datetime | None:
    match = _SLOT.fullmatch(slot)
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}:{match[3]}") if match else None
    except ValueError:
        return None
