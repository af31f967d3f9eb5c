"""One page, many addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.lib.urls import absolute, same_site, url_key, without_tracking

PAGE = "https://news.example.com/2024/05/a-story/"


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example.com/2024/05/a-story",
        "https://www.news.example.com/2024/05/a-story/",
        "HTTPS://News.Example.COM:443/2024/05/a-story/",
        "https://news.example.com//2024/./05/a-story/index.html",
        "https://news.example.com/2024/05/a-story/amp/",
        "https://news.example.com/2024/05/a%2Dstory/#comments",
        "https://reader:secret@news.example.com/2024/05/a-story/",
        "https://news.example.com/2024/05/a-story/?utm_source=rss&fbclid=x&mc_eid=y",
        "https://news.example.com/2024/05/a-story/?ref=news.example.com",
    ],
)
def test_addresses_of_one_page_have_one_key(other: str) -> None:
    assert url_key(other) == url_key(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example.com/2024/05/another-story/",
        "https://news.example.com/2024/05/A-Story/",
        "https://es.news.example.com/2024/05/a-story/",
        "https://news.example.com:8443/2024/05/a-story/",
        "https://news.example.com/2024/05/a-story/?page=2",
        "https://news.example.com/2024/05/a-story/?ref=sidebar-link",
    ],
)
def test_other_pages_have_other_keys(other: str) -> None:
    assert url_key(other) != url_key(PAGE)


def test_a_short_address_keeps_the_parameter_that_names_the_page() -> None:
    assert url_key("https://example.com/?p=12") != url_key("https://example.com/?p=13")


def test_the_order_of_parameters_does_not_matter() -> None:
    assert url_key("https://example.com/a?x=1&y=2") == url_key("https://example.com/a?y=2&x=1")


def test_the_shown_address_loses_its_tracking_and_nothing_else() -> None:
    shown = without_tracking("https://example.com/a/?id=7&utm_medium=feed&q=caf%C3%A9#top")
    assert shown == "https://example.com/a/?id=7&q=caf%C3%A9#top"


def test_a_relative_address_is_read_from_its_page() -> None:
    assert absolute("../img/a b.jpg", PAGE) == "https://news.example.com/2024/05/img/a%20b.jpg"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:image/gif;base64,R0", "mailto:a@example.com", "http://[::1", ""],
)
def test_what_is_not_a_web_address_has_no_absolute_form(url: str) -> None:
    assert absolute(url, None) is None


def test_names_and_passwords_are_dropped_from_an_address() -> None:
    assert absolute("https://me:word@example.com/x", None) == "https://example.com/x"


def test_a_subdomain_is_the_same_site_and_a_lookalike_is_not() -> None:
    assert same_site("https://m.example.com/a", "https://www.example.com/b")
    assert not same_site("https://badexample.com/", "https://example.com/")


@given(st.text(), st.none() | st.text())
def test_no_text_makes_an_address_function_fail(text: str, base: str | None) -> None:
    found = absolute(text, base)
    assert found is None or found.startswith(("http://", "https://"))
    assert isinstance(url_key(text), str)


@given(st.text(alphabet="htps:/.exampl?&=#utm_w%2F1"))
def test_tracking_is_removed_at_once(tail: str) -> None:
    once = without_tracking("https://example.com/" + tail)
    assert without_tracking(once) == once


@given(st.text(st.characters(), max_size=2000), st.integers(1, 3))
def test_every_address_has_a_key_that_a_database_can_index(text: str, times: int) -> None:
    key = url_key(f"https://example.com/{text * times}")
    assert len(key.encode("utf-8")) < 2700
    assert "\x00" not in key


def test_long_addresses_differ_though_they_begin_alike() -> None:
    one, other = (f"https://example.com/{'a' * 900}/{number}" for number in (1, 2))
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "http://[", "mailto:\x00"])
def test_what_is_no_address_has_a_key_all_the_same(text: str) -> None:
    assert url_key(text).encode("utf-8").isascii()
