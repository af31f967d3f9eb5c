"""The words of the public pages: complete in every language, and a publisher's own on top."""

import re
from pathlib import Path

import pytest

from newsletter.rendering.faults import LayoutFault
from newsletter.rendering.layouts import load_words
from newsletter.starter.project import layouts
from newsletter.web.words import filled, library

LANGUAGES = ("en", "es", "ar", "pt", "fr", "de", "it", "ca")
ENGLISH = library(Path("/nowhere")).of("en")


def named(phrase: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w+\}", phrase)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase_of_its_own(language: str) -> None:
    found = library(Path("/nowhere")).of(language)
    assert found.keys() == ENGLISH.keys()
    assert {key: named(text) for key, text in found.items()} == {
        key: named(text) for key, text in ENGLISH.items()
    }
    same = [key for key in found if found[key] == ENGLISH[key]]
    assert language == "en" or set(same) <= {"home", "name"}


def test_the_pages_speak_every_language_that_letters_do() -> None:
    for language in LANGUAGES:
        assert load_words(language, [layouts()])
    there = {file.name.removesuffix(".toml") for file in (layouts() / "_words").iterdir()}
    assert there == set(LANGUAGES)


def own(folder: Path, language: str, text: str) -> Path:
    (folder / "_pages").mkdir(exist_ok=True)
    (folder / "_pages" / f"{language}.toml").write_text(text, "utf-8")
    return folder


def test_a_publisher_s_phrase_lies_over_ours_and_a_region_s_over_its_language(
    tmp_path: Path,
) -> None:
    own(tmp_path, "es", 'save = "Vale"\nleave = "Adiós"\n')
    own(tmp_path, "es-MX", 'save = "Órale"\n')
    found = library(tmp_path).of("es-MX")
    assert [found[key] for key in ("save", "leave", "email")] == [
        "Órale",
        "Adiós",
        "Correo electrónico",
    ]
    assert library(tmp_path).of("es")["save"] == "Vale"


def test_a_language_without_words_speaks_english(tmp_path: Path) -> None:
    assert library(tmp_path).of("eo") == ENGLISH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("save =", "_pages/en.toml: "),
        ('sav = "x"', "unknown key 'sav'"),
        ("save = 7", "save must be a text"),
        ('left = "{titel}"', "left has nothing to fill in for {titel}"),
    ],
)
def test_what_is_wrong_with_a_publisher_s_words_is_named(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(LayoutFault, match=re.escape(words)):
        library(own(tmp_path, "en", text)).of("en")


def test_only_what_is_there_is_filled_in() -> None:
    assert filled("{a} {b} {} {a.b} {{a}}", a="{b}") == "{b} {b} {} {a.b} {{b}}"


def test_what_is_filled_into_arabic_takes_no_quote_along() -> None:
    assert filled("توقف «{title}»؟", title="Daily") == "توقف «\u2068Daily\u2069»؟"
