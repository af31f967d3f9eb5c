"""Quoted-printable for text with slots (RFC 2045 §6.7): encoded once, values spliced in later.

The rules that go beyond the RFC, so that no relay has a reason to touch the bytes: a row never
begins with "." (no dot-stuffing, ever) nor with "From" (no mbox quoting), rows are at most 75
characters and a soft break, so that a slot may follow any of them.
"""

import re

CRLF = b"\r\n"
SOFT_BREAK = b"=\r\n"

_CUT_AT = 73  # room for the two characters more that guarding a row may take, and for "="

_LINE_END = re.compile(r"\r\n?|\n")
_UNSAFE = re.compile(rb"[^\x20-\x3c\x3e-\x7e]")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def encode(text: str) -> bytes:
    """The text encoded, as it stands from the first column on. Line ends of any kind → CRLF."""
    lines = _LINE_END.sub("\n", text).encode().split(b"\n")
    return CRLF.join(SOFT_BREAK.join(_rows(_escaped(line))) for line in lines)


def literal(text: str, *, after_slot: bool, before_slot: bool) -> bytes:
    """A piece of text between slots: a slot always has the rows of its value for itself.

    The soft breaks that see to that are left out where the text breaks the line anyway.
    """
    lines = _LINE_END.sub("\n", text)
    opening = SOFT_BREAK if after_slot and lines and not lines.startswith("\n") else b""
    needs_closing = not lines.endswith("\n") if lines else after_slot
    return opening + encode(lines) + (SOFT_BREAK if before_slot and needs_closing else b"")


def value(token: str) -> bytes:
    """What is put into a slot: an opaque token, in rows. ValueError for anything else."""
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"not an opaque token of A-Z a-z 0-9 _ -: {token!r}")
    return SOFT_BREAK.join(_rows(token.encode("ascii")))


def _escaped(line: bytes) -> bytes:
    escaped = _UNSAFE.sub(lambda found: b"=%02X" % found[0][0], line)
    return escaped[:-1] + b"=20" if escaped.endswith(b" ") else escaped


def _rows(line: bytes) -> list[bytes]:
    """The escaped line cut into rows, never inside an escape; an empty line is one empty row."""
    rows: list[bytes] = []
    start = 0
    while start < len(line):
        end = _whole(line, start + _CUT_AT)
        rows.append(_guarded(line[start:end]))
        start = end
    return rows or [b""]


def _whole(line: bytes, end: int) -> int:
    """The end moved before the escape that it would cut in two."""
    escape = line.find(b"=", end - 2, end) if end < len(line) else -1
    return end if escape < 0 else escape


def _guarded(row: bytes) -> bytes:
    if row.startswith((b".", b"From")):
        return b"=%02X" % row[0] + row[1:]
    return row
