"""Draws the sample pictures that a new project begins with. Run it from the repository's top:

    python -m tests.tools.draw_pictures            # all of them
    python -m tests.tools.draw_pictures harbour    # only these

Needs Pillow and NumPy. The same program draws the same pictures each time; what it draws is
committed under newsletter/starter/articles, so that nobody who uses the samples has to run it.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.tools import portraits
from tests.tools.canvas import Canvas, save
from tests.tools.scenes import (
    city,
    harbour,
    library,
    night_train,
    observatory,
    solar_field,
    theatre,
    vineyard,
)

ARTICLES = Path(__file__).parents[2] / "newsletter" / "starter" / "articles"
MOST_BYTES = 88_000

SCENES: dict[str, Callable[[], Canvas]] = {
    "harbour": harbour.draw,
    "city": city.draw,
    "observatory": observatory.draw,
    "vineyard": vineyard.draw,
    "solar-field": solar_field.draw,
    "night-train": night_train.draw,
    "theatre": theatre.draw,
    "library": library.draw,
}


def main(wanted: list[str]) -> None:
    for name, draw in SCENES.items():
        if not wanted or name in wanted:
            save(draw().finished(), ARTICLES / "images" / f"{name}.jpg", most=MOST_BYTES)
    for name, face in portraits.FACES.items():
        if not wanted or name in wanted:
            save(portraits.portrait(face), ARTICLES / "avatars" / f"{name}.jpg", most=20_000)


if __name__ == "__main__":
    main(sys.argv[1:])
