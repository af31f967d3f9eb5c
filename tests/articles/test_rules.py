"""The small rules: credits, dates, bios, bylines, furniture, excerpts."""

import pytest

from newsletter.articles.bios import bios_by_language
from newsletter.articles.blocks import blocks
from newsletter.articles.boilerplate import is_boilerplate
from newsletter.articles.bylines import names_in
from newsletter.articles.credits import split_credit
from newsletter.articles.dates import read_date
from newsletter.articles.excerpt import cut, make_excerpt
from newsletter.articles.markup import body_of
from newsletter.articles.pictures import is_furniture, picture_url, same_picture
from newsletter.articles.translations import translation_phrase
from newsletter.model.article import Image


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("A gull. (EFE)", "A gull.", "EFE"),
        ("A gull. [Jane Roe/Getty Images]", "A gull.", "Jane Roe/Getty Images"),
        ("Una gaviota. | Foto: AFP", "Una gaviota.", "AFP"),
        ("A gull. © Marta Gil", "A gull.", "Marta Gil"),
        ("A gull (2019). Photo: Reuters", "A gull (2019).", "Reuters"),
        ("Una gaviota. EFE/Juan Pérez", "Una gaviota.", "EFE/Juan Pérez"),
        ("Photo by Jane Roe", None, "Jane Roe"),
        ("The keeper (left) counts.", "The keeper (left) counts.", None),
        ("El farero (izq.)", "El farero (izq.)", None),
        ("The harbour in winter (2019)", "The harbour in winter (2019)", None),
        ("", None, None),
    ],
)
def test_a_credit_is_parted_from_its_caption(
    printed: str, caption: str | None, credit: str | None
) -> None:
    assert split_credit(printed) == (caption, credit)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("2024-05-03T08:15:00Z", "2024-05-03T08:15:00+00:00"),
        ("2024-05-03T08:15:00.123+0200", "2024-05-03T08:15:00+02:00"),
        ("Fri, 03 May 2024 08:15:00 CEST", "2024-05-03T08:15:00+02:00"),
        ("Fri, 03 May 2024 08:15:00 EST", "2024-05-03T08:15:00-05:00"),
        ("2024-05-03 08:15", "2024-05-03T08:15:00+02:00"),
        ("2020/1/10", "2020-01-10"),
        ("20240503", "2024-05-03"),
        ("3 de mayo de 2024", "2024-05-03"),
        ("May 3, 2024", "2024-05-03"),
        ("1714724100", "2024-05-03T08:15:00+00:00"),
    ],
)
def test_a_date_is_read_with_its_zone_or_its_sources(raw: str, shown: str) -> None:
    dated = read_date(raw, "Europe/Madrid")
    assert dated is not None
    assert str(dated.moment) == shown


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "This Thursday, August 26",
        "yesterday",
        "0001-01-01T00:00:00Z",
        "1970-01-01",
        "2024-02-31",
    ],
)
def test_what_is_no_date_gives_none(raw: str) -> None:
    assert read_date(raw, "UTC") is None


EN = "Ana writes about harbours and the people who work in them."
ES = "Ana escribe sobre puertos y sobre la gente que trabaja en ellos."


@pytest.mark.parametrize(
    "raw", [f"{EN} // {ES}", f"{EN}//{ES}", f"{EN} | {ES}", f"<p>{EN}</p><p>{ES}</p>", f"{EN} {ES}"]
)
def test_each_half_of_a_bio_goes_to_its_language(raw: str) -> None:
    assert bios_by_language(raw, ("en", "es"), "en") == {"en": EN, "es": ES}


def test_an_address_in_a_bio_does_not_part_it() -> None:
    bio = EN + " More of her work is at https://ana.example.com/ and in print."
    assert bios_by_language(bio, ("en", "es"), "en") == {"en": bio}


def test_two_halves_in_one_language_are_one_bio() -> None:
    bio = f"{EN} // Before that she wrote about ships for a small paper on the coast."
    assert [*bios_by_language(bio, ("en", "es"), "en")] == ["en"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jane Roe", ["Jane Roe"]),
        ("Por Juan Pérez y Ana Gil", ["Juan Pérez", "Ana Gil"]),
        ("By Jane Roe // Por Jane Roe", ["Jane Roe"]),
        ("JANE ROE, Staff Writer", ["Jane Roe"]),
        ("desk@example.com (Jane Roe)", ["Jane Roe"]),
        ("https://social.example/jane", []),
        ("admin", []),
    ],
)
def test_a_byline_gives_names_and_nothing_else(byline: str, names: list[str]) -> None:
    assert names_in(byline) == names


@pytest.mark.parametrize(
    "line",
    [
        "Leave a Reply",
        "LEAVE A REPLY »",
        "Saltar al contenido",
        "Share this:",
        "[Leer en español]",
        "Skip to main content",
        "Skip to navigation Skip to content",
    ],
)
def test_furniture_is_known_by_its_whole_line(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    ["They left a reply in writing.", "Please leave a reply in the box by the door.", "Leer"],
)
def test_a_sentence_with_words_of_furniture_is_text(line: str) -> None:
    assert not is_boilerplate(line)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Leer en Español", "es"),
        ("[Leer en inglés]", "en"),
        ("Lee esta nota en español", "es"),
        ("También disponible en español", "es"),
        ("English version", "en"),
        ("Lire cet article en anglais", "en"),
        ("She learned to read in English at the age of four.", None),
        ("The harbour in Spanish times", None),
    ],
)
def test_an_offer_of_a_translation_is_told_by_its_words(line: str, language: str | None) -> None:
    assert translation_phrase(line) == language


def test_an_excerpt_ends_with_a_sentence_and_not_with_an_abbreviation() -> None:
    text = (
        "The harbour of St. Mary and Rep. Jane Roe agreed on a plan at last. " + "It rained. " * 40
    )
    shown = cut(text, 120)
    assert len(shown) <= 120
    assert shown.endswith("rained.")


def test_an_excerpt_without_a_sentence_end_is_cut_at_a_word() -> None:
    assert cut("word " * 100, 30) == "word word word word word word…"


def test_an_excerpt_skips_datelines_and_headings() -> None:
    body = blocks("<h2>A heading of the text</h2><p>KABUL (EFE) - The gulls came back in May.</p>")
    assert make_excerpt(None, body, "Gulls").value == "The gulls came back in May."


@pytest.mark.parametrize(
    "line",
    ["KABUL (EFE) - ", "Madrid, 26 ago (EFE).- ", "LONDON — ", "Londres – ", "Buenos Aires — "],
)
def test_a_dateline_is_no_part_of_an_excerpt(line: str) -> None:
    text = "El puente “viejo” reabre tras dos años de obras en la ribera."
    assert make_excerpt(None, blocks(f"<p>{line}{text}</p>"), "Puente").value == text


@pytest.mark.parametrize(
    "text",
    [
        "The ferry – late again – sank off the pier in the evening.",
        "Jane Roe – who steers it – has seen worse things in her time.",
    ],
)
def test_a_sentence_with_a_dash_is_no_dateline(text: str) -> None:
    assert make_excerpt(None, blocks(f"<p>{text}</p>"), "Ferry").value == text


@pytest.mark.parametrize(
    "other",
    [
        "<p>By Jane Roe and John Poe of the Harbour Press Agency</p>",
        "<p>The ferry leaves late</p>",
        (
            "<figure><img src='a.jpg'><figcaption>The ferry at dawn, with all its gulls."
            "</figcaption></figure>"
        ),
        "<p>Subscribe to our newsletter</p>",
        "<p><a href='https://v.example/1'>▶ YouTube: The ferry and all of its many gulls</a></p>",
    ],
)
def test_an_excerpt_is_made_of_sentences_of_the_text(other: str) -> None:
    text = "The gulls came back in May, and the captain counted them all."
    found = make_excerpt(None, blocks(f"{other}<p>{text}</p>"), "The ferry leaves late")
    assert found.value == text


@pytest.mark.parametrize(
    "other",
    [
        "https://cdn.example.com/a/gull-on-a-pier-1024x683.jpg?w=3",
        "https://news.example.com/img/gull-on-a-pier.webp",
        "https://resize.example.com/600/https://news.example.com/img/gull-on-a-pier.jpg",
    ],
)
def test_one_picture_in_other_sizes_is_the_same(other: str) -> None:
    assert same_picture("https://news.example.com/img/gull-on-a-pier.jpg", other)


def test_pictures_with_dull_names_are_told_apart_by_their_folders() -> None:
    assert not same_picture("https://e.example/a/image.jpg", "https://e.example/b/image.jpg")


@pytest.mark.parametrize(
    "image",
    [
        Image(url="https://pixel.example.com/g.gif"),
        Image(url="https://e.example/img/logo.png"),
        Image(url="https://e.example/a.svg"),
        Image(url="https://e.example/a.jpg", width=1, height=1),
        Image(url="https://e.example/a.jpg", width=1200, height=90),
    ],
)
def test_trackers_logos_and_banners_are_no_pictures(image: Image) -> None:
    assert is_furniture(image)


def test_the_widest_picture_that_is_not_a_waste_is_taken() -> None:
    srcset = "/a,b.jpg 300w, /c.jpg 1600w, /d.jpg 4000w"
    img = body_of(f'<img src="/x.jpg" srcset="{srcset}">').css_first("img")
    assert img is not None
    assert picture_url(img, "https://e.example/") == "https://e.example/c.jpg"


def test_a_text_without_blanks_still_has_an_excerpt() -> None:
    assert cut("港" * 400) == "港" * 299 + "…"
