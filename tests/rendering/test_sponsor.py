"""What somebody paid for: where it stands, and what is wrong with it."""

from pathlib import Path

import pytest

from newsletter.rendering.faults import LayoutFault
from newsletter.rendering.layouts import load_sponsor
from newsletter.rendering.sponsor import Sponsor, SponsorImage, sponsor_from
from tests.rendering.editions import LAYOUTS, SHIPPED, edition, layout, letter, sponsor

PICTURE = {"src": "https://umbria.example/a.jpg", "width": 534, "height": 300}


def faults(**table: object) -> str:
    with pytest.raises(LayoutFault) as caught:
        sponsor_from({"name": "Umbría", **table}, file="_sponsor/es.toml")
    assert str(caught.value).startswith("_sponsor/es.toml: ")
    return str(caught.value)


def names(folder: Path, **files: str) -> None:
    """Sponsors by the stems of their files, _ for the point; only their names."""
    (folder / "_sponsor").mkdir(exist_ok=True)
    for stem, name in files.items():
        text = f'name = "{name}"' if name else ""
        (folder / "_sponsor" / f"{stem.replace('_', '.')}.toml").write_text(text, "utf-8")


def found(folder: Path, digest: str, language: str) -> str | None:
    made = load_sponsor(digest, language, [folder, SHIPPED])
    return made.name if made else None


def test_a_sponsor_needs_no_more_than_a_name() -> None:
    assert sponsor_from({"name": "Umbría"}, file="x") == Sponsor(name="Umbría")


def test_a_whole_sponsor_is_read() -> None:
    texts = {"name": "Umbría", "title": "Harvest", "text": "Come.", "url": "https://umbria.example"}
    made = sponsor_from({**texts, "image": {**PICTURE, "alt": "Vines"}}, file="x")
    image = SponsorImage(src=PICTURE["src"], width=534, height=300, alt="Vines")  # type: ignore[arg-type]
    assert made == Sponsor(**texts, image=image)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"name": ""}, "name must say who pays"),
        ({"name": " "}, "name must say who pays"),
        ({"title": 5}, "title must be a text"),
        ({"link": "x"}, "unknown key 'link'; there are: name, title, text, url, image"),
        ({"url": "umbria.example"}, "url must be an http:// or https:// address"),
        ({"url": "javascript:alert(1)"}, "url must be an http:// or https:// address"),
        ({"image": "a.jpg"}, "image must be a table of src, width, height, alt"),
        ({"image": {**PICTURE, "src": "data:,x"}}, "image.src must be an http"),
        ({"image": {**PICTURE, "width": "534"}}, "image.width must be a number of pixels"),
        ({"image": {**PICTURE, "height": True}}, "image.height must be a number of pixels"),
        ({"image": {**PICTURE, "alt": 5}}, "image.alt must be a text"),
        ({"image": {**PICTURE, "credit": "x"}}, "unknown key image.credit"),
        ({"image": {}}, "image.width must be a number of pixels"),
    ],
)
def test_what_is_wrong_with_a_sponsor_is_said(table: dict[str, object], message: str) -> None:
    assert message in faults(**table)


def test_everything_wrong_is_named_at_once() -> None:
    said = faults(title=1, url="x", image={"src": 5})
    for key in ("title", "url", "image.src", "image.width", "image.height"):
        assert f"{key} must" in said


def test_the_sponsor_of_a_digest_goes_before_the_one_of_its_language(tmp_path: Path) -> None:
    names(tmp_path, es="Everywhere", daily_es="Daily only")
    assert found(tmp_path, "daily", "es") == "Daily only"
    assert found(tmp_path, "weekly", "es") == "Everywhere"
    assert found(tmp_path, "daily", "en") is None


def test_an_empty_file_takes_the_sponsor_out_of_one_digest(tmp_path: Path) -> None:
    names(tmp_path, es="Everywhere", daily_es="")
    assert found(tmp_path, "daily", "es") is None


def test_nothing_shipped_is_an_advertisement(tmp_path: Path) -> None:
    names(tmp_path, es="Not ours")
    assert load_sponsor("daily", "es", [SHIPPED, tmp_path]) is None


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_says_that_it_is_an_advertisement_and_whose(name: str) -> None:
    made = letter(edition(), layout=layout(name), sponsor=sponsor())
    for part in (made.html, made.text):
        assert sponsor().name in part
        assert sponsor().url in part
    assert 'rel="sponsored"' in made.html


def test_a_region_shows_the_sponsor_of_its_language(tmp_path: Path) -> None:
    (tmp_path / "_sponsor").mkdir()
    (tmp_path / "_sponsor/es.toml").write_text('name = "Umbría"', "utf-8")
    found = load_sponsor("daily", "es-MX", [tmp_path])
    assert found is not None
    assert found.name == "Umbría"


def test_an_address_with_a_blank_is_named() -> None:
    with pytest.raises(LayoutFault, match="url must be an http:// or https:// address"):
        sponsor_from({"name": "x", "url": "https://umbria .example/x"}, file="_sponsor/es.toml")
