"""From a page's bytes to its text, whatever its publisher says about its encoding."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: begins with its mark
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels that browsers read as a larger encoding (WHATWG Encoding, 4.2).
_READ_AS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_DECLARED = re.compile(
    rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
_LOOKED_AT = 4096  # WHATWG says 1024; real pages put comments and scripts first


def html_text(content: bytes, charset: str | None = None) -> str:
    """The text of an HTML page or a plain text file, without NULs.

    Order: byte order mark, `charset` of the Content-Type, the page's own meta or XML declaration,
    UTF-8, cp1252. A claim of Latin-1 gives way to bytes that can only be UTF-8: it is what servers
    say when nobody told them.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _cleaned(content.decode(encoding, "replace"))
    wide = _without_mark(content[:2])
    claimed = wide or _known(charset) or _known(_declared(content)) or "utf-8"
    if claimed == "cp1252" and _is_utf8(content):
        claimed = "utf-8"
    if claimed == "utf-8":
        return _cleaned(_as_utf8(content))
    return _cleaned(content.decode(claimed, "replace"))


def _as_utf8(content: bytes) -> str:
    """UTF-8 with a few broken bytes stays UTF-8; with more broken than whole it never was."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken if broken else 0
    return content.decode("cp1252", "replace") if broken > whole else text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not content.isascii()


def _without_mark(start: bytes) -> str | None:
    """UTF-16 that begins with "<" and no byte order mark."""
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(start)


def _declared(content: bytes) -> str | None:
    match = _DECLARED.search(content[:_LOOKED_AT])
    if not match:
        return None
    label = (match[1] or match[2]).decode("ascii", "ignore")
    # A page that could be read so far is not UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if label.lower().startswith("utf-16") else label


def _known(label: str | None) -> str | None:
    """Python's name of a text encoding; None for what it does not know."""
    try:
        name = codecs.lookup((label or "").strip()).name
        b"<\xff".decode(name, "replace")  # refuses what is no text encoding: hex, zlib, idna
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(name, name)


def _cleaned(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\0", "")
