"""Any bytes → the headers and leaves of a mail, within fixed bounds.

The parser of the standard library recurses into 1,500 nested parts, gives Header objects for raw
8-bit fields, and keeps whatever size there is. What comes back is broken more often than letters
are, so nothing is expected here: what cannot be parsed is text.
"""

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from functools import cached_property

MAX_MAIL = 8_000_000  # of a larger one the beginning is read: what is behind it is our own letter
_MAX_HEAD = 256_000
_MAX_FIELD = 4_000
_MAX_FIELDS = 500
_MAX_TEXT = 64_000  # of one part; no report of any vendor's comes near
_MAX_ENCODED = 100_000
_MAX_LINE = 2_000  # patterns are quadratic in the length of a line at worst
_MAX_PARTS = 60
_MAX_DEPTH = 8

_MBOX_LINE = re.compile(rb"\A\s*(From [^\n]*\n)?(>From [^\n]*\n)?")
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_TYPE = re.compile(r"\s*([\w.+-]{1,80}/[\w.+-]{1,80})")
_PARAMETER = re.compile(r';\s*([\w*-]{1,40})\s*=\s*("(?:[^"\\]|\\.){0,300}"|[^\s;"]{1,300})')
_FIRST_BOUNDARY = re.compile(rb"^--([^\s-][^\n]{0,200}|-+[^\s-][^\n]{0,200})$", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff]+")
_LONG_LINE = re.compile(rf"([^\n]{{{_MAX_LINE}}})(?=[^\n])")
# Codecs that are no charsets of mails, and slow or strange.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw-unicode-escape"})
_ASCII_NAMES = frozenset({"", "ascii", "us-ascii", "unknown", "x-unknown", "unknown-8bit"})


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in their order, names in lower case, values unfolded and decoded."""

    fields: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """The first value of that name, or ""."""
        return next(self.all(name), "")

    def all(self, *names: str) -> Iterator[str]:
        """Every value of these names."""
        return (value for name, value in self.fields if name in names)

    def __contains__(self, name: str) -> bool:
        return any(name == each for each, _ in self.fields)


@dataclass(frozen=True)
class Part:
    """A leaf of a mail: what is inside a message/rfc822 is text too."""

    headers: Headers
    type: str
    body: bytes

    @cached_property
    def text(self) -> str:
        """The decoded text, cut to what can be of interest."""
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        parameters = _parameters(self.headers.get("content-type"))
        return _tidy(_characters(_unpacked(self.body, encoding), parameters.get("charset", "")))


@dataclass(frozen=True, slots=True)
class Mail:
    """The headers of a mail, and its leaves in order."""

    headers: Headers
    parts: tuple[Part, ...]
    type: str

    def of_type(self, *types: str) -> tuple[Part, ...]:
        """The leaves of these types."""
        return tuple(part for part in self.parts if part.type in types)


def read_mail(content: bytes) -> Mail:
    """The mail in these bytes, whatever they are."""
    content = _lines(content[:MAX_MAIL])
    headers, body = _split(_MBOX_LINE.sub(b"", content, count=1))
    own = _type_of(headers.get("content-type"))
    return Mail(headers, tuple(_leaves(headers, body)), own)


def read_headers(text: str) -> Headers:
    """The fields at the beginning of a text, up to the first empty line."""
    fields = _fields(text.partition("\n\n")[0])
    return Headers(tuple((name, _decoded(value)) for name, value in fields))


def read_status_fields(text: str) -> Headers:
    """The same for fields that only machines read: nothing in them is an encoded word."""
    return Headers(tuple(_fields(text.partition("\n\n")[0])))


def _tidy(text: str) -> str:
    """Without controls, in lines of bearable length, cut."""
    text = _CONTROLS.sub("", text[:_MAX_TEXT]).replace("\xa0", " ")
    return _LONG_LINE.sub(r"\1\n", text)


def _lines(content: bytes) -> bytes:
    content = content.removeprefix(codecs.BOM_UTF8)
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")


def _split(content: bytes) -> tuple[Headers, bytes]:
    head, _, body = content.removeprefix(b"\n").partition(b"\n\n")
    return read_headers(_guessed(head[:_MAX_HEAD])), body


def _fields(head: str) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for line in [*head.split("\n")[: _MAX_FIELDS * 10], "end:"]:
        if line[:1] in (" ", "\t"):
            lines.append(line.strip())
        elif (found := _FIELD.match(line[:_MAX_FIELD])) is not None:
            if name:
                yield name, " ".join(lines)[:_MAX_FIELD].strip()
            name, lines = found[1].lower(), [found[2].strip()]


def _decoded(value: str) -> str:
    """A field's value with its encoded words (RFC 2047) in plain text."""
    value = _CONTROLS.sub("", value[:_MAX_FIELD]).strip()
    if "=?" not in value:
        return value
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        return value
    return _CONTROLS.sub("", "".join(_chunk(*chunk) for chunk in chunks)).replace("\n", " ")


def _chunk(chunk: bytes | str, charset: str | None) -> str:
    return chunk if isinstance(chunk, str) else _characters(chunk, charset or "")


def _leaves(headers: Headers, body: bytes) -> Iterator[Part]:
    """The leaves below one part, depth first, without recursion."""
    waiting = [(headers, body, 0)]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        headers, body, depth = waiting.pop()
        inner = _inner(headers, body) if depth < _MAX_DEPTH else ()
        if inner:
            waiting.extend((*_split(each), depth + 1) for each in reversed(inner))
        else:
            own = _type_of(headers.get("content-type"))
            yield Part(headers, "text/plain" if own.startswith("multipart/") else own, body)


def _inner(headers: Headers, body: bytes) -> tuple[bytes, ...]:
    """The parts of a multipart, those after the first boundary; () for what is none."""
    value = headers.get("content-type")
    if not _type_of(value).startswith("multipart/"):
        return ()
    boundary = _parameters(value).get("boundary", "").encode("utf-8", "replace")
    delimiter = b"\n--" + boundary
    if not boundary or delimiter not in b"\n" + body:
        found = _FIRST_BOUNDARY.search(body[:_MAX_HEAD])  # the field is lost or lies
        if found is None:
            return ()
        delimiter = b"\n--" + found[1]
    _, *inner = (b"\n" + body).split(delimiter, _MAX_PARTS)
    return tuple(each.partition(b"\n")[2] for each in inner if not each.startswith(b"--"))


def _type_of(value: str) -> str:
    found = _TYPE.match(value)
    return found[1].lower() if found else "text/plain"


def _parameters(value: str) -> dict[str, str]:
    return {
        found[1].lower().rstrip("*"): found[2].strip('"') for found in _PARAMETER.finditer(value)
    }


def _unpacked(body: bytes, encoding: str) -> bytes:
    body = body[:_MAX_ENCODED]
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding == "base64":
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        try:
            return binascii.a2b_base64(packed[: len(packed) // 4 * 4] + _rest(packed))
        except binascii.Error:
            return body
    return body


def _rest(packed: bytes) -> bytes:
    """The last two or three characters of base64, padded."""
    rest = packed[len(packed) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _characters(content: bytes, charset: str) -> str:
    name = charset.strip().lower().partition("*")[0]  # RFC 2231 §5: a language may follow
    if name in _ASCII_NAMES:
        return _guessed(content)
    try:
        codec = codecs.lookup(name)
        return _guessed(content) if codec.name in _NO_CHARSETS else content.decode(name, "replace")
    except (LookupError, ValueError):
        return _guessed(content)


def _guessed(content: bytes) -> str:
    """Text that says nothing of its charset, or no truth."""
    if b"\x1b$" in content or b"\x1b(" in content:
        return content.decode("iso2022_jp", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
