"""The edition that layouts are tried with: whole in every layout and language that ships."""

import pytest

from newsletter.checks.size import TOO_LARGE, encoded_bytes
from newsletter.rendering.layouts import layout_names
from newsletter.rendering.specimen import NEWS, PUBLICATION, specimen, specimen_pictures
from tests.rendering.editions import LAYOUTS, SHIPPED, SLOT, layout, letter

LANGUAGES = sorted(path.stem for path in (SHIPPED / "_words").iterdir())


def test_the_tests_know_all_layouts_and_there_are_eight_languages() -> None:
    assert layout_names([SHIPPED]) == sorted(LAYOUTS)
    assert len(LANGUAGES) == 8


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_specimen_is_whole_in_every_layout_and_language(name: str, language: str) -> None:
    shown = specimen("daily", SLOT, language)
    made = letter(
        shown,
        layout=layout(name),
        publication=PUBLICATION,
        pictures=specimen_pictures(shown),
        base_url=NEWS,
        languages=("en", "es", language),
    )
    assert encoded_bytes(made.html) < TOO_LARGE
    assert f'lang="{language}"' in made.html
    for story in shown.stories:
        assert story.article.title in made.html
    for leftover in ("{{", "{%", "<mj-", ">None<", "{title}", "{publication}", "{language}"):
        assert leftover not in made.html
        assert leftover not in made.text


def test_a_specimen_has_everything_that_an_edition_can_have() -> None:
    shown = specimen("daily", SLOT, "en")
    assert shown.note
    assert shown.more
    assert any(story.fallback for story in shown.stories)
    assert any(story.translations for story in shown.stories)
    assert {len(story.article.authors) for story in shown.stories} == {0, 1, 2, 3}
    assert {story.article.lead_image is None for story in shown.stories} == {True, False}
