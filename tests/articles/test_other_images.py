"""The pictures kept for the case that the lead picture turns out to be none."""

import json

from newsletter.articles.as_json import article_json
from newsletter.articles.identity import content_hash
from newsletter.model.article import Article, Image
from tests.articles.build import feed_draft, page, page_draft, read, variant

SITE = "https://news.example.com/img"


def meta(name: str, file: str) -> str:
    return f'<meta property="{name}" content="{SITE}/{file}">'


def figure(file: str, caption: str = "") -> str:
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="/img/{file}" alt="">{below}</figure>'


def text_with(*figures: str) -> str:
    words = (
        "The ferries left the old harbour late on Friday, and nobody had drawn a new chart. " * 3
    )
    return "".join(f"<p>{words}</p>{each}" for each in (*figures, ""))


def others(article: Article) -> list[str]:
    return [str(image.url).removeprefix(f"{SITE}/") for image in article.other_images]


def test_what_the_page_names_comes_before_the_pictures_of_the_text() -> None:
    found = read(
        page_draft(
            page(
                head=meta("og:image", "ferry.jpg") + meta("twitter:image", "gulls.jpg"),
                body=text_with(figure("pier.jpg")),
            )
        )
    )
    assert found.lead_image == Image(url=f"{SITE}/ferry.jpg")
    assert others(found) == ["gulls.jpg", "pier.jpg"]


def test_what_the_source_names_comes_first() -> None:
    images = tuple(Image(url=f"{SITE}/{name}.jpg") for name in ("ferry", "gulls"))
    found = read(feed_draft(images=images, page=page_draft(
        page(head=meta("og:image", "chart.jpg"))).page))  # fmt: skip
    assert found.lead_image == Image(url=f"{SITE}/ferry.jpg")
    assert others(found) == ["gulls.jpg", "chart.jpg"]


def test_no_picture_is_kept_in_two_sizes() -> None:
    graph = {"@type": "NewsArticle", "image": [f"{SITE}/ferry-1200x800.jpg", f"{SITE}/gulls.jpg"]}
    head = meta("og:image", "ferry.jpg") + meta("twitter:image", "gulls-300x200.jpg")
    found = read(
        page_draft(
            page(head=f'<script type="application/ld+json">{json.dumps(graph)}</script>{head}')
        )
    )
    assert others(found) == ["ferry.jpg", "gulls.jpg"]


def test_the_lead_picture_at_another_address_comes_first_and_has_its_words() -> None:
    head = meta("twitter:image", "gulls.jpg") + meta("og:image", "ferry-at-dawn-300x200.jpg")
    body = text_with(figure("ferry-at-dawn.jpg", "The ferry. (EFE)"))
    found = read(page_draft(page(head=head, body=body)))
    assert others(found) == ["ferry-at-dawn.jpg", "gulls.jpg"]
    assert (found.other_images[0].caption, found.other_images[0].credit) == ("The ferry.", "EFE")


def test_at_most_four_are_kept() -> None:
    body = text_with(*(figure(f"quay-{name}.jpg") for name in "abcdefg"))
    found = read(page_draft(page(head=meta("og:image", "ferry.jpg"), body=body)))
    assert others(found) == [f"quay-{name}.jpg" for name in "abcd"]


def test_each_has_its_own_caption_and_no_other_s() -> None:
    marked = 'Two gulls. <span class="credit">Ana Roe</span>'
    body = text_with(figure("pier.jpg", "The pier. (EFE)"), figure("gulls.jpg"),
                     figure("mast.jpg", marked), figure("rope.jpg"))  # fmt: skip
    found = read(page_draft(page(head=meta("og:image", "ferry.jpg"), body=body)))
    said = [(image.caption, image.credit) for image in found.other_images]
    assert said == [("The pier.", "EFE"), (None, None), ("Two gulls.", "Ana Roe"), (None, None)]


def test_the_pictures_of_other_stories_beside_the_text_are_not_among_them() -> None:
    aside = '<aside><a href="/other"><img src="/img/other-story.jpg" alt=""></a></aside>'
    body = text_with(figure("pier.jpg"))
    found = read(page_draft(page(head=meta("og:image", "ferry.jpg"), body=body, below=aside)))
    assert others(found) == ["pier.jpg"]


def test_furniture_is_not_among_them() -> None:
    head = meta("og:image", "ferry.jpg") + meta("twitter:image", "logo.png")
    assert others(read(page_draft(page(head=head)))) == []


def test_they_are_no_part_of_what_an_article_says() -> None:
    found = read(page_draft(page(head=meta("og:image", "ferry.jpg"))))
    other = variant(found, other_images=(Image(url=f"{SITE}/gulls.jpg"),))
    assert content_hash(found) == content_hash(other)
    assert article_json(found) == article_json(other)
