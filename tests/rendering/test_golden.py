"""Whole letters against those that were looked at and kept, character by character.

After a change that was meant: `python -m tests.tools.golden_letters`, then `make sheet` and look.
"""

import pytest

from tests.rendering.editions import LANGUAGES, LAYOUTS
from tests.rendering.golden import FOLDER, difference, golden, in_lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_letter_is_the_one_that_was_kept(layout: str, language: str) -> None:
    for path, made in golden(layout, language).items():
        assert difference(path.read_text("utf-8"), made) == "", path.name


def test_every_kept_letter_is_still_made() -> None:
    made = {path for layout in LAYOUTS for name in LANGUAGES for path in golden(layout, name)}
    assert set(FOLDER.iterdir()) == made


def test_a_difference_is_short_and_names_what_changed() -> None:
    kept = in_lines("<p>a</p><p>b</p>")
    found = difference(kept, kept.replace("b", "c" * 999))
    assert "-<p>b</p>" in found.split("\n")
    assert len(found) < 300
    assert difference(kept, kept) == ""
