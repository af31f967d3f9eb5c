"""The look of the public pages: that of the letters, whatever a publisher makes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, house, page


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "paper") as made:
        yield made


@pytest.fixture
def look(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    with house(tmp_path / "paper", look=request.param) as made:
        yield made


@pytest.mark.parametrize(
    "look", ['[light]\naccent = "#0b5d4a"\n[fonts]\nlabel = "\'My Font\', serif"\n'], indirect=True
)
def test_colours_and_fonts_are_those_of_the_layouts(look: House) -> None:
    style = page(look.look("/subscribe")).css("style")[0].text()
    assert "--accent:#0b5d4a;" in style
    assert "--label:'My Font', serif" in style
    assert "--accent:#ff9d88;" in style  # dark, as shipped


@pytest.mark.parametrize(
    "look",
    ['[logo]\nsrc = "https://cdn.example:8443/logo.png"\nwidth = 240\nheight = 48\n'],
    indirect=True,
)
def test_a_logo_stands_for_the_name_and_nothing_else_is_loaded(look: House) -> None:
    answer = look.look("/")
    (logo,) = page(answer).css("img")
    assert (logo.attributes["alt"], logo.attributes["width"]) == ("The Meridian", "240")
    assert "img-src https://cdn.example:8443;" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "look", ['[light]\naccent = "red;}"\n', "[light", '[logo]\nsrc = "javascript:x"\n'],
    indirect=True,
)  # fmt: skip
def test_what_cannot_be_used_stops_nobody_from_leaving(look: House) -> None:
    answer = look.look("/")
    assert answer.status == 200
    assert "--accent:#a3241a;" in answer.body
    assert "javascript:" not in answer.body


def test_a_page_is_one_document_without_scripts_or_cookies(open_house: House) -> None:
    answer = open_house.look("/subscribe")
    shown = page(answer)
    assert [len(shown.css(tag)) for tag in ("h1", "main", "script", "link", "img")] == [
        1, 1, 0, 0, 0,
    ]  # fmt: skip
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_links_stay_below_the_path_of_the_configured_address(tmp_path: Path) -> None:
    with house(tmp_path / "paper", base_url="https://meridian.example/news") as made:
        shown = page(made.look("/"))
        paths = [str(each.attributes["href"]) for each in shown.css("main a")]
        assert paths
        assert all(path.startswith("/news/") for path in paths)
        form = page(made.look("/subscribe")).css_first("form")
        assert form is not None
        assert form.attributes["action"] == "/news/subscribe"


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/subscribe", "PUT", 405), ("/", "POST", 405)],
)
def test_what_goes_wrong_is_a_page_like_the_others(
    open_house: House, path: str, method: str, status: int
) -> None:
    answer = open_house.client.ask(method, path, {"Accept-Language": "es"})
    shown = page(answer)
    assert answer.status == status
    assert shown.css("html")[0].attributes["lang"] == "es"
    assert len(shown.css("h1")) == 1
    assert "El Meridiano" in answer.body


def test_an_address_of_the_front_page_leads_to_everything(open_house: House) -> None:
    shown = page(open_house.look("/?lang=es"))
    links = [str(each.attributes["href"]) for each in shown.css("main a")]
    assert links == [
        "/subscribe?lang=es&digest=daily",
        "/archive/daily/en",
        "/archive/daily/es",
    ]
    assert {open_house.look(path).status for path in links} == {200}
    form = page(open_house.look(links[0])).css_first('[name="digests"]')
    assert form is not None
