"""Small rules for plain text."""

import re

# C0 without tab and line ends, DEL, surrogates and the two non-characters: each of them makes
# mrml refuse the whole document, and none of them is text.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Line ends of any kind (str.splitlines knows ten) and runs of white space.
_WHITE = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
# Characters that turn the direction of what follows: in a name or subject they disguise it.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without characters that no reader sees and that parsers choke on."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """The text as a header or a title can hold it: printable, no line ends, no bidi overrides."""
    return _WHITE.sub(" ", _DIRECTION.sub("", printable(_WHITE.sub(" ", text)))).strip()


def shortened(text: str, length: int) -> str:
    """The text in at most `length` characters, cut after a word and marked with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head or cut).rstrip(" ,;:–—-·") + "…"
