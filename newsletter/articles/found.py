"""A value, and where it was found: what every question about a draft is answered with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """`where` is for an editor's eyes: "jsonld.headline", "feed.title", "page.h1"."""

    value: T_co
    where: str


def value_of(found: Found[T] | None) -> T | None:
    """The value alone; None for nothing found."""
    return None if found is None else found.value


def first(candidates: Iterable[Found[T] | None]) -> Found[T] | None:
    """The first that is there; candidates come in the order of belief."""
    return next((found for found in candidates if found is not None), None)
