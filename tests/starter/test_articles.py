"""The sample articles: complete, paired, illustrated."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

import newsletter.starter
from newsletter.model.specs import FolderSpec
from newsletter.sources.folder import FolderSource
from newsletter.sources.port import Found

ARTICLES = Path(newsletter.starter.__file__).with_name("articles")
FILES = sorted(ARTICLES.glob("e[ns]/*.md"))
FIELDS = {
    "title",
    "description",
    "date",
    "section",
    "tags",
    "translation_key",
    "author",
    "image",
}
SECTIONS = {
    "en": {"World", "Science", "Culture", "Business"},
    "es": {"Mundo", "Ciencia", "Cultura", "Economía"},
}

each_article = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}"
)
each_picture = pytest.mark.parametrize(
    "file", sorted(ARTICLES.glob("images/*")), ids=lambda file: file.name
)


def parts(file: Path) -> tuple[dict[str, Any], str]:
    _, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def writers() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((ARTICLES / "authors.yml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def keys_of(front: dict[str, Any]) -> list[str]:
    author = front["author"]
    return [author] if isinstance(author, str) else author


def as_collected() -> Found:
    spec = FolderSpec(
        name="articles", kind="folder", path=ARTICLES, base_url="https://meridian.example"
    )
    return FolderSource(spec, ARTICLES).read()


def stories() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for file in FILES:
        front, _ = parts(file)
        found[front["translation_key"]][file.parent.name] = front
    return found


@each_article
def test_an_article_says_all_that_a_letter_shows(file: Path) -> None:
    front, body = parts(file)
    assert set(front) == FIELDS
    assert all(front.values())
    assert front["section"] in SECTIONS[file.parent.name]
    assert 250 <= len(body.split()) <= 450


@each_article
def test_an_article_is_dated_to_the_minute_with_its_offset(file: Path) -> None:
    front, _ = parts(file)
    assert front["date"].utcoffset() is not None
    assert "2026-11-20" <= front["date"].date().isoformat() <= "2026-11-22"


@each_article
def test_a_file_name_can_stand_in_an_address(file: Path) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", file.stem)


@each_article
def test_authors_stand_in_the_list_of_authors(file: Path) -> None:
    front, _ = parts(file)
    assert set(keys_of(front)) <= set(writers())


@each_article
def test_a_picture_is_there_and_described(file: Path) -> None:
    image = parts(file)[0]["image"]
    picture = (file.parent / image["path"]).resolve()
    assert set(image) == {"path", "alt", "caption", "credit"}
    assert all(image.values())
    assert picture.is_file()
    assert picture.is_relative_to(ARTICLES.resolve())


@each_article
def test_quotation_marks_are_those_of_the_language(file: Path) -> None:
    _, body = parts(file)
    foreign = "\"'" + ("“”" if file.parent.name == "es" else "«»")
    assert not set(body) & set(foreign)


@pytest.mark.parametrize("file", sorted(ARTICLES.glob("es/*.md")), ids=lambda file: file.stem)
def test_spanish_figures_are_not_torn_apart_at_a_line_end(file: Path) -> None:
    assert not re.search(r"\d (%|\d{3}\b)", file.read_text(encoding="utf-8"))


def test_most_stories_are_told_in_both_languages() -> None:
    told = sorted("+".join(sorted(languages)) for languages in stories().values())
    assert told == ["en", *["en+es"] * 6, "es"]


def test_the_two_articles_of_a_story_share_authors_picture_and_day() -> None:
    for languages in stories().values():
        shared = {
            (*keys_of(front), front["image"]["path"], front["date"].date())
            for front in languages.values()
        }
        assert len(shared) == 1


def test_one_story_has_two_authors() -> None:
    shared = [
        key
        for key, told in stories().items()
        if len(keys_of(told.get("en", told.get("es", {})))) == 2
    ]
    assert shared == ["walking-vines"]


def test_every_picture_illustrates_one_story() -> None:
    used = [front["image"]["path"] for told in stories().values() for front in told.values()]
    assert {Path(path).name for path in used} == {f.name for f in ARTICLES.glob("images/*")}


@each_picture
def test_a_lead_picture_is_large_in_pixels_and_small_in_bytes(file: Path) -> None:
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1280, 720))
    assert file.stat().st_size <= 90_000


@pytest.mark.parametrize("key", sorted(writers()))
def test_an_author_has_a_face_an_address_and_a_bio_in_both_languages(key: str) -> None:
    author = writers()[key]
    bio = author["bio"]
    halves = bio.split(" // ") if isinstance(bio, str) else [bio["en"], bio["es"]]
    assert len(halves) == 2
    assert author["url"].startswith("https://meridian.example/")
    with Image.open(ARTICLES / author["avatar"]) as face:
        assert face.size == (192, 192)


def test_bios_come_in_both_ways_of_writing_them() -> None:
    assert {type(author["bio"]) for author in writers().values()} == {str, dict}


def test_the_folder_source_reads_the_samples_without_a_fault() -> None:
    found = as_collected()
    assert found.faults == ()
    assert len(found.drafts) == len(FILES) == 14
    assert sum(bool(draft.translations) for draft in found.drafts) == 12


def test_what_is_collected_has_its_language_address_and_picture() -> None:
    for draft in as_collected().drafts:
        assert draft.language in SECTIONS
        assert f"/{draft.language}/" in (draft.url or "")
        assert draft.images[0].file
        assert draft.images[0].caption


def test_what_is_collected_has_authors_with_faces() -> None:
    authors = [author for draft in as_collected().drafts for author in draft.authors]
    assert len(authors) == 16
    assert all(author.avatar and author.avatar.file and author.bio for author in authors)
