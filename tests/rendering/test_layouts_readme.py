"""layouts/README.md tells publishers what is true."""

import re
import tomllib

from newsletter.rendering.context import content_values, frame_values, link_values
from newsletter.rendering.look import COLOURS, FONTS
from newsletter.rendering.words import PHRASES
from tests.rendering.editions import (
    BASE,
    MARKER,
    PUBLICATION,
    SHIPPED,
    edition,
    layout,
    pictures_of,
    words,
)

README = (SHIPPED / "README.md").read_text(encoding="utf-8")


def _values() -> dict[str, object]:
    shown, look = edition(), layout().look
    content = content_values(
        shown, publication=PUBLICATION, look=look, words=words(), pictures=pictures_of(shown)
    )
    links = link_values(words(), base_url=BASE, marker=MARKER, view_url=None, languages=("en",))
    return {**content, **frame_values(look, words()), "links": links}


def _holds(values: object, path: str) -> bool:
    for name in path.split("."):
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True


def test_every_value_of_the_table_exists() -> None:
    table = README.partition("## What a template may use")[2].partition("\n## ")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    told = re.findall(r"`([\w.]+)`", " ".join(cells))
    assert len(told) > 25
    assert [path for path in told if not _holds(_values(), path)] == []


def test_every_value_of_a_story_is_told() -> None:
    lead = _values()["lead"]
    assert isinstance(lead, dict)
    assert [name for name in lead if f"`lead.{name}`" not in README] == []


def test_every_colour_and_font_is_told() -> None:
    assert [name for name in (*COLOURS, *FONTS) if f"`{name}`" not in README] == []


def test_the_examples_of_settings_and_phrases_are_right() -> None:
    settings = tomllib.loads(README.partition("```toml\n")[2].partition("```")[0])
    assert set(settings) == {"light", "dark", "logo"}
    assert tomllib.loads('read_on = "Leer más"').keys() <= PHRASES
