"""The lead picture, its caption and its credit, wherever a page puts them."""

import pytest

from newsletter.articles.credits import split_credit, without_lead
from newsletter.articles.pictures import same_picture
from newsletter.model.article import Image
from tests.articles.build import ld, meta, page, page_draft, read

URL = "https://news.example.com/img/ferry-at-dawn.jpg"
IMG = f'<img src="{URL}" alt="A ferry">'
SAID = "The ferry at dawn, late again."


def _image(head: str = meta("og:image", URL), above: str = "", below: str = "") -> Image | None:
    return read(page_draft(page(head=head, above=above, below=below))).lead_image


def _shown(html: str) -> tuple[str | None, str | None]:
    image = _image(above=html)
    assert image is not None
    assert image.url == URL
    return image.caption, image.credit


@pytest.mark.parametrize(
    "html",
    [
        f"<figure>{IMG}<figcaption>{SAID} (EFE)</figcaption></figure>",
        f"<figure>{IMG}<p>{SAID} / EFE</p></figure>",
        f'{IMG}<p class="caption"><i>{SAID}</i> <b>{SAID}</b> <i class="credit">EFE</i></p>',
        f'<a href="/big">{IMG}</a><figcaption>{SAID} <i>Foto: EFE</i></figcaption>',
        f'<div><div>{IMG}</div></div><div class="image__caption">{SAID} EFE</div>',
        f'<div>{IMG}<span class="caption">{SAID}</span><span class="credit">EFE</span></div>',
        f'<figure>{IMG}<p class="credit"><b itemprop="caption">{SAID}</b> <b class="by-credit">EFE',
        f'<figure>{IMG}<figcaption class="credit-line">{SAID} EFE</figcaption></figure>',
        f'<figure>{IMG}<figcaption>{SAID} <i class="source">Image source, EFE</i></figcaption>',
    ],
)
def test_a_caption_and_its_credit_are_found_in_every_markup(html: str) -> None:
    assert _shown(html) == (SAID, "EFE")


def test_a_credit_alone_stands_behind_its_picture() -> None:
    assert _shown(f'<div>{IMG}</div><div><p class="photo-copyright">© EFE</p></div>') == (
        None,
        "EFE",
    )


@pytest.mark.parametrize(
    "beside",
    [
        '<div class="author">By Jane Roe, 3 May 2024</div>',
        '<p class="source">The Harbour</p>',
        "<button>Fullscreen</button>",
        '<span class="comment-author">Al Poe says:</span>',
    ],
)
def test_a_byline_beside_a_picture_is_no_credit(beside: str) -> None:
    assert _shown(f"<div>{IMG}{beside}</div>") == (None, None)
    assert _shown(f"<figure>{IMG}<button>Open</button></figure>") == (None, None)


def test_the_caption_of_another_picture_is_not_this_ones() -> None:
    other = '<figure><img src="/img/a-gull.jpg"><figcaption>A gull on a pier.</figcaption></figure>'
    assert _shown(f"<div><div>{IMG}</div><div>{other}</div></div>") == (None, None)


def test_a_caption_beyond_the_text_is_none_of_a_picture() -> None:
    text = "<p>" + "The harbour master counts the boats of the night. " * 40 + "</p>"
    far = '<p class="photo-credit">Mary Moe</p>'
    assert _shown(f"<div><div>{IMG}</div>{text}{far}</div>") == (None, None)


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("The pier. Bild: Roe/Shutterstock.com", "The pier.", "Roe/Shutterstock.com"),
        ("The pier. Photographer: Al Poe/Getty", "The pier.", "Al Poe/Getty"),
        ("The pier. (Bildquelle: Ring der Boote )", "The pier.", "Ring der Boote"),
        ("El muelle. FOTO Archivo Particular", "El muelle.", "Archivo Particular"),
        ("The pier. – © Al Poe – stock.adobe.com", "The pier.", "Al Poe – stock.adobe.com"),
        ("The pier. Foto: Roe, CC BY 3.0, https://e.example/", "The pier.", "Roe, CC BY 3.0"),
        ("El alcalde, ayer, en el muelle. / EFE", "El alcalde, ayer, en el muelle.", "EFE"),
        ("El alcalde, Juan Gil / AFP", "El alcalde, Juan Gil", "AFP"),
        ("On July 25, 2019.J. Roe Poe / AP file", "On July 25, 2019.", "J. Roe Poe / AP file"),
        ("At the pier. Mary ROE / AFP", "At the pier.", "Mary ROE / AFP"),
        ("At the pier. Mary Roe/Harbour Weekly", "At the pier.", "Mary Roe/Harbour Weekly"),
        ("A boat in Port Mary Roe/Reuters", "A boat in Port", "Mary Roe/Reuters"),
        ("In Washington, D.C. AP Photo/Al Poe", "In Washington, D.C.", "AP Photo/Al Poe"),
        ("The pier is seen. AFP via Getty Images", "The pier is seen.", "AFP via Getty Images"),
        ("The pier [Roe via Nasa]", "The pier", "Roe via Nasa"),
        ("The pier? (Photo: Getty Images) Getty", "The pier?", "Getty Images"),
        ("The team in May. Courtesy of the club", "The team in May.", "the club"),
        ("Al Poe, ASSOCIATED PRESS", None, "Al Poe, ASSOCIATED PRESS"),
        ("poe / pixelio.de", None, "poe / pixelio.de"),
        ("Poe via Getty Images", None, "Poe via Getty Images"),
        ("Credit:", None, None),
        ("Media caption The pier is new", "The pier is new", None),
        ("Foto de archivo: un barco", "Foto de archivo: un barco", None),
        ("A file photo: the pier", "A file photo: the pier", None),
        ("The Associated Press building", "The Associated Press building", None),
        ("Route 5/6 leaves", "Route 5/6 leaves", None),
        ("The boat (Symbolbild)", "The boat (Symbolbild)", None),
    ],
)
def test_a_credit_is_told_by_its_form(
    printed: str, caption: str | None, credit: str | None
) -> None:
    assert split_credit(printed) == (caption, credit)


@pytest.mark.parametrize(
    ("printed", "credit"),
    [
        ("Credit Al Poe", "Al Poe"),
        ("CreditCreditAl Poe/The Harbour", "Al Poe/The Harbour"),
        ("Bild © Al Poe/harbour.example", "Al Poe/harbour.example"),
        ("Image copyright: Reuters", "Reuters"),
        ("Al Poe (OC Port)", "Al Poe (OC Port)"),
        ("(EFE)", "EFE"),
        ("Courtesy", ""),
        ("Author", ""),
        ("© 2004 - 2024 The Harbour", ""),
        ("2024 The Harbour. All Rights Reserved", ""),
    ],
)
def test_a_credit_keeps_only_what_it_says(printed: str, credit: str) -> None:
    assert without_lead(printed) == credit


def test_a_film_is_no_picture_but_its_still_is() -> None:
    film = '<video poster="/img/still.jpg"></video><img src="/film.mp4">'
    image = _image(head="", above=film)
    assert image is not None
    assert image.url == "https://news.example.com/img/still.jpg"


@pytest.mark.parametrize("src", ["/img/boat.jpg", "/img/boat-640x400.png", "/img/boat.png?w=9"])
def test_a_photograph_outside_the_article_is_better_than_none(src: str) -> None:
    width = 'width="640"' if src.endswith("9") else ""
    html = page().replace("<footer>", f'<div><img src="{src}" {width}></div><footer>')
    image = read(page_draft(html)).lead_image
    assert image is not None
    assert image.url == f"https://news.example.com{src}"


@pytest.mark.parametrize(
    "html",
    [
        '<header><img src="/img/boat.jpg"></header>',
        '<aside><img src="/img/boat.jpg"></aside>',
        '<div><img src="/img/boat-48x48.jpg"></div>',
        '<div><img src="/img/boat.gif"></div>',
        '<div><img src="/img/cropped-boat.jpg"></div>',
        '<div><img src="/img/app-store-badge.jpg"></div>',
    ],
)
def test_what_frames_a_page_is_no_lead_picture(html: str) -> None:
    assert read(page_draft(page().replace("<footer>", f"{html}<footer>"))).lead_image is None


def test_a_page_without_text_that_says_it_is_an_article_is_one() -> None:
    head = meta("og:image", URL) + meta("og:type", "video.other")
    html = f"<head><title>A ferry film</title>{head}</head><body></body>"
    told = html.replace("</head>", meta("og:description", "Ten minutes at sea.") + "</head>")
    found = read(page_draft(told))
    assert (found.title, found.excerpt) == ("A ferry film", "Ten minutes at sea.")
    assert found.lead_image == Image(url=URL)


def test_a_structured_credit_wins_over_a_printed_one() -> None:
    head = ld(image={"@type": "ImageObject", "url": URL, "creditText": "Al Poe"})
    image = _image(head, f"<figure>{IMG}<figcaption>{SAID} (EFE)</figcaption></figure>")
    assert image == Image(url=URL, alt="A ferry", caption=SAID, credit="Al Poe")


@pytest.mark.parametrize(
    "html",
    [
        f'<picture><source srcset="{URL} 800w"><img src="/img/placeholder.gif"></picture>',
        f'<picture><source type="image/webp" srcset="/a.webp"><source srcset="{URL}"><img>',
        f'<img src="data:image/gif;base64,R0"><noscript>{IMG}</noscript>',
    ],
)
def test_a_picture_behind_a_placeholder_is_found(html: str) -> None:
    image = _image(head="", above=f"<figure>{html}</figure>")
    assert image is not None
    assert image.url == URL


def test_a_credit_line_that_is_a_caption_too_is_parted() -> None:
    html = f'<div>{IMG}<p class="photo-credit">{SAID} Image: EFE</p></div>'
    assert _shown(html) == (SAID, "EFE")


OTHER_CROP = "/img/0a1-wide.jpg"


@pytest.mark.parametrize(
    "html",
    [
        f'<figure><img src="{OTHER_CROP}"><figcaption>{SAID} (EFE)</figcaption></figure>',
        f"<figure><figcaption>{SAID} (EFE)</figcaption></figure>",
        f'<div><img src="{OTHER_CROP}"></div><p class="img-caption">{SAID} (EFE)</p>',
        f'<img src="/logo.png"><img src="{OTHER_CROP}"><p class="photo-credit">{SAID} (EFE)</p>',
    ],
)
def test_the_first_picture_of_an_article_is_the_lead_in_another_crop(html: str) -> None:
    assert _shown(html) == (SAID, "EFE")


@pytest.mark.parametrize(
    "inner",
    [
        "<a href='/next'>Another story of this harbour</a>",
        "<p>" + "Long text about the harbour. " * 20 + "</p>",
        "<button>Open</button>",
        '<span class="caption">Advertisement:</span>',
        "<figcaption>Media playback is unsupported on your device</figcaption>",
    ],
)
def test_what_a_figure_says_beside_a_caption_is_none(inner: str) -> None:
    assert _shown(f"<figure>{IMG}{inner}</figure>") == (None, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a/boat-e1500000000001-300x150.jpg", "/b/boat.jpg"),
        ("/a/4711-1200x630.jpg", "/a/4711-1560x979.jpg"),
        ("/4711/5/rawImage.jpg", "/4711/5/920x920.jpg"),
        ("/a/csm_boat_0123456789.jpg", "/b/csm_boat_9876543210.jpg"),
        ("/a/5f1c2b7d9e0a3.jpeg", "/b/5f1c2b7d9e0a3.r_1500000000001.0-10.jpeg"),
    ],
)
def test_the_copies_that_systems_make_are_one_picture(one: str, other: str) -> None:
    assert same_picture(f"https://e.example{one}", f"https://e.example{other}")


def test_numbers_do_not_make_two_pictures_one() -> None:
    assert not same_picture(
        "https://e.example/11223344556677_boat.jpg", "https://e.example/11223344556677_gull.jpg"
    )
