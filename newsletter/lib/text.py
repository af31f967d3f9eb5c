"""Small rules for plain text."""

import re
from hashlib import sha256

# C0 without tab and line ends, DEL, surrogates and the two non-characters: each of them makes
# mrml refuse the whole document, and none of them is text. Nor is C1 but for its line end, and
# some terminals take it for commands.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Line ends of any kind (str.splitlines knows ten) and runs of white space.
_WHITE = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
# Characters that turn the direction of what follows: in a name or subject they disguise it.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")

_INDEXED = 500  # characters, of at most four bytes: half of what a database can index


def printable(text: str) -> str:
    """The text without characters that no reader sees and that parsers choke on."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """The text as a header or a title can hold it: printable, no line ends, no bidi overrides."""
    return _WHITE.sub(" ", _DIRECTION.sub("", printable(_WHITE.sub(" ", text)))).strip()


def indexable(key: str) -> str:
    """The key itself; of a very long one the start and a hash: a PostgreSQL index takes at most a
    third of a page, 2,704 bytes (its manual, "B-Tree Indexes")."""
    if len(key) <= _INDEXED:
        return key
    return f"{key[:_INDEXED]}#{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def shortened(text: str, length: int) -> str:
    """The text in at most `length` characters (one or more), cut after a word and marked with an
    ellipsis; within a word where cutting after the last would leave less than half."""
    if len(text) <= length:
        return text
    head, _, _ = text[:length].rpartition(" ")
    if len(head) < length // 2:  # a very long word, or a language that writes without spaces
        head = text[: length - 1]
    return head.rstrip(" ,;:–—-·") + "…"
