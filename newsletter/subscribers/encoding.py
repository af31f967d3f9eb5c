"""How the bytes of a list are text: found out by looking at all of them, never by a guess."""

import codecs
from typing import IO

from newsletter.subscribers.faults import ListFault

_PIECE = 1 << 20  # bytes
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"  # Latin-1 knows all bytes


def encoding_of(file: IO[bytes], name: str) -> str:
    """The encoding that all of the file is valid in; ListFault when a mark at its beginning
    promises what does not come. `name` is the file's, for the message."""
    piece = file.read(_PIECE)
    if declared := _declared(piece):
        _check(file, piece, declared, name)
        return declared
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = is_cp1252 = True
    while piece or is_utf8:
        is_utf8 = is_utf8 and _fits(decoder, piece)
        is_cp1252 = is_cp1252 and len(piece.translate(None, _NOT_IN_CP1252)) == len(piece)
        if not piece:
            break
        piece = file.read(_PIECE)
    return "utf-8" if is_utf8 else "cp1252" if is_cp1252 else "latin-1"


def _declared(beginning: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            return encoding
    if b"\0" in beginning[:2]:  # a header begins with ASCII: UTF-16 without its mark
        return "utf-16-be" if beginning[:1] == b"\0" else "utf-16-le"
    return None


def _fits(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece, final=not piece)
    except UnicodeDecodeError:
        return False
    return True


def _check(file: IO[bytes], piece: bytes, encoding: str, name: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    before = 0
    while True:
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise ListFault(
                f"{name} cannot be read as {encoding} (byte {before - waiting + error.start}); "
                "save it as UTF-8"
            ) from None
        if not piece:
            return
        before += len(piece)
        piece = file.read(_PIECE)
