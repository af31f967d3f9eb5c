"""CSS as text → rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.checks.css import Declaration, Rule, declarations_of, rules_of, split_list


def test_rules_come_in_their_order_with_their_selectors() -> None:
    css = "a, b > c { color: red; top : 0 } /* d {} */ .e{f:g!important}"
    assert list(rules_of(css)) == [
        Rule(("a", "b > c"), (Declaration("color", "red"), Declaration("top", "0"))),
        Rule((".e",), (Declaration("f", "g", important=True),)),
    ]


def test_rules_in_media_blocks_carry_their_condition() -> None:
    css = "@media screen { @media (hover) { a {b:c} } d {e:f} } g {h:i}"
    assert [rule.media for rule in rules_of(css)] == [("screen", "(hover)"), ("screen",), ()]


def test_other_at_rules_give_no_rules() -> None:
    css = '@charset "x"; @import url(a;b); @font-face {a: x} @keyframes k {from {a:b}} p{c:d}'
    assert [rule.selectors for rule in rules_of(css)] == [("p",)]


def test_strings_and_brackets_hold_no_syntax() -> None:
    found = declarations_of("content: '};a:b'; background: url(data:x;y,z); c: d")
    assert [each.name for each in found] == ["content", "background", "c"]


@pytest.mark.parametrize("block", ["", ";", "color", ": red", "color:", "a b: c", "<b>: c"])
def test_what_is_no_declaration_is_passed_over(block: str) -> None:
    assert list(declarations_of(block)) == []


def test_commas_in_brackets_part_no_selector() -> None:
    assert list(split_list('a:not(b, c), [d="e,f"],')) == ["a:not(b, c)", '[d="e,f"]']


def test_comments_that_hide_styles_from_old_programs_are_passed_over() -> None:
    assert [rule.selectors for rule in rules_of("<!-- a {b:c} -->")] == [("a",)]


@given(st.text(alphabet="ab{}();:,'\"@/*\\ <!->\n", max_size=300))
def test_any_text_gives_rules(css: str) -> None:
    assert all(rule.declarations for rule in rules_of(css))


@pytest.mark.parametrize("piece", ["{", "(", "a{b:'", "/*", '"', "@media{", "a{b:c}", "\\"])
def test_a_megabyte_of_anything_is_read_in_seconds(piece: str) -> None:
    assert sum(1 for _ in rules_of(piece * (1_000_000 // len(piece)))) >= 0
