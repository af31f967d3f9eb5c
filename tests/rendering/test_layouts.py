"""Layouts and words as files: the publisher's own first, the shipped ones second."""

from pathlib import Path

import pytest

from newsletter.rendering.faults import LayoutFault
from newsletter.rendering.layouts import load_layout, load_words
from tests.rendering.editions import SHIPPED, letter

LANGUAGES = ("en", "es", "ar", "pt", "fr", "de", "it", "ca")


def _write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_language_is_complete(language: str) -> None:
    words = load_words(language, [SHIPPED])
    assert set(words) == set(load_words("en", [SHIPPED]))
    assert len(words) == len(load_words("en", [SHIPPED]))
    assert all(phrase.strip() for phrase in words.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_hold_the_names_that_are_put_into_them(language: str) -> None:
    words = load_words(language, [SHIPPED])
    assert "{language}" in words["in_language"]
    assert "{contact}" in words["contact"]
    assert "{title}" in words["why"]
    assert "{publication}" in words["why"]


def test_a_region_reads_the_words_of_its_language() -> None:
    assert load_words("es-MX", [SHIPPED])["by"] == "Por"


def test_a_region_may_say_some_things_differently(tmp_path: Path) -> None:
    _write(tmp_path, "_words/es-MX.toml", 'unsubscribe = "Cancelar la suscripción"')
    words = load_words("es-MX", [tmp_path, SHIPPED])
    assert words["unsubscribe"] == "Cancelar la suscripción"
    assert words["by"] == "Por"


def test_a_language_tells_others_how_to_invite_its_readers() -> None:
    words = load_words("en", [SHIPPED])
    assert words.of("es-MX", "read_here") == "Leer en español"
    assert words.of("ar", "dir") == "rtl"
    assert words.of("tlh", "read_here") is None


def test_a_language_without_words_is_a_fault_that_says_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(LayoutFault, match=rf"'sv'.*_words/sv\.toml.*{tmp_path.name}"):
        load_words("sv", [tmp_path, SHIPPED])


def test_missing_and_unknown_phrases_are_named(tmp_path: Path) -> None:
    _write(tmp_path, "_words/sv.toml", 'dir = "ltr"\nbey = "Von"\n')
    with pytest.raises(LayoutFault, match=r"missing: .*\band, .*; unknown: bey"):
        load_words("sv", [tmp_path])


def test_a_missing_layout_is_a_fault_that_names_the_folders(tmp_path: Path) -> None:
    with pytest.raises(LayoutFault, match=rf"'poster'.*poster/layout\.mjml\.j2.*{tmp_path.name}"):
        load_layout("poster", [tmp_path, SHIPPED])


def test_a_publisher_changes_one_colour_with_one_line(tmp_path: Path) -> None:
    _write(tmp_path, "digest/layout.toml", 'light = {accent = "#123456"}')
    look = load_layout("digest", [tmp_path, SHIPPED]).look
    assert look.light["accent"] == "#123456"
    assert look.light["ink"] == load_layout("digest", [SHIPPED]).look.light["ink"]


def test_a_publisher_changes_one_part_with_one_file(tmp_path: Path) -> None:
    _write(tmp_path, "_parts/text.txt.j2", "{% macro head() %}MINE{% endmacro %}")
    made = load_layout("digest", [tmp_path, SHIPPED])
    assert "MINE" in made.templates["_parts/text.txt.j2"]
    assert "_parts/stories.mjml.j2" in made.templates


WRONG = """
width = 9000
lite = 1
light = {ink = "red;}"}
fonts = {text = "<b>"}
logo = {src = "x"}
"""


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "digest/layout.toml", WRONG)
    with pytest.raises(LayoutFault) as caught:
        load_layout("digest", [tmp_path, SHIPPED])
    for key in ("width", "'lite'", "light.ink", "fonts.text", "logo.width", "logo.height"):
        assert key in str(caught.value)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "digest/layout.toml", "width 640")
    with pytest.raises(LayoutFault, match=r"digest/layout\.toml: .*line 1"):
        load_layout("digest", [tmp_path, SHIPPED])


def test_a_logo_takes_the_place_of_the_name(tmp_path: Path) -> None:
    logo = 'logo = {src = "https://tideway.example/logo.png", width = 200, height = 40}'
    _write(tmp_path, "digest/layout.toml", logo)
    html = letter(layout=load_layout("digest", [tmp_path, SHIPPED])).html
    assert 'alt="The Tideway"' in html
    assert 'src="https://tideway.example/logo.png"' in html


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "_words/en.toml", "")
    (tmp_path / "_words/en.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LayoutFault, match=r"_words/en\.toml cannot be read"):
        load_words("en", [tmp_path, SHIPPED])
