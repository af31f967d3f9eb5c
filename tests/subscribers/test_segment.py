"""A segment is read as it is written, or its fault names the place."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.segment import AllOf, AnyOf, Compares, IsOneOf, Not, Segment, Subject
from newsletter.subscribers.segment import SegmentFault, parse_segment

VIP = IsOneOf(Subject.TAG, ("vip",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('tag = "vip"', VIP),
        ("tag='vip'", VIP),
        ('tag != "vip"', Not(VIP)),
        ('not tag = "vip"', Not(VIP)),
        ('tag in ("vip", "a")', IsOneOf(Subject.TAG, ("vip", "a"))),
        ('tag not in ("vip")', Not(VIP)),
        (r'tag = "say \"hi\""', IsOneOf(Subject.TAG, ('say "hi"',))),
        ('section = "World"', IsOneOf(Subject.TAG, ("section:World",))),
        ('attribute.City = "Madrid"', IsOneOf(Subject.ATTRIBUTE, ("Madrid",), "city")),
        ("attribute.age = 30", IsOneOf(Subject.ATTRIBUTE, (30.0,), "age")),
        ("attribute.age >= -1.5", Compares("age", ">=", -1.5)),
        ('language = "es"', IsOneOf(Subject.LANGUAGE, ("es",))),
        ('digest = "daily"', IsOneOf(Subject.DIGEST, ("daily",))),
        ('timezone = "Europe/Madrid"', IsOneOf(Subject.TIMEZONE, ("Europe/Madrid",))),
    ],
)
def test_a_condition_is_read(text: str, tree: Segment) -> None:
    assert parse_segment(text) == tree


def test_and_binds_closer_than_or_and_brackets_closest() -> None:
    a, b, c = (IsOneOf(Subject.TAG, (name,)) for name in "abc")
    assert parse_segment("tag='a' or tag='b' and tag='c'") == AnyOf((a, AllOf((b, c))))
    assert parse_segment("(tag='a' or tag='b') and tag='c'") == AllOf((AnyOf((a, b)), c))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "character 1: expected tag, section"),
        ("tag", 'character 4: expected "=", "!=" or "in", found the end'),
        ("tag = vip", 'character 7: expected a text in quotes, such as "vip", or a number'),
        ('tag = "vip', "character 7: a quote that is not closed"),
        ('tag = "vip" tag', 'character 13: expected "and", "or" or the end, found tag'),
        ('email = "a@b.c"', "character 1: expected tag, section"),
        ("attribute. = 1", "character 1: expected tag"),
        ("tag > 3", 'character 5: expected "=", "!=" or "in", found >'),
        ('attribute.age > "30"', 'character 17: expected a number, found "30"'),
        ('(tag = "a"', 'character 11: expected "\\)", found the end'),
        ("tag = 1; drop table x", "character 8: ';' has no meaning here"),
        ("lower(tag) = 'a'", "character 1: expected tag"),
        ("not " * 100 + 'tag = "a"', "no more than 20 brackets"),
        ("tag in (" + "'a'," * 300 + "'a')", "no more than 200 values"),
        ("tag = '" + "a" * 3000 + "'", "at most 2,000 characters are read"),
    ],
)
def test_a_fault_names_the_place_and_what_belongs_there(text: str, words: str) -> None:
    with pytest.raises(SegmentFault, match=words):
        parse_segment(text)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["tag", "=", "'a'", "(", ")", "and", "not", "in", ",", "1"])).map(
        " ".join
    )
)
def test_no_text_does_more_than_a_fault(text: str) -> None:
    with suppress(SegmentFault):
        assert isinstance(parse_segment(text), Segment)
