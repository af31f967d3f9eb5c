"""Real mails that came back, with known answers, where they are at hand."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import Report, ReportKind

_BESIDE = Path(__file__).parents[2].parent / "shared" / "corpora"
_BOUNCES = Path(os.environ.get("NEWSLETTER_TEST_CORPORA", _BESIDE)) / "bounces"
_TRUTH = _BOUNCES / "truth.json"
_ACTED_ON = (ReportKind.HARD, ReportKind.SOFT, ReportKind.COMPLAINT, ReportKind.UNSUBSCRIBE)

pytestmark = pytest.mark.skipif(not _TRUTH.is_file(), reason="the corpora are not at hand")

# A mail's name, what it truly says, what was read out of it.
Case = tuple[str, list[dict[str, Any]], tuple[Report, ...]]


@cache
def _cases() -> tuple[Case, ...]:
    truth: dict[str, Any] = json.loads(_TRUTH.read_text("utf-8"))
    return tuple(
        (name, told["results"], classify((_BOUNCES / "mails" / name).read_bytes()))
        for name, told in truth.items()
    )


def test_nearly_every_mail_is_right_in_all() -> None:
    wrong = [name for name, told, found in _cases() if not _right(told, found)]
    assert len(wrong) <= 0.05 * len(_cases()), wrong


def test_nearly_every_reader_is_found() -> None:
    lost = [name for name, told, found in _cases() for each in told if _is_lost(each, found)]
    expected = sum(len(told) for _, told, _ in _cases())
    assert len(lost) <= 0.02 * expected, lost


def test_hardly_a_good_reader_is_called_gone() -> None:
    gone = [
        name
        for name, told, found in _cases()
        for each in told
        if "hard" not in each["kinds"] and any(r.kind == "hard" for r in _about(each, found))
    ]
    assert len(gone) <= 4, gone


def test_hardly_anybody_is_meant_who_is_not() -> None:
    strangers = [name for name, told, found in _cases() for _ in _strangers(told, found)]
    assert len(strangers) <= 4, strangers


def test_no_real_mail_is_too_broken() -> None:
    chance = Random(8)
    for name, _, _ in chance.sample(_cases(), min(100, len(_cases()))):
        content = (_BOUNCES / "mails" / name).read_bytes()
        at, end = sorted(chance.randrange(len(content)) for _ in range(2))
        for piece in (b"", b"\xff\n\n", content[at:end] * 2):
            assert isinstance(classify(content[:at] + piece + content[end:]), tuple)


def _names(told: dict[str, Any]) -> set[str]:
    return {name for name in (told["recipient"], told.get("alias"), *told.get("also", ())) if name}


def _about(told: dict[str, Any], found: tuple[Report, ...]) -> list[Report]:
    names = _names(told)
    return [each for each in found if not names or (each.recipient or "").lower() in names]


def _is_lost(told: dict[str, Any], found: tuple[Report, ...]) -> bool:
    nobody = told["kinds"] == ["none"] or told["kinds"] == ["auto-reply"]
    return not nobody and bool(_names(told)) and not _about(told, found)


def _right(told: list[dict[str, Any]], found: tuple[Report, ...]) -> bool:
    return all(_is_told(each, found) for each in told) and not any(_strangers(told, found))


def _is_told(told: dict[str, Any], found: tuple[Report, ...]) -> bool:
    if told["kinds"] == ["auto-reply"]:  # the mail may come from another address of the reader's
        return any(each.kind is ReportKind.AUTO_REPLY for each in found)
    about = _about(told, found)
    if not about:
        return "none" in told["kinds"]
    return about[0].kind in told["kinds"]


def _strangers(told: list[dict[str, Any]], found: tuple[Report, ...]) -> Iterator[Report]:
    """Those who are acted on, though the mail is about others."""
    names = set().union(*map(_names, told)) if told else set()
    if all(map(_names, told)):
        acted_on = (each for each in found if each.recipient and each.kind in _ACTED_ON)
        yield from (each for each in acted_on if (each.recipient or "").lower() not in names)
