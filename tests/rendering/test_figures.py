"""What letters weigh, and how well mail programs follow them: figures that must not get worse."""

from functools import cache

import pytest

from newsletter.checks.mail import Mail, check_mail
from newsletter.model.edition import Edition
from newsletter.model.finding import Report
from tests.rendering.editions import (
    LANGUAGES,
    LAYOUTS,
    edition,
    everything,
    layout,
    letter,
    sponsor,
)

SCORES = {"digest": 96}  # of 100; 95 for the others
BYTES = {"en": 20_000, "es": 20_000, "ar": 25_000}  # an Arabic letter has six bytes in a mail


@cache
def _report(name: str, language: str, stories: int) -> Report:
    return _checked(edition(language, stories), name)


def _checked(shown: Edition, name: str) -> Report:
    made = letter(shown, layout=layout(name), sponsor=sponsor(shown.language))
    return check_mail(
        Mail(
            html=made.html,
            text=made.text,
            subject=made.subject,
            preheader=made.preheader,
            marker=made.marker,
        )
    )


@pytest.mark.parametrize("stories", [6, 20])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_mail_programs_follow_our_letters(name: str, language: str, stories: int) -> None:
    report = _report(name, language, stories)
    assert (report.score or 0) >= SCORES.get(name, 95)
    assert report.errors == report.warnings == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_letter_with_everything_has_no_errors_and_no_warnings(name: str, language: str) -> None:
    report = _checked(everything(language), name)
    assert report.errors == report.warnings == ()
    assert (report.score or 0) >= SCORES.get(name, 95)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_twenty_stories_stay_well_under_what_gmail_clips(name: str, language: str) -> None:
    assert _report(name, language, 20).encoded_bytes <= 68_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_headlines_are_light_enough_for_any_network(language: str) -> None:
    made = letter(edition(language, 12), layout=layout("brief"))
    assert check_mail(Mail(html=made.html)).encoded_bytes < BYTES[language]
