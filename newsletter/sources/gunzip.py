"""Decompression that cannot be made to fill the memory."""

import zlib
from collections.abc import Iterable, Iterator

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 64 * 1024


class NotGzip(Exception):
    """What was announced as gzip is not, or ends too early."""


def gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The decompressed pieces, each of 64 kB at most: who counts them can stop at any time.

    A gzip file may have several members (RFC 1952, 2.2); zeros after the last are padding.
    """
    member = zlib.decompressobj(_GZIP)
    fed = False
    for chunk in chunks:
        rest = chunk
        while rest:
            if member.eof:
                rest = rest.lstrip(b"\0")
                member = zlib.decompressobj(_GZIP) if rest else member
                continue
            fed = True
            yield _decompressed(member, rest)
            rest = member.unused_data or member.unconsumed_tail
    if fed and not member.eof:
        yield _decompressed(member, b"")  # at most the match that a full piece had cut in two
        if not member.eof:
            raise NotGzip("it ends too early")


def _decompressed(member: "zlib._Decompress", data: bytes) -> bytes:
    try:
        return member.decompress(data, _STEP)
    except zlib.error as error:
        raise NotGzip(str(error)) from error
