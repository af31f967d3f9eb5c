"""Whole messages: headers, lines, parts."""

import pytest

from newsletter.checks.given import Mail
from newsletter.checks.headers import headers
from newsletter.checks.mail import check_mail, read_message
from tests.checks.mails import codes

HEAD = """\
From: The Meridian <news@meridian.example>
To: reader@example.com
Subject: =?utf-8?q?Ma=C3=B1ana?=
Date: Sun, 22 Nov 2026 07:00:00 +0100
Message-ID: <a.b@meridian.example>
List-Unsubscribe: <https://news.meridian.example/u/x>, <mailto:u@meridian.example>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
"""
PARTS = """\
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hello
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Ma=C3=B1ana <img src=3D"cid:quay@x"></p>
--b
Content-Type: image/png
Content-ID: <quay@x>
Content-Transfer-Encoding: base64

AAAA
--b--
"""


def checked(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    return codes(headers, read_message(content, name="x.eml"))


def test_a_message_as_it_should_be_passes() -> None:
    assert checked(HEAD + PARTS) == []


def test_html_alone_has_no_headers_to_check() -> None:
    assert codes(headers, Mail(html="<p>x</p>")) == []


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("From", "error"), ("To", "warning"), ("Subject", "error"), ("Date", "error"),
        ("Message-ID", "error"), ("MIME-Version", "warning"),
    ],
)  # fmt: skip
def test_a_header_stands_once(name: str, level: str) -> None:
    lines = HEAD.splitlines(keepends=True)
    (line,) = [each for each in lines if each.startswith(f"{name}:")]
    assert checked(HEAD.replace(line, "") + PARTS) == [f"{level} header-missing"]
    assert checked(line + HEAD + PARTS) == ["error header-twice"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The Meridian <news@meridian.example>", "The Meridian"),
        ("reader@example.com", "reader"),
        ("Sun, 22 Nov 2026 07:00:00 +0100", "yesterday"),
        ("<a.b@meridian.example>", "a.b"),
    ],
)
def test_a_header_can_be_read(right: str, wrong: str) -> None:
    assert checked(HEAD.replace(right, wrong, 1) + PARTS) == ["error header-broken"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<https://news.meridian.example/u/x>, ", "", ["warning list-unsubscribe"]),
        (">, <mailto", ">,\n <mailto", []),
        ("<https:", "=?utf-8?q?<https:", ["error list-unsubscribe"]),
        ("One-Click", "Two-Clicks", ["warning list-unsubscribe-post"]),
        ("List-Unsubscribe-Post", "X-Post", ["warning list-unsubscribe-post"]),
        ("List-Unsubscribe:", "X-List:", ["warning list-unsubscribe"]),
    ],
)
def test_one_click_is_written_as_programs_look_for_it(old: str, new: str, found: list[str]) -> None:
    assert checked(HEAD.replace(old, new) + PARTS) == found


def test_a_way_out_may_be_folded_after_its_address_for_mail() -> None:
    folded = "<mailto:u@meridian.example>,\n <https://news.meridian.example/u/x>"
    head = HEAD.replace("<https://news.meridian.example/u/x>, <mailto:u@meridian.example>", folded)
    assert head != HEAD
    assert checked(head + PARTS) == []


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("undisclosed-recipients:;", []),
        ("Readers: a@example.com, b@example.com;", []),
        ("Readers: a, b@example.com;", ["error header-broken"]),
        ("", ["error header-broken"]),
    ],
)
def test_a_message_may_go_to_a_group_that_names_nobody(to: str, found: list[str]) -> None:
    assert checked(HEAD.replace("reader@example.com", to) + PARTS) == found


def test_a_missing_subject_is_told_of_once() -> None:
    lines = [each for each in HEAD.splitlines(keepends=True) if not each.startswith("Subject")]
    content = ("".join(lines) + PARTS).replace("\n", "\r\n").encode()
    report = check_mail(read_message(content, name="x.eml"))
    told = [each.code for each in report.findings if "ubject" in each.message]
    assert told == ["header-missing"]


def test_bytes_that_are_no_ascii_do_not_stand_in_headers() -> None:
    assert checked(HEAD.replace("The Meridian", "El Niño") + PARTS) == ["error header-8bit"]


def test_lines_are_as_long_as_servers_take_them() -> None:
    assert checked(HEAD + PARTS.replace("Hello", "x" * 999)) == ["error line-long"]


def test_line_ends_are_not_mixed() -> None:
    content = (HEAD + PARTS).replace("\n", "\r\n").encode().replace(b"Hello\r\n", b"Hello\n")
    assert checked(content) == ["error line-ends"]
    assert checked((HEAD + PARTS).encode()) == []  # a file as editors save it


def test_the_text_stands_before_the_html() -> None:
    parts = PARTS.replace("text/plain", "text/x").replace("text/html", "text/plain")
    found = checked(HEAD + parts.replace("text/x", "text/html"))
    assert found == ["error part-order", "hint cid-unused"]


def test_parts_travel_so_that_no_relay_touches_them() -> None:
    parts = PARTS.replace("quoted-printable", "8bit")
    assert "warning part-encoding" in checked(HEAD + parts)


def test_every_picture_that_is_shown_is_attached_and_the_other_way_round() -> None:
    other = PARTS.replace("<quay@x>", "<other@x>")
    assert checked(HEAD + other) == ["error cid-missing", "hint cid-unused"]


def test_a_message_gives_its_parts_and_its_subject() -> None:
    mail = read_message((HEAD + PARTS).encode(), name="x.eml")
    assert mail.html.startswith("<p>Mañana")
    assert (mail.text or "").strip() == "Hello"
    assert mail.subject == "Mañana"


@pytest.mark.parametrize(
    "content", [b"", b"\r\n", b"\xff\xfe", b"From:", b"Content-Type: x;;;=\n\n"]
)
def test_any_bytes_are_a_message(content: bytes) -> None:
    mail = read_message(content, name="x.eml")
    assert mail.html == ""
    assert codes(headers, mail)


def test_parts_nested_without_end_are_a_message() -> None:
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n'
        for number in range(2_000)
    )
    assert codes(headers, read_message(opening.encode(), name="x.eml"))
