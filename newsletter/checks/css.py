"""CSS as text → rules. As forgiving as a browser, in time that grows with the text alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CSS = 1_000_000  # characters; real mails have 5,000 to 60,000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
# What a rule is made of; what stands in quotes or brackets holds no braces and semicolons of CSS.
_PIECE = re.compile(
    r"""[^{};"'(]+|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\([^(){}]*\)?|[{};]""", re.DOTALL
)
_IMPORTANT = re.compile(r"!\s*important\s*\Z", re.IGNORECASE)
_NAME = re.compile(r"--[\w-]+|-?[a-z][\w-]*", re.IGNORECASE)
_STRINGS = re.compile(r"""("[^"]*"|'[^']*'|\([^()]*\)|\[[^\[\]]*\])|,""")


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name: value`, the name in lower case."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Selectors and what they set. `media` are the conditions around, all of which must hold; other
    at-rules than @media give no rules."""

    selectors: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    media: tuple[str, ...] = ()


def without_comments(css: str) -> str:
    """The first megabyte of a style sheet, without comments and what hides it from old programs."""
    return _COMMENT.sub(" ", css[:MAX_CSS])


def rules_of(css: str, media: str = "") -> Iterator[Rule]:
    """The rules of a style sheet in their order, those of @media blocks with their condition;
    `media` is that of the whole sheet."""
    around: list[str] = []
    prelude: list[str] = []
    for piece in _pieces(css):
        if piece == "{":
            around.append("".join(prelude).strip())
            prelude.clear()
        elif piece == "}":
            if around:
                yield from _closed(around, "".join(prelude), media)
                around.pop()
            prelude.clear()
        elif piece == ";" and not (around and not around[-1].startswith("@")):
            prelude.clear()  # @import and its like end here
        else:
            prelude.append(piece)


def _pieces(css: str) -> Iterator[str]:
    return (found[0] for found in _PIECE.finditer(without_comments(css)))


def _closed(around: list[str], block: str, media: str) -> Iterator[Rule]:
    """The rule that ends here, if it is one that applies to elements."""
    *outer, selector = around
    conditions = tuple(each for each in (media, *map(_condition, outer)) if each)
    if selector.startswith("@") or not all(each.lower().startswith("@media") for each in outer):
        return
    if declarations := tuple(declarations_of(block)):
        yield Rule(tuple(split_list(selector)), declarations, conditions)


def _condition(at_rule: str) -> str:
    return at_rule[len("@media") :].strip()


def split_list(text: str) -> Iterator[str]:
    """The parts of a list between commas; commas in quotes and brackets part nothing."""
    marked = _STRINGS.sub(lambda found: found[1] or "\0", text)
    return (part.strip() for part in marked.split("\0") if part.strip())


def declarations_of(block: str) -> Iterator[Declaration]:
    """What a style attribute or the inside of a rule sets, in order."""
    parts: list[str] = []
    for piece in (*_pieces(block), ";"):
        if piece != ";":
            parts.append(piece)
            continue
        if declaration := _declaration("".join(parts)):
            yield declaration
        parts.clear()


def _declaration(text: str) -> Declaration | None:
    name, colon, value = text.partition(":")
    name = name.strip()
    if not colon or not _NAME.fullmatch(name) or not value.strip():
        return None
    plain = _IMPORTANT.sub("", value.strip()).strip()
    return Declaration(name.lower(), plain, plain != value.strip())
