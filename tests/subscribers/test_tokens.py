import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.tokens import KeyFault, KeyRing, Purpose, new_key_line, read_key_ring

OLD = "old:" + "A" * 43
NEW = "new:" + "B" * 43


def ring(*lines: str) -> KeyRing:
    return read_key_ring("\n".join(lines or (OLD,)), name="newsletter.key")


@given(purpose=st.sampled_from(Purpose), payload=st.text(max_size=60))
def test_what_was_signed_is_read(purpose: Purpose, payload: str) -> None:
    token = ring().sign(purpose, payload)
    assert ring().read(purpose, token) == payload
    assert re.fullmatch("[A-Za-z0-9_-]+", token)


@given(st.sampled_from(Purpose), st.sampled_from(Purpose))
def test_a_token_is_good_for_its_own_purpose_only(signed: Purpose, asked: Purpose) -> None:
    found = ring().read(asked, ring().sign(signed, "42:daily"))
    assert found == ("42:daily" if signed is asked else None)


@given(st.data())
def test_a_token_cut_or_altered_anywhere_is_none(data: st.DataObject) -> None:
    token = ring().sign(Purpose.UNSUBSCRIBE, "42:daily")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[at]))
    for forged in (token[:at], token[at + 1 :], token[:at] + other + token[at + 1 :]):
        assert ring().read(Purpose.UNSUBSCRIBE, forged) is None


@given(edition=st.integers(0, 2**32 - 1), subscriber=st.integers(0, 2**40 - 1))
def test_a_return_path_names_its_delivery_in_whatever_case_it_comes_back(
    edition: int, subscriber: int
) -> None:
    token = ring().return_token(edition, subscriber)
    assert re.fullmatch("[a-z2-7]{31}", token)
    assert ring().read_return_token(token) == (edition, subscriber)
    assert ring(NEW, OLD).read_return_token(token.upper()) == (edition, subscriber)


@given(st.data())
def test_a_return_path_altered_anywhere_names_nobody(data: st.DataObject) -> None:
    token = ring().return_token(7, 42)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567".replace(token[at], "")))
    for forged in (token[:at], token[:at] + other + token[at + 1 :], "ñ" + token):
        assert ring().read_return_token(forged) is None


@given(st.text() | st.text("ABCabc019_-", min_size=20, max_size=60))
def test_no_other_text_is_a_token(text: str) -> None:
    assert ring().read(Purpose.UNSUBSCRIBE, text) is None


def test_a_token_fits_a_return_path() -> None:
    assert len("bounces+" + ring().sign(Purpose.BOUNCE, "1234567:12345678")) <= 64


def test_old_tokens_are_read_after_a_new_key_was_put_on_top() -> None:
    token = ring(OLD).sign(Purpose.UNSUBSCRIBE, "42:daily")
    assert ring(NEW, OLD).read(Purpose.UNSUBSCRIBE, token) == "42:daily"
    assert ring(NEW, OLD).sign(Purpose.UNSUBSCRIBE, "42:daily") != token
    assert ring(NEW).read(Purpose.UNSUBSCRIBE, token) is None


def test_a_key_of_the_same_name_with_another_secret_reads_nothing() -> None:
    token = ring("k:" + "C" * 43).sign(Purpose.VIEW, "42")
    assert ring("k:" + "D" * 42 + "E").read(Purpose.VIEW, token) is None


def test_a_suppression_knows_an_address_however_it_is_written() -> None:
    known = ring().address_hash("ann@faß.de")
    assert ring().address_hash(" Ann@xn--fa-hia.DE ") == known
    assert ring().address_hash("ben@faß.de") != known
    assert "ann" not in known


def test_suppressions_and_fingerprint_survive_a_new_key_on_top() -> None:
    assert ring(NEW, OLD).address_hash("a@b.example") == ring(OLD).address_hash("a@b.example")
    assert ring(NEW, OLD).fingerprint == ring(OLD).fingerprint
    assert ring(NEW).fingerprint != ring(OLD).fingerprint
    assert ring(NEW, OLD).key_id == "new"


def test_a_key_file_may_have_comments_and_empty_lines() -> None:
    text = f"# keep this in your backups\n\n{NEW}  # since May\n{OLD}\n"
    assert [key.id for key in read_key_ring(text, name="newsletter.key").keys] == ["new", "old"]


def test_a_new_key_line_makes_a_ring_of_its_own() -> None:
    first, second = ring(new_key_line()), ring(new_key_line())
    assert first.fingerprint != second.fingerprint
    assert second.read(Purpose.DESK, first.sign(Purpose.DESK, "x")) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "newsletter.key holds no key"),
        ("# only a comment", "holds no key"),
        (f"{OLD}\nsecret", "newsletter.key, line 2: expected NAME:KEY"),
        ("k:short", "line 1: expected NAME:KEY, the key being 32 bytes"),
        ("k:" + "A" * 44, "line 1"),
        (f"{OLD}\n{OLD}", "two keys of one name"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_where(text: str, words: str) -> None:
    with pytest.raises(KeyFault, match=re.escape(words)):
        read_key_ring(text, name="newsletter.key")


def test_no_key_is_shown_in_a_repr_or_a_fault() -> None:
    assert "BBBB" not in repr(ring(NEW))
    with pytest.raises(KeyFault) as caught:
        ring("new" + "B" * 43)
    assert "BBBB" not in str(caught.value)
