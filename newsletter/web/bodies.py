"""What comes in with a request: never more of it than a form can need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from newsletter.lib.text import one_line

LONGEST = 64_000  # bytes
_FIELDS = 500


async def body_of(request: Request, longest: int = LONGEST) -> bytes:
    """What is sent. An HTTPException when that is too much, or half of it."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > longest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; one that is missing is empty."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The value of a field that is there once, on one line."""
        return one_line(self.fields.get(name, [""])[-1])

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a field that may be there several times."""
        return tuple(map(one_line, self.fields.get(name, ())))


def form_in(body: bytes) -> Form:
    """The fields of an urlencoded form; anything else has none."""
    try:
        text = body.decode("utf-8", "replace")
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:  # too many
        return Form({})
