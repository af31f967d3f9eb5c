"""Pictures of a letter: pointed at, copied for the public pages, or inside."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pillow

from newsletter.flows.press import Printed, copy_keys, print_letter
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Author, Image
from newsletter.model.edition import Edition, Section
from newsletter.model.letter import PictureCopy
from tests.flows.gallery import Gallery, silent
from tests.flows.printing import digest, press, unreadable
from tests.pictures import blank, bomb, photo
from tests.rendering.editions import edition, story

URL = "https://tideway.example/a.webp"


def picture(size: tuple[int, int] = (1600, 1200), kind: str = "WEBP", **options: Any) -> bytes:
    buffer = BytesIO()
    Pillow.linear_gradient("L").convert("RGB").resize(size).save(buffer, kind, **options)
    return buffer.getvalue()


def one_story(image: Image | None, *others: Image, face: Image | None = None) -> Edition:
    """An edition whose lead has this picture and an author with this face; `others` are those of
    further stories."""
    lead = story(0, lead_image=image, authors=(Author(name="Marta Olmedo", avatar=face),))
    rest = [story(n, lead_image=each) for n, each in enumerate(others, start=1)]
    return edition(lead=lead, sections=(Section("", tuple(rest)),) if rest else ())


def printed(shown: Edition, content: bytes | None = None, **changes: Any) -> Printed:
    content = content or picture()
    return print_letter(press(read_picture=lambda image: content), shown, digest(**changes))


def resized(shown: Edition, content: bytes | None = None) -> Printed:
    return printed(shown, content, images="resize")


def size(copy: PictureCopy) -> tuple[int, int]:
    return Pillow.open(BytesIO(copy.content)).size


def test_a_copy_has_the_name_of_its_content_and_twice_the_pixels_of_its_place() -> None:
    made = resized(one_story(Image(url=URL)))
    (copy,) = made.copies
    assert copy.key == sha256(copy.content).hexdigest()
    assert (copy.mime, size(copy), len(copy.content) <= 300_000) == (
        "image/jpeg",
        (1152, 864),
        True,
    )
    address = f"https://news.example.com/p/{copy.key}.jpg"
    assert f'src="{address}" width="576" height="432"' in made.letter.html
    assert made.letter.attachments == ()
    assert URL not in made.letter.html


def test_nothing_of_the_camera_is_in_a_copy() -> None:
    exif = Pillow.Exif()
    exif[0x010E], exif[0x0112] = "where I live", 6
    (copy,) = resized(one_story(Image(url=URL)), picture(kind="JPEG", exif=exif)).copies
    assert size(copy) == (1152, 1536)
    assert b"where I live" not in copy.content


def test_the_same_picture_in_two_places_has_a_copy_for_each() -> None:
    image = Image(url=URL)
    made = resized(one_story(image, image, face=image))
    assert [size(copy) for copy in made.copies] == [(1152, 864), (336, 252), (88, 88)]


def test_one_picture_of_two_stories_is_copied_once() -> None:
    made = resized(one_story(None, Image(url=URL), Image(url=URL, alt="The same")))
    assert len(made.copies) == 1
    assert made.letter.html.count(made.copies[0].name) == 2


def test_a_picture_that_shines_through_stays_a_png() -> None:
    buffer = BytesIO()
    Pillow.new("RGBA", (300, 200), (0, 0, 0, 0)).save(buffer, "PNG")
    (copy,) = resized(one_story(Image(file="/a.png")), buffer.getvalue()).copies
    assert (copy.mime, copy.name) == ("image/png", f"{copy.key}.png")


def test_inside_the_letter_a_picture_is_as_small_as_a_copy() -> None:
    made = printed(one_story(Image(url=URL)), images="attach")
    (attached,) = made.letter.attachments
    assert Pillow.open(BytesIO(attached.content)).size == (1152, 864)
    assert f'src="cid:{attached.cid}"' in made.letter.html
    assert made.copies == ()


def test_a_link_points_to_the_publisher_and_reads_nothing() -> None:
    made = print_letter(press(), one_story(Image(url=URL, width=800, height=600)), digest())
    assert f'src="{URL}" width="576" height="432"' in made.letter.html
    assert (made.copies, made.missing) == ((), ())


@pytest.mark.parametrize("images", ["resize", "attach"])
def test_a_picture_that_is_not_to_be_had_is_left_out_and_named_once(images: str) -> None:
    image = Image(url=URL)
    made = print_letter(press(), one_story(image, image), digest(images=images))
    assert made.missing == (f"{URL}: is not to be had",)
    assert "<img" not in made.letter.html
    with pytest.raises(NewsletterError):
        press().read_picture(image)


def test_what_is_no_picture_is_left_out_and_named() -> None:
    made = resized(one_story(Image(url=URL)), b"<html>Not found</html>")
    assert (made.copies, len(made.missing)) == ((), 1)


def test_a_bomb_is_left_out_and_named() -> None:
    made = resized(one_story(Image(url=URL)), bomb(12_000))
    assert made.copies == ()
    assert "more than 40 million" in made.missing[0]


OTHER = Image(url="https://tideway.example/b.jpg", alt="Gulls", caption="Two gulls.")
THIRD = Image(url="https://tideway.example/c.jpg")


def with_others(*others: Image, lead: Image | None = None, **changes: Any) -> Edition:
    """An edition with one story, whose article knows other pictures."""
    lead = lead or Image(url=URL, alt="A ferry", caption="The ferry.", credit="EFE")
    told = story(0, lead_image=lead, other_images=others, authors=(), **changes)
    return edition(lead=told, sections=())


def shown_from(table: dict[Image, bytes], shown: Edition, **changes: Any) -> Printed:
    """The letter, with the pictures of the table and no others to be had."""
    content = {image.url: each for image, each in table.items()}

    def read(image: Image) -> bytes:
        return content[image.url] if image.url in content else unreadable(image)

    return print_letter(press(read_picture=read), shown, digest(**changes))


@pytest.mark.parametrize("images", ["resize", "attach"])
def test_where_a_picture_is_not_to_be_had_the_next_one_stands_in(images: str) -> None:
    made = shown_from({OTHER: photo()}, with_others(OTHER, THIRD), images=images)
    html = made.letter.html
    assert len(made.copies) + len(made.letter.attachments) == 1
    assert 'alt="Gulls"' in html
    assert "Two gulls." in html
    assert "The ferry." not in html
    assert "EFE" not in html
    assert made.missing == (f"{URL}: is not to be had; {OTHER.url} stands in for it",)


def test_what_stands_in_is_a_picture_of_a_story_too() -> None:
    table = {OTHER: blank(), THIRD: photo()}
    made = shown_from(table, with_others(OTHER, THIRD), images="resize")
    assert len(made.copies) == 1
    assert [str(THIRD.url) in each for each in made.missing] == [True, True]
    assert "single colour" in made.missing[1]


def test_where_none_is_to_be_had_the_letter_goes_without_and_names_them_all() -> None:
    others = (OTHER, THIRD, Image(url="https://tideway.example/never-asked.jpg"))
    made = shown_from({}, with_others(*others), images="resize")
    assert "<img" not in made.letter.html
    assert made.missing == tuple(
        f"{each}: is not to be had" for each in (URL, OTHER.url, THIRD.url)
    )


def test_a_picture_that_was_not_to_be_had_before_is_shown_when_it_is() -> None:
    waiting = with_others(OTHER, lead=Image(caption="The ferry."))
    made = shown_from({OTHER: photo()}, waiting, images="resize")
    assert (len(made.copies), made.missing) == (1, ())
    assert "Two gulls." in made.letter.html


def test_a_link_to_a_picture_that_nobody_looked_at_is_not_made() -> None:
    made = shown_from({OTHER: photo()}, with_others(OTHER, lead=Image(caption="The ferry.")))
    assert "<img" not in made.letter.html


def test_a_silent_server_is_asked_once_for_each_picture() -> None:
    asked: list[str | None] = []

    def silent(image: Image) -> bytes:
        asked.append(image.url)
        return unreadable(image)

    image = Image(url=URL)
    shown = one_story(image, image, image, face=image)
    print_letter(press(read_picture=silent), shown, digest(images="resize"))
    assert asked == [URL]


def test_the_copies_of_a_letter_are_known_from_its_html() -> None:
    made = resized(one_story(Image(url=URL), face=Image(url=URL)))
    assert copy_keys(made.letter.html) == [copy.key for copy in made.copies]


def shown_twice(gallery: Gallery, **changes: Any) -> list[Printed]:
    """Two letters of a digest, as an edition and its variant: the first stories are the same."""
    printer, image = press(read_picture=gallery), Image(url=URL)
    letters = (one_story(image, OTHER), one_story(image))
    return [print_letter(printer, each, digest(images="attach", **changes)) for each in letters]


def test_what_two_letters_show_is_read_once() -> None:
    gallery = Gallery()
    own, variant = shown_twice(gallery)
    assert gallery.asked == [URL, OTHER.url]
    assert variant.letter.attachments == own.letter.attachments[:1]


def test_what_cannot_be_read_is_asked_for_once_and_missing_in_each() -> None:
    lost = Image(url=URL)
    gallery = Gallery({lost: silent(lost)})
    own, variant = shown_twice(gallery)
    assert gallery.asked.count(URL) == 1
    assert own.missing == variant.missing == (f"{URL}: too slow",)
