"""Rows of solar panels under a high sun, and a line of green in the shade beneath them."""

import math

import numpy as np

from tests.tools.canvas import Canvas, Point


def draw() -> Canvas:
    art, far = Canvas(1280, 720, 53), 330
    art.backdrop((0, "#2f7fb5"), (0.5, "#86bccb"), (0.85, "#f3ddb0"), (1, "#f7cf93"), bottom=far)
    art.glow(1010, 120, 150, "#fff3cf", 0.75)
    art.discs("#fffdf0", (1010, 120, 36, 36), blur=1)
    art.clouds(40, 160, "#ffffff", 0.35, flat=10)
    art.ridge(far, 78, "#b08a86", "#e6bd94", span=360)
    art.ridge(far + 12, 52, "#c98e62", "#e8b57d", span=520)
    art.mist(far, 20, "#ffe6be", 0.6)
    sand = np.clip((art.rows - far - 6) * 2, 0, 1)
    depth = np.clip((art.rows - far) / (720 - far), 0, 1)
    art.lay(sand, "#e6b274")
    art.lay(sand * depth, "#b8733f", 0.9)
    dunes = np.sin(art.rows**1.02 / (3 + 26 * depth) + (art.noise(500, 60, 3) - 0.5) * 16)
    art.shade(sand * np.clip(dunes, 0, 1) * (0.3 + 0.7 * depth), 0.10)
    art.texture(90, 12, 0.2, sand)
    for y in (352, 368, 390, 420, 462, 524, 612):
        _panels(art, y, (y - far) / 92)
    return art


def _panels(art: Canvas, y: float, size: float) -> None:
    """One row of tilted tables, its shadow, and what grows there."""
    wide, high = 210 * size, 62 * size
    first = -float(art.chance.uniform(0.2, 0.9)) * wide
    lefts = [first + n * wide * 1.06 for n in range(math.ceil((1280 - first) / (wide * 1.06)))]
    art.shape(
        "#6d4127",
        [
            (0, y + high * 0.3),
            (1280, y + high * 0.3),
            (1280, y + high * 0.62),
            (0, y + high * 0.62),
        ],
        opacity=0.55,
        blur=3 * size,
    )
    _green(art, y + high * 0.6, size)
    legs = [
        [(left + wide * share, y - high * 0.1), (left + wide * share, y + high * 0.52)]
        for left in lefts
        for share in (0.2, 0.8)
    ]
    art.strokes("#4a4650", *legs, width=5 * size)
    lean = 26 * size
    tables = [
        [
            (left + lean, y - high * 0.62),
            (left + wide + lean, y - high * 0.62),
            (left + wide, y + high * 0.12),
            (left, y + high * 0.12),
        ]
        for left in lefts
    ]
    face = art.shape("#1d3f6e", *tables)
    art.lay(face * np.clip(1 - (art.rows - y + high * 0.62) / (high * 0.74), 0, 1), "#79b4d6", 0.75)
    art.light(
        face * np.exp(-(((art.columns - 1000 + (art.rows - y) * 1.4) / 90) ** 2)), "#fff4d6", 0.5
    )
    cells = [
        [(left + lean + wide * k / 10, y - high * 0.62), (left + wide * k / 10, y + high * 0.12)]
        for left in lefts
        for k in range(1, 10)
    ]
    cells += [
        [
            (left + lean * (1 - k / 3), y - high * 0.62 + high * 0.74 * k / 3),
            (left + wide + lean * (1 - k / 3), y - high * 0.62 + high * 0.74 * k / 3),
        ]
        for left in lefts
        for k in (1, 2)
    ]
    art.strokes("#c9dcea", *cells, width=0.9 * size, opacity=0.5)
    rims = [[*table, table[0]] for table in tables]
    art.strokes("#e9eef2", *rims, width=1.8 * size, opacity=0.9)


def _green(art: Canvas, y: float, size: float) -> None:
    blades: list[list[Point]] = []
    for x in art.chance.uniform(0, 1280, round(420 / max(0.5, size) ** 0.6)):
        high = float(art.chance.uniform(6, 24)) * size
        foot = y + float(art.chance.uniform(-5, 5)) * size
        blades.append(
            [(float(x), foot), (float(x) + float(art.chance.uniform(-7, 7)) * size, foot - high)]
        )
    art.strokes("#3f6b3a", *blades[::2], width=2.2 * size, opacity=0.95)
    art.strokes("#86a84a", *blades[1::2], width=1.8 * size, opacity=0.95)
