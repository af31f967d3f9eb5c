"""From a site's address to its feed."""

from collections.abc import Mapping

import pytest

from newsletter.model.specs import FeedSpec
from newsletter.sources.feed import FeedSource
from newsletter.sources.port import SourceFault
from tests.sources.cms import BASE, Files, fetching


def feed(title: str) -> str:
    return f'<rss version="2.0"><channel><title>{title}</title></channel></rss>'


def link(href: str, title: str = "", **more: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in more.items())
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}"{extra}>'


def home(*links: str) -> str:
    return f"<!doctype html><html><head>{''.join(links)}</head><body>Hello</body></html>"


def title(
    files: Mapping[str, str],
    language: str | None = None,
    path: str = "/",
    asked: list[str] | None = None,
) -> str | None:
    spec = FeedSpec(kind="feed", name="site", url=BASE + path, language=language)
    return FeedSource(spec, fetching(Files(files), asked)).read().title


def test_a_site_s_only_feed_is_read() -> None:
    asked: list[str] = []
    files = {"/": home(link("/all.xml")), "/all.xml": feed("All")}
    assert title(files, asked=asked) == "All"
    assert asked == [f"{BASE}/", f"{BASE}/all.xml"]


@pytest.mark.parametrize(
    "comments",
    [
        link("/comments/feed", "Replies"),
        link("/c.xml", "Site » Comments Feed"),
        link("/c.xml", "Comentarios"),
    ],
)
def test_a_feed_of_comments_comes_after_the_others(comments: str) -> None:
    files = {"/": home(comments, link("/all.xml")), "/all.xml": feed("All"), "/c.xml": feed("C")}
    assert title(files) == "All"


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (link("/en/feed.xml"), link("/es/feed.xml")),
        (link("/en/feed.xml", hreflang="en"), link("/es/feed.xml", hreflang="es-MX")),
    ],
)
def test_the_feed_in_the_source_s_language_is_preferred(english: str, spanish: str) -> None:
    files = {
        "/": home(english, spanish),
        "/en/feed.xml": feed("News"),
        "/es/feed.xml": feed("Noticias"),
    }
    assert title(files, "es-MX") == "Noticias"
    assert title(files, "en") == "News"
    assert title(files, None) == "News"


def test_a_named_feed_that_is_gone_gives_way_to_the_next() -> None:
    assert title({"/": home(link("/gone"), link("/b.xml")), "/b.xml": feed("B")}) == "B"


def test_a_site_that_names_no_feed_is_asked_at_the_usual_places_in_order() -> None:
    asked: list[str] = []
    assert (
        title({"/": home(), "/atom.xml": feed("Atom"), "/index.xml": feed("I")}, asked=asked)
        == "Atom"
    )
    assert [url.removeprefix(BASE) for url in asked] == ["/", "/feed/", "/rss.xml", "/atom.xml"]


def test_the_usual_places_are_beside_the_page_and_then_at_the_site_s_top() -> None:
    assert title({"/es/a.html": home(), "/rss.xml": feed("News")}, path="/es/a.html") == "News"
    files = {"/es/": home(), "/es/rss.xml": feed("Noticias"), "/rss.xml": feed("News")}
    assert title(files, path="/es/") == "Noticias"


def test_a_site_without_any_feed_is_told_as_a_page() -> None:
    with pytest.raises(SourceFault, match="web page, not a feed; it names no feed") as caught:
        title({"/": home()})
    assert caught.value.code == "not_article"


def test_what_is_broken_and_no_page_is_not_searched_for() -> None:
    asked: list[str] = []
    with pytest.raises(SourceFault, match="neither RSS"):
        title({"/": "nonsense"}, asked=asked)
    assert asked == [f"{BASE}/"]
