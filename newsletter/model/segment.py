"""Some of all readers, as a tree of conditions."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What a condition looks at."""

    TAG = "tag"
    ATTRIBUTE = "attribute"
    LANGUAGE = "language"  # of any digest that they get
    DIGEST = "digest"  # that they get
    TIMEZONE = "timezone"


Value = str | float


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """Whether it is one of the values; of tags, languages and digests: whether any is. `name` is
    the attribute's."""

    subject: Subject
    values: tuple[Value, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Compares:
    """Whether an attribute is a number, and stands in this relation to another: "<", "<=", ">",
    ">="."""

    name: str
    relation: str
    number: float


@dataclass(frozen=True, slots=True)
class Not:
    of: "Segment"


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Segment", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Segment", ...]


Segment = IsOneOf | Compares | Not | AllOf | AnyOf
