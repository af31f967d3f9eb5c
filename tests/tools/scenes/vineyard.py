"""Terraces of vines in late light, cypresses, a farmhouse, blue ranges behind."""

import math

import numpy as np

from tests.tools.canvas import Canvas, Point


def draw() -> Canvas:
    art = Canvas(1280, 720, 41)
    art.backdrop((0, "#4d83b3"), (0.45, "#b9c8c4"), (0.75, "#fbd9a0"), (1, "#ffbe72"), bottom=400)
    art.clouds(20, 190, "#fff4e0", 0.75, flat=6)
    art.glow(250, 250, 260, "#ffc46b", 0.85, flat=1.9)
    art.discs("#fff8e1", (250, 246, 32, 32), blur=1.5)
    art.ridge(330, 100, "#8ea9bd", "#d8d3bb", span=460)
    art.ridge(380, 90, "#6c93a0", "#d5cfa6", span=380)
    art.mist(372, 30, "#ffedc4", 0.6)
    art.ridge(430, 70, "#6d8f5a", "#a8a457", span=560)
    art.ridge(470, 60, "#87953f", "#b89a3e", span=900)
    _farm(art, 880, 436)
    _rows(art, (1010, 380), 468, "#66742a", "#c8682a", 30)
    art.glow(250, 440, 330, "#ffb765", 0.42, flat=2.4)
    for x, y, high in (
        (760, 462, 92),
        (786, 466, 120),
        (812, 464, 84),
        (1012, 452, 100),
        (1040, 456, 132),
    ):
        _cypress(art, x, y, high)
    return art


def _farm(art: Canvas, x: float, y: float) -> None:
    art.discs("#4f5a2c", (x + 30, y + 34, 140, 10), opacity=0.5, blur=6)
    art.boxes(
        "#f0d9b0",
        (x - 60, y - 22, x + 46, y + 30),
        (x + 46, y - 4, x + 104, y + 30),
        (x - 40, y - 66, x - 6, y - 20),
    )
    art.boxes(
        "#c9a67c",
        (x + 6, y - 22, x + 46, y + 30),
        (x + 80, y - 4, x + 104, y + 30),
        (x - 20, y - 66, x - 6, y - 20),
        opacity=0.7,
    )
    art.shape(
        "#b45f3d",
        [(x - 68, y - 20), (x - 54, y - 40), (x + 40, y - 40), (x + 54, y - 20)],
        [(x + 44, y - 2), (x + 52, y - 17), (x + 98, y - 17), (x + 110, y - 2)],
        [(x - 45, y - 64), (x - 23, y - 82), (x - 1, y - 64)],
    )
    art.boxes(
        "#5a4433",
        (x - 44, y - 8, x - 36, y + 4),
        (x - 22, y - 8, x - 14, y + 4),
        (x + 18, y - 8, x + 26, y + 4),
        (x - 30, y + 10, x - 18, y + 30),
        (x - 29, y - 54, x - 21, y - 44),
    )


def _rows(art: Canvas, vanish: Point, top: float, leaf: str, gold: str, count: int) -> None:
    """Rows of vines that run to one point, over a slope that falls towards us."""
    edge = [
        (x, top + 26 * math.sin(x / 300) + 14 * math.sin(x / 130 + 1)) for x in range(0, 1300, 20)
    ]
    slope = art.shape("#c9a25a", [*edge, (1280, 720), (0, 720)])
    art.lay(slope * np.clip((art.rows - top) / 300, 0, 1), "#9a6f3a", 0.75)
    art.texture(60, 10, 0.35, slope)
    x0, y0 = vanish
    turn = np.arctan2(art.columns - x0, art.rows - y0) * count / 1.15
    wobble = (art.noise(26, 16, 3) - 0.5) * 0.34
    wave = np.abs(((turn + wobble) % 1) - 0.5) * 2
    depth = np.clip((art.rows - top) / (720 - top), 0, 1)
    vine = np.clip((wave - 0.42) * 9, 0, 1) * slope
    leaves = art.noise(22, 14, 3)
    shadow = np.clip((np.abs(((turn + wobble - 0.16) % 1) - 0.5) * 2 - 0.46) * 9, 0, 1) * slope
    art.shade(shadow, 0.42)
    art.lay(vine, leaf, 0.95)
    art.lay(vine * np.clip(leaves * 2.2 - 0.85, 0, 1), gold, 0.8)
    art.lay(
        vine * np.clip((wave - 0.72) * 3, 0, 1) * np.clip(leaves * 2 - 0.7, 0, 1), "#f2d26a", 0.75
    )
    art.shade(vine * np.clip(0.62 - wave, 0, 1) * 2.4, 0.5)
    art.shade(slope * depth**2, 0.28)


def _cypress(art: Canvas, x: float, y: float, high: float) -> None:
    outline = [
        (x + high * 0.11 * math.sin(t) * math.sin(t / 2) ** 0.6, y - high * 0.5 * (1 + math.cos(t)))
        for t in np.linspace(0, math.pi, 24)
    ]
    mirrored = [(2 * x - a, b) for a, b in reversed(outline)]
    tree = art.shape("#2f4a2e", [*outline, *mirrored])
    art.lay(tree * np.clip((x - art.columns) / (high * 0.1), 0, 1), "#7d8b3f", 0.75)
    art.discs("#3e4a22", (x + high * 0.3, y + 2, high * 0.36, 4), opacity=0.5, blur=3)
