"""What is known of a picture by its bytes, whatever its server or its name says."""

from io import BytesIO

import pytest
from PIL import Image

from newsletter.lib.images import (
    PictureFault,
    TooManyPixels,
    look_at,
    opened,
    read_header,
    shown_pixels,
)
from tests import pictures
from tests.pictures import encoded, photo

GREY = (128, 128, 128)


def shown(content: bytes) -> Image.Image:
    return shown_pixels(opened(content), enough=2_400)


def colour(image: Image.Image, x: int = 5, y: int = 5) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def near(one: tuple[int, ...], other: tuple[int, ...], most: int = 4) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
    ],
)
def test_a_picture_is_known_by_its_content(kind: str, mime: str) -> None:
    content = photo(900, 600, kind)
    seen = look_at(content)
    assert (seen.mime, seen.width, seen.height, seen.blank) == (mime, 900, 600, False)
    assert seen.weight == len(content)
    assert read_header(BytesIO(content)) == read_header(content)


def test_a_jpeg_with_a_second_one_behind_it_is_a_jpeg() -> None:
    second = Image.new("RGB", (90, 60))
    content = photo(900, 600, "MPO", save_all=True, append_images=[second])
    assert opened(content).format == "MPO"
    assert look_at(content).mime == "image/jpeg"


def test_a_picture_taken_sideways_has_the_size_that_it_is_shown_in() -> None:
    seen = look_at(pictures.of_a_phone(900, 600))
    assert (seen.width, seen.height) == (600, 900)
    assert shown(pictures.of_a_phone(900, 600)).size == (600, 900)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_a_picture_that_moves_the_first_frame_counts(kind: str) -> None:
    content = pictures.moving(kind)
    assert not look_at(content).blank
    assert near(colour(shown(content)), (255, 0, 0))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no picture"),
        (b"%PDF-1.4", "no picture"),
        (pictures.SVG, "SVG"),
        (pictures.WEB_PAGE, "web page"),
        (b"\xff\xd8\xff", "no picture"),
    ],
)
def test_what_is_no_picture_is_told_for_what_it_is(content: bytes, words: str) -> None:
    for look in (look_at, read_header):
        with pytest.raises(PictureFault, match=words):
            look(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_was_cut_off_is_damaged_though_its_header_is_whole(kind: str) -> None:
    content = pictures.cut_off(encoded(pictures.noise(300, 300), kind))
    with pytest.raises(PictureFault):
        look_at(content)


@pytest.mark.parametrize("side", [6_500, 12_000, 30_000])
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    for look in (look_at, read_header):
        with pytest.raises(TooManyPixels, match="pixels"):
            look(pictures.bomb(side))


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (900, 600), "teal"),
        Image.new("L", (900, 600), 200),
        Image.new("RGBA", (900, 600), (0, 0, 0, 0)),
        Image.new("P", (900, 600), 3),
    ],
    ids=["colour", "grey", "transparent", "palette"],
)
def test_a_single_colour_is_blank(image: Image.Image) -> None:
    assert look_at(encoded(image, "PNG")).blank


def test_a_single_colour_is_blank_in_a_strong_jpeg_too() -> None:
    assert look_at(encoded(Image.new("RGB", (900, 600), (91, 40, 133)), quality=5)).blank


def test_a_drawing_of_thin_lines_is_not_blank() -> None:
    paper = Image.new("RGB", (900, 600), "white")
    for row in range(50, 550, 50):
        paper.paste("black", (100, row, 800, row + 3))
    assert not look_at(encoded(paper, "PNG")).blank


def test_deep_greys_are_scaled_and_not_cut_off_at_white() -> None:
    deep = Image.new("I;16", (300, 200), 128 * 257)
    assert near(colour(shown(encoded(deep, "PNG"))), GREY, most=1)


def test_print_colours_become_those_of_a_screen() -> None:
    content = encoded(Image.new("CMYK", (300, 200), (0, 255, 255, 0)))
    assert near(colour(shown(content)), (254, 0, 0))
    assert look_at(content).mime == "image/jpeg"


def test_a_palette_with_a_hole_shines_through() -> None:
    drawn = Image.new("P", (300, 200), 1)
    drawn.putpalette([255, 255, 255, 200, 30, 30])
    drawn.paste(0, (0, 0, 150, 200))
    image = shown(encoded(drawn, "PNG", transparency=0))
    assert (image.mode, colour(image)[3], colour(image, 250)) == ("RGBA", 0, (200, 30, 30, 255))


def test_a_picture_that_could_shine_through_and_does_not_is_opaque() -> None:
    assert shown(encoded(Image.new("RGBA", (30, 20), (9, 9, 9, 255)), "PNG")).mode == "RGB"


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("RGB", (300, 200), "red"), {}),
        (Image.new("RGBA", (300, 200), (255, 0, 0, 90)), {}),
        (Image.new("P", (300, 200), 1), {}),
    ],
    ids=["plain", "transparent", "palette"],
)
def test_colours_are_those_that_the_picture_s_own_profile_means(
    image: Image.Image, options: dict[str, object]
) -> None:
    if image.mode == "P":
        image.putpalette([0, 0, 0, 255, 0, 0])
    found = shown(encoded(image, "PNG", icc_profile=pictures.swapped_profile()))
    assert near(colour(found)[:3], (0, 0, 255))
    assert colour(found)[3:] == ((90,) if image.mode == "RGBA" else ())


@pytest.mark.parametrize("profile", [b"nonsense", pictures.swapped_profile()[:200]])
def test_a_broken_profile_is_as_good_as_none(profile: bytes) -> None:
    content = encoded(Image.new("RGB", (300, 200), "red"), "PNG", icc_profile=profile)
    assert near(colour(shown(content)), (255, 0, 0))


def test_a_picture_several_times_too_large_is_made_smaller_at_once() -> None:
    large = encoded(Image.new("RGBA", (900, 630), (255, 0, 0, 90)), "PNG")
    assert shown_pixels(opened(large), enough=210).size == (300, 210)
    assert shown_pixels(opened(large), enough=320).size == (900, 630)
    turned = pictures.of_a_phone(900, 630)
    assert shown_pixels(opened(turned), enough=210).size == (210, 300)
