"""Pictures are looked at once, where somebody may be shown them, and the next time if need be."""

from datetime import timedelta
from typing import Any

import pytest

from newsletter.model.article import Article, Draft, Image, Page
from newsletter.store import articles
from newsletter.store.database import Database
from tests import pictures
from tests.flows.gallery import Gallery, gone, silent
from tests.flows.sources import NOW, ListedSource, draft, read

FERRY = Image(url="https://example.com/img/ferry.jpg")
PIER = Image(url="https://example.com/img/pier.jpg")
SITE_S_OWN = "https://example.com/img/harbour-at-dawn.jpg"


def one(number: int = 1, *images: Image, **changes: Any) -> Draft:
    return draft(number, images=images, **changes)


def with_page(number: int, picture: str, language: str = "en") -> Draft:
    """A draft whose page names the picture; its source names none."""
    url = f"https://example.com/{language}/{number}"
    html = f'<html><head><meta property="og:image" content="{picture}"></head><body></body></html>'
    return draft(number, language, page=Page(url=url, html=html))


def known(database: Database) -> dict[str | None, Article]:
    """By guid."""
    with database.read() as tx:
        found = articles.known_since(tx, NOW - timedelta(days=365))
    return {each.article.guid: each.article for each in found}


def lead(article: Article) -> str | None:
    return article.lead_image.url if article.lead_image else None


def codes(article: Article) -> list[str]:
    return [remark.code for remark in article.remarks]


def test_the_picture_of_a_new_article_is_looked_at_once(database: Database) -> None:
    source, gallery = ListedSource("site", [one(1, FERRY)]), Gallery()
    read(database, source, look=gallery)
    read(database, source, look=gallery)
    assert gallery.asked == [FERRY.url]
    (article,) = known(database).values()
    assert article.lead_image == Image(url=FERRY.url, width=900, height=600, mime="image/jpeg")


def test_pictures_of_a_baseline_are_not_looked_at(database: Database) -> None:
    gallery = Gallery()
    source = ListedSource("site", [one(1, FERRY)])
    read(database, source, first_run="baseline", look=gallery)
    assert gallery.asked == []
    source.drafts.append(one(2, PIER))
    read(database, source, first_run="baseline", look=gallery)
    assert gallery.asked == [PIER.url]


def test_without_a_look_pictures_are_what_they_are_said_to_be(database: Database) -> None:
    read(database, ListedSource("site", [one(1, FERRY)]))
    (article,) = known(database).values()
    assert article.lead_image == FERRY


def test_an_article_that_lost_its_picture_is_there_and_told(database: Database) -> None:
    source = ListedSource("site", [one(1, FERRY), one(2, PIER)])
    result = read(database, source, look=Gallery({FERRY: pictures.SVG}))
    assert result.new == 2
    (fault,) = result.faults
    assert "SVG" in fault.reason
    assert [lead(each) for each in known(database).values()] == [None, PIER.url]
    assert read(database, source, look=Gallery()).unchanged == 2


def test_a_picture_that_another_stood_in_for_is_no_fault(database: Database) -> None:
    source = ListedSource("site", [one(1, FERRY, PIER)])
    assert read(database, source, look=Gallery({FERRY: gone(FERRY)})).faults == ()
    (article,) = known(database).values()
    assert (lead(article), codes(article)) == (PIER.url, ["image_unfit"])


def test_a_picture_that_was_not_to_be_had_is_shown_once_it_is(database: Database) -> None:
    source, gallery = ListedSource("site", [one(1, FERRY)]), Gallery({FERRY: silent(FERRY)})
    assert len(read(database, source, look=gallery).faults) == 1
    assert read(database, source, look=gallery).unchanged == 1
    assert [lead(each) for each in known(database).values()] == [None]
    assert read(database, source, look=Gallery()).changed == 1
    assert [lead(each) for each in known(database).values()] == [FERRY.url]
    assert read(database, source, look=Gallery()).unchanged == 1


def test_a_silent_server_is_not_asked_for_every_article(database: Database) -> None:
    images = [Image(url=f"https://cdn.example.com/{n}.jpg") for n in range(9)]
    gallery = Gallery({image: silent(image) for image in images})
    source = ListedSource("site", [one(n, image) for n, image in enumerate(images)])
    assert read(database, source, look=gallery).new == 9
    assert len(gallery.asked) == 2


def test_a_look_that_stumbles_stops_nothing(database: Database) -> None:
    def stumbling(image: Image) -> bytes:
        raise ZeroDivisionError("what is this")

    result = read(database, ListedSource("site", [one(1, FERRY), one(2)]), look=stumbling)
    assert (result.new, len(result.faults)) == (2, 1)
    assert "ZeroDivisionError" in result.faults[0].reason


def test_the_site_s_own_picture_is_nobody_s_lead(database: Database) -> None:
    source, gallery = ListedSource("site"), Gallery()
    source.drafts = [with_page(n, SITE_S_OWN) for n in range(3)]
    read(database, source, first_run="baseline", look=gallery)
    source.drafts.append(with_page(3, SITE_S_OWN))
    read(database, source, look=gallery)
    article = known(database)["en-3"]
    assert (lead(article), codes(article), gallery.asked) == (None, ["image_generic"], [])


@pytest.mark.parametrize(("before", "shown"), [(2, True), (3, False)])
def test_articles_of_one_reading_count_as_well(
    database: Database, before: int, shown: bool
) -> None:
    drafts = [with_page(n, SITE_S_OWN) for n in range(before + 1)]
    read(database, ListedSource("site", drafts), look=Gallery())
    expected = {SITE_S_OWN} if shown else {None}
    assert {lead(each) for each in known(database).values()} == expected


def test_translations_may_all_have_the_same_picture(database: Database) -> None:
    drafts = [with_page(1, SITE_S_OWN, language) for language in ("en", "es", "pt", "fr", "de")]
    read(database, ListedSource("site", drafts), look=Gallery())
    assert {lead(each) for each in known(database).values()} == {SITE_S_OWN}


def test_what_the_source_hands_over_as_its_picture_is_the_article_s(database: Database) -> None:
    drafts = [one(n, FERRY) for n in range(9)]
    read(database, ListedSource("site", drafts), look=Gallery())
    assert {lead(each) for each in known(database).values()} == {FERRY.url}
