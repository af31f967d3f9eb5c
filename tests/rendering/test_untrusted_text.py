"""Whatever an article says is shown as it is said, and does nothing."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.model.article import Author
from newsletter.model.letter import Personal
from newsletter.rendering.context import slot
from newsletter.rendering.lines import line
from tests.rendering.editions import LEAD_PICTURE, MARKER, edition, letter, story

NASTY = (
    "{{ 7*7 }}{% raw %}",
    "a -- b <b>bold</b> <!-- & -->",
    "'x\"y' \\n \\u{41} &amp;#8203;",
    "👩‍👩‍👧‍👦 नमस्ते สวัสดี שָׁלוֹם café 38 %",
    "\u200f\u202eabc\u2066\u061c",
    "tab\there\r\nand\u2028there\x00\x0b\x1b\ufffe",
    'class="x" style="a : b;" ]]> <![endif]--> <mj-text>',
    f"{MARKER}unsubscribe{MARKER}",
)

# All of Unicode, with more of what has hurt before.
_text = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.text("<>&\"'{}%\\/-;# \t\u00a0\u200d\u200f\u0301", min_size=1, max_size=40),
)


def _shown(text: str) -> str:
    return (line(text) or "").replace(MARKER, "")


def _html(said: str) -> LexborNode:
    """A letter in which an article says this wherever it can say something."""
    author = Author(name=said, bio={"en": said})
    picture = replace(LEAD_PICTURE, alt=said, caption=said, credit=said)
    lead = story(title=said, standfirst=said, section=said, authors=(author,), lead_image=picture)
    made = edition(lead=lead, sections=(), note=None, subject=said, preheader=said)
    root = LexborHTMLParser(letter(made).html).root
    assert root is not None
    return root


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_text.filter(lambda said: bool(line(said))))
@example(NASTY[0])
@example(NASTY[4])
@example(NASTY[7])
def test_every_text_comes_back_as_it_was_written(said: str) -> None:
    page = _html(said)
    assert page.css("title")[0].text() == _shown(said)
    assert page.css("h2")[0].text() == _shown(said)
    assert (page.css("img")[0].attributes["alt"] or "") == _shown(said)
    cells = [cell.text() for cell in page.css("td")]
    for cell in (_shown(said), f"{_shown(said)} ({_shown(said)})", f"By {_shown(said)}"):
        assert cell.strip() in [found.strip() for found in cells]


@pytest.mark.parametrize("said", NASTY)
def test_no_text_makes_an_element_or_a_slot(said: str) -> None:
    plain, nasty = _html("plain"), _html(said)
    assert [node.tag for node in nasty.css("*")] == [node.tag for node in plain.css("*")]
    html = nasty.html or ""
    assert html.count(slot(MARKER, Personal.UNSUBSCRIBE)) == 1


def test_an_address_that_is_not_of_the_web_becomes_no_link() -> None:
    lead = story(url="javascript:alert(1)", authors=(Author(name="A", url="data:text/html,x"),))
    made = letter(edition(lead=lead))
    assert "javascript:" not in made.html + made.text
    assert "data:text" not in made.html + made.text


def test_an_article_without_a_title_harms_nobody() -> None:
    assert "None" not in letter(edition(lead=story(title=" \x00 "), subject="")).html
