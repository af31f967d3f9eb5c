"""Whatever is said in an edition is shown as it is said, in every layout, and does nothing."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from newsletter.articles.sanitise import sanitise
from newsletter.model.article import Author, Image
from newsletter.model.edition import Edition, Section
from newsletter.model.letter import Letter, Personal, Picture, Place
from newsletter.rendering.body import pictures_in
from newsletter.rendering.context import slot
from newsletter.rendering.lines import line
from newsletter.rendering.sponsor import Sponsor, SponsorImage
from tests.rendering.editions import (
    LAYOUTS,
    LEAD_PICTURE,
    MARKER,
    edition,
    layout,
    letter,
    story,
)

# What has hurt a template, an XML parser, an HTML parser or a mail program before.
NASTY = (
    "{{ 7*7 }}{% raw %}{# no comment",
    "a -- b <b>bold</b> <!-- & --> <mj-raw></mj-raw>",
    "'x\"y' \\n \\u{41} &amp;#8203; &#60;script&#62;",
    "👩‍👩‍👧‍👦 नमस्ते สวัสดี שָׁלוֹם café 38 %",
    "\u200f\u202eabc\u2066\u061c\u2069\u202c\ufeff",
    "tab\there\r\nand\u2028there\x00\x0b\x1b\x85\x9b\ufffe\uffff\ud800\U0001fffe",
    'class="x" style="a : b;" onload=alert(1) ]]> <![endif]--> <mj-text> </style></title></head>',
    "<!--[if mso]><td><![endif]-->",
    f"{MARKER}unsubscribe{MARKER}",
    f"{MARKER[:9]}{MARKER}{MARKER[9:]}language",
)
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40),
    st.text(
        "<>&\"'{}%\\/-;:#![] \t\n\u00a0\u200d\u200f\u0301\u034f\ud800", min_size=1, max_size=40
    ),
).filter(lambda said: bool(_shown(said).strip()))

# Where an edition says something; the words stand for what is said there.
PLACES = (
    "TITLE", "STANDFIRST", "KICKER", "ALT", "CAPTION", "CREDIT", "AUTHOR", "BIO", "SECOND", "NOTE",
    "HEADING", "FEATURE", "SUMMARY", "BRIEF", "MORE", "EDITION", "SUBJECT", "PREHEADER", "PAYER",
    "OFFER", "PITCH", "BANNER",
)  # fmt: skip
PLAIN = {place: f"Q{place}Q" for place in PLACES}
_ADDRESSES = ("href", "src", "background", "action", "cite", "data", "poster", "srcset")
_HARMLESS = re.compile(r"(?:https?://|mailto:|tel:|cid:)", re.IGNORECASE)
_FILLER = re.compile("(?:\u034f\u200c\u00a0)+$")

Shape = list[tuple[str, dict[str, str | None]] | str]


def _shown(said: str) -> str:
    """What the letter shows of it: the documented clean-up of a line, and no marker."""
    shown = line(said) or ""
    while MARKER in shown:
        shown = shown.replace(MARKER, "")
    return shown


def _made(said: Mapping[str, str], **changes: object) -> Edition:
    """An edition in which this is said."""
    picture = replace(LEAD_PICTURE, alt=said["ALT"], caption=said["CAPTION"], credit=said["CREDIT"])
    face = Image(url="https://tideway.example/face.jpg", width=96, height=96)
    people = tuple(
        Author(name=said[name], avatar=face, bio={"en": said["BIO"]})
        for name in ("AUTHOR", "SECOND")
    )
    feature = story(1, title=said["FEATURE"], standfirst=said["SUMMARY"], section=None)
    briefs = [story(n, title=said["BRIEF"], section=None, authors=()) for n in range(2, 10)]
    more = story(10, title=said["MORE"], section=None, authors=people[:1])
    return edition(
        lead=story(
            0,
            title=said["TITLE"],
            standfirst=said["STANDFIRST"],
            section=said["KICKER"],
            lead_image=picture,
            authors=people,
        ),
        sections=(Section(said["HEADING"], (feature, *briefs)),),
        more=(more,),
        title=said["EDITION"],
        subject=said["SUBJECT"],
        preheader=said["PREHEADER"],
        note=" ".join(said["NOTE"].split("\n")),
    )


def _letter(name: str, said: Mapping[str, str]) -> Letter:
    sponsor = Sponsor(
        name=said["PAYER"],
        title=said["OFFER"],
        text=said["PITCH"],
        url="https://umbria.example/",
        image=SponsorImage(
            src="https://umbria.example/a.jpg", width=300, height=200, alt=said["BANNER"]
        ),
    )
    return letter(_made(said), layout=layout(name), sponsor=sponsor)


def _shape(html: str) -> Shape:
    """All elements with their attributes, comments and texts, in order."""
    root = LexborHTMLParser(html).root
    assert root is not None
    found: Shape = []
    for node in root.traverse(include_text=True):
        if node.tag in ("-text", "-comment"):
            found.append(_FILLER.sub("", node.text() if node.tag == "-text" else node.html or ""))
        else:
            found.append((node.tag or "", dict(node.attributes)))
    return found


@cache
def _plain(name: str) -> Shape:
    return _shape(_letter(name, PLAIN).html)


def _saying(said: Mapping[str, str], text: str | None) -> str | None:
    """The text of the plain letter, with what is said in the place of its words."""
    if text is None:
        return None
    return re.sub(r"Q([A-Z]+)Q", lambda found: _shown(said[found[1]]), text)


def _expected(name: str, said: Mapping[str, str]) -> Shape:
    return [
        _FILLER.sub("", _saying(said, each) or "")
        if isinstance(each, str)
        else (each[0], {key: _saying(said, value) for key, value in each[1].items()})
        for each in _plain(name)
    ]


def _squeezed(text: str) -> str:
    return re.sub("[ \n]", "", text)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_plain_letter_says_everything_that_its_layout_shows(name: str) -> None:
    html = _letter(name, PLAIN).html
    unsaid = {place for place in PLACES if PLAIN[place] not in html}
    assert unsaid <= {
        "brief": {"ALT", "CAPTION", "CREDIT", "AUTHOR", "SECOND", "BIO", "SUMMARY"},
        "single": {"SUMMARY"},
    }.get(name, set())


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.fixed_dictionaries(dict.fromkeys(PLACES, TEXTS)))
def test_all_that_is_said_comes_back_and_changes_nothing_else(
    name: str, said: dict[str, str]
) -> None:
    made = _letter(name, said)
    assert _shape(made.html) == _expected(name, said)
    for part in (made.html, made.text):
        assert part.count(MARKER) == 2 * len(Personal)
        assert part.count(slot(MARKER, Personal.UNSUBSCRIBE)) == 1


@pytest.mark.parametrize("said", NASTY)
@pytest.mark.parametrize("name", LAYOUTS)
def test_what_hurt_before_comes_back_from_everywhere(name: str, said: str) -> None:
    everywhere = dict.fromkeys(PLACES, said)
    made = _letter(name, everywhere)
    assert _shape(made.html) == _expected(name, everywhere)
    shown = _squeezed(_shown(said))
    assert _squeezed(made.text).count(shown) >= 10
    assert made.text.count(MARKER) == 2 * len(Personal)


# --- addresses --------------------------------------------------------------------------------

_BEGINNINGS = (
    "", "http://", "https://", "HTTPS://a.example/", "//", "/", "javascript:", "JaVaScRiPt:",
    "data:text/html,", "vbscript:", "cid:", "mailto:", "file:///", " javascript:", "java\tscript:",
)  # fmt: skip
ADDRESSES = st.builds(
    "".join, st.tuples(st.sampled_from(_BEGINNINGS), st.one_of(st.just("x"), TEXTS))
)


def _addressed(name: str, url: str | None, picture: str | None) -> Letter:
    """A letter in which everything that can have an address has this one."""
    image = Image(url=picture, width=640, height=360, alt="A picture")
    writer = Author(name="Ada", url=url, avatar=image)
    told = story(0, url=url, canonical_url=url, authors=(writer,), lead_image=image)
    told = replace(told, translations={"es": url or ""})
    sponsor = Sponsor(
        name="A",
        title="B",
        url=url or "",
        image=SponsorImage(src=url or "", width=300, height=200, alt="C"),
    )
    made = edition(lead=told, sections=(Section("", (replace(told, story=1),)),), note=None)
    shown = {(image, place): Picture(picture or "", 640, 360) for place in Place}
    return letter(made, layout=layout(name), sponsor=sponsor, pictures=shown)


@cache
def _tags(name: str, *, url: bool, picture: bool) -> list[str]:
    """The elements of the same letter with addresses of the web, or without any."""
    web = "https://tideway.example/x"
    return _elements(_addressed(name, web if url else None, web if picture else None).html)


def _elements(html: str) -> list[str]:
    return [each if isinstance(each, str) else each[0] for each in _shape(html)]


def _attributes(html: str) -> list[tuple[str, str]]:
    return [
        (key, value or "")
        for each in _shape(html)
        if not isinstance(each, str)
        for key, value in each[1].items()
    ]


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(url=ADDRESSES, picture=ADDRESSES)
@example(url="javascript:alert(1)", picture="javascript:alert(1)")
@example(url='https://x/" onload="alert(1)', picture="https://x/'><script>alert(1)</script>")
@example(url=f"https://x/{MARKER}", picture=f"https://x/{MARKER}")
@example(url="https://x/\ud800\x00\ufffe", picture="https://x/a b\nc")
def test_no_address_leads_anywhere_but_into_the_web(name: str, url: str, picture: str) -> None:
    made = _addressed(name, url, picture)
    for key, value in _attributes(made.html):
        assert not key.lower().startswith("on")
        if key.lower() in _ADDRESSES and value:
            assert _HARMLESS.match(value), (key, value)
    elements = _elements(made.html)
    assert "script" not in elements
    assert elements in [
        _tags(name, url=with_url, picture=with_picture)
        for with_url in (True, False)
        for with_picture in (True, False)
    ]
    for part in (made.html, made.text):
        assert part.count(MARKER) == 2 * len(Personal)


# --- bodies -----------------------------------------------------------------------------------

_ELEMENTS = (
    "p", "div", "h2", "h5", "ul", "ol", "li", "blockquote", "table", "tr", "td", "th", "tbody", "a",
    "em", "b", "span", "figure", "figcaption", "img", "hr", "br", "pre", "section", "center", "dl",
    "dt", "script", "style", "svg", "math", "title", "textarea", "noscript", "template", "iframe",
    "mj-raw", "mj-section", "html", "body", "head", "plaintext", "x:y",
)  # fmt: skip
_ATTRIBUTE_LIST = (
    "", ' href="https://x.example/?a=1&b=2"', " href='mailto:a@x.example'", " href=/rel",
    ' href="javascript:x()"', ' src="https://x.example/a.jpg"', " src=data:,x", ' style="em"',
    ' onclick="x()"', ' class="a', " lang=ar dir=rtl", ' width="9" height=9 alt="a > b"',
)  # fmt: skip
_PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(_ELEMENTS), st.sampled_from(_ATTRIBUTE_LIST)),
    st.builds("</{}>".format, st.sampled_from(_ELEMENTS)),
    st.sampled_from(
        ("words ", "more", "é", "&amp;", "&lt;b&gt;", "&#0;", "&#xFFFE;", "&nbsp;", "&")
    ),
    st.sampled_from(
        ("<!--", "-->", "<![CDATA[", "]]>", "<!doctype html>", "<?php", "<", ">", "</")
    ),
    TEXTS,
)
BODIES = st.lists(_PIECES, min_size=1, max_size=30).map("".join)


def _in_full(body: str) -> LexborHTMLParser:
    """The letter that tells all of it, between two headings."""
    told = story(0, body_html=f"<h2>Q</h2>{body}<h2>Z</h2>")
    made = edition(lead=told, sections=(), note=None)
    pictures = {
        (image, Place.TEXT): Picture(image.url or "")
        for image in pictures_in(told.article.body_html)
    }
    html = letter(made, layout=layout("single"), pictures=pictures).html
    return LexborHTMLParser(html[html.index(">Q<") + 1 : html.index(">Z<") + 1])


def _letters_of(page: LexborHTMLParser) -> str:
    """Its text without blanks and the marks of items and pauses, which the letter adds."""
    assert page.body is not None
    return re.sub(r"[\s\x1c-\x1f\x85•*.0-9]", "", _shown(page.body.text()))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=BODIES)
@example(body="<ul>loose<ul><li>deep</li></ul></ul>")
@example(body="<p>never <b>closed <a href=https://x.example/>at <table><tr><td>all")
@example(body="<figure><a href=https://x.example/><img src=https://x.example/a.jpg></a></figure>")
def test_a_text_in_full_loses_no_word_no_link_and_no_picture(body: str) -> None:
    clean = sanitise(body, "https://tideway.example/")
    source, page = LexborHTMLParser(clean), _in_full(clean)
    assert _letters_of(page) == "Q" + _letters_of(source)
    links = [a.attributes["href"] for a in source.css("a[href]") if _shown(a.text()).strip()]
    assert [a.attributes["href"] for a in page.css("a")] == links
    pictures = [image.attributes["src"] for image in source.css("img")]
    assert [image.attributes["src"] for image in page.css("img")] == pictures


def test_an_article_without_a_title_harms_nobody() -> None:
    assert "None" not in letter(edition(lead=story(title=" \x00 "), subject="")).html
