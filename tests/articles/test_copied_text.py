"""A page as a reader copied it out of a browser."""

import pytest

from newsletter.articles.read import Reading, read_article
from newsletter.model.article import Draft, NotAnArticle
from tests.articles.build import read

EN = "Marina studies marine biology at a small institute on the coast and counts seabirds."
ES = "Marina estudia biología marina en un pequeño instituto de la costa y cuenta aves."
FIRST = (
    "This Monday, May 6, the gulls came back to the breakwater in numbers that nobody on the "
    "pier had seen for a generation."
)
SECOND = (
    "The keeper of the lighthouse wrote down four hundred pairs before noon, and asked the "
    "council to leave a reply in writing about the new fence."
)
COPIED = f"""Skip to main content

The Gulls Are Back, Explained

The Gulls Are Back, Explained

Leer en Español

[Leer en español]

{FIRST}

Las gaviotas han vuelto
Gulls over the breakwater on Monday. (EFE)

{SECOND}

{EN} // {ES}

Leave a Reply"""


def _draft(text: str) -> Draft:
    return Draft(source="copied", origin="text", text=text)


def test_a_doubled_first_line_is_the_headline_and_not_in_the_body() -> None:
    found = read(_draft(COPIED))
    assert found.title == "The Gulls Are Back, Explained"
    assert found.body_text == f"{FIRST}\n\n{SECOND}"


def test_the_lines_of_a_picture_become_its_text_caption_and_credit() -> None:
    image = read(_draft(COPIED)).lead_image
    assert image is not None
    assert (image.alt, image.caption, image.credit, image.url) == (
        "Las gaviotas han vuelto",
        "Gulls over the breakwater on Monday.",
        "EFE",
        None,
    )


def test_an_offer_to_read_in_another_language_is_a_translation_without_address() -> None:
    assert read(_draft(COPIED)).translations == {"es": None}


@pytest.mark.parametrize("between", [" // ", "\n//\n", " | ", " / ", " – ", "\n", " "])
def test_a_bio_in_two_languages_is_parted_and_names_its_author(between: str) -> None:
    (author,) = read(_draft(COPIED.replace(" // ", between))).authors
    assert author.name == "Marina"
    assert author.bio == {"en": EN, "es": ES}


def test_a_day_without_a_year_is_no_date() -> None:
    assert read(_draft(COPIED)).published is None


def test_a_byline_and_a_date_of_their_own_are_read_and_leave_the_body() -> None:
    text = f"Gulls return\n\nBy Jane Roe\n\nMay 6, 2024\n\n{FIRST}\n\n{SECOND}"
    found = read(_draft(text))
    assert [author.name for author in found.authors] == ["Jane Roe"]
    assert str(found.published) == "2024-05-06"
    assert found.body_text == f"{FIRST}\n\n{SECOND}"


def test_a_plain_text_says_nothing_that_is_not_in_it() -> None:
    found = read(_draft(f"Gulls return\n\n{FIRST}\n\n{SECOND}"))
    assert (found.authors, found.translations, found.tags) == ((), {}, ())
    assert (found.lead_image, found.published, found.standfirst, found.url) == (None,) * 4


def test_the_spanish_page_is_read_in_the_same_way() -> None:
    text = COPIED.replace("Leer en Español", "Read in English")
    text = text.replace("[Leer en español]", "[Read this story in English]")
    text = text.replace(FIRST, "Las gaviotas volvieron este lunes al rompeolas del viejo puerto.")
    text = text.replace(SECOND, "El farero anotó cuatrocientas parejas antes del mediodía.")
    found = read(_draft(text))
    assert found.language == "es"
    assert found.translations == {"en": None}


@pytest.mark.parametrize("text", ["", "   \n\n", "Leave a Reply"])
def test_a_text_without_a_headline_is_no_article(text: str) -> None:
    assert isinstance(read_article(_draft(text), Reading(languages=())), NotAnArticle)
