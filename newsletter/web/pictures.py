"""Copies of pictures, for the letters that show them: by the hash of their bytes, for ever."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from newsletter.store import pictures
from newsletter.store.database import Database

_NAME = re.compile(r"([0-9a-f]{64})\.(?:jpg|png)")
_HEADERS = {
    # The name is made of the bytes: what it stands for never changes (RFC 8246).
    "Cache-Control": "public, max-age=31536000, immutable",
    # Mail programs in a browser show it on pages of their own.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def picture_endpoint(database: Database) -> Callable[[Request], Awaitable[Response]]:
    """Answers for `{name}` in a path: the copy of exactly this name, or 404."""

    async def picture(request: Request) -> Response:
        return await run_in_threadpool(_picture, database, request.path_params["name"])

    return picture


def _picture(database: Database, name: str) -> Response:
    if match := _NAME.fullmatch(name):
        with database.read() as tx:
            copy = pictures.copy_of(tx, match[1])
        if copy and copy.name == name:
            return Response(copy.content, media_type=copy.mime, headers=_HEADERS)
    raise HTTPException(HTTPStatus.NOT_FOUND)
