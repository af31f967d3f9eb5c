"""All questions together: order, number, place, and mails that nobody should have written."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.checks.mail import MOST, Mail, check_mail, read_message
from newsletter.model.finding import Finding, Level
from tests.checks.mails import page
from tests.rendering.editions import edition, letter

DATA = Path(__file__).parents[1] / "data" / "checks"


def test_the_worst_stands_first() -> None:
    report = check_mail(Mail(html=(DATA / "modern.html").read_text("utf-8")))
    levels = [finding.level for finding in report.findings]
    assert levels == sorted(levels, key=list(Level).index)
    assert set(levels) == set(Level)
    assert not report.good
    assert len(report.errors) + len(report.warnings) + len(report.hints) == len(levels)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("stories", [1, 12])
def test_our_own_letters_have_no_errors_and_no_warnings(language: str, stories: int) -> None:
    made = letter(edition(language, stories))
    mail = Mail(
        html=made.html,
        text=made.text,
        subject=made.subject,
        preheader=made.preheader,
        marker=made.marker,
    )
    report = check_mail(mail)
    assert report.errors == report.warnings == ()
    assert (report.score or 0) > 94


def test_what_is_alike_is_told_once_and_counted() -> None:
    picture = '<img src="https://x.example/a.jpg" width="9" height="9">'
    report = check_mail(Mail(html=page(picture * 3)))
    (finding,) = [each for each in report.findings if each.code == "image-alt"]
    assert finding.count == 3


def test_of_many_of_a_kind_the_first_are_told_and_the_others_counted() -> None:
    links = "".join(f'<a href="/{number}">x</a>' for number in range(MOST + 30))
    report = check_mail(Mail(html=page(links)))
    found = [each for each in report.findings if each.code == "link-relative"]
    assert len(found) == MOST + 1
    assert found[-1].count == 30
    assert found[-1].message == "and more like these"


def test_a_finding_names_the_lines_of_the_templates() -> None:
    templates = {"digest/layout.mjml.j2": "a\nb\n<p style='border-radius: 2px'>", "x": "\nradius"}
    html = page('<p style="border-radius:3px">x</p>')
    places = {
        each.code: each.place for each in check_mail(Mail(html=html), templates=templates).findings
    }
    assert places["css-border-radius"] == "digest/layout.mjml.j2:3"
    assert places["h1"] is None


def test_the_nearest_place_is_named_where_the_thing_itself_is_made_elsewhere() -> None:
    templates = {"layout": "\n<mj-image src='{{ url }}'/>"}
    html = page('<img src="https://x.example/a.jpg" width="9" height="9">')
    places = {
        each.code: each.place for each in check_mail(Mail(html=html), templates=templates).findings
    }
    assert places["image-alt"] == "layout:2"


def test_what_was_found_elsewhere_stands_among_the_rest() -> None:
    dead = Finding(level=Level.ERROR, code="link-dead", message="gone", place="x.example")
    report = check_mail(Mail(html=page()), more=[dead], templates={"a.html": "\nx.example"})
    assert report.findings[0].code == "link-dead"
    assert report.findings[0].place == "a.html:2"


def test_what_cannot_be_read_is_one_error() -> None:
    report = check_mail(Mail(html="<p><b>" * 5_000))
    assert [finding.code for finding in report.findings] == ["unreadable"]
    assert report.score is None


HEADERS = (
    "From: a@x.example\nTo: b@x.example\nSubject: The quay\nDate: Sun, 22 Nov 2026 07:00:00 +0100\n"
    "Message-ID: <a@x.example>\nMIME-Version: 1.0\n"
    "List-Unsubscribe: <https://x.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
)
MIXED = (
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    "Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n"
    "<p>{{ no body }}</p>\n--b\nContent-Type: text/plain\n\nThe quay\n--b--\n"
)


@pytest.mark.parametrize("body", ["Content-Type: text/plain\n\nThe quay\n", MIXED])
def test_a_mail_of_text_alone_is_a_hint_and_no_page(body: str) -> None:
    report = check_mail(read_message((HEADERS + body).encode(), name="x.eml"))
    assert [(each.level, each.code) for each in report.findings] == [(Level.HINT, "no-html-part")]
    assert report.score is None


def test_an_attached_page_is_not_the_body() -> None:
    body = MIXED.replace("text/plain", "text/html").replace("The quay", "<p>The quay</p>")
    assert "The quay" in read_message((HEADERS + body).encode(), name="x.eml").html


@pytest.mark.parametrize(
    "content",
    [
        b"", b" \n", b"Hello, <world>, 1 < 2", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<p>\0\0\1",
        b"PK\3\4\x14\0\0\0\x08\0mail.html", random.Random(7).randbytes(200_000),
    ],
    ids=lambda content: repr(content[:4]),
)  # fmt: skip
def test_what_is_no_html_is_one_error_and_nothing_else(content: bytes) -> None:
    mails = [Mail(html=content.decode(each, "replace")) for each in ("utf-8", "latin-1")]
    for mail in (*mails, read_message(content, name="x.eml")):
        report = check_mail(mail)
        found = [(each.level, each.code) for each in report.findings]
        assert found == [(Level.ERROR, "no-html")]
        assert report.score is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_checked(content: bytes) -> None:
    check_mail(read_message(content, name="x"))
    check_mail(Mail(html=content.decode("latin-1")))


_PIECES = st.sampled_from([
    "<a href=", "<img src=", "<p style='", "<style>", "</style>", "<table>", "<td>", "<svg>", "{{",
    "@media (prefers-color-scheme: dark) {", "}", "p{color:", "#fff", "rgb(", "url(", "'", '"', ">",
    "font-size:0", "background:", "1e99px", "\x00", "&#0;", "<!--", "-->", ":not(", "</html>", "ñ",
    "*|", "%%", "<select>", "<template>", "<math><mi>", "dir=rtl lang=ar", "\ud800",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_markup_is_checked(html: str) -> None:
    check_mail(Mail(html=html, subject=html, preheader=html, text=html), templates={"x": html})


LINK = '<a href="https://x.example/{n}"><img src="{n}.png"></a>'


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "".join(LINK.format(n=number) for number in range(15_000)),
        "<a href='x'>" + "<img src='a'>" * 20_000,
        '<p style="color:#eee;padding:1rem">x</p>' * 25_000,
        "<style>" + ".a{color:red}" * 5_000 + "</style>" + '<p class="a">x</p>' * 5_000,
        "<table><tr><td>" * 400 + "<h1>x</h1>" * 5_000,
        "<a " * 600_000,
        "{{" * 400_000,
        "<style>" + "[" * 1_000_000,
        '<p style="' + "background:url(" * 100_000,
        "<p>&amp;lt;</p>" * 25_000,
    ],
    ids=lambda html: html[:24],
)
def test_checking_ends_soon_whatever_is_checked(html: str) -> None:
    start = time.monotonic()
    check_mail(Mail(html=html), templates={"mail.html": html})
    assert time.monotonic() - start < 60
