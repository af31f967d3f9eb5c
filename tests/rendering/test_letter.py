"""The whole letter, in every language that the layouts ship with."""

import quopri
import re
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.model.article import Author, Image
from newsletter.model.edition import Edition, EditionStory
from newsletter.model.letter import Personal, Picture, Place
from newsletter.rendering.context import slot
from tests.rendering.editions import (
    BASE,
    FACE,
    INES,
    LANGUAGES,
    LEAD_PICTURE,
    MARKER,
    MARTA,
    edition,
    letter,
    pictures_of,
    story,
)


def _page(shown: Edition, **changes: object) -> LexborNode:
    root = LexborHTMLParser(letter(shown, **changes).html).root
    assert root is not None
    return root


def _lead(language: str = "en", **changes: object) -> LexborNode:
    """The page of a letter that holds a lead story only."""
    return _page(edition(language, lead=story(0, language, **changes), sections=(), note=None))


def _link(page: LexborNode, label: str) -> dict[str, str | None]:
    return next(link.attributes for link in page.css("a") if link.text() == label)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_has_one_first_heading_and_says_its_language(language: str) -> None:
    page = _page(edition(language))
    root = page.css("html")[0].attributes
    assert len(page.css("h1")) == 1
    assert root["lang"] == language
    assert root["dir"] == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_machinery_is_left_in_a_letter(language: str) -> None:
    made = letter(edition(language))
    for leftover in ("<mj-", "{{", "{%", r"\u{", "&amp;#", "mj-style", ">None<"):
        assert leftover not in made.html
        assert leftover not in made.text


def test_a_letter_is_in_standards_mode_and_knows_both_schemes() -> None:
    html = letter().html
    assert html.startswith("<!doctype html>\n<html")
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme:dark" in html
    assert "[data-ogsc]" in html


def test_outlooks_ghost_tables_are_as_wide_as_the_sheet_and_its_text() -> None:
    ghosts = "".join(re.findall(r"<!--\[if mso.*?endif\]-->", letter().html, re.DOTALL))
    assert set(re.findall(r"width:(\d+)px", ghosts)) == {"640", "576"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_stories_stay_well_under_what_gmail_clips(language: str) -> None:
    html = letter(edition(language, 12)).html
    assert len(quopri.encodestring(html.encode())) < 60_000


def test_the_date_is_written_as_the_language_does() -> None:
    assert "Tuesday, November 24, 2026" in letter().html
    assert "martes, 24 de noviembre de 2026" in letter(edition("es")).html


def test_slots_stand_in_the_links_of_a_reader_and_nowhere_else() -> None:
    made = letter(languages=("en", "es", "ar"), base_url=BASE + "/")
    unsubscribe = f"{BASE}/u/{slot(MARKER, Personal.UNSUBSCRIBE)}"
    preferences = f"{BASE}/s/{slot(MARKER, Personal.PREFERENCES)}"
    switch = f"{BASE}/l/{slot(MARKER, Personal.LANGUAGE)}"
    for part in (made.html, made.text):
        assert part.count(MARKER) == 8
        for address in (unsubscribe, preferences, f"{switch}/es", f"{switch}/ar"):
            assert part.count(address) == 1


def test_a_reader_is_invited_in_the_language_that_is_offered() -> None:
    switch = _link(_page(edition("en"), languages=("en", "ar")), "استلم النشرة بالعربية")
    assert (switch["lang"], switch["hreflang"], switch["dir"]) == ("ar", "ar", "rtl")


def test_a_story_links_to_its_other_language_in_that_language() -> None:
    link = _link(_lead(), "Leer en español")
    assert link["href"] == "https://tideway.example/es/2026/11/24/story-0"
    assert (link["lang"], link["hreflang"]) == ("es", "es")


def test_the_lead_picture_has_its_real_shape_and_its_words() -> None:
    page = _lead()
    image = page.css("img")[0].attributes
    assert (image["width"], image["height"]) == ("576", "324")
    assert image["alt"] == LEAD_PICTURE.alt
    assert f"{LEAD_PICTURE.caption} (EFE)" in page.text()


def test_a_small_picture_is_not_blown_up() -> None:
    shown = edition(sections=())
    small = Picture("https://x.example/s.png", 300, 200)
    pictures = pictures_of(shown) | {(LEAD_PICTURE, Place.LEAD): small}
    image = _page(shown, pictures=pictures).css("img")[0].attributes
    assert (image["width"], image["height"]) == ("300", "200")


def test_a_picture_that_is_not_to_be_shown_leaves_no_trace() -> None:
    page = _page(edition(), pictures={})
    assert page.css("img") == []
    assert str(LEAD_PICTURE.caption) not in page.text()


def test_a_picture_without_alternative_text_is_hidden_from_screen_readers() -> None:
    page = _lead(lead_image=replace(LEAD_PICTURE, alt=None))
    assert page.css("img")[0].attributes["alt"] == ""
    link = page.css("a:has(img)")[0].attributes
    assert (link["aria-hidden"], link["tabindex"]) == ("true", "-1")


def test_an_author_has_a_face_a_linked_name_and_a_bio_in_the_readers_language() -> None:
    page = _lead("es")
    assert _link(page, "Marta Olmedo")["href"] == MARTA.url
    assert FACE.url in [image.attributes["src"] for image in page.css("img")]
    assert MARTA.bio["es"] in page.text()
    assert MARTA.bio["en"] not in page.text()


def test_an_author_without_a_face_gets_a_disc_with_initials() -> None:
    page = _lead(authors=(INES,))
    disc = page.css("td[aria-hidden]")[0]
    assert disc.text() == "IB"
    assert "border-radius:22px" in str(disc.attributes["style"])
    assert disc.attributes["bgcolor"]


def test_several_authors_are_joined_and_told_apart() -> None:
    text = _lead(authors=(MARTA, Author(name="Tom Finch"), INES)).text()
    assert "By Marta Olmedo, Tom Finch and Inés Barral" in text
    assert "Marta Olmedo: Reports on ports" in text


def test_a_story_without_author_date_and_picture_has_no_empty_lines_for_them() -> None:
    page = _lead(authors=(), published=None, lead_image=None, section=None)
    assert "By" not in page.text()
    assert page.css("img") == []


def _fallback() -> EditionStory:
    return replace(story(0, "en"), fallback=True)


def test_a_story_in_another_language_is_marked_as_such() -> None:
    made = letter(edition("es", lead=_fallback()))
    page = LexborHTMLParser(made.html)
    assert page.css("h2")[0].attributes["lang"] == "en"
    assert "en inglés" in page.css("td.kicker")[0].text()
    assert "A harbour learns to wait for the wind (en inglés)" in made.text


def test_a_sample_says_so_at_the_top() -> None:
    made = letter(edition(sample=True))
    assert "Sample: nothing new yet" in made.html
    assert made.text.startswith("*** Sample: nothing new yet ***")
    assert "Sample" not in letter().html


def test_the_letters_own_page_is_linked_when_it_has_one() -> None:
    address = "https://tideway.example/letters/1?a=1&b=2"
    made = letter(view_url=address)
    page = LexborHTMLParser(made.html)
    assert [a.attributes["href"] for a in page.css("a") if a.text() == "View in browser"] == [
        address,
        address,
    ]
    assert address in made.text
    assert "View in browser" not in letter().html + letter().text


def test_a_note_keeps_its_paragraphs() -> None:
    page = _page(edition(note="One.\n\nTwo\nlines."))
    assert [cell.text() for cell in page.css("td") if cell.text() in ("One.", "Two lines.")] == [
        "One.",
        "Two lines.",
    ]


def test_the_footer_says_why_and_from_whom() -> None:
    text = _page(edition()).text()
    assert "You receive “Morning edition” because you subscribed to The Tideway." in text
    assert "Rúa do Areal 40" in text
    assert "Write to us: editors@tideway.example" in text


def test_a_picture_of_an_article_may_travel_with_the_letter() -> None:
    image = Image(file="/articles/a.jpg", width=640, height=360)
    shown = edition(lead=story(lead_image=image))
    page = _page(shown, pictures={(image, Place.LEAD): Picture("cid:p1@tideway.example", 640, 360)})
    assert page.css("img")[0].attributes["src"] == "cid:p1@tideway.example"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_part_breaks_no_link_and_has_short_lines(language: str) -> None:
    lines = letter(edition(language)).text.splitlines()
    assert all(len(line) <= 72 or line.startswith("https://") for line in lines)
    assert all(line.startswith("https://") for line in lines if "https://" in line)
