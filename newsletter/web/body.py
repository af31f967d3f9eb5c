"""What others send us, up to a size."""

from starlette.requests import ClientDisconnect, Request

LONGEST = 1_000_000  # bytes


async def body_of(request: Request) -> bytes | None:
    """What is sent, unless it is too much."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
