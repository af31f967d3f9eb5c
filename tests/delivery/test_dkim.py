"""Signatures hold for whoever checks them, and for nothing else."""

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.delivery import dkim_keys
from newsletter.delivery.compile import LetterHeaders, compile_letter
from newsletter.delivery.dkim import Signer, relaxed_body, relaxed_field
from newsletter.delivery.dkim_keys import DkimFault, PrivateKey
from newsletter.model.letter import Letter, Personal
from tests.dkim import Records, opendkim, verdicts
from tests.flows.mailings import NOW

DOMAIN = "example.com"
PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8)
HEAD = (
    b"From: The Example <news@example.com>\r\nReply-To: desk@example.com\r\n"
    b"Subject: Today\r\nTo: ann@reader.example\r\nDate: Sun, 22 Nov 2026 07:00:00 +0000\r\n"
    b"Message-ID: <m.1@example.com>\r\nList-Unsubscribe: <https://x.example/u/t>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: <daily.example.com>\r\n"
    b"Feedback-ID: 1:daily:example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
)
MESSAGE = HEAD + b"\r\nGood morning.\r\n"
COVERED = (
    "From", "Reply-To", "Subject", "Date", "To", "Message-ID", "MIME-Version", "Content-Type",
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID",
)  # fmt: skip
LINES = st.lists(
    st.sampled_from([b"", b" ", b"\t", b" \t ", b".", b"a  b", b"a\t\t b ", b"x" * 1200, b"From "])
    | st.binary(max_size=12).map(lambda line: re.sub(rb"[\r\n]", b"", line))
)
BODIES = st.tuples(LINES, st.booleans()).map(
    lambda given: b"\r\n".join(given[0]) + (b"\r\n" if given[1] else b"")
)


@cache
def keys() -> tuple[PrivateKey, PrivateKey]:
    return dkim_keys.new_rsa("s1"), dkim_keys.new_ed25519("s1")


def records() -> Records:
    return {dkim_keys.record_name(DOMAIN, key): key.record() for key in keys()}


def signed(content: bytes, by: Sequence[PrivateKey] | None = None) -> bytes:
    return Signer(DOMAIN, by or keys(), clock=lambda: 1795330800.9).signed(content)


def named_in(content: bytes) -> list[str]:
    """The tag h= of the first signature."""
    found = re.search(rb" h=([^;]*);", content)
    assert found
    return re.sub(r"\s", "", found[1].decode()).split(":")


def letter(subject: str, name: str, text: str) -> bytes:
    """A message as our own compiler writes it."""
    made = compile_letter(
        Letter(
            subject=subject, preheader="", html=f"<p>{text}</p>", text=text, marker="\ue000m\ue000"
        ),
        LetterHeaders(
            sender_name=name,
            sender_address="news@example.com",
            list_id="daily.en.example.com",
            list_name=subject,
            message_domain=DOMAIN,
            unsubscribe_base="https://x.example/u/",
            unsubscribe_mailto="leave@example.com",
            feedback_id="1:daily:example",
        ),
        key="daily-1",
    )
    return made.message_for(
        email="ann@reader.example",
        name=name,
        token="t1",
        personal=dict.fromkeys(Personal, "t-1"),
        date=NOW,
    ).content


def test_every_key_signs_and_the_message_itself_stays_as_it_is() -> None:
    content = signed(MESSAGE)
    assert content.endswith(MESSAGE)
    assert verdicts(content, records()) == [True, True]


@given(body=BODIES)
@example(body=b"")
@example(body=b"\r\n")
@example(body=b" \r\n\t")
@example(body=b"no end of the line")
@example(body=b"white space at the end \t")
@settings(deadline=None)
def test_any_body_is_verified(body: bytes) -> None:
    assert verdicts(signed(HEAD + b"\r\n" + body), records()) == [True, True]


@given(subject=st.text(max_size=300), name=st.text(max_size=90), text=st.text())
@settings(deadline=None, max_examples=60)
def test_any_letter_of_ours_is_verified(subject: str, name: str, text: str) -> None:
    content = letter(subject, name, text)
    assert verdicts(signed(content), records()) == [True, True]


@given(
    value=st.lists(
        st.sampled_from([b"word", b" ", b"\t", b"\r\n ", b"\r\n\t", b":", b"=?utf-8?q?=C3=A9?="]),
        max_size=12,
    ).map(b"".join),
    gap=st.sampled_from([b"", b" ", b"\t "]),
)
@settings(deadline=None)
def test_any_way_to_write_a_field_is_verified(value: bytes, gap: bytes) -> None:
    field = b"SUBJECT:" + gap + b"x" + value + b"x \r\n"
    content = HEAD.replace(b"Subject: Today\r\n", field) + b"\r\nGood morning.\r\n"
    assert verdicts(signed(content), records()) == [True, True]


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (b"Good morning", b"Good evening"),
        (b"Subject: Today", b"Subject: Tomorrow"),
        (b"The Example <", b"Somebody <"),
        (b"/u/t>", b"/u/s>"),
        (b"=One-Click", b"=Two-Clicks"),
        (b"text/plain", b"text/html"),
        (b"morning.\r\n", b"morning.\r\nAnd more.\r\n"),
        (b"From: The", b"From: other@example.org\r\nFrom: The"),
    ],
)
def test_what_is_changed_on_the_way_is_found_out(was: bytes, is_now: bytes) -> None:
    assert was in MESSAGE
    assert verdicts(signed(MESSAGE).replace(was, is_now), records()) == [False, False]


def test_white_space_changed_on_the_way_does_no_harm() -> None:
    content = signed(MESSAGE).replace(b"Good morning.", b"Good\t morning.  ")
    content = content.replace(b"Subject: Today", b"subject:Today ") + b"\r\n\r\n"
    assert verdicts(content, records()) == [True, True]


def test_another_key_under_the_name_verifies_nothing() -> None:
    other = dkim_keys.new_ed25519("s1")
    wrong = {dkim_keys.record_name(DOMAIN, other): other.record()}
    assert verdicts(signed(MESSAGE, keys()[1:]), wrong) == [False]


def test_all_that_matters_is_signed_and_nobody_can_add_a_from() -> None:
    assert named_in(signed(MESSAGE)) == ["From", *COVERED]


def test_what_is_not_there_is_not_named() -> None:
    assert named_in(signed(b"From: a@example.com\r\nX-Other: 1\r\n\r\n")) == ["From", "From"]


def test_a_field_of_the_old_form_is_signed_like_any_other() -> None:
    assert named_in(signed(MESSAGE.replace(b"Subject:", b"SUBJECT \t:"))) == ["From", *COVERED]


def test_fields_that_are_there_twice_are_both_signed() -> None:
    content = signed(HEAD + b"To: bob@reader.example\r\n\r\nGood morning.\r\n")
    assert named_in(content).count("To") == 2
    assert verdicts(content, records()) == [True, True]
    assert verdicts(content.replace(b"bob@", b"eve@"), records()) == [False, False]
    assert verdicts(content.replace(b"ann@", b"eve@"), records()) == [False, False]


def test_the_time_of_signing_is_told_in_whole_seconds() -> None:
    assert signed(MESSAGE).count(b" t=1795330800; ") == 2


def test_no_part_of_the_body_is_left_out() -> None:
    assert b" l=" not in signed(MESSAGE)


def test_no_line_of_a_signature_is_longer_than_a_line_should_be() -> None:
    fields = signed(MESSAGE).removesuffix(MESSAGE)
    assert max(len(line) for line in fields.split(b"\r\n")) <= 78


# RFC 6376 §3.4.5
def test_the_example_of_the_standard_has_the_forms_it_is_said_to_have() -> None:
    assert relaxed_field(b"A: X") == b"a:X"
    assert relaxed_field(b"B : Y\t\r\n\tZ  ") == b"b:Y Z"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"


def _by_the_book(body: bytes) -> bytes:
    """RFC 6376 §3.4.4 and §3.4.3, word by word, line by line."""
    lines = [re.sub(rb"[ \t]+", b" ", line).removesuffix(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


@given(body=BODIES | st.lists(st.sampled_from([b"\r", b"\n", b" ", b"\t", b"a"])).map(b"".join))
def test_the_canonical_body_is_that_of_the_standard(body: bytes) -> None:
    assert relaxed_body(body) == _by_the_book(body)


def test_opendkim_verifies_what_we_sign(tmp_path: Path) -> None:
    verifier = opendkim(tmp_path)
    bodies = [b"", b"\r\n", b"a \t b  \r\n\t\r\n \r\n", b"no end", b"x" * 998, b"\tTabs\r\n.\r\n"]
    plain = [HEAD + b"\r\n" + body for body in bodies]
    ours = [
        letter("Año nuevo, " * 12, "José “Pepe” Ñ.", "línea  larga " * 90 + " \n\n\n"),
        letter("", "", ""),
    ]
    messages = [signed(each, [key]) for each in (*plain, *ours) for key in keys()]
    assert verifier.verdicts(messages, records()) == [True] * len(messages)


def test_opendkim_finds_out_what_was_changed(tmp_path: Path) -> None:
    verifier = opendkim(tmp_path)
    whole = [signed(MESSAGE, [key]) for key in keys()]
    changed = [each.replace(b"Good morning", b"Good evening") for each in whole]
    crowded = [each.replace(b"From: The", b"From: a@b.example\r\nFrom: The") for each in whole]
    assert verifier.verdicts([*whole, *changed], records()) == [True, True, False, False]
    assert verifier.verdicts(crowded, records()) == [False, False]


@pytest.mark.parametrize("new", [dkim_keys.new_rsa, dkim_keys.new_ed25519])
def test_a_key_survives_its_file(new: Callable[[str], PrivateKey]) -> None:
    key = new("s1")
    (again,) = dkim_keys.read_keys([("a.key", dkim_keys.pem_of(key))], "s1")
    assert again.record() == key.record()
    assert again.selector == key.selector


def test_the_strings_of_a_zone_file_are_short_enough_and_make_up_the_record() -> None:
    for key in keys():
        line = dkim_keys.zone_line(DOMAIN, key)
        assert line.startswith(f"{key.selector}._domainkey.example.com. IN TXT ( ")
        strings = re.findall(r'"([^"]*)"', line)
        assert all(len(string) <= 255 for string in strings)
        assert "".join(strings) == key.record()


def test_two_keys_are_published_under_two_names() -> None:
    assert sorted(records()) == [
        "s1-ed25519._domainkey.example.com",
        "s1._domainkey.example.com",
    ]


def pem(kind: str) -> bytes:
    """The file of a key that cannot sign."""
    key = keys()[1].key
    match kind:
        case "locked":
            return key.private_bytes(*PKCS8, BestAvailableEncryption(b"planted"))
        case "curve":
            return ec.generate_private_key(ec.SECP256R1()).private_bytes(*PKCS8, NoEncryption())
        case "public":
            form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return key.public_key().public_bytes(*form)
        case "short":
            return rsa_of(2**127 - 1, 2**521 - 1)
        case "long":
            return rsa_of(2**2203 - 1, 2**2281 - 1)
    return b"-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n"


def rsa_of(p: int, q: int) -> bytes:
    """A key of two primes that everybody knows, of a length that no library would make."""
    e = 65537
    d = pow(e, -1, math.lcm(p - 1, q - 1))
    exponents = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    public = rsa.RSAPublicNumbers(e, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, *exponents, public)
    return numbers.private_key().private_bytes(*PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("locked", "protected by a passphrase"),
        ("curve", "a key of another kind"),
        ("public", "expected a private key in PEM"),
        ("broken", "expected a private key in PEM"),
        ("short", "an RSA key of 648 bits; DKIM takes 1024 to 4096"),
        ("long", "an RSA key of 4484 bits; DKIM takes 1024 to 4096"),
    ],
)
def test_a_key_that_cannot_sign_is_named(kind: str, words: str) -> None:
    with pytest.raises(DkimFault) as error:
        dkim_keys.read_key(pem(kind), selector="s1", name="the.key")
    assert str(error.value).startswith("the.key: ")
    assert words in str(error.value)
    assert "planted" not in str(error.value)


def test_two_keys_of_one_kind_are_one_too_many() -> None:
    other = dkim_keys.pem_of(dkim_keys.new_ed25519("s1"))
    with pytest.raises(DkimFault, match=r"second\.key: a second key for ed25519-sha256"):
        dkim_keys.read_keys([("first.key", other), ("second.key", other)], "s1")


def test_a_key_shows_itself_to_nobody() -> None:
    assert [repr(key) for key in keys()] == [
        "RsaKey(selector='s1', algorithm='rsa-sha256')",
        "Ed25519Key(selector='s1-ed25519', algorithm='ed25519-sha256')",
    ]
