"""By its bytes a picture is one of a story, or it is not; and what it declared is forgotten."""

from typing import Any

import pytest

from newsletter.articles.picture_check import Fits, Unfit, is_generic, judged
from newsletter.lib.images import Seen
from newsletter.model.article import Image

IMAGE = Image(url="https://e.example/ferry.jpg", width=9000, mime="image/png", caption="A ferry.")


def seen(width: int = 1200, height: int = 800, **changes: Any) -> Seen:
    known: dict[str, Any] = {"mime": "image/jpeg", "weight": 90_000, "blank": False}
    return Seen(width=width, height=height, **known | changes)


def test_what_a_picture_declares_is_replaced_by_what_it_is() -> None:
    outcome = judged(IMAGE, seen(1200, 800))
    real = Image(url=IMAGE.url, width=1200, height=800, mime="image/jpeg", caption="A ferry.")
    assert outcome == Fits(real)


@pytest.mark.parametrize(
    "fit",
    [seen(200, 100), seen(4000, 1000), seen(400, 1200), seen(mime="image/webp")],
    ids=["smallest", "widest", "tallest", "webp"],
)
def test_a_picture_at_the_edge_fits(fit: Seen) -> None:
    assert isinstance(judged(IMAGE, fit), Fits)


@pytest.mark.parametrize(
    ("unfit", "words"),
    [
        (seen(1, 1, weight=43), "pixel"),
        (seen(2, 600), "pixel"),
        (seen(weight=99), "pixel"),
        (seen(199, 600), "too small"),
        (seen(600, 99), "too small"),
        (seen(1201, 300), "banner"),
        (seen(300, 901), "banner"),
        (seen(blank=True), "placeholder"),
        (seen(mime="image/tiff"), "TIFF"),
    ],
)
def test_what_is_no_picture_of_a_story_has_its_reason_and_its_place(
    unfit: Seen, words: str
) -> None:
    outcome = judged(IMAGE, unfit)
    assert isinstance(outcome, Unfit)
    assert outcome.remark.code == "image_unfit"
    assert words in outcome.remark.message
    assert "https://e.example/ferry.jpg" in outcome.remark.message


@pytest.mark.parametrize(("width", "code"), [(299, "image_small"), (300, None)])
def test_a_small_picture_fits_with_a_word(width: int, code: str | None) -> None:
    outcome = judged(IMAGE, seen(width, 200))
    assert isinstance(outcome, Fits)
    assert (outcome.remark and outcome.remark.code) == code


def test_a_picture_is_the_site_s_own_when_three_others_have_it() -> None:
    assert [is_generic(others) for others in (0, 2, 3, 40)] == [False, False, True, True]
