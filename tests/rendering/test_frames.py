"""How large and in which shape a layout shows pictures."""

from pathlib import Path

import pytest

from newsletter.model.letter import Picture, Place
from newsletter.rendering.faults import LayoutFault
from newsletter.rendering.frames import Frame, frames
from newsletter.rendering.layouts import Layout, load_layout
from tests.rendering.editions import LEAD_PICTURE, SHIPPED, edition, letter, story


def layout_with(folder: Path, pictures: str) -> Layout:
    """The shipped layout with these pictures in a publisher's own settings."""
    (folder / "digest").mkdir()
    (folder / "digest" / "layout.toml").write_text(f"pictures = {pictures}\n", "utf-8")
    return load_layout("digest", [folder, SHIPPED])


def test_a_publisher_says_the_shape_of_each_place(tmp_path: Path) -> None:
    found = frames(layout_with(tmp_path, '{lead = "16:9", story = "uncut"}').look)
    assert found[Place.LEAD] == Frame(576, (16, 9))
    assert found[Place.STORY].shape is None
    assert found[Place.AVATAR].shape == (1, 1)


@pytest.mark.parametrize("shape", ['"16x9"', '"0:1"', '"100:1"', '""', "1.5", "[16, 9]", "{}"])
def test_what_is_no_shape_is_named(tmp_path: Path, shape: str) -> None:
    with pytest.raises(LayoutFault, match=r'pictures\.lead must be a shape like "16:9"'):
        layout_with(tmp_path, f"{{lead = {shape}}}")


def test_pictures_are_a_table_of_known_places(tmp_path: Path) -> None:
    with pytest.raises(LayoutFault, match=r"unknown key pictures\.avatar"):
        layout_with(tmp_path, '{avatar = "1:1"}')
    (tmp_path / "two").mkdir()
    with pytest.raises(LayoutFault, match="pictures must be a table"):
        layout_with(tmp_path / "two", '"16:9"')


def test_a_copy_of_twice_the_pixels_is_shown_in_half_its_size() -> None:
    copy = Picture("https://news.example/p/1.jpg", 1152, 648)
    shown = edition(lead=story(0), sections=(), note=None)
    html = letter(shown, pictures={(LEAD_PICTURE, Place.LEAD): copy}).html
    assert 'src="https://news.example/p/1.jpg" width="576" height="324"' in html
