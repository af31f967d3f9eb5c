"""An edition from its stories: order, headings, lines, in the words of its language."""

from datetime import datetime
from typing import Any

import pytest

from newsletter.editions.compose import compose_edition
from newsletter.editions.slot import slot_at
from newsletter.lib.templates import TemplateFault
from newsletter.model.edition import Edition, EditionStory
from newsletter.model.specs import Digest, Publication
from tests.editions.stories import told

SLOT = slot_at(datetime(2026, 11, 22), "Europe/Madrid")  # noqa: DTZ001 - still the 21st in UTC


def composed(*stories: EditionStory, language: str = "en", **rules: Any) -> Edition:
    digest = Digest(**{"name": "daily", "schedule": "0 0 * * *", "title": "Morning"} | rules)
    publication = Publication(name="The Example", url="https://example.com")
    return compose_edition(stories or (told(1),), digest, publication, SLOT, language, also="Also:")


def test_every_story_stands_in_the_edition_once() -> None:
    edition = composed(
        told(1, lead_image=None, section="World"), told(2), told(3, section="Art"), told(4)
    )
    assert [each.story for each in edition.stories] == [2, 1, 3, 4]
    assert [section.title for section in edition.sections] == ["World", "Art", ""]


def test_one_story_makes_an_edition_without_sections() -> None:
    edition = composed(told(1))
    assert (edition.lead.story, edition.sections, edition.note) == (1, (), None)
    assert (edition.subject, edition.preheader) == ("Title 1", "Excerpt 1.")


def test_the_preheader_names_the_stories_as_they_are_read() -> None:
    edition = composed(told(1), told(2, section="World"), told(3, section="Art"), sections=("Art",))
    assert edition.preheader == "Also: Title 3 · Title 2"


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "November 22, 2026"),
        ("es", "22 de noviembre de 2026"),
        ("pt-BR", "22 de novembro de 2026"),
        ("zh-Hant", "2026年11月22日"),
    ],
)
def test_the_date_is_that_of_the_digest_s_zone_in_the_words_of_the_language(
    language: str, date: str
) -> None:
    assert composed(language=language, subject="{{ date }}").subject == date


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("es-XX", "22 de noviembre de 2026"),
        ("es-419", "22 de noviembre de 2026"),
        ("en-Latn-US-x", "November 22, 2026"),
        ("xx", "November 22, 2026"),
    ],
)
def test_a_language_that_nothing_is_known_of_borrows_its_dates(language: str, date: str) -> None:
    assert composed(language=language, subject="{{ date }}").subject == date


def test_every_text_of_an_editor_s_may_differ_by_language() -> None:
    edition = composed(
        language="es",
        title={"en": "Morning", "es": "Mañana"},
        subject={"en": "x", "es": "{{ title }}: {{ lead.title }}"},
        preheader={"en": "x", "es": "{{ count }} noticias"},
        note={"en": "x", "es": "Felices fiestas"},
    )
    assert (edition.title, edition.subject) == ("Mañana", "Mañana: Title 1")
    assert (edition.preheader, edition.note) == ("1 noticias", "Felices fiestas")


@pytest.mark.parametrize("line", ["subject", "preheader"])
def test_a_line_that_cannot_be_filled_is_a_fault(line: str) -> None:
    with pytest.raises(TemplateFault, match=f"^{line}: "):
        composed(**{line: "{{ lead.titel }}"})
