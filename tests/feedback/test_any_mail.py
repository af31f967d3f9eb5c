"""Whatever the bytes are: an answer, soon, in little memory."""

import subprocess
import sys
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.feedback.classify import classify
from newsletter.feedback.mail import MAX_MAIL
from newsletter.model.feedback import Report
from tests.feedback.mails import (
    LETTER,
    READER,
    TOKEN,
    answer,
    dsn,
    failed,
    feedback,
    mail,
    multipart,
    notice,
)

# Five are promised; on a machine that is shared the same work takes several times as long, and what
# is quadratic takes minutes.
SECONDS = 5.0 * 8
MEMORY = 300 * 1024  # kB, with Python and everything that the classifier loads
SAMPLES = (
    dsn(failed(), told=f"<{READER}>: 550 5.1.1 user unknown"),
    notice(f"<{READER}>:\nRemote host said: 550 5.2.2 mailbox full"),
    feedback(Original_Rcpt_To=READER),
    answer("I am away", subject="=?utf-8?q?Automatische_Antwort?="),
    answer("", subject=f"unsubscribe {TOKEN}"),
)
REPORT = "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered Mail\n"
MEGA = 1_000_000
HEAPS = {
    "parts in parts": "".join(
        f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(1_500)
    ),
    "parts of one boundary": "Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 20_000,
    "letters in letters": "Content-Type: message/rfc822\n\n" * 50_000,
    "many parts": "Content-Type: multipart/report; boundary=b\n\n"
    + "--b\nContent-Type: text/plain\n\nUser a@b.example unknown\n" * 50_000,
    "one line": "\n" + "a" * 6 * MEGA,
    "one line of signs": "\n" + "a@" * 3 * MEGA,
    "one line of almost addresses": "\n" + "a@b.c-" * MEGA,
    "brackets": "\n" + "<" * 6 * MEGA,
    "tags": "Content-Type: text/html\n\n" + "<a " * 2 * MEGA,
    "styles": "Content-Type: text/html\n\n" + "<style>" * MEGA,
    "dashes": "\n" + "-" * 6 * MEGA,
    "spaces": "\n" + " " * 6 * MEGA,
    "empty lines": "\n" * 6 * MEGA,
    "returns": "\r" * 6 * MEGA,
    "NULs": "\0" * 6 * MEGA,
    "words of every row": "\n" + "user host domain mailbox message sender exceed limit " * 100_000,
    "readers": "\n" + "".join(f"<u{i}@b.example>:\n550 unknown\n" for i in range(100_000)),
    "encoded words": "X: " + "=?utf-8?q?" * 500_000,
    "fields": "To: a+abcdefghij@b.example\n" * 200_000,
    "punycode": "Content-Type: text/plain; charset=punycode\n\n" + "a-" * 500_000,
    "statuses": "Content-Type: message/delivery-status\n\n"
    + "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n" * 50_000,
}


@pytest.mark.parametrize("heap", HEAPS)
def test_a_mail_of_any_shape_is_read_in_seconds(heap: str) -> None:
    content = (REPORT + HEAPS[heap]).encode()
    before = time.process_time()
    assert isinstance(classify(content), tuple)
    assert time.process_time() - before < SECONDS


def test_a_mail_of_any_size_is_read_in_little_memory() -> None:
    """What the program takes at its start, and on top of that for a mail of 200 MB."""
    code = (
        "from pathlib import Path\n"
        "from newsletter.feedback.classify import classify\n"
        # Not of getrusage, which tells what the process was that this one came of.
        "def peak():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(line.split()[1]) for line in lines if line.startswith('VmHWM'))\n"
        "start = peak()\n"
        f"content = {REPORT!r}.encode() + b'\\ncould not be delivered to x@y.example' * 5_400_000\n"
        "made = peak()\n"
        "classify(content)\n"
        "print(start + peak() - made)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MEMORY


def test_what_stands_behind_the_part_that_is_read_changes_nothing() -> None:
    short = dsn(failed())
    assert classify(short + b"\n" * MAX_MAIL) == classify(short)


@pytest.mark.parametrize("sample", SAMPLES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_mail_that_was_damaged_raises_nothing(sample: bytes, seed: int) -> None:
    for report in classify(_damaged(sample, Random(seed))):
        assert isinstance(report, Report)


def _damaged(content: bytes, chance: Random) -> bytes:
    """Pieces cut out, doubled, moved, and bytes put anywhere."""
    for _ in range(chance.randrange(1, 9)):
        at, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        piece = chance.choice([b"", content[at:end] * 2, b"\xff\xfe", b"\n\n", b"\0", b"=?x?b?"])
        content = content[:at] + piece + content[chance.choice([at, end]) :]
    return content


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_bytes_of_no_meaning_say_nothing(content: bytes) -> None:
    assert classify(content) == ()


@given(
    st.text(max_size=300), st.text(max_size=300), st.sampled_from(("utf-16", "x", "idna", "zip"))
)
@settings(max_examples=100, deadline=None)
def test_any_text_in_any_charset_raises_nothing(subject: str, body: str, charset: str) -> None:
    content = mail(
        body.replace("\ud800", ""), Subject=subject, Content_Type=f"text/plain; charset={charset}"
    )
    assert isinstance(classify(content), tuple)


def test_raw_letters_in_fields_are_read() -> None:
    raw = notice(f"<{READER}>: 550 5.1.1 unknown").replace(
        b"Subject: ", b"Subject: Zustellung f\xfcr "
    )
    (report,) = classify(raw)
    assert report.recipient == READER


def test_a_part_in_a_broken_charset_is_read() -> None:
    part = f"Content-Type: text/plain; charset=unicode-1-1-utf-7\n\n<{READER}>: 550 5.1.1 unknown\n"
    (report,) = classify(multipart(part, f"Content-Type: message/rfc822\n\n{LETTER}"))
    assert report.recipient == READER
