"""A segment as it is written → the tree of its conditions, or a fault that names the place.

    segment    = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" segment ")" | condition
    condition  = subject ( "=" | "!=" ) value
               | subject [ "not" ] "in" "(" value { "," value } ")"
               | "attribute." NAME ( "<" | "<=" | ">" | ">=" ) NUMBER
    subject    = "tag" | "section" | "attribute." NAME | "language" | "digest" | "timezone"
    value      = "text" | 'text' | NUMBER

Nothing in it is ever run: there are no calls and no names of columns.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.lib.errors import NewsletterError
from newsletter.model.segment import AllOf, AnyOf, Compares, IsOneOf, Not, Segment, Subject, Value

_LONGEST = 2000  # characters
_DEEPEST = 20  # brackets and "not" inside one another
_MOST_VALUES = 200

SECTION = "section:"  # the tag of who chose a section begins so

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<word>[A-Za-z_][\w.-]*)
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?![\w.]))
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<sign><=|>=|!=|[=<>(),])
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_RELATIONS = ("<", "<=", ">", ">=")
_SUBJECTS = 'tag, section, attribute.NAME, language, digest or timezone, such as tag = "vip"'


class SegmentFault(NewsletterError):
    """A segment that cannot be read."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int  # counts from 1


@dataclass(frozen=True, slots=True)
class _About:
    """What a condition is about. `prefix` stands before each of its values."""

    subject: Subject
    name: str = ""
    prefix: str = ""


def parse_segment(text: str) -> Segment:
    """The tree of a segment; SegmentFault says at which character what was expected."""
    if len(text) > _LONGEST:
        raise SegmentFault(f"at most {_LONGEST:,} characters are read, and there are {len(text):,}")
    reader = _Reader(_tokens(text))
    tree = reader.segment(0)
    if reader.next.kind != "end":
        raise reader.fault('expected "and", "or" or the end')
    return tree


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            at = place + len(text[place:]) - len(text[place:].lstrip())
            raise SegmentFault(f"character {at + 1}: {_odd(text[at:])}")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return found


def _odd(rest: str) -> str:
    if rest[0] in "\"'":
        return "a quote that is not closed"
    return f"{rest[0]!r} has no meaning here"


class _Reader:
    """Goes over the tokens once, from the left."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._at]

    def fault(self, expected: str) -> SegmentFault:
        found = self.next.text or "the end"
        return SegmentFault(f"character {self.next.place}: {expected}, found {found}")

    def segment(self, depth: int) -> Segment:
        parts = self._joined("or", self._all, depth)
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, depth: int) -> Segment:
        parts = self._joined("and", self._one, depth)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _joined(self, word: str, part: Callable[[int], Segment], depth: int) -> list[Segment]:
        parts = [part(depth)]
        while self._takes(word):
            parts.append(part(depth))
        return parts

    def _one(self, depth: int) -> Segment:
        if depth > _DEEPEST:
            raise self.fault(f"expected no more than {_DEEPEST} brackets inside one another")
        if self._takes("not"):
            return Not(self._one(depth + 1))
        if self._takes("("):
            inner = self.segment(depth + 1)
            self._expect(")")
            return inner
        return self._condition()

    def _condition(self) -> Segment:
        about = self._about()
        if self._takes("="):
            return _one_of(about, [self._value()])
        if self._takes("!="):
            return Not(_one_of(about, [self._value()]))
        if self._takes("in"):
            return _one_of(about, self._values())
        if self._takes("not"):
            self._expect("in")
            return Not(_one_of(about, self._values()))
        for relation in _RELATIONS:
            if about.subject is Subject.ATTRIBUTE and self._takes(relation):
                return Compares(about.name, relation, self._number())
        raise self.fault('expected "=", "!=" or "in"' + _or_relation(about))

    def _about(self) -> _About:
        token = self.next
        word, _, name = token.text.partition(".")
        if token.kind == "word":
            if word == "attribute" and name:
                self._at += 1
                return _About(Subject.ATTRIBUTE, name.lower())
            if token.text == "section":
                self._at += 1
                return _About(Subject.TAG, prefix=SECTION)
            if token.text in set(Subject) - {Subject.ATTRIBUTE}:
                self._at += 1
                return _About(Subject(token.text))
        raise self.fault(f"expected {_SUBJECTS}")

    def _values(self) -> list[Value]:
        self._expect("(")
        values = [self._value()]
        while self._takes(","):
            if len(values) == _MOST_VALUES:
                raise self.fault(f"expected no more than {_MOST_VALUES} values")
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> Value:
        token = self.next
        if token.kind == "text":
            self._at += 1
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number":
            return self._number()
        raise self.fault('expected a text in quotes, such as "vip", or a number')

    def _number(self) -> float:
        token = self.next
        if token.kind != "number":
            raise self.fault("expected a number")
        self._at += 1
        return float(token.text)

    def _takes(self, text: str) -> bool:
        taken = self.next.kind in ("word", "sign") and self.next.text == text
        self._at += taken
        return taken

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self.fault(f'expected "{text}"')


def _one_of(about: _About, values: Sequence[Value]) -> Segment:
    if about.subject is not Subject.ATTRIBUTE:  # of these none is a number
        values = [about.prefix + (v if isinstance(v, str) else f"{v:g}") for v in values]
    return IsOneOf(about.subject, tuple(values), about.name)


def _or_relation(about: _About) -> str:
    return f", or {', '.join(_RELATIONS)} and a number" if about.name else ""
