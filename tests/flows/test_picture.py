"""No letter shows a picture that nobody looked at, and none is lost for a moment's fault."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from newsletter.articles.pictures import picture_key
from newsletter.flows.picture import Patient, picture_is_due, with_checked_picture
from newsletter.lib.isolation import Child
from newsletter.model.article import Article, Image
from newsletter.sources.http import PICTURES, Http
from newsletter.sources.port import SourceFault, answered
from tests import pictures
from tests.articles.build import article, moment
from tests.flows.gallery import Gallery, Shown, gone, silent
from tests.pictures import photo
from tests.sources.server import page, redirect, serving

FERRY = Image(url="https://e.example/ferry.jpg", alt="A ferry", caption="Dawn.", credit="EFE")
PIER = Image(url="https://e.example/pier.jpg", caption="The pier.")
GULLS = Image(url="https://e.example/gulls.jpg")
MAST = Image(url="https://e.example/mast.jpg")

NOW = moment(3).at
GONE, SILENT = gone(FERRY), silent(FERRY)


def checked(
    table: Mapping[Image, Shown],
    *others: Image,
    lead: Image | None = FERRY,
    **changes: str,
) -> Article:
    found = article(
        lead_image=lead, other_images=others, provenance={"lead_image": "og.image"}, **changes
    )
    return with_checked_picture(found, Gallery(table))


def codes(found: Article) -> list[str]:
    return [remark.code for remark in found.remarks]


def test_a_picture_that_fits_is_told_as_it_is_and_keeps_its_words() -> None:
    declared = replace(FERRY, width=1, height=1, mime="image/gif")
    found = checked({FERRY: pictures.of_a_phone(900, 600)}, PIER, lead=declared)
    assert found.lead_image == replace(FERRY, width=600, height=900, mime="image/jpeg")
    assert (found.remarks, found.other_images) == ((), (PIER,))
    assert found.provenance == {"lead_image": "og.image"}


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "PNG", "GIF"])
def test_a_picture_of_another_kind_fits_and_its_kind_is_told(kind: str) -> None:
    found = checked({FERRY: photo(kind=kind)})
    assert found.lead_image is not None
    assert found.lead_image.mime == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pictures.WEB_PAGE, "web page"),
        (pictures.SVG, "SVG"),
        (b"", "no picture"),
        (photo(1, 1, "GIF"), "pixel"),
        (photo(199, 150), "too small"),
        (photo(1600, 200), "banner"),
        (photo(200, 900), "banner"),
        (pictures.bomb(30_000), "million"),
        (pictures.cut_off(photo()), "damaged"),
        (pictures.blank(), "single colour"),
        (GONE, "answered 404"),
        (SourceFault("fetch_refused", f"{FERRY.url}: not fetched, it is private"), "private"),
        (SourceFault("too_large", f"{FERRY.url}: more than 10 MB"), "more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_gives_way_to_the_next(content: Shown, words: str) -> None:
    found = checked({FERRY: content}, PIER, GULLS)
    assert found.lead_image == replace(PIER, width=900, height=600, mime="image/jpeg")
    assert (codes(found), found.other_images) == (["image_unfit"], (GULLS,))
    (remark,) = found.remarks
    assert words in remark.message
    assert remark.message.startswith(f"{FERRY.url}: ")
    assert remark.message.count(str(FERRY.url)) == 1
    assert found.provenance == {"lead_image": "another picture"}


def test_another_picture_has_no_caption_of_the_first() -> None:
    found = checked({FERRY: pictures.WEB_PAGE}, GULLS)
    assert found.lead_image == replace(GULLS, width=900, height=600, mime="image/jpeg")


def test_where_none_fits_the_caption_stays_without_its_picture() -> None:
    found = checked({FERRY: pictures.SVG, PIER: pictures.SVG}, PIER)
    assert found.lead_image == Image(caption="Dawn.", credit="EFE")
    assert (codes(found), found.other_images) == (["image_unfit"] * 2, ())
    assert not picture_is_due(found, NOW)


def test_where_none_fits_and_nothing_was_said_there_is_none() -> None:
    found = checked({GULLS: pictures.SVG}, lead=GULLS)
    assert (found.lead_image, found.provenance) == (None, {})


def test_an_article_without_pictures_stays_as_it_is() -> None:
    bare, said = article(), article(lead_image=Image(caption="Dawn.", alt="A ferry"))
    for each in (bare, said):
        assert with_checked_picture(each, Gallery({})) == each


def test_a_picture_of_a_moment_s_silence_is_not_shown_and_not_forgotten() -> None:
    found = checked({FERRY: SILENT})
    assert found.lead_image == Image(caption="Dawn.", credit="EFE")
    assert found.other_images == (FERRY,)
    assert codes(found) == ["image_unread"]
    assert picture_is_due(found, NOW)


def test_what_is_no_news_any_more_is_not_read_again_for_its_picture() -> None:
    found = checked({FERRY: SILENT})
    assert [picture_is_due(found, moment(day).at) for day in (5, 6)] == [True, False]


def test_another_picture_stands_in_for_one_that_is_silent_and_then_nothing_is_due() -> None:
    found = checked({FERRY: SILENT}, PIER)
    assert found.lead_image == replace(PIER, width=900, height=600, mime="image/jpeg")
    assert found.other_images == (FERRY,)
    assert not picture_is_due(found, NOW)


@pytest.mark.parametrize(
    ("status", "due"), [(404, False), (403, False), (410, False), (429, True), (503, True)]
)
def test_what_the_server_says_tells_whether_asking_again_is_worth_it(
    status: int, due: bool
) -> None:
    with serving({"/a.jpg": page(b"", status=status)}) as site, door() as http:
        lead = Image(url=f"{site.url}/a.jpg")
        found = with_checked_picture(article(lead_image=lead), reading(http))
    assert picture_is_due(found, NOW) is due
    assert found.lead_image is None


def test_no_more_than_three_pictures_are_asked_for() -> None:
    gallery = Gallery(dict.fromkeys((FERRY, PIER, GULLS), pictures.SVG))
    found = article(lead_image=FERRY, other_images=(PIER, GULLS, MAST))
    found = with_checked_picture(found, gallery)
    assert len(gallery.asked) == 3
    assert found.other_images == (MAST,)
    assert found.lead_image == Image(caption="Dawn.", credit="EFE")


def test_a_small_picture_gives_way_to_a_larger_one() -> None:
    found = checked({FERRY: photo(240, 160)}, PIER)
    assert found.lead_image is not None
    assert found.lead_image.url == PIER.url
    assert [image.url for image in found.other_images] == [FERRY.url]
    assert codes(found) == []


def test_a_small_picture_is_shown_with_a_word_where_there_is_no_larger_one() -> None:
    found = checked({FERRY: photo(240, 160), PIER: photo(210, 150)}, PIER)
    assert found.lead_image == replace(FERRY, width=240, height=160, mime="image/jpeg")
    assert codes(found) == ["image_small"]


def test_a_picture_that_other_articles_have_is_not_even_asked_for() -> None:
    gallery = Gallery({})
    found = with_checked_picture(
        article(lead_image=FERRY, other_images=(PIER,)),
        gallery,
        shared=[str(picture_key(FERRY))],
    )
    assert gallery.asked == [PIER.url]
    assert found.lead_image is not None
    assert found.lead_image.url == PIER.url
    assert codes(found) == ["image_generic"]


def test_the_text_no_longer_shows_the_picture_that_now_stands_above_it() -> None:
    figure = f'<figure><img src="{PIER.url}"><figcaption>The pier.</figcaption></figure>'
    html = f"<p>The first ferry left.</p>\n{figure}\n<p>Nobody knew.</p>"
    kept = checked({}, PIER, body_html=html, body_text="as it is")
    assert (kept.body_html, kept.body_text) == (html, "as it is")
    moved = checked({FERRY: pictures.SVG}, PIER, body_html=html)
    assert "<img" not in moved.body_html
    assert moved.body_text == "The first ferry left.\n\nNobody knew."


def test_a_picture_is_decoded_where_it_can_do_no_harm() -> None:
    child = Child()
    try:
        found = with_checked_picture(
            article(lead_image=FERRY, other_images=(PIER,)),
            Gallery({FERRY: pictures.bomb(12_000)}),
            isolated=child.call,
        )
    finally:
        child.close()
    assert found.lead_image is not None
    assert found.lead_image.url == PIER.url


def door() -> Http:
    return Http(user_agent="test", allow_private=["127.0.0.0/8"], limits=PICTURES)


def reading(http: Http) -> Callable[[Image], bytes]:
    return lambda image: answered(http.fetch, str(image.url)).content


def test_what_a_server_calls_a_picture_is_judged_by_its_bytes() -> None:
    answers = {
        "/ferry.jpg": page(pictures.WEB_PAGE, content_type="image/jpeg"),
        "/moved.jpg": redirect("/pier.webp"),
        "/pier.webp": page(photo(kind="WEBP"), content_type="application/octet-stream"),
    }
    with serving(answers) as site, door() as http:
        lead, other = (Image(url=f"{site.url}/{name}.jpg") for name in ("ferry", "moved"))
        found = with_checked_picture(article(lead_image=lead, other_images=(other,)), reading(http))
    assert found.lead_image == replace(other, width=900, height=600, mime="image/webp")
    assert "web page" in found.remarks[0].message


def test_a_server_that_fails_twice_in_a_row_is_left_alone() -> None:
    gallery = Gallery(dict.fromkeys((FERRY, PIER), SILENT))
    patient = Patient(gallery)
    for image in (FERRY, PIER, GULLS):
        with pytest.raises(SourceFault) as fault:
            patient(image)
        assert fault.value.passing
    assert gallery.asked == [FERRY.url, PIER.url]
    assert patient(Image(url="https://other.example/a.jpg"))


def test_a_server_that_answers_in_between_is_not_left_alone() -> None:
    patient = Patient(Gallery({FERRY: SILENT, GULLS: GONE}))
    for _ in range(3):
        for image in (FERRY, GULLS):
            with pytest.raises(SourceFault):
                patient(image)
        assert patient(PIER)
