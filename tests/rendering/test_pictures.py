"""Pictures: smaller, upright, without a trace of the camera; bombs are refused unopened."""

from io import BytesIO

import pytest
from PIL import Image

from newsletter.lib.images import PictureFault
from newsletter.rendering.pictures import MAX_BYTES, MAX_WIDTH, scaled
from tests import pictures
from tests.pictures import GPS, ON_ITS_SIDE, ORIENTATION
from tests.pictures import bomb as _bomb
from tests.pictures import encoded as _bytes
from tests.pictures import noise as _noise


def _opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_a_wide_picture_is_scaled_and_keeps_its_shape() -> None:
    made = scaled(_bytes(Image.new("RGB", (2000, 1000), "teal")), max_width=1280)
    assert (made.width, made.height, made.mime) == (1280, 640, "image/jpeg")
    assert _opened(made.content).size == (1280, 640)


def test_a_small_picture_is_not_blown_up() -> None:
    assert scaled(_bytes(Image.new("RGB", (90, 60)))).width == 90


def _striped(width: int, height: int, stripes: list[str]) -> bytes:
    """A picture of stripes from top to bottom, each as high as the others."""
    image, each = Image.new("RGB", (width, height)), height // len(stripes)
    for number, colour in enumerate(stripes):
        image.paste(colour, (0, number * each, width, (number + 1) * each))
    return _bytes(image, "PNG")


def _colours(content: bytes) -> set[str]:
    """Which of four colours a picture holds, the seams between them left out."""
    names = {(255, 0, 0): "red", (0, 128, 0): "green", (0, 0, 255): "blue", (0, 0, 0): "black"}
    image = _opened(content).convert("RGB")
    column = [image.getpixel((image.width // 2, row)) for row in range(5, image.height - 5)]
    near = {
        colour for colour in names for pixel in column if isinstance(pixel, tuple)
        if all(abs(one - other) < 8 for one, other in zip(pixel, colour, strict=True))
    }  # fmt: skip
    return {names[colour] for colour in near}


@pytest.mark.parametrize(
    ("size", "shape", "expected"),
    [
        ((1600, 1200), (16, 9), (640, 360)),
        ((1200, 1600), (16, 9), (640, 360)),
        ((1600, 900), (16, 9), (640, 360)),
        ((3000, 1000), (4, 3), (640, 480)),
        ((300, 200), (1, 1), (200, 200)),
        ((1, 1000), (16, 9), (1, 1)),
    ],
)
def test_a_picture_is_cut_to_the_shape_of_its_place(
    size: tuple[int, int], shape: tuple[int, int], expected: tuple[int, int]
) -> None:
    made = scaled(_bytes(Image.new("RGB", size, "teal")), max_width=640, shape=shape)
    assert (made.width, made.height) == expected


def test_of_an_upright_picture_the_upper_part_stays_where_heads_are() -> None:
    upright = _striped(600, 900, ["red", "green", "blue"])
    assert _colours(scaled(upright, shape=(2, 1)).content) == {"red", "green"}
    assert _colours(scaled(upright, shape=(1, 1)).content) == {"red", "green"}
    lying = _striped(900, 600, ["red", "green", "blue"])
    assert _colours(scaled(lying, shape=(9, 2)).content) == {"green"}


def test_a_picture_taken_sideways_is_cut_as_it_is_shown() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    content = _bytes(Image.new("RGB", (900, 600)), exif=exif)
    made = scaled(content, max_width=300, shape=(16, 9))
    assert (made.width, made.height) == (300, 168)


def test_a_picture_taken_sideways_is_turned_and_told_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    content = _bytes(Image.new("RGB", (200, 100)), exif=exif)
    made = scaled(content)
    assert (made.width, made.height) == (100, 200)


def test_nothing_of_the_camera_is_left() -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "where I live"
    content = _bytes(Image.new("RGB", (200, 100)), exif=exif, comment=b"my house")
    made = scaled(content).content
    assert b"where I live" in content
    assert not _opened(made).getexif()
    assert b"house" not in made


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "GIF", "PNG", "TIFF"])
def test_every_kind_becomes_one_that_mail_programs_show(kind: str) -> None:
    made = scaled(_bytes(Image.new("RGB", (120, 80), "teal"), kind))
    assert made.mime == "image/jpeg"
    assert _opened(made.content).format == "JPEG"


def test_what_shines_through_stays_so() -> None:
    made = scaled(_bytes(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    assert made.mime == "image/png"
    assert _opened(made.content).mode == "RGBA"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_worst_picture_stays_within_its_budget(mode: str) -> None:
    made = scaled(_bytes(_noise(1000, 1600, mode), "PNG"))
    assert made.width < 1000
    assert len(made.content) <= MAX_BYTES


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"<html></html>", b"%PDF-1.4", b"\xff\xd8\xff"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureFault):
        scaled(content)


def test_a_picture_that_no_format_can_hold_is_refused() -> None:
    with pytest.raises(PictureFault, match="cannot be written"):
        scaled(_bytes(Image.new("RGB", (20, 70_000)), "PNG"))


def test_a_picture_that_stays_heavy_when_it_is_narrow_is_refused() -> None:
    with pytest.raises(PictureFault, match="lighter"):
        scaled(_bytes(_noise(60, 30_000), "PNG"))


def test_a_picture_that_was_cut_off_is_refused() -> None:
    content = _bytes(_noise(300, 300))
    with pytest.raises(PictureFault, match="damaged"):
        scaled(content[: len(content) // 2])


@pytest.mark.parametrize("side", [6_500, 12_000, 30_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(PictureFault, match="pixels"):
        scaled(_bomb(side))


def test_a_copy_is_no_wider_than_a_sharp_screen_shows() -> None:
    made = scaled(pictures.photo(4000, 2667))
    assert (made.width, made.height, made.mime) == (MAX_WIDTH, 800, "image/jpeg")


def test_a_phone_s_picture_is_upright_and_tells_nothing_of_its_place() -> None:
    made = scaled(pictures.of_a_phone(900, 600))
    assert (made.width, made.height) == (600, 900)
    assert not _opened(made.content).getexif()
    assert set(_opened(made.content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                               "progressive", "progression"}  # fmt: skip


def test_a_profile_is_applied_and_left_out() -> None:
    red = Image.new("RGB", (300, 200), "red")
    made = scaled(_bytes(red, icc_profile=pictures.swapped_profile()))
    assert _colours(made.content) == {"blue"}
    assert "icc_profile" not in _opened(made.content).info


def test_a_drawing_in_few_colours_keeps_its_edges() -> None:
    made = scaled(_striped(1600, 900, ["red", "green", "blue"]), max_width=800)
    assert (made.mime, made.width) == ("image/png", 800)
    assert _opened(made.content).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_a_picture_that_moves_the_first_frame_is_shown(kind: str) -> None:
    copy = _opened(scaled(pictures.moving(kind)).content)
    pixel = copy.convert("RGB").getpixel((20, 20))
    assert getattr(copy, "n_frames", 1) == 1
    assert isinstance(pixel, tuple)
    assert pixel[0] > 250
    assert max(pixel[1:]) < 5


def test_what_shines_through_and_is_too_heavy_stands_on_white() -> None:
    heavy = _noise(700, 700, "RGBA")
    heavy.paste((0, 0, 0, 0), (0, 0, 350, 700))
    on_paper = scaled(_bytes(heavy, "PNG"))
    assert on_paper.mime == "image/jpeg"
    corner = _opened(on_paper.content).getpixel((20, 20))
    assert isinstance(corner, tuple)
    assert min(corner) > 245


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "LA", "I;16", "P"])
def test_every_mode_can_be_shown(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = scaled(_bytes(Image.new(mode, (300, 200)), kind))
    assert (made.width, made.height) == (300, 200)
