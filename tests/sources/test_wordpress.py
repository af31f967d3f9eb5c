"""WordPress through its REST API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.model.article import Draft, Image, Visibility
from newsletter.model.specs import WordPressSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import Fetched, SourceFault
from newsletter.sources.wordpress import WordPressSource
from tests.sources.cms import (
    BASE,
    Json,
    WordPress,
    author,
    fetching,
    media,
    post,
    term,
)

SINCE = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def source(
    site: WordPress, asked: list[str] | None = None, translated: bool = False, **spec: Any
) -> WordPressSource:
    given = {"kind": "wordpress", "name": "site", "url": f"{BASE}/"} | spec
    return WordPressSource(WordPressSpec(**given), fetching(site, asked), translated=translated)


def drafts(*posts: Json, **spec: Any) -> tuple[Draft, ...]:
    return source(WordPress(*posts), **spec).read().drafts


def one(**changes: Any) -> Draft:
    (draft,) = drafts(post(**changes))
    return draft


def with_embedded(**changes: Any) -> Json:
    return post(_embedded=post()["_embedded"] | changes)


def test_a_post_is_handed_over_with_all_that_the_api_knows() -> None:
    draft = one()
    assert draft == Draft(
        source="site",
        origin="wordpress",
        url=f"{BASE}/en/quay-101/",
        guid="101",
        title="Quay 101 &#8220;reopens&#8221;",
        summary="<p>After two years.</p>",
        content=draft.content,
        images=(
            Image(
                url=f"{BASE}/wp-content/uploads/quay.jpg",
                width=1600,
                height=900,
                mime="image/jpeg",
                alt="Cranes at dusk",
                caption="<p>The quay on Sunday (EFE)</p>",
            ),
        ),
        authors=draft.authors,
        section="World",
        tags=("harbours", "ferries"),
        published="2026-11-22T05:30:00Z",
        updated="2026-11-22T06:00:00Z",
        site="The Meridian",
    )
    assert draft.content is not None
    assert draft.content.startswith("<p>The ferries")


def test_an_author_comes_with_address_portrait_and_the_bio_as_it_is_written() -> None:
    (person,) = one().authors
    assert (person.name, person.url) == ("Ana Ruiz", f"{BASE}/author/ana-ruiz/")
    assert person.avatar == Image(url=f"{BASE}/a/96.jpg")
    assert person.bio == {"und": author()["description"]}


@pytest.mark.parametrize("named_by", ["header", "element", "nobody"])
def test_the_api_is_found_by_the_site_s_own_word_or_where_it_usually_is(named_by: str) -> None:
    assert len(source(WordPress(post(), named_by=named_by)).read().drafts) == 1


def test_an_api_without_pretty_addresses_is_found() -> None:
    site = WordPress(post(), named_by="nobody")
    site.root = "/index.php/nowhere/"
    assert len(source(site).read().drafts) == 1


def test_a_link_header_with_an_api_below_a_query_is_followed() -> None:
    site = WordPress(post())
    site.root = "/?rest_route=/"
    assert len(source(site).read().drafts) == 1


@pytest.mark.parametrize("address", [f"{BASE}/wp-json/", f"{BASE}/wp-admin/", BASE])
def test_the_address_of_the_api_or_of_the_editors_is_taken_for_the_site_s(address: str) -> None:
    assert len(drafts(post(), url=address)) == 1


def test_a_site_without_an_api_is_a_fault_that_tells_the_way_out() -> None:
    site = WordPress(named_by="nobody")
    site.closed = True
    with pytest.raises(SourceFault, match='use kind = "feed"'):
        source(site).read()


def test_a_first_reading_takes_the_newest_hundred() -> None:
    posts = [post(n, date_gmt=f"2026-11-20T00:{n // 60:02}:{n % 60:02}") for n in range(130)]
    asked: list[str] = []
    found = source(WordPress(*posts), asked).read()
    assert {draft.guid for draft in found.drafts} == {str(n) for n in range(30, 130)}
    assert found.faults == ()
    assert len([url for url in asked if "per_page=20" in url]) == 5


def test_a_later_reading_asks_for_changes_and_for_what_a_timer_published() -> None:
    site = WordPress(
        post(1, date_gmt="2026-11-01T05:00:00", modified_gmt="2026-11-22T07:05:00"),
        post(2, date_gmt="2026-11-22T07:10:00", modified_gmt="2026-11-19T09:00:00"),
        post(3, date_gmt="2026-11-22T06:52:00", modified_gmt="2026-11-22T06:52:00"),
        post(4, date_gmt="2026-11-01T05:00:00", modified_gmt="2026-11-02T05:00:00"),
    )
    found = source(site).read(SINCE)
    assert {draft.guid for draft in found.drafts} == {"1", "2", "3"}


def test_an_old_wordpress_is_not_read_to_its_first_day() -> None:
    site = WordPress(*(post(n, date_gmt="2020-01-01T00:00:00") for n in range(200)))
    site.old = True
    asked: list[str] = []
    source(site, asked).read(SINCE)
    assert len([url for url in asked if "orderby=modified" in url]) == 1


def test_more_changes_than_are_read_are_told() -> None:
    site = WordPress(*(post(n, modified_gmt="2026-11-22T08:00:00") for n in range(520)))
    found = source(site).read(SINCE)
    assert len(found.drafts) == 500
    assert ["more than 500 were changed" in fault.reason for fault in found.faults] == [True]


@pytest.mark.parametrize(
    ("excerpt", "kept"),
    [
        ("<p>By hand.</p>", True),
        ("<p>And then …</p>", True),
        ("<p>The first words [&hellip;]</p>\n", False),
        ("<p>The first words [&#8230;]</p>\n", False),
        ('<p>The first words&#8230; <a href="/x">Continue reading <i>it</i></a></p>', False),
    ],
)
def test_only_an_excerpt_that_somebody_wrote_is_the_summary(excerpt: str, kept: bool) -> None:
    draft = one(excerpt={"rendered": excerpt}, yoast_head_json={"og_description": "Yoast's."})
    assert draft.summary == (excerpt.strip() if kept else "Yoast's.")


def test_an_excerpt_that_is_a_short_text_s_beginning_is_not_by_hand() -> None:
    content = {"rendered": "<p>The ferries <b>are</b>\nback &amp; fast.</p>", "protected": False}
    excerpt = {"rendered": "<p>The ferries are back &amp; fast.</p>\n"}
    assert one(content=content, excerpt=excerpt).summary is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('<p class="wp-container-3 big">A</p>', '<p class="big">A</p>'),
        ("<div id='gallery-2' class='gallery'>A</div>", "<div id='' class='gallery'>A</div>"),
        ('<img loading="lazy" fetchpriority="high" alt="">', '<img alt="">'),
        ('<a aria-describedby="gallery-2-5">A</a>', '<a aria-describedby="">A</a>'),
        ("<style>#gallery-2 {}</style>A<STYLE media=x>b</STYLE>B", "AB"),
        ("A<style>#gallery-2", "A"),
        ('<img data-wp-context="{&quot;id&quot;:1}" data-wp-init=\'x\' src="a">', '<img src="a">'),
        ('<img src="/gallery-2.jpg">', '<img src="/gallery-2.jpg">'),
        ('<code>&lt;img loading="lazy"></code>', '<code>&lt;img loading="lazy"></code>'),
    ],
)
def test_what_wordpress_numbers_anew_in_every_answer_is_left_out(written: str, kept: str) -> None:
    assert one(content={"rendered": written, "protected": False}).content == kept


def test_a_post_behind_a_password_says_so_and_gives_nothing_of_it() -> None:
    form = {"rendered": "<form>Password:</form>", "protected": True}
    draft = one(content=form, excerpt={"rendered": "<p>Protected.</p>", "protected": True})
    assert draft.visibility is Visibility.PASSWORD
    assert (draft.content, draft.summary) == (None, None)


def test_a_picture_that_may_not_be_read_is_none() -> None:
    refused = {"code": "rest_forbidden", "data": {"status": 401}}
    (draft,) = drafts(with_embedded(**{"wp:featuredmedia": [refused]}))
    assert draft.images == ()


def test_a_film_is_no_picture() -> None:
    film = media(mime_type="video/mp4")
    assert drafts(with_embedded(**{"wp:featuredmedia": [film]}))[0].images == ()


def test_what_nobody_filed_has_no_section() -> None:
    (draft,) = drafts(with_embedded(**{"wp:term": [[term("Uncategorized"), term("A &amp; B")]]}))
    assert draft.section == "A & B"


def test_polylang_s_translations_are_resolved_in_one_request_and_share_a_key() -> None:
    group = {"en": 7, "es": 5}
    site = WordPress(
        post(7, lang="en", translations=group),
        post(5, lang="es", translations=group, link=f"{BASE}/es/muelle/"),
    )
    asked: list[str] = []
    (english,) = source(site, asked, language="en").read().drafts
    (spanish,) = source(site, language="es").read().drafts
    assert (english.guid, english.language) == ("7", "en")
    assert english.translations == {"es": f"{BASE}/es/muelle/"}
    assert spanish.translations == {"en": f"{BASE}/en/quay-7/"}
    assert english.translation_key == spanish.translation_key == "wordpress:meridian.example:5"
    assert len([url for url in asked if "include=5" in url]) == 1


def test_polylang_without_pro_tells_the_same_by_a_plugin() -> None:
    site = WordPress(
        post(7, polylang_current_lang="en_US", polylang_translations=[{"locale": "es", "id": 9}]),
        post(9, polylang_current_lang="es", polylang_translations=[{"locale": "en", "id": 7}]),
    )
    english, spanish = sorted(source(site).read().drafts, key=lambda draft: draft.guid or "")
    assert (english.language, english.translations) == ("en-US", {"es": f"{BASE}/en/quay-9/"})
    assert english.translation_key == spanish.translation_key == "wordpress:meridian.example:7"


def test_a_page_of_answers_that_went_away_meanwhile_ends_the_reading() -> None:
    site = WordPress(*(post(n) for n in range(25)))

    def fetch(url: str) -> Fetched:
        gone = "&page=2" in url
        return Fetched(url=url, status=400, content=b"") if gone else fetching(site)(url)

    spec = WordPressSpec(kind="wordpress", name="site", url=BASE)
    assert len(WordPressSource(spec, fetch).read().drafts) == 20


def test_a_front_page_that_is_closed_to_programs_does_not_hide_the_api() -> None:
    site = WordPress(post(1), named_by="nobody")

    def fetch(url: str) -> Fetched:
        front = url == f"{BASE}/"
        return Fetched(url=url, status=403, content=b"") if front else fetching(site)(url)

    spec = WordPressSpec(kind="wordpress", name="site", url=BASE)
    assert len(WordPressSource(spec, fetch).read().drafts) == 1


def test_a_translation_that_is_not_published_yet_has_no_address() -> None:
    group = {"en": 7, "es": 9}
    site = WordPress(post(7, lang="en", translations=group), post(9, lang="es", status="draft"))
    (draft,) = source(site).read().drafts
    assert draft.translations == {"es": None}
    assert draft.translation_key == "wordpress:meridian.example:7"


@pytest.mark.parametrize("as_object", [False, True])
def test_wpml_s_translations_come_with_their_addresses(as_object: bool) -> None:
    told = {"locale": "es_ES", "id": 8, "post_title": "Muelle", "href": f"{BASE}/es/muelle/"}
    back = {"locale": "en_US", "id": 12, "post_title": "Quay", "href": f"{BASE}/en/quay-12/"}
    english, spanish = drafts(
        post(
            12, wpml_current_locale="en_US", wpml_translations={"es": told} if as_object else [told]
        ),
        post(
            8, wpml_current_locale="es_ES", wpml_translations=[back], date_gmt="2026-11-21T00:00:00"
        ),
    )
    assert (english.language, english.translations) == ("en-US", {"es-ES": f"{BASE}/es/muelle/"})
    assert english.translation_key == spanish.translation_key == "wordpress:meridian.example:8"


def test_a_key_is_the_same_in_whichever_language_the_api_is_asked() -> None:
    told = {"en": 7, "es": 5}
    posts = (post(7, lang="en", translations=told), post(5, lang="es", translations=told))
    in_spanish = WordPress(*posts)
    in_spanish.root = "/es/wp-json/"
    keys = {
        draft.translation_key
        for site in (WordPress(*posts), in_spanish)
        for draft in source(site).read().drafts
    }
    assert keys == {"wordpress:meridian.example:5"}


def test_a_post_in_another_language_than_the_source_s_is_left_to_another_source() -> None:
    site = WordPress(post(1, lang="en"), post(2, lang="es"))
    site._is_asked = lambda each, asked: True  # type: ignore[method-assign]
    assert [draft.guid for draft in source(site, language="es-MX").read().drafts] == ["2"]


def test_without_a_plugin_the_folder_of_a_language_tells_which_posts_are_wanted() -> None:
    site = WordPress(post(1), post(2, link=f"{BASE}/es/muelle/"), post(3, link=f"{BASE}/estonia/"))
    home = site.reply
    site.reply = lambda path, asked: home("/" if path == "/es/" else path, asked)  # type: ignore[method-assign]
    found = source(site, url=f"{BASE}/es/", language="es").read()
    assert [draft.guid for draft in found.drafts] == ["2"]


def test_the_picture_of_whoever_has_none_is_nobody_s() -> None:
    nobody = {"96": "https://secure.gravatar.com/avatar/?s=96&d=mm&r=g"}
    (draft,) = drafts(with_embedded(author=[author(avatar_urls=nobody)]))
    assert draft.authors[0].avatar is None


def test_a_complete_post_s_page_is_not_fetched() -> None:
    asked: list[str] = []
    site = source(WordPress(post()), asked, language="en")
    (draft,) = site.read().drafts
    before = len(asked)
    assert site.complete(draft) == draft
    assert len(asked) == before


@pytest.mark.parametrize(
    ("left_out", "translated"),
    [
        ({"author": [{"code": "rest_user_invalid_id"}]}, False),
        ({"wp:featuredmedia": []}, False),
        ({}, True),
    ],
)
def test_the_page_is_asked_for_what_the_api_left_out(left_out: Json, translated: bool) -> None:
    asked: list[str] = []
    site = source(WordPress(with_embedded(**left_out)), asked, translated, language="en")
    (draft,) = site.read().drafts
    remark = site.complete(draft).remarks[0]
    assert (asked[-1], remark.code) == (draft.url, PAGE_UNREAD)


def test_a_plugin_that_tells_translations_spares_the_page() -> None:
    asked: list[str] = []
    site = source(WordPress(post(lang="en", translations={"en": 101})), asked, translated=True)
    (draft,) = site.read().drafts
    before = len(asked)
    site.complete(draft)
    assert len(asked) == before


def test_nothing_is_fetched_for_a_source_that_is_not_to_be_enriched() -> None:
    site = source(WordPress(with_embedded(author=[])), enrich=False)
    (draft,) = site.read().drafts
    assert site.complete(draft) == draft


def test_co_authors_plus_names_everybody() -> None:
    site = WordPress(post(coauthors=[31, 32]))
    bio = {"raw": "Covers courts.", "rendered": "<p>Covers courts.</p>"}
    people = [
        {"id": 3, "display_name": "Ana Ruiz", "description": {"raw": ""}, "link": f"{BASE}/a/"},
        {
            "id": 91,
            "display_name": "Luis Gil",
            "description": bio,
            "avatar_urls": {"96": f"{BASE}/l"},
        },
    ]
    site.coauthors = {"101": people}
    found = source(site)
    (draft,) = found.read().drafts
    authors = found.complete(draft).authors
    assert [person.name for person in authors] == ["Ana Ruiz", "Luis Gil"]
    assert authors[1].bio == {"und": "Covers courts."}


def test_without_an_answer_of_co_authors_plus_the_post_s_author_stands() -> None:
    found = source(WordPress(post(coauthors=[31])))
    (draft,) = found.read().drafts
    assert [person.name for person in found.complete(draft).authors] == ["Ana Ruiz"]


def test_authors_that_a_site_puts_into_its_posts_are_believed() -> None:
    people = [{"display_name": "Eva Sol"}, {"name": "Luis Gil"}]
    assert [person.name for person in one(coauthors=people).authors] == ["Eva Sol", "Luis Gil"]


@pytest.mark.parametrize("status", ["draft", "trash", "private", "future"])
def test_a_post_that_was_taken_back_is_withdrawn(status: str) -> None:
    site = WordPress(post(1), post(2, status=status))
    assert "no published post 2" in (source(site).withdrawn("2", None) or "")
    assert source(site).withdrawn("1", None) is None


def test_a_post_that_got_a_password_is_withdrawn() -> None:
    site = WordPress(post(1, content={"rendered": "", "protected": True}))
    assert "password" in (source(site).withdrawn("1", None) or "")


def test_an_api_that_was_closed_to_strangers_withdraws_nothing() -> None:
    site = WordPress(post(1))
    site.closed = True
    assert source(site).withdrawn("1", None) is None


def test_a_post_type_of_the_site_s_own_is_read_and_asked() -> None:
    class Stories(WordPress):
        def reply(self, path: str, asked: dict[str, str]) -> Any:
            return super().reply(path.replace("/stories", "/posts"), asked)

    site = Stories(post(1), post(2, status="draft"))
    found = source(site, post_types=("stories",))
    assert [draft.guid for draft in found.read().drafts] == ["1"]
    assert found.withdrawn("2", None)


def test_an_answer_that_is_no_list_is_a_fault() -> None:
    def fetch(url: str) -> Fetched:
        if "wp/v2" in url:
            return Fetched(url=url, status=200, content=b'{"code": "odd"}')
        return fetching(WordPress())(url)

    spec = WordPressSpec(kind="wordpress", name="site", url=BASE)
    with pytest.raises(SourceFault, match="no list"):
        WordPressSource(spec, fetch).read()
