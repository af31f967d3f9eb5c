"""Segments as conditions that a database decides. Every value is bound, no name comes from them."""

import operator
from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from typing import Any

import sqlalchemy as sa

from newsletter.model.segment import AllOf, AnyOf, Compares, IsOneOf, Not, Segment, Subject, Value
from newsletter.store.tables import (
    subscriber_attributes,
    subscriber_tags,
    subscribers,
    subscriptions,
)
from newsletter.subscribers.segment import parse_segment

# What a text has to look like to be reckoned with: PostgreSQL refuses the whole statement where a
# cast fails. (No database needs more digits, and with more some would not fit.)
_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"
_RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def condition(segment: str) -> sa.ColumnElement[bool]:
    """Whether a row of `subscribers` is of the segment; of an empty one everybody is."""
    return _of(_parsed(segment)) if segment.strip() else sa.true()


@lru_cache(maxsize=64)
def _parsed(segment: str) -> Segment:
    return parse_segment(segment)


def _of(segment: Segment) -> sa.ColumnElement[bool]:
    match segment:
        case Not(of):
            return sa.not_(_of(of))
        case AllOf(parts):
            return sa.and_(*map(_of, parts))
        case AnyOf(parts):
            return sa.or_(*map(_of, parts))
        case Compares(name, relation, number):
            return _attribute(name, lambda value: _compared(value, relation, number))
        case IsOneOf(Subject.ATTRIBUTE, values, name):
            return _attribute(name, lambda value: _equals(value, values))
        case IsOneOf(subject, values):
            return _SUBJECTS[subject](list(map(str, values)))


def _tag(values: Sequence[str]) -> sa.ColumnElement[bool]:
    tags = subscriber_tags.alias()
    return sa.exists().where(tags.c.subscriber_id == subscribers.c.id, tags.c.tag.in_(values))


def _language(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return _gets(lambda table: table.c.language.in_(values))


def _digest(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return _gets(lambda table: table.c.digest.in_(values))


def _gets(where: Callable[[Any], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    # Under another name: the one that a digest's readers are counted by is not meant.
    table = subscriptions.alias()
    return sa.exists().where(
        table.c.subscriber_id == subscribers.c.id, table.c.status == "active", where(table)
    )


def _timezone(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(subscribers.c.timezone, "").in_(values)


_SUBJECTS: dict[Subject, Callable[[Sequence[str]], sa.ColumnElement[bool]]] = {
    Subject.TAG: _tag,
    Subject.LANGUAGE: _language,
    Subject.DIGEST: _digest,
    Subject.TIMEZONE: _timezone,
}


def _attribute(
    name: str, holds: Callable[[sa.ColumnElement[str]], sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    """Of who does not have the attribute nothing holds."""
    table = subscriber_attributes.alias()
    return sa.exists().where(
        table.c.subscriber_id == subscribers.c.id, table.c.name == name, holds(table.c.value)
    )


def _equals(value: sa.ColumnElement[str], wanted: Sequence[Value]) -> sa.ColumnElement[bool]:
    texts = [each for each in wanted if isinstance(each, str)]
    numbers = [_compared(value, "=", each) for each in wanted if isinstance(each, float)]
    return reduce(operator.or_, numbers, value.in_(texts))


def _compared(value: sa.ColumnElement[str], relation: str, number: float) -> sa.ColumnElement[bool]:
    # In one CASE: the parts of an AND are tried in any order.
    as_number = sa.case(
        (value.regexp_match(_NUMBER), sa.cast(value, sa.Double)), else_=sa.cast(None, sa.Double)
    )
    compared = _RELATIONS[relation](as_number, number)
    return sa.func.coalesce(compared, sa.false())
