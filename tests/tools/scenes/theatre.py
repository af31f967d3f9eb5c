"""A stage before the house opens: one chair in the light, the seats still in the dark."""

import math

import numpy as np

from tests.tools.canvas import Canvas, Point


def draw() -> Canvas:
    art = Canvas(1280, 720, 71)
    art.backdrop((0, "#2a0a12"), (0.7, "#4a1018"), (1, "#1a070b"))
    art.boxes("#140a12", (250, 90, 1030, 520))
    art.glow(640, 300, 230, "#3f5f8f", 0.55, flat=1.3)
    _boards(art)
    _curtain(art)
    _beams(art)
    _chair(art)
    _arch(art)
    _seats(art)
    return art


def _boards(art: Canvas) -> None:
    floor = art.shape("#5b3826", [(330, 410), (950, 410), (1080, 540), (200, 540)])
    seam = [
        [(640 + (x - 640) * 0.62, 410), (640 + (x - 640) * 1.05, 545)] for x in range(120, 1180, 44)
    ]
    art.strokes("#2b160f", *seam, width=1.6, opacity=0.7)
    art.texture(260, 9, 0.5, floor)
    art.shade(floor * np.clip((art.rows - 470) / 120, 0, 1), 0.5)


def _curtain(art: Canvas) -> None:
    """Velvet: folds are a wave, gathered towards the sides, lit from the stage."""
    for side in (-1, 1):
        inner = 640 + side * (330 - 110 * np.clip((art.rows - 80) / 460, 0, 1) ** 2.2 * -1)
        reach = (art.columns - inner) * side
        cloth = np.clip(reach * 2, 0, 1) * (art.rows < 560)
        fold = np.sin(reach / (15 + np.clip(reach, 0, None) * 0.03) + np.sin(art.rows / 140) * 0.7)
        art.lay(cloth, "#8d1420")
        art.lay(cloth * np.clip(fold, 0, 1), "#e0433f", 0.62)
        art.shade(cloth * np.clip(-fold, 0, 1), 0.72)
        art.shade(cloth * np.clip(reach / 420, 0, 1), 0.55)
        art.light(cloth * np.exp(-np.clip(reach, 0, None) / 60), "#ffb36b", 0.22)
    swags = [(170 + 188 * n, 60, 122, 78) for n in range(6)]
    for x, y, a, b in swags:
        drape = art.discs("#7d101c", (x, y, a, b))
        rings = np.sin(np.hypot((art.columns - x) / 1.5, art.rows - y + 40) / 5.2)
        art.lay(drape * np.clip(rings, 0, 1), "#cf3a3a", 0.5)
        art.shade(drape * np.clip(-rings, 0, 1), 0.5)
        art.strokes(
            "#e5b75a",
            [
                (x + a * math.cos(t), y + b * math.sin(t))
                for t in np.linspace(0.1, math.pi - 0.1, 30)
            ],
            width=4,
        )


def _beams(art: Canvas) -> None:
    dust = 0.6 + 0.4 * art.noise(160, 120, 5)
    for top, foot, strength in ((470, 560, 0.2), (810, 720, 0.2), (640, 640, 0.42)):
        stage = [(foot + 120, 486), (foot - 120, 486)]
        beam = art.shape(None, [(top - 8, 60), (top + 8, 60), *stage], blur=12)
        art.light(beam * dust * np.clip(1.2 - art.rows / 620, 0.25, 1), "#ffe2ad", strength)
    art.light(
        np.exp(-((((art.columns - 640) / 170) ** 2 + ((art.rows - 474) / 30) ** 2) ** 2)),
        "#ffdca0",
        0.62,
    )
    specks = [
        (float(x), float(y), 1, 1)
        for x, y in zip(
            art.chance.uniform(540, 740, 110), art.chance.uniform(120, 460, 110), strict=True
        )
    ]
    art.light(
        art.discs(None, *specks, blur=0.6),
        "#fff0cf",
        0.5,
    )


def _chair(art: Canvas) -> None:
    art.discs("#1a0c08", (668, 486, 74, 9), opacity=0.6, blur=5)
    legs: list[list[Point]] = [
        [(612, 432), (606, 486)],
        [(662, 432), (668, 486)],
        [(622, 424), (620, 474)],
        [(654, 424), (658, 474)],
    ]
    art.strokes("#2a1710", *legs, width=5)
    art.shape("#7a3a22", [(602, 428), (672, 428), (664, 416), (612, 416)])
    art.strokes("#2a1710", [(612, 420), (608, 344)], [(664, 420), (668, 344)], width=5)
    art.strokes(
        "#2a1710",
        [(606, 350), (638, 342), (670, 350)],
        [(609, 372), (638, 366), (667, 372)],
        width=7,
    )
    art.strokes("#ffd9a0", [(607, 347), (638, 339), (669, 347)], width=1.6, opacity=0.8)


def _arch(art: Canvas) -> None:
    def gold(*boxes: tuple[float, float, float, float]) -> None:
        frame = art.boxes("#b5823a", *boxes)
        art.lay(frame * (np.sin(art.rows / 9) * np.sin(art.columns / 9) > 0.25), "#f3d189", 0.55)
        art.shade(frame * np.clip(np.abs(art.columns - 640) / 640 - 0.3, 0, 1), 0.5)

    gold((0, 0, 1280, 34), (196, 0, 232, 548), (1048, 0, 1084, 548))
    art.boxes("#f7e0a4", (0, 30, 1280, 34), (228, 34, 232, 548), (1048, 34, 1052, 548))
    for left, right in ((0, 196), (1084, 1280)):
        wall = art.boxes("#3a0d16", (left, 34, right, 720))
        art.texture(40, 40, 0.4, wall)
        for y in (150, 330):
            box = art.boxes("#7a1b22", (left, y, right, y + 74), radius=10)
            art.lay(box * (np.sin(art.columns / 7) > 0.2), "#a92f31", 0.6)
            art.boxes(
                "#d9a951", (left, y - 5, right, y + 5), (left, y + 70, right, y + 78), radius=3
            )
            lamp = (left + right) / 2
            art.discs("#fff0c8", (lamp, y - 30, 8, 10))
            art.glow(lamp, y - 30, 60, "#ffb45e", 0.75)
    art.boxes("#2a0a0f", (0, 540, 1280, 570))
    art.boxes("#e5b75a", (196, 536, 1084, 543))
    art.light(
        np.exp(-(((art.rows - 536) / 26) ** 2)) * (np.abs(art.columns - 640) < 440), "#ffb45e", 0.4
    )


def _seats(art: Canvas) -> None:
    for row, (y, wide, paint, rim) in enumerate(
        (
            (566, 62, "#4d1018", "#b9483f"),
            (608, 76, "#3a0b13", "#9a3a36"),
            (660, 94, "#26070d", "#7a2c2c"),
        )
    ):
        lefts = [640 + (n - 12 + 0.5 * (row % 2)) * wide for n in range(25)]
        for left in lefts:
            art.boxes(paint, (left + 3, y, left + wide - 3, y + 160), radius=wide * 0.26)
        bows = [
            [
                (left + wide / 2 + (wide * 0.4) * math.cos(t), y + 11 + 9 * math.sin(t))
                for t in np.linspace(math.pi * 1.02, math.pi * 1.98, 14)
            ]
            for left in lefts
        ]
        fade = np.exp(-(((art.columns - 640) / 430) ** 2))
        mask = art.strokes(None, *bows, width=2.5, blur=0.5)
        art.lay(mask * (0.3 + 0.7 * fade), rim, 0.9)
