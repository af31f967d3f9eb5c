"""Pages that list articles."""

import pytest

from newsletter.model.specs import PagesSpec
from newsletter.sources.listing import article_links
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.pages import PagesSource
from newsletter.sources.port import SourceFault
from tests.sources.cms import BASE, Files, fetching

LIST = f"{BASE}/en/news/"


def links(body: str) -> list[str]:
    found = article_links(f"<html><body>{body}</body></html>", LIST)
    return [link.removeprefix(BASE) for link in found]


def link(href: str, text: str = "x") -> str:
    return f'<a href="{href}">{text}</a>'


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/22/quay",
        "/2026-11-22-quay.html",
        "/en/the-quay-reopens",
        "/en/the_quay_reopens.html",
        "/story/1234567",
        "/quay-98765.php",
        "/?p=417",
        "/es/el-ni%C3%B1o-vuelve",
    ],
)
def test_an_address_that_looks_like_an_article_s_leads_to_one(path: str) -> None:
    assert links(f"<main>{link(path)}</main>") == [path]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/news/",
        "#the-first-long-part",
        "/en/sport",
        "/en/world-news",
        "/tag/the-harbour-of-today",
        "/author/ana-maria-ruiz/",
        "/autores/ana-maria-ruiz/",
        "/2026/11/22/quay-and-more.jpg",
        "/login?next=/a-very-long-story",
        "https://other.example/2026/11/22/quay",
        "mailto:the-long-address@meridian.example",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_other_addresses_do_not(path: str) -> None:
    assert links(f"<main>{link(path)}</main>") == []


def test_a_heading_in_an_article_is_enough() -> None:
    first = f"<article><header><h2>{link('/en/quay')}</h2></header></article>"
    second = f"<article>{link('/en/owls', '<h3>Owls</h3>')}</article>"
    outside = f"<h2>{link('/en/sport')}</h2>"
    assert links(f"<main>{first}{second}{outside}</main>") == ["/en/quay", "/en/owls"]


@pytest.mark.parametrize("around", ["nav", "aside", "footer", "header", 'div role="navigation"'])
def test_what_is_about_the_site_is_passed_over(around: str) -> None:
    end = around.partition(" ")[0]
    body = f"<{around}>{link('/en/a-long-story')}</{end}>{link('/en/the-other-story')}"
    assert links(body) == ["/en/the-other-story"]


def test_outside_of_main_nothing_counts() -> None:
    assert links(f"{link('/en/a-long-story')}<main>{link('/en/the-other-story')}</main>") == [
        "/en/the-other-story"
    ]


def test_where_main_has_no_articles_the_whole_page_is_looked_at() -> None:
    assert links(f"<main>Hello</main>{link('/en/a-long-story')}") == ["/en/a-long-story"]


def test_a_section_above_its_articles_is_none() -> None:
    body = link("/en/world-in-brief") + link("/en/world-in-brief/the-quay-reopens")
    assert links(f"<main>{body}</main>") == ["/en/world-in-brief/the-quay-reopens"]


def test_one_article_is_taken_once_in_the_order_of_the_page() -> None:
    body = "".join(
        link(path)
        for path in (
            "/b-long-story",
            "/a-long-story?utm_source=x",
            "/b-long-story#more",
            "/a-long-story/",
        )
    )
    assert links(f"<main>{body}</main>") == ["/b-long-story", "/a-long-story"]


def source(html: str) -> PagesSource:
    files = Files(
        {"/en/news/": f"<html>{html}</html>", "/en/the-quay-reopens": "<html>Quay</html>"}
    )
    spec = PagesSpec(kind="pages", name="site", list=LIST, language="en")
    return PagesSource(spec, fetching(files))


def test_a_listed_page_is_fetched_when_it_is_completed() -> None:
    found = source(link("/en/the-quay-reopens"))
    (draft,) = found.read().drafts
    address = f"{BASE}/en/the-quay-reopens"
    assert (draft.url, draft.guid, draft.language, draft.page) == (address, address, "en", None)
    page = found.complete(draft).page
    assert page is not None
    assert page.html == "<html>Quay</html>"


def test_a_listed_page_that_is_gone_is_remarked_and_withdrawn() -> None:
    found = source(link("/en/the-quay-is-gone"))
    (draft,) = found.read().drafts
    assert [remark.code for remark in found.complete(draft).remarks] == [PAGE_UNREAD]
    assert "404" in (found.withdrawn(draft.guid, draft.url) or "")


def test_a_page_without_links_to_articles_tells_the_way_out() -> None:
    with pytest.raises(SourceFault, match="no links to articles"):
        source("<p>Hello</p>").read()
