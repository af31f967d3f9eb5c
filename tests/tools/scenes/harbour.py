"""Dawn over a port: a ferry comes in, a lighthouse still burns, boats at their moorings."""

import math

import numpy as np

from tests.tools.canvas import Canvas


def draw() -> Canvas:
    art, sea = Canvas(1280, 720, 11), 400
    art.backdrop(
        (0, "#2b3a67"),
        (0.34, "#6d5f8f"),
        (0.62, "#d98a86"),
        (0.84, "#f7b97f"),
        (1, "#ffe3ae"),
        bottom=sea,
    )
    art.glow(880, 392, 330, "#ff9a4d", 0.75, flat=1.7)
    art.clouds(30, 210, "#f3a58f", 0.55)
    art.clouds(150, 330, "#ffd9a8", 0.6, flat=9)
    art.glow(880, 336, 96, "#fff0c2", 0.9)
    art.discs("#fff6dc", (880, 336, 33, 33), blur=1)
    art.ridge(sea - 12, 70, "#a3768a", "#e9ac8f", span=520)
    head = art.ridge(sea - 8, 0, "#5d4a6b", "#5d4a6b")
    art.shape("#59486a", [(0, 300), (120, 306), (230, 338), (330, 376), (390, sea), (0, sea)])
    art.texture(60, 20, 0.25, head)
    art.shape("#7d6480", [(196, 330), (202, 214), (222, 214), (228, 340)])
    art.boxes("#3d3350", (196, 204, 228, 214), (204, 184, 220, 204))
    art.shape("#3d3350", [(202, 184), (212, 170), (222, 184)])
    art.glow(212, 194, 46, "#ffe7a6", 0.9)
    beam = art.shape(None, [(212, 192), (620, 130), (620, 210), (212, 198)], blur=6)
    art.light(beam * np.clip(1.15 - (art.columns - 212) / 340, 0, 1), "#fff0c0", 0.5)
    _ferry(art, 600, sea + 6)
    art.mist(sea - 6, 26, "#ffd9b0", 0.5)
    art.water(sea, [(0, "#e7a58a"), (0.25, "#8a6f93"), (1, "#1c2748")], clear=0.66)
    art.glitter(880, sea, 120, "#ffe2a0", 1.0)
    for x, y, size in ((150, 500, 1.0), (356, 470, 0.7), (1090, 486, 0.85), (1010, 446, 0.45)):
        _sailing_boat(art, x, y, size)
    _quay(art)
    return art


def _ferry(art: Canvas, x: float, y: float) -> None:
    hull = [(x - 118, y - 32), (x + 128, y - 32), (x + 108, y), (x - 100, y)]
    art.shape("#3a3454", hull)
    art.boxes("#6c5a78", (x - 96, y - 54, x + 92, y - 32), (x - 66, y - 72, x + 60, y - 54))
    art.boxes("#8a7088", (x - 96, y - 54, x + 92, y - 51), (x - 66, y - 72, x + 60, y - 69))
    art.shape("#b1554f", [(x - 22, y - 98), (x + 6, y - 98), (x + 12, y - 72), (x - 24, y - 72)])
    art.strokes("#3a3454", [(x + 46, y - 72), (x + 46, y - 112)], width=2.4)
    lamps = [(x - 88 + 14 * n, y - 47, x - 81 + 14 * n, y - 40) for n in range(13)]
    lamps += [(x - 58 + 14 * n, y - 65, x - 51 + 14 * n, y - 59) for n in range(8)]
    art.boxes("#ffe6a3", *lamps, radius=1)
    art.glow(x, y - 50, 90, "#ffbf73", 0.28, flat=1.8)


def _sailing_boat(art: Canvas, x: float, y: float, size: float) -> None:
    art.discs("#141a33", (x, y + 9 * size, 62 * size, 5 * size), opacity=0.45, blur=3)
    art.shape(
        "#1d2140",
        [
            (x - 58 * size, y - 10 * size),
            (x + 64 * size, y - 14 * size),
            (x + 44 * size, y + 9 * size),
            (x - 44 * size, y + 9 * size),
        ],
    )
    art.shape(
        "#c4808a",
        [
            (x - 56 * size, y - 10 * size),
            (x + 62 * size, y - 14 * size),
            (x + 60 * size, y - 10.5 * size),
            (x - 54 * size, y - 6.5 * size),
        ],
    )
    art.boxes("#35335a", (x - 24 * size, y - 24 * size, x + 14 * size, y - 10 * size), radius=3)
    art.strokes(
        "#1d2140", [(x - 4 * size, y - 10 * size), (x - 4 * size, y - 150 * size)], width=3 * size
    )
    art.strokes(
        "#1d2140",
        [(x - 4 * size, y - 148 * size), (x + 60 * size, y - 14 * size)],
        [(x - 4 * size, y - 148 * size), (x - 54 * size, y - 10 * size)],
        width=1 * size,
        opacity=0.7,
    )
    art.strokes(
        "#2a2a4d", [(x - 4 * size, y - 34 * size), (x + 46 * size, y - 30 * size)], width=5 * size
    )
    below = [
        (x - 4 * size + 3 * math.sin(n * 1.3), y + 12 * size + n * 6 * size) for n in range(16)
    ]
    art.strokes("#141a33", below, width=3 * size, opacity=0.35, blur=1)


def _quay(art: Canvas) -> None:
    stone = art.shape("#171a30", [(0, 640), (1280, 676), (1280, 720), (0, 720)])
    art.texture(40, 14, 0.6, stone)
    art.strokes("#e39a7e", [(0, 640), (1280, 676)], width=1.6, opacity=0.55)
    for x in (210, 560, 910, 1210):
        y = 640 + x * 36 / 1280
        art.boxes("#11142a", (x - 11, y - 26, x + 11, y + 4), radius=5)
        art.boxes("#11142a", (x - 17, y - 31, x + 17, y - 22), radius=4)
        art.strokes("#f0b08a", [(x + 6, y - 30), (x + 16, y - 30)], width=1.5, opacity=0.6)
