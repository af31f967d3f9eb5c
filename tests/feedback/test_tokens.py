"""The token that we wrote into a letter, found in what came back."""

import pytest

from newsletter.feedback.classify import classify
from tests.feedback.mails import LETTER, OURS, READER, TOKEN, VERP, dsn, failed, notice

OTHER = "z" * 26
BARE = f"From: news@meridian.example\nTo: {READER}\nSubject: Five stories\n\nHello\n"
TOLD = f"<{READER}>:\nmailbox is full (#5.2.2)"


@pytest.mark.parametrize(
    "fields",
    [
        {"To": VERP},
        {"To": f"Newsletter <{VERP}>"},
        {"Delivered_To": VERP},
        {"X_Original_To": VERP},
        {"Envelope_To": VERP},
        {"Received": f"from mx.example by in.example with ESMTP id 4\n\tfor <{VERP}>; Sun"},
        {"In_Reply_To": f"<e42.{TOKEN}@meridian.example>"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_where_a_report_was_delivered_to_tells_the_token(fields: dict[str, str]) -> None:
    (report,) = classify(notice(TOLD, letter=BARE, **fields))
    assert report.token == TOKEN


@pytest.mark.parametrize(
    "line",
    [
        f"Return-Path: <{VERP}>",
        f"Message-ID: <e42.{TOKEN}@meridian.example>",
        f"Received: from a by b (envelope-from <{VERP}>)",
        f"Received-SPF: pass (b: domain designates) envelope-from={VERP};",
    ],
)
@pytest.mark.parametrize("form", ["notice", "dsn"])
def test_the_letter_in_a_report_tells_the_token(line: str, form: str) -> None:
    letter = f"{line}\n{BARE}"
    made = notice(TOLD, letter=letter) if form == "notice" else dsn(failed(), letter=letter)
    (report,) = classify(made)
    assert report.token == TOKEN


def test_a_letter_quoted_in_words_tells_the_token() -> None:
    told = f"{TOLD}\nThe letter was:\n    Message-ID: <e42.{TOKEN}@meridian.example>"
    (report,) = classify(notice(told, letter=""))
    assert report.token == TOKEN


def test_the_return_path_counts_before_the_letter() -> None:
    (report,) = classify(notice(TOLD, LETTER.replace(TOKEN, OTHER), To=VERP))
    assert report.token == TOKEN


def test_a_token_is_given_as_it_was_found() -> None:
    (report,) = classify(notice(TOLD, BARE, To=VERP.replace(TOKEN, TOKEN.upper())))
    assert report.token == TOKEN.upper()


@pytest.mark.parametrize(
    "to", [OURS, "bounces+short@meridian.example", "bounces+@meridian.example"]
)
def test_what_is_no_token_of_ours_is_none(to: str) -> None:
    (report,) = classify(notice(TOLD, BARE, To=to))
    assert report.token is None


def test_a_readers_own_plus_address_is_no_token() -> None:
    letter = BARE.replace(READER, "jane+newsletters@reader.example")
    told = TOLD.replace(READER, "jane+newsletters@reader.example")
    (report,) = classify(notice(told, letter))
    assert (report.token, report.recipient) == (None, "jane+newsletters@reader.example")
