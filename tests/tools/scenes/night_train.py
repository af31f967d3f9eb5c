"""A lit sleeper train crosses a viaduct below snowy peaks, the moon behind them."""

import numpy as np

from tests.tools.canvas import Box, Canvas, Pixels
from tests.tools.scenes.trees import pine


def draw() -> Canvas:
    art, deck = Canvas(1280, 720, 67), 452
    art.backdrop((0, "#0b1230"), (0.4, "#20356b"), (0.75, "#5f6fa8"), (1, "#c5a9c0"), bottom=470)
    art.stars(520, 340)
    art.glow(330, 150, 150, "#dfe6ff", 0.6)
    art.discs("#fbf7ea", (330, 150, 46, 46))
    art.discs("#e2ddd6", (316, 140, 11, 9), (344, 166, 8, 7), (346, 134, 5, 5), opacity=0.6, blur=2)
    art.clouds(120, 330, "#8d97c8", 0.35, flat=8)
    _peaks(art)
    art.mist(430, 60, "#b7b4d6", 0.75)
    art.ridge(484, 62, "#2b3767", "#7d83b4", span=420)
    art.mist(520, 46, "#a9abd4", 0.55)
    _viaduct(art, deck)
    _train(art, deck)
    art.ridge(640, 70, "#141b3e", "#1b2450", span=520, rough=1.8)
    art.mist(650, 34, "#6f78b0", 0.4)
    for x in (*range(-10, 360, 31), *range(880, 1300, 29)):
        size = float(art.chance.uniform(90, 190)) * (
            1.15 - 0.5 * min(1, abs(640 - x) / 640 * 0.3 + 0.3)
        )
        pine(art, x, 716 + float(art.chance.uniform(-10, 24)), size)
    return art


def _peaks(art: Canvas) -> None:
    mask = art.ridge(420, 210, "#e8ecfb", "#5a69a4", span=300, rough=1.75)
    relief = art.noise(70, 120, 6)
    slope: Pixels = np.clip((np.roll(relief, 22, axis=1) - relief) * 6 + 0.45, 0, 1)
    art.lay(mask * slope, "#4a5a98", 0.75)


def _viaduct(art: Canvas, deck: float) -> None:
    lefts = range(-40, 1280, 150)
    bows = art.discs(None, *[(left + 75, deck + 87, 53, 53) for left in lefts])
    gaps = art.boxes(None, *[(left + 22, deck + 87, left + 128, 720) for left in lefts])
    stone = np.clip((art.rows >= deck) * 1.0 - bows - gaps, 0, 1)
    art.lay(stone, "#4a4f7d")
    courses = ((art.rows % 13) < 1.2) * 0.25 + (
        ((art.columns + (art.rows // 13 % 2) * 13) % 26) < 1.1
    ) * 0.2
    art.shade(stone * np.clip(courses, 0, 1), 0.7)
    art.texture(60, 30, 0.5, stone)
    art.lay(stone * np.clip((art.rows - deck - 40) / 230, 0, 1), "#8f93c0", 0.65)
    art.boxes("#6c70a0", (0, deck - 2, 1280, deck + 9))
    art.boxes("#b7b9dc", (0, deck - 2, 1280, deck))
    art.boxes("#2c315c", (0, deck + 9, 1280, deck + 15), opacity=0.7)


def _train(art: Canvas, deck: float) -> None:
    top = deck - 62
    cars = [(left, top, left + 196, deck - 9) for left in range(-70, 830, 204)]
    body = art.boxes("#23306b", *cars, radius=9)
    art.boxes("#d9b35b", *[(a, deck - 25, c, deck - 22) for a, _, c, _ in cars])
    art.lay(body * np.clip(1 - (art.rows - top) / 16, 0, 1), "#8f9cd6", 0.8)
    engine = [
        (962.0, top + 1),
        (1062.0, top + 6),
        (1112.0, top + 32),
        (1120.0, deck - 9),
        (950.0, deck - 9),
        (950.0, top + 1),
    ]
    art.shape("#a33b3f", engine)
    art.shape(
        "#d9b35b", [(950, deck - 25), (1119, deck - 25), (1119.4, deck - 22), (950, deck - 22)]
    )
    art.shape("#bfe1f5", [(1052, top + 10), (1066, top + 12), (1098, top + 30), (1056, top + 30)])
    panes: list[Box] = []
    dark: list[Box] = []
    for left, *_ in cars:
        for n in range(8):
            pane = (left + 12 + n * 22.4, top + 14, left + 27 + n * 22.4, top + 31)
            (panes if art.chance.random() < 0.74 else dark).append(pane)
    art.boxes("#ffe3a0", *panes, radius=2.5)
    art.boxes("#3c4a86", *dark, radius=2.5)
    art.light(
        art.boxes(None, *panes, blur=9),
        "#ffb95e",
        0.7,
    )
    wheels = [(left + at, deck - 6, 6, 6) for left, *_ in cars for at in (24, 42, 154, 172)]
    art.discs("#0e1433", *wheels, *[(x, deck - 6, 7, 7) for x in (974, 994, 1076, 1096)])
    art.shape(
        "#fff2c6",
        [(1116, deck - 28), (1290, deck - 56), (1290, deck - 6), (1116, deck - 19)],
        opacity=0.35,
        blur=7,
    )
    art.glow(1116, deck - 24, 26, "#fff6d8", 1)
    art.strokes("#1a2252", [(0, top - 26), (1280, top - 26)], width=1, opacity=0.8)
    masts = [[(x, deck), (x, top - 34)] for x in range(60, 1280, 240)]
    art.strokes("#1a2252", *masts, width=3)
    art.strokes("#1a2252", [(1004, top + 1), (984, top - 14), (1006, top - 26)], width=2)
