import email
import email.policy
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.compile import (
    CompiledLetter,
    LetterFault,
    LetterHeaders,
    compile_letter,
    size_of,
)
from newsletter.delivery.headers import HeaderFault, Unaddressable
from newsletter.lib.text import one_line, printable
from newsletter.model.delivery import Message
from newsletter.model.letter import Attachment, Letter, Personal

MARKER = "\ue000f1e2d3\ue000"
KEY = "daily-2026-11-22T0700-en"
DATE = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TOKENS = st.text("ABCXYZabcxyz0189_-F", min_size=1, max_size=200)
SHORT_TOKENS = st.text("ABCXYZabcxyz0189_-F", min_size=1, max_size=40)
TEXTS = st.lists(
    st.sampled_from(["\n", "\r\n", ".", "From ", "=", " ", "é", "x" * 80, "😀", "\t", "slot"])
    | st.text(max_size=20)
).map("".join)


def slot(personal: Personal) -> str:
    return f"{MARKER}{personal}{MARKER}"


def a_letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "subject": "The morning edition",
        "preheader": "",
        "html": f'<a href="https://news.example/u/{slot(Personal.UNSUBSCRIBE)}">Leave</a>\n',
        "text": f"Leave: https://news.example/u/{slot(Personal.UNSUBSCRIBE)}\n",
        "marker": MARKER,
    }
    return Letter(**(values | changes))


def some_headers(**changes: Any) -> LetterHeaders:
    values: dict[str, Any] = {
        "sender_name": "The Meridian",
        "sender_address": "news@meridian.example",
        "bounces": "bounces@meridian.example",
        "list_id": "daily.en.news.meridian.example",
        "list_name": "Morning edition",
        "message_domain": "meridian.example",
        "unsubscribe_base": "https://news.meridian.example/u/",
    }
    return LetterHeaders(**(values | changes))


def compiled(letter: Letter | None = None, **headers: Any) -> CompiledLetter:
    return compile_letter(letter or a_letter(), some_headers(**headers), key=KEY)


def message_from(letter: CompiledLetter, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "email": "ann@example.com",
        "name": "Ann",
        "token": "tok42",
        "personal": {Personal.UNSUBSCRIBE: "uns-token", Personal.LANGUAGE: "lan_token"},
        "date": DATE,
    }
    return letter.message_for(**(values | changes))


def parsed(message: Message) -> EmailMessage:
    found = email.message_from_bytes(message.content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not any(part.defects for part in found.walk())
    return found


def part(message: EmailMessage, subtype: str) -> str:
    found = message.get_body((subtype,))
    assert isinstance(found, EmailMessage)
    content = found.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def filled(text: str, values: Mapping[Personal, str]) -> str:
    for personal, value in values.items():
        text = text.replace(slot(personal), value)
    return re.sub("\r\n?", "\n", text)


def test_a_message_has_a_text_and_an_html_part_with_the_tokens_filled_in() -> None:
    message = parsed(message_from(compiled()))
    assert message.get_content_type() == "multipart/alternative"
    assert part(message, "plain") == "Leave: https://news.example/u/uns-token\n"
    assert part(message, "html") == '<a href="https://news.example/u/uns-token">Leave</a>\n'


def test_the_headers_say_who_what_when_and_how_to_leave() -> None:
    message = parsed(message_from(compiled(reply_to="desk@meridian.example")))
    assert {field: str(value) for field, value in message.items() if field != "Content-Type"} == {
        "From": "The Meridian <news@meridian.example>",
        "Reply-To": "desk@meridian.example",
        "Subject": "The morning edition",
        "To": "Ann <ann@example.com>",
        "Date": "Sun, 22 Nov 2026 06:00:00 +0000",
        "Message-ID": f"<{KEY}.tok42@meridian.example>",
        "List-Unsubscribe": "<https://news.meridian.example/u/uns-token>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": '"Morning edition" <daily.en.news.meridian.example>',
        "Precedence": "bulk",
        "MIME-Version": "1.0",
    }


def test_the_envelope_names_the_reader_in_its_return_path() -> None:
    message = message_from(compiled())
    assert message.sender == "bounces+tok42@meridian.example"
    assert message.recipient == "ann@example.com"
    assert message.message_id == f"{KEY}.tok42@meridian.example"


def test_without_a_bounce_address_mails_come_back_to_the_sender() -> None:
    assert message_from(compiled(bounces=None)).sender == "news@meridian.example"


def test_the_same_edition_compiles_to_the_same_bytes_again() -> None:
    assert message_from(compiled()) == message_from(compiled())


def test_two_readers_and_two_editions_have_message_ids_of_their_own() -> None:
    other = compile_letter(a_letter(), some_headers(), key="daily-2026-11-23T0700-en")
    ids = {message_from(compiled(), token=token).message_id for token in ("a", "b")}
    assert len(ids | {message_from(other, token="a").message_id}) == 3


def test_a_key_that_no_message_id_can_hold_still_makes_one() -> None:
    letter = compile_letter(a_letter(), some_headers(), key="día «1» @x\r\n")
    assert re.fullmatch(r"[0-9a-f]{24}\.tok42@meridian\.example", message_from(letter).message_id)


def test_pictures_travel_beside_the_html() -> None:
    picture = Attachment(cid="lead@meridian.example", mime="image/png", content=bytes(range(256)))
    message = parsed(message_from(compiled(a_letter(attachments=(picture,)))))
    kinds = [found.get_content_type() for found in message.walk()]
    assert kinds[1:] == ["text/plain", "multipart/related", "text/html", "image/png"]
    (*_, image) = message.walk()
    assert image["Content-ID"] == "<lead@meridian.example>"
    assert image.get_content() == picture.content
    assert image.get_filename() == "lead.png"


def test_a_long_unsubscribe_address_stays_on_one_line_as_it_is() -> None:
    base = "https://news.meridian.example/" + "long/" * 40
    letter = compiled(unsubscribe_base=base, unsubscribe_mailto="leave@meridian.example")
    content = message_from(letter).content
    line = f"\r\nList-Unsubscribe: <{base}uns-token>, <mailto:leave@meridian.example?subject="
    assert line.encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_an_unsubscribe_address_beyond_a_line_is_a_fault() -> None:
    with pytest.raises(HeaderFault, match="List-Unsubscribe"):
        message_from(compiled(unsubscribe_base="https://x.example/" + "x" * 1000))


def test_configured_headers_are_written_as_they_are() -> None:
    letter = compiled(extra={"X-SES-CONFIGURATION-SET": "news " * 30}, feedback_id="1:en:daily:m")
    message = parsed(message_from(letter))
    assert message["X-SES-CONFIGURATION-SET"].strip() == ("news " * 30).strip()
    assert message["Feedback-ID"] == "1:en:daily:m"


@pytest.mark.parametrize(
    "extra",
    [
        {"Bcc": "x@y.example"},
        {"X-A": "b\r\nBcc: x@y"},
        {"X A": "b"},
        {"X-A": "ñ"},
        {"subject": "x"},
    ],
)
def test_configured_headers_cannot_break_or_replace_ours(extra: dict[str, str]) -> None:
    with pytest.raises(HeaderFault):
        compiled(extra=extra)


@pytest.mark.parametrize(
    "name",
    [
        "Bob\r\nBcc: x@y.example",
        "Bob\nBcc: x@y.example",
        "Bob\u2028Bcc: x@y.example",
        "Bob\x85Bcc: x@y.example",
        "Bob\x0bBcc: x@y.example",
        "Bob \x00\x07Bcc: x@y.example",
        "\u202eBob Bcc: x@y.example",
    ],
)
def test_a_name_is_one_name_whatever_is_in_it(name: str) -> None:
    message = parsed(message_from(compiled(), name=name))
    assert message["Bcc"] is None
    (reader,) = message["To"].addresses
    assert (reader.display_name, reader.addr_spec) == ("Bob Bcc: x@y.example", "ann@example.com")


@pytest.mark.parametrize("name", ["A, B", 'The "M"', "a <b@c.example>", "x\\", "=?utf-8?q?B?="])
def test_a_name_with_special_characters_is_one_address(name: str) -> None:
    message = parsed(message_from(compiled(sender_name=name), name=name))
    for field in ("From", "To"):
        (address,) = message[field].addresses
        assert address.display_name == name


@pytest.mark.parametrize("name", [None, "", "  ", "\r\n"])
def test_a_reader_without_a_name_is_written_to_at_the_address(name: str | None) -> None:
    assert parsed(message_from(compiled(), name=name))["To"] == "ann@example.com"


def test_an_international_domain_is_written_in_ascii_by_idna_2008() -> None:
    message = message_from(compiled(), email="ann@faß.de")
    assert message.recipient == "ann@xn--fa-hia.de"


@pytest.mark.parametrize(
    "address",
    ["josé@example.com", "ann", "a b@example.com", "a@b@c.example", "a@x\r\n.example", ""],
)
def test_an_address_that_mail_cannot_reach_is_never_made_into_another(address: str) -> None:
    with pytest.raises(Unaddressable):
        message_from(compiled(), email=address)


def test_an_ordinary_spanish_name_needs_one_encoded_word() -> None:
    name = "María José Rodríguez Ibáñez"
    assert parsed(message_from(compiled(), name=name))["To"].addresses[0].display_name == name


def test_a_token_is_never_text() -> None:
    with pytest.raises(ValueError, match="opaque"):
        message_from(compiled(), personal={Personal.UNSUBSCRIBE: '"><script>'})
    with pytest.raises(ValueError, match="opaque"):
        message_from(compiled(), token="a@b")
    with pytest.raises(ValueError, match="opaque"):
        message_from(compiled(), personal={Personal.UNSUBSCRIBE: "x", Personal.LANGUAGE: "=20"})


@pytest.mark.parametrize("field", ["list_id", "message_domain"])
def test_what_must_be_a_domain_is_one(field: str) -> None:
    wrong: Any = {field: "not a domain>"}
    with pytest.raises(HeaderFault, match="domain"):
        compiled(**wrong)


def test_a_return_path_beyond_64_characters_is_a_fault() -> None:
    with pytest.raises(LetterFault, match="too long for a return path"):
        message_from(compiled(), token="x" * 60)


@pytest.mark.parametrize("html", [f"{MARKER}unsubscribe", f"{MARKER}password{MARKER}"])
def test_a_slot_that_is_none_is_a_fault(html: str) -> None:
    with pytest.raises(LetterFault, match="html part"):
        compiled(a_letter(html=html))


@pytest.mark.parametrize(("cid", "mime"), [("a>b", "image/png"), ("a", "text/html\r\nX: y")])
def test_a_picture_cannot_write_headers(cid: str, mime: str) -> None:
    with pytest.raises(LetterFault, match="cannot be attached"):
        compiled(a_letter(attachments=(Attachment(cid=cid, mime=mime, content=b"x"),)))


def test_the_size_is_that_of_a_message() -> None:
    letter = compiled(a_letter(html="<p>é</p>" * 10_000))
    assert abs(size_of(letter) - len(message_from(letter).content)) < 200


def with_joined_words(message: Message) -> Message:
    """As RFC 2047 §6.2 wants it read; the standard library leaves a space between the words."""
    return replace(message, content=message.content.replace(b"?=\r\n =?utf-8?q?", b""))


@given(name=st.text(max_size=120), subject=st.text(max_size=200))
def test_any_name_and_subject_come_back_as_one_clean_line(name: str, subject: str) -> None:
    letter = compiled(a_letter(subject=subject), sender_name=name, list_name=name)
    message = parsed(with_joined_words(message_from(letter, name=name)))
    assert len(message.keys()) == 11
    assert message["Subject"] == one_line(subject)
    for field in ("From", "To"):
        (address,) = message[field].addresses
        assert address.display_name == one_line(name)


@given(name=st.text(max_size=120), subject=st.text(max_size=300))
def test_header_lines_are_ascii_and_short(name: str, subject: str) -> None:
    letter = compiled(a_letter(subject=subject), sender_name=name, list_name=name)
    head = message_from(letter, name=name).content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 78


@st.composite
def texts_with_slots(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(TEXTS | st.sampled_from([slot(each) for each in Personal]), max_size=12))
    return "".join(pieces)


@given(
    html=texts_with_slots(),
    text=texts_with_slots(),
    personal=st.fixed_dictionaries(dict.fromkeys(Personal, TOKENS)),
    token=SHORT_TOKENS,
)
def test_any_letter_comes_back_whole(
    html: str, text: str, personal: dict[Personal, str], token: str
) -> None:
    letter = compiled(a_letter(html=html, text=text))
    message = message_from(letter, personal=personal, token=token)
    found = parsed(message)
    assert part(found, "html") == filled(printable(html), personal)
    assert part(found, "plain") == filled(printable(text), personal)


@given(text=texts_with_slots(), personal=st.fixed_dictionaries(dict.fromkeys(Personal, TOKENS)))
def test_no_relay_has_a_reason_to_touch_the_bytes(text: str, personal: dict[Personal, str]) -> None:
    message = message_from(compiled(a_letter(html=text, text=text)), personal=personal)
    content = message.content
    body = content.partition(b"\r\n\r\n")[2]
    rows = body.split(b"\r\n")
    assert content.isascii()
    assert b"\0" not in content
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)
    assert max(map(len, rows)) <= 76
    assert not any(row.startswith((b".", b"From")) for row in rows)
    assert message.dotless == (b"\n." not in content and content.endswith(b"\r\n"))
    assert not any(row.endswith((b" ", b"\t")) for row in rows)
