"""From a page of a publisher's to an article, through every kind of markup."""

import json

import pytest

from newsletter.articles.as_json import article_json
from newsletter.articles.read import Reading, read_article
from newsletter.model.article import Author, Image, NotAnArticle
from tests.articles.build import BODY, READING, URL, feed_draft, ld, meta, page, page_draft, read

PHOTO = "https://news.example.com/img/ferry-at-dawn.jpg"
FIGURE = (
    '<figure><img src="/img/ferry-at-dawn-1024x683.jpg" alt="A ferry">'
    "<figcaption>The ferry at dawn. (EFE)</figcaption></figure>"
)
EN = "Jane studies harbours at the coast institute and writes about ships."
ES = "Jane estudia puertos en el instituto de la costa y escribe sobre barcos."


def test_a_plain_page_gives_headline_text_site_and_language() -> None:
    found = read(page_draft(page()))
    assert found.title == "The ferry leaves late"
    assert found.body_text == "\n\n".join(BODY)
    assert (found.site, found.language, found.url) == ("The Harbour", "en", URL)


def test_every_value_tells_where_it_came_from() -> None:
    html = page(head=ld(headline="The ferry leaves late", datePublished="2024-05-03T08:00:00Z"))
    assert {
        "title": "page.h1",
        "published": "jsonld.datePublished",
        "site": "og.site_name",
        "body_text": "page.body",
    }.items() <= read(page_draft(html)).provenance.items()


def test_a_printed_headline_wins_when_the_page_agrees_with_it() -> None:
    html = page(head=meta("og:title", "The ferry leaves late | The Harbour"))
    assert read(page_draft(html)).title == "The ferry leaves late"


def test_the_sites_name_is_cut_off_a_declared_title() -> None:
    html = page(head=meta("og:title", "The ferry leaves late | The Harbour"))
    found = read(page_draft(html.replace("<h1>The ferry leaves late</h1>", "")))
    assert found.title == "The ferry leaves late"


def test_the_lead_image_has_the_caption_and_the_credit_that_stand_under_it() -> None:
    found = read(page_draft(page(head=meta("og:image", PHOTO), above=FIGURE)))
    assert found.lead_image == Image(
        url=PHOTO, alt="A ferry", caption="The ferry at dawn.", credit="EFE"
    )
    assert "dawn" not in found.body_text
    assert "<img" not in found.body_html


def test_a_logo_is_no_lead_image() -> None:
    html = page(head=meta("og:image", "https://news.example.com/logo-default.png"), above=FIGURE)
    image = read(page_draft(html)).lead_image
    assert image is not None
    assert image.url == "https://news.example.com/img/ferry-at-dawn-1024x683.jpg"


def test_a_lazy_picture_is_found_where_its_loader_looks() -> None:
    img = '<figure><img src="data:image/gif;base64,R0" data-src="/img/boat.jpg"></figure>'
    image = read(page_draft(page(above=img))).lead_image
    assert image == Image(url="https://news.example.com/img/boat.jpg")


def test_an_author_is_found_with_the_bio_of_each_language() -> None:
    box = f'<div class="author-box"><p class="author-bio">{EN} // {ES}</p></div>'
    html = page(
        above='<p class="byline">By <a rel="author" href="/jane">Jane Roe</a></p>', below=box
    )
    found = read(page_draft(html))
    assert found.authors == (
        Author(name="Jane Roe", url="https://news.example.com/jane", bio={"en": EN, "es": ES}),
    )
    assert "Jane" not in found.body_text


def test_authors_are_followed_through_the_graph_of_a_page() -> None:
    person = {"@id": "#jane", "@type": "Person", "name": "Jane Roe", "description": EN}
    graph = {"@graph": [{"@type": "NewsArticle", "author": {"@id": "#jane"}}, person]}
    html = page(head=f'<script type="application/ld+json">{json.dumps(graph)}</script>')
    (author,) = read(page_draft(html)).authors
    assert (author.name, author.bio) == ("Jane Roe", {"en": EN})


@pytest.mark.parametrize(
    "declared",
    [
        {"datePublished": "2024-05-03T08:15:00+02:00"},
        {"datePublished": "2024-05-03"},
    ],
)
def test_the_clock_comes_from_a_witness_that_knows_its_zone(declared: dict[str, str]) -> None:
    head = ld(**declared) + meta("article:published_time", "2024-05-03T08:15:00+02:00")
    assert str(read(page_draft(page(head=head))).published) == "2024-05-03T08:15:00+02:00"


def test_a_local_time_gets_the_sources_zone_and_a_remark() -> None:
    reading = Reading(languages=("en",), timezone="Europe/Madrid")
    found = read(page_draft(page(head=ld(datePublished="2024-05-03 08:15"))), reading)
    assert str(found.published) == "2024-05-03T08:15:00+02:00"
    assert [remark.code for remark in found.remarks] == ["tz_assumed"]


def test_a_change_soon_after_publication_is_no_update() -> None:
    published = "2024-05-03T08:15:00Z"
    soon = ld(datePublished=published, dateModified="2024-05-03T08:15:30Z")
    late = ld(datePublished=published, dateModified="2024-05-04T08:15:30Z")
    assert read(page_draft(page(head=soon))).updated is None
    assert str(read(page_draft(page(head=late))).updated) == "2024-05-04T08:15:30+00:00"


ES_URL = "https://news.example.com/es/el-ferri/"


@pytest.mark.parametrize(
    "link",
    [
        f'<link rel="alternate" hreflang="es" href="{ES_URL}">',
        f'<p><a href="{ES_URL}?utm_source=x" hreflang="es">Español</a></p>',
        f'<p><a href="{ES_URL}">Leer en Español</a></p>',
        f'<p>[<a href="{ES_URL}">Leer en español</a>]</p>',
        f'<p><a href="{ES_URL}">Lee esta nota en español »</a></p>',
        f'<p><a href="{ES_URL}">Spanish version</a></p>',
        f'<p><a href="{ES_URL}">Read this story in Spanish</a></p>',
    ],
)
def test_a_translation_is_found_in_every_form_of_link(link: str) -> None:
    found = read(page_draft(page(above=link)))
    assert found.translations == {"es": ES_URL}
    assert found.body_text == "\n\n".join(BODY)


def test_a_language_switch_to_the_front_page_translates_nothing() -> None:
    html = page(head='<link rel="alternate" hreflang="es" href="https://news.example.com/es/">')
    assert read(page_draft(html)).translations == {}


def test_a_page_is_not_its_own_translation() -> None:
    html = page(head=f'<link rel="alternate" hreflang="en-US" href="{URL}">')
    assert read(page_draft(html)).translations == {}


def test_furniture_leaves_the_body_and_sentences_that_sound_like_it_stay() -> None:
    text = "".join(f"<p>{p}</p>" for p in (*BODY, "Leave a Reply", "Share this:"))
    found = read(feed_draft(content=text))
    assert found.body_text == "\n\n".join(BODY)
    assert "leave a reply in writing" in found.body_text


def test_a_canonical_address_on_another_site_is_told_and_not_used() -> None:
    html = page(head='<link rel="canonical" href="https://wire.example/story/">')
    found = read(page_draft(html))
    assert found.canonical_url is None
    assert [remark.code for remark in found.remarks] == ["canonical_cross_site"]


def test_a_language_declared_wrongly_is_corrected_by_a_long_text() -> None:
    found = read(page_draft(page(lang="es")))
    assert found.language == "en"
    assert [remark.code for remark in found.remarks] == ["lang_disagrees"]


def test_the_language_of_the_configuration_wins_always() -> None:
    reading = Reading(languages=("en", "es"), language="es")
    assert read(page_draft(page()), reading).language == "es"


def test_a_regional_language_goes_by_the_name_that_is_configured() -> None:
    html = page(lang="en-US")
    assert read(page_draft(html)).language == "en"
    assert read(page_draft(html), Reading(languages=("en-US",))).language == "en-US"
    assert read(page_draft(html), Reading(languages=())).language == "en-US"


def test_a_page_fills_what_a_feed_leaves_out_and_no_more() -> None:
    html = page(
        title="Another headline",
        head=meta("og:image", PHOTO) + ld(author={"name": "Jane Roe"}),
        above=FIGURE,
    )
    draft = page_draft(html)
    found = read(feed_draft(page=draft.page, authors=(Author(name="By John Poe"),)))
    assert found.title == "The ferry leaves late"
    assert [author.name for author in found.authors] == ["John Poe"]
    assert found.lead_image == Image(
        url=PHOTO, alt="A ferry", caption="The ferry at dawn.", credit="EFE"
    )


def test_a_teaser_in_a_feed_is_replaced_by_the_text_of_the_page() -> None:
    found = read(feed_draft(content="<p>A short teaser […]</p>", page=page_draft(page()).page))
    assert found.body_text == "\n\n".join(BODY)


def test_a_summary_that_only_begins_the_body_is_no_standfirst() -> None:
    found = read(feed_draft(summary=BODY[0][:80] + " […]"))
    assert found.standfirst is None
    assert found.excerpt.startswith(BODY[0])


def test_a_title_encoded_twice_is_decoded_twice() -> None:
    assert read(feed_draft(title="Salt &amp;amp; <i>Fish</i>")).title == "Salt & Fish"


@pytest.mark.parametrize(
    "html", ["", "<p>Words without a headline</p>", "<div>" * 5_000, "<h1>Only a headline</h1>"]
)
def test_what_holds_no_article_is_none(html: str) -> None:
    assert isinstance(read_article(page_draft(html), READING), NotAnArticle)


def test_the_json_has_every_key_in_its_order() -> None:
    told = article_json(read(page_draft(page(head=meta("og:image", PHOTO)))))
    assert " ".join(told) == (
        "schema id url canonical_url lang translations title standfirst excerpt body_html "
        "body_text lead_image authors section tags published updated site sources warnings"
    )
    assert told["schema"] == 1
    json.dumps(told)


def test_a_feed_that_puts_its_text_into_the_summary_is_understood() -> None:
    found = read(feed_draft(content=None, summary="".join(f"<p>{p}</p>" for p in BODY * 2)))
    assert found.body_text == "\n\n".join(BODY * 2)
    assert found.standfirst is None


def test_a_short_summary_is_the_standfirst_and_the_excerpt() -> None:
    found = read(feed_draft(summary="Sand, storms and lemons on the first boat out."))
    assert found.standfirst == found.excerpt == "Sand, storms and lemons on the first boat out."
