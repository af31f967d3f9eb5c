"""A reading room in the afternoon: light falls through one tall window onto an open book."""

import math

import numpy as np

from tests.tools.canvas import Box, Canvas, Point


def draw() -> Canvas:
    art = Canvas(1280, 720, 83)
    art.backdrop((0, "#2a1c14"), (0.6, "#4a3020"), (1, "#1d120c"))
    _window(art)
    for left, right in ((0, 250), (262, 470), (810, 1018), (1030, 1280)):
        _shelves(art, left, right)
    _vault(art)
    _floor(art)
    _sunlight(art)
    _ladder(art)
    _table(art)
    return art


def _window(art: Canvas) -> None:
    bow: list[Point] = [
        (640 - 120 * math.cos(t), 190 - 140 * math.sin(t)) for t in np.linspace(0, math.pi, 50)
    ]
    art.shape(
        "#3a2618",
        [
            (490, 560),
            (490, 180),
            *[(640 + (x - 640) * 1.25, 190 + (y - 190) * 1.22) for x, y in bow],
            (790, 180),
            (790, 560),
        ],
    )
    glass = art.shape("#f9e3b0", [(520, 540), *bow, (760, 540)])
    art.lay(glass * np.clip((art.rows - 150) / 420, 0, 1), "#f0a95a", 0.75)
    hills = glass * np.clip((art.rows - 440 + 20 * np.sin(art.columns / 60)) / 3, 0, 1)
    art.lay(hills, "#c98a55", 0.75)
    art.discs("#fffbe8", (690, 260, 26, 26), blur=4)
    art.glow(690, 260, 120, "#fff2c4", 0.8)
    bars: list[list[Point]] = [[(x, 40), (x, 540)] for x in (580, 640, 700)]
    bars += [[(520, y), (760, y)] for y in (190, 280, 370, 460)]
    frame = art.strokes(None, *bars, width=5)
    art.lay(frame * glass, "#4a3020")


def _shelves(art: Canvas, left: float, right: float) -> None:
    art.boxes("#1d110b", (left, 70, right, 590))
    spines = (
        "#7d2a26",
        "#2f4a4a",
        "#8a6a2f",
        "#3a3556",
        "#5b3a24",
        "#a3763f",
        "#43562f",
        "#6a2f45",
        "#c2a878",
    )
    bundles: dict[str, list[Box]] = {spine: [] for spine in spines}
    bands, y = [], 158.0
    while y < 600:
        x = left + 8
        while x < right - 10:
            wide, high = float(art.chance.uniform(6, 15)), float(art.chance.uniform(46, 66))
            if art.chance.random() < 0.94:
                box = (x, y - high, min(x + wide - 1, right - 8), y)
                bundles[str(art.chance.choice(spines))].append(box)
                if wide > 8:
                    bands.append((box[0] + 1, y - high * 0.82, box[2] - 1, y - high * 0.76))
            x += wide
        y += 72
    for spine, boxes in bundles.items():
        mask = art.boxes(spine, *boxes)
        art.texture(16, 60, 0.5, mask)
    art.boxes("#e2c27a", *bands, opacity=0.75)
    planks = [(left, 158 + 72 * n, right, 166 + 72 * n) for n in range(7)]
    wood = art.boxes(
        "#7a4e2c",
        *planks,
        (left, 70, left + 8, 600),
        (right - 8, 70, right, 600),
        (left, 70, right, 84),
    )
    art.texture(120, 8, 0.5, wood)
    art.boxes("#c48a52", *[(a, b, c, b + 1.6) for a, b, c, _ in planks], opacity=0.8)
    dim = (art.columns > left) & (art.columns < right) & (art.rows > 66) & (art.rows < 604)
    art.shade(dim * np.clip(np.abs(art.columns - 640) / 640 - 0.12, 0, 1), 0.62)
    art.light(
        dim
        * np.exp(-(((np.abs(art.columns - 640) - 150) / 160) ** 2))
        * np.clip(1.1 - art.rows / 700, 0, 1),
        "#ffb766",
        0.2,
    )


def _vault(art: Canvas) -> None:
    vault = art.boxes("#3c281b", (0, 0, 1280, 70))
    art.texture(200, 40, 0.3, vault)
    for x in (256, 476, 804, 1024):
        post = art.boxes("#a07048", (x - 12, 56, x + 12, 604))
        art.lay(post * np.clip(np.abs(art.columns - x) / 12, 0, 1), "#4a2e1c", 0.85)
        art.boxes("#c99a63", (x - 20, 56, x + 20, 72), (x - 18, 590, x + 18, 604), radius=3)
    art.boxes("#8a5f3c", (0, 58, 1280, 66))
    art.boxes("#d9a86a", (0, 58, 1280, 60), opacity=0.7)


def _floor(art: Canvas) -> None:
    floor = np.clip((art.rows - 596) * 2, 0, 1)
    art.lay(floor, "#5d3b25")
    depth = np.clip((art.rows - 596) / 124, 0, 1)
    across = (art.columns - 640) / (0.5 + depth)
    tiles = ((np.floor(across / 74) + np.floor(depth**0.7 * 5)) % 2) * floor
    art.lay(tiles, "#7d5537", 0.75)
    art.texture(160, 20, 0.3, floor)
    art.light(floor * np.exp(-(((art.columns - 560) / (170 + 130 * depth)) ** 2)), "#ffc27a", 0.4)


def _sunlight(art: Canvas) -> None:
    dust = 0.45 + 0.55 * art.noise(220, 160, 5)
    for x in (550, 610, 670, 730):
        floor = [(x - 150, 720), (x - 330, 720)]
        ray = art.shape(None, [(x - 24, 90), (x + 24, 90), *floor], blur=9)
        art.light(ray * dust * np.clip(1.15 - art.rows / 760, 0.1, 1), "#ffd999", 0.5)
    specks = zip(art.chance.uniform(300, 720, 160), art.chance.uniform(200, 640, 160), strict=True)
    motes = [(float(x), float(y), 1, 1) for x, y in specks]
    art.light(
        art.discs(None, *motes, blur=0.7),
        "#fff0cc",
        0.5,
    )


def _ladder(art: Canvas) -> None:
    art.strokes("#2a180e", [(862, 130), (806, 640)], [(912, 130), (872, 640)], width=8)
    art.strokes("#d19a5f", [(859, 130), (803, 640)], width=1.6, opacity=0.8)
    rungs = [
        [(862 - 56 * t, 130 + 510 * t), (912 - 40 * t, 130 + 510 * t)]
        for t in np.linspace(0.05, 0.95, 12)
    ]
    art.strokes("#3a2214", *rungs, width=6)
    art.strokes(
        "#c08a54", *[[(a, b - 2.4) for a, b in rung] for rung in rungs], width=1.4, opacity=0.7
    )


def _table(art: Canvas) -> None:
    art.discs("#120a06", (470, 704, 330, 16), opacity=0.6, blur=8)
    top = art.shape("#6d4326", [(190, 612), (690, 612), (760, 652), (130, 652)])
    art.texture(240, 8, 0.5, top)
    art.light(top * np.exp(-(((art.columns - 440) / 190) ** 2)), "#ffc98a", 0.45)
    art.boxes("#3a2114", (130, 652, 760, 670), (160, 670, 184, 720), (706, 670, 730, 720))
    art.strokes("#e8b27a", [(130, 652), (760, 652)], width=1.6, opacity=0.7)
    art.shape(
        "#f7ead0",
        [(360, 632), (440, 640), (440, 622), (372, 614)],
        [(440, 640), (522, 632), (508, 614), (440, 622)],
    )
    lines = [[(376 + 3 * n, 629 - 3.6 * n), (432, 634.5 - 3.4 * n)] for n in range(4)]
    lines += [[(448, 634.5 - 3.4 * n), (506 - 3 * n, 629 - 3.6 * n)] for n in range(4)]
    art.strokes("#9a7f60", *lines, width=1, opacity=0.8)
    art.strokes("#8f2d27", [(440, 622), (446, 640), (444, 656)], width=2.4)
    for n, paint in enumerate(("#7d2a26", "#2f4a4a", "#a3763f")):
        art.boxes(paint, (580 - 4 * n, 620 - 12 * n, 668 - 7 * n, 632 - 12 * n), radius=2)
        art.boxes("#efe0c0", (584 - 4 * n, 623 - 12 * n, 668 - 7 * n, 629 - 12 * n))
    art.strokes("#b98a45", [(262, 634), (262, 566)], width=5)
    art.discs("#b98a45", (262, 636, 26, 6))
    art.shape("#2f6b4a", [(226, 572), (240, 544), (284, 544), (298, 572)])
    art.strokes("#8fd0a0", [(230, 568), (242, 547)], width=2, opacity=0.7)
    art.glow(262, 590, 66, "#ffdf9a", 0.6)
