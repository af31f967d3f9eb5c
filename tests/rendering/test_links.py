"""Parameters on the publisher's own links: added, never in the way."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.rendering.links import own_hosts, with_parameters
from tests.rendering.editions import edition, letter, story

UTM = {"utm_source": "newsletter", "utm_medium": "e-mail & más"}
HOSTS = own_hosts({"en": "https://www.tideway.example/en/", "es": "https://ribera.example/"})
ADDED = "utm_source=newsletter&utm_medium=e-mail%20%26%20m%C3%A1s"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://tideway.example/a", f"https://tideway.example/a?{ADDED}"),
        ("https://tideway.example", f"https://tideway.example?{ADDED}"),
        ("https://tideway.example/a#b?c", f"https://tideway.example/a?{ADDED}#b?c"),
        ("https://tideway.example/a#", f"https://tideway.example/a?{ADDED}#"),
        ("https://tideway.example/?", f"https://tideway.example/?{ADDED}"),
        ("https://tideway.example/?p=1", f"https://tideway.example/?p=1&{ADDED}"),
        ("https://tideway.example/?p=1&", f"https://tideway.example/?p=1&{ADDED}"),
        ("https://tideway.example/?a=%7e+ñ;b", f"https://tideway.example/?a=%7e+ñ;b&{ADDED}"),
        ("HTTP://WWW.Tideway.Example:8080/a", f"HTTP://WWW.Tideway.Example:8080/a?{ADDED}"),
        ("https://www.ribera.example/a", f"https://www.ribera.example/a?{ADDED}"),
    ],
)
def test_parameters_stand_at_the_end_of_the_query(url: str, expected: str) -> None:
    assert with_parameters(url, UTM, HOSTS) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/a",
        "https://shop.tideway.example/a",
        "https://nottideway.example/a",
        "https://tideway.example.evil.example/a",
        "https://tideway.example@evil.example/a",
        "mailto:editors@tideway.example",
        "ftp://tideway.example/a",
        "//tideway.example/a",
        "/a",
        "https://[",
        "",
        "https://tideway.example/?utm_source=&utm_medium",
        "https://tideway.example/?utm%5Fsource=x&utm_medium=y#a",
    ],
)
def test_every_other_address_stays_as_it_is(url: str) -> None:
    assert with_parameters(url, UTM, HOSTS) == url


def test_what_is_there_already_is_not_replaced() -> None:
    url = "https://tideway.example/?utm_source=site"
    assert with_parameters(url, {"utm_source": "newsletter", "v": "1"}, HOSTS) == f"{url}&v=1"


PART = st.text(st.characters(codec="utf-8", exclude_characters="#"), max_size=12)


@given(PART, st.none() | PART, st.dictionaries(st.text(min_size=1), st.text()))
@example("/", "", {"": ""})
def test_whatever_an_address_holds_is_kept_and_the_parameters_are_read_back(
    fragment: str, query: str | None, parameters: dict[str, str]
) -> None:
    page = "https://tideway.example/a" + ("" if query is None else f"?{query}")
    made = with_parameters(f"{page}#{fragment}", parameters, HOSTS)
    assert made.startswith(page)
    assert made.endswith(f"#{fragment}")
    assert with_parameters(made, parameters, HOSTS) == made
    read = dict(parse_qsl(urlsplit(made).query, keep_blank_values=True))
    assert read.keys() >= parameters.keys() - {""}
    if not query:
        assert {name: read[name] for name in parameters if name} == {
            name: value for name, value in parameters.items() if name
        }


def test_the_links_of_a_letter_carry_them_in_both_parts_and_nothing_else_does() -> None:
    lead = story(0, url="https://tideway.example/en/a?id=7#text")
    made = letter(edition(lead=lead), link_parameters={"utm_source": "news & more"})
    tag = "utm_source=news%20%26%20more"
    assert f'href="https://tideway.example/en/a?id=7&amp;{tag}#text"' in made.html
    assert f"https://tideway.example/en/a?id=7&{tag}#text" in made.text
    for link in ("", "/people/marta-olmedo", "/es/2026/11/24/story-0", "/en/2026/11/24/story-1"):
        assert f'href="https://tideway.example{link}?{tag}"' in made.html, link
    assert f".jpg?{tag}" not in made.html
    for part in (made.html, made.text):
        assert all(tag not in line for line in part.split() if "/u/" in line or "/l/" in line)


def test_without_parameters_links_stay_as_they_are() -> None:
    assert letter(link_parameters={}) == letter()
