"""Where the picture of an <img> is, and which addresses are no picture of any story."""

import pytest

from newsletter.articles.markup import body_of
from newsletter.articles.pictures import is_furniture, picture_key, picture_url
from newsletter.model.article import Image
from tests.articles.build import feed_draft, page, page_draft, read

SITE = "https://e.example"


def address(html: str, base: str = f"{SITE}/") -> str | None:
    """That of the first <img> in it, without the site's own name."""
    img = body_of(html).css_first("img")
    assert img is not None
    found = picture_url(img, base)
    return found and found.removeprefix(SITE)


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("/a.jpg 300w, /b.jpg 900w", "/b.jpg"),
        ("/a.jpg 1x,/b.jpg 2x", "/b.jpg"),
        ("/a.jpg, /b.jpg 1.5x,", "/b.jpg"),
        ("/w_300,h_200/a.jpg 300w, /w_900,h_600/a.jpg 900w", "/w_900,h_600/a.jpg"),
        ("/fit(300,200)/a.jpg 300w,/fit(900,600)/a.jpg 900w", "/fit(900,600)/a.jpg"),
        ("/a.jpg 300w 200h, /b.jpg 900w 600h", "/b.jpg"),
        ("/a.jpg 2400w, /b.jpg 3600w", "/a.jpg"),
        ("/a.jpg 2000w, /b.jpg 2001w", "/a.jpg"),
        ("/a.jpg\n 300w ,\n\t/b.jpg 900w", "/b.jpg"),
        ("data:image/gif;base64,R0lGOD 1w, /b.jpg 900w", "/b.jpg"),
        ("/a.jpg 1.2.3x, /b.jpg 1x", "/b.jpg"),
        (" ,, ", "/src.jpg"),
        ("", "/src.jpg"),
    ],
)
def test_of_a_srcset_the_widest_that_is_no_waste_is_taken(srcset: str, expected: str) -> None:
    assert address(f'<img src="/src.jpg" srcset="{srcset}">') == expected


@pytest.mark.parametrize(
    "hostile", ["," * 300_000, "a," * 200_000, "a " * 200_000, "a ," * 200_000]
)
def test_an_endless_srcset_costs_little(hostile: str) -> None:
    assert address(f'<img src="/src.jpg" srcset="{hostile}">', base="") is None


@pytest.mark.parametrize(
    "name",
    ["data-src", "data-lazy-src", "data-original", "data-srcset", "data-lazy-srcset",
     "data-orig-file", "data-large-file", "data-full-src"],
)  # fmt: skip
def test_a_loader_s_own_attribute_goes_before_its_placeholder(name: str) -> None:
    assert address(f'<img src="/img/wait.gif" {name}="/img/ferry.jpg">') == "/img/ferry.jpg"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<picture><source type="image/webp" srcset="/a.webp"><img src="/a.jpg"></picture>',
            "/a.jpg",
        ),
        (
            (
                '<picture><source type="image/avif" srcset="/a.avif 9w"><source srcset="/a.jpg 9w">'
                '<img src="data:image/gif;base64,R0"></picture>'
            ),
            "/a.jpg",
        ),
        (
            (
                '<picture><source type="image/webp" data-srcset="/a.webp 900w">'
                "<img alt=Ferry></picture>"
            ),
            "/a.webp",
        ),
        (
            (
                '<picture><source type="image/jpeg" data-srcset="/a.jpg 900w">'
                '<img src="/img/placeholder.png"></picture>'
            ),
            "/a.jpg",
        ),
    ],
    ids=["plain src", "plain source", "only new kinds", "placeholder"],
)
def test_of_a_picture_element_what_every_mail_program_shows_comes_first(
    html: str, expected: str
) -> None:
    assert address(html) == expected


def test_a_placeholder_is_better_than_nothing() -> None:
    assert address('<img src="/img/placeholder.png">') == "/img/placeholder.png"
    assert address("<img alt=Ferry>") is None
    assert address('<img src="data:image/png;base64,iVBORw0K">') is None


@pytest.mark.parametrize(
    "url",
    [
        # what counts readers
        "https://pixel.example.com/g.gif",
        "https://stats.example.com/b.gif?host=e.example",
        "https://tracking.example.com/a.jpg",
        "https://ads.example.com/a.jpg",
        "https://feeds.feedburner.com/~r/harbour/~4/x",
        "https://ad.doubleclick.net/ad/a.jpg",
        "https://www.facebook.com/tr?id=1&ev=PageView",
        f"{SITE}/pixel/story.jpg",
        # small drawings
        "https://secure.gravatar.com/avatar/abc?s=96",
        "https://s.w.org/images/core/emoji/14.0.0/72x72/1f600.png",
        f"{SITE}/twemoji/72x72/1f600.png",
        f"{SITE}/img/icons/mail.png",
        f"{SITE}/wp-includes/images/media/default.png",
        f"{SITE}/wp-content/themes/harbour/img/card.jpg",
        f"{SITE}/sites/all/themes/harbour/card.jpg",
        # by the name of the file
        f"{SITE}/a.svg",
        f"{SITE}/a.SVG?v=2",
        f"{SITE}/favicon.ico",
        f"{SITE}/img/logo.png",
        f"{SITE}/img/the-harbour-logo-white-600x60.png",
        f"{SITE}/img/default.jpg",
        f"{SITE}/img/og-default-image.jpg",
        f"{SITE}/img/placeholder_16x9.png",
        f"{SITE}/img/fallback-news.jpg",
        f"{SITE}/img/share.png",
        f"{SITE}/img/facebook-share-image.jpg",
        f"{SITE}/img/share%20card.png",
        f"{SITE}/img/blank.gif",
        f"{SITE}/img/1x1.png",
        f"{SITE}/img/no-image.jpg",
        f"{SITE}/img/ferry-watermarked.jpg",
        f"{SITE}/img/lazy-loading.gif",
        f"{SITE}/img/icon-512x512.png",
    ],
)
def test_an_address_of_furniture_is_known(url: str) -> None:
    assert is_furniture(Image(url=url))


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/img/ferry-at-dawn.jpg",
        f"{SITE}/sites/default/files/2026/ferry.jpg",  # where a whole CMS keeps its pictures
        f"{SITE}/wp-content/uploads/2026/11/ferry.jpg",
        f"{SITE}/img/the-share-of-women-in-parliaments-grows.jpg",
        f"{SITE}/img/fashion-icon-dies-in-paris-aged-90.jpg",
        f"{SITE}/img/google-logo-on-a-london-office-building.jpg",
        f"{SITE}/img/argentina-debt-default-talks-new-york.jpg",
        f"{SITE}/img/shareholders.jpg",  # words within words are none
        f"{SITE}/img/defaulted.jpg",
        f"{SITE}/img/blanket.jpg",
        f"{SITE}/img/iconic.jpg",
        f"{SITE}/silicon/chips.jpg",
        "https://b.e.example/img/ferry.jpg",  # short names of servers tell nothing
        "https://static.e.example/img/ferry.jpg",
        "https://adelaide.example/ferry.jpg",
        "https://statsweekly.example/ferry.jpg",
        f"{SITE}/pixels-and-paint/portrait.jpg",
    ],
)
def test_an_address_that_only_looks_like_furniture_is_a_picture(url: str) -> None:
    assert not is_furniture(Image(url=url))


def test_two_articles_name_one_picture_whatever_the_address_is_decorated_with() -> None:
    one = picture_key(Image(url=f"{SITE}/img/card.jpg?utm_source=rss"))
    assert one == picture_key(Image(url="http://www.e.example/img/card.jpg"))
    assert one != picture_key(Image(url=f"{SITE}/img/card.jpg?story=7"))
    assert picture_key(Image(file="/a.jpg")) is None


def lead(html: str) -> str | None:
    """The address of a page's lead picture."""
    image = read(page_draft(html)).lead_image
    return image.url if image else None


def test_addresses_start_from_the_base_that_a_page_names() -> None:
    head = '<base href="https://cdn.example.com/2026/"><meta property="og:image" content="a.jpg">'
    assert lead(page(head=head)) == "https://cdn.example.com/2026/a.jpg"
    figure = '<figure><img srcset="b.jpg 900w" src="/c.jpg"></figure>'
    html = page(head='<base href="https://cdn.example.com/2026/">', above=figure)
    assert lead(html) == "https://cdn.example.com/2026/b.jpg"


@pytest.mark.parametrize(
    "waiting", ['src="/img/placeholder.gif"', 'src="data:image/gif;base64,R0"', ""]
)
def test_what_stands_in_for_scripts_is_found(waiting: str) -> None:
    copy = '<noscript><img src="/img/ferry.jpg" alt="A ferry"></noscript>'
    html = page(above=f"<figure><img class=lazy {waiting}>{copy}</figure>")
    assert lead(html) == "https://news.example.com/img/ferry.jpg"


def test_a_tracker_that_comes_first_is_passed_over() -> None:
    pixel = '<img src="https://pixel.example.net/c.gif" width="1" height="1">'
    content = f'{pixel}<p>{"The ferries left late. " * 9}</p><img src="/img/ferry.jpg">'
    image = read(feed_draft(content=content)).lead_image
    assert image == Image(url="https://news.example.com/img/ferry.jpg")
