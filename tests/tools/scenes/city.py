"""A city by its river at night: three depths of towers, a bridge, a late tram."""

import math

import numpy as np

from tests.tools.canvas import Box, Canvas, Point


def draw() -> Canvas:
    art, river = Canvas(1280, 720, 23), 500
    art.backdrop((0, "#070d26"), (0.45, "#172a5c"), (0.8, "#4a3f86"), (1, "#b06a8d"), bottom=river)
    art.stars(420, 330)
    art.clouds(160, 420, "#6b5aa0", 0.4, flat=8)
    art.glow(1010, 128, 120, "#cfd8ff", 0.5)
    art.discs("#f4f1e6", (1010, 128, 38, 38))
    for x, y, r in ((998, 118, 9), (1020, 140, 6), (1022, 116, 4)):
        art.discs("#d6d2cf", (x, y, r, r), opacity=0.7, blur=1.5)
    art.glow(560, river, 300, "#ff9a6b", 0.5, flat=2.6)
    _towers(art, river, (150, 280), "#3a3a78", "#ffcf8a", 0.10, 11)
    art.mist(river - 60, 120, "#7a6aa8", 0.35)
    _towers(art, river, (90, 240), "#242757", "#ffd48a", 0.26, 12)
    _spire(art, 430, river)
    _towers(art, river, (40, 150), "#12153a", "#ffdf9c", 0.42, 13)
    art.boxes("#0b0e28", (0, river - 12, 1280, river))
    _bridge(art, river)
    art.water(river, [(0, "#2a2b63"), (1, "#05081c")], ripple=30, clear=0.78)
    art.glitter(1010, river, 60, "#cfd8ff", 0.5)
    rail = art.boxes("#05071a", (0, 672, 1280, 720))
    art.texture(30, 8, 0.8, rail)
    posts = [(x, 640, x + 5, 676) for x in range(18, 1280, 46)]
    art.boxes("#05071a", *posts, (0, 636, 1280, 642))
    art.strokes("#ff9f6e", [(0, 636), (1280, 636)], width=1.2, opacity=0.55)
    return art


def _towers(
    art: Canvas,
    ground: float,
    heights: tuple[int, int],
    paint: str,
    lamp: str,
    lit: float,
    step: int,
) -> None:
    walls: list[Box] = []
    edges: list[Box] = []
    warm: list[Box] = []
    cold: list[Box] = []
    x = -20.0
    while x < 1290:
        wide, high = float(art.chance.uniform(44, 104)), float(art.chance.uniform(*heights))
        top = ground - high
        walls.append((x, top, x + wide, ground))
        edges.append((x, top, x + 2, ground))
        if art.chance.random() < 0.35:
            walls.append((x + wide * 0.3, top - 16, x + wide * 0.62, top))
        if art.chance.random() < 0.22:
            walls.append((x + wide * 0.5, top - 48, x + wide * 0.5 + 2, top))
        for row in range(int(top) + 9, int(ground) - 12, step):
            for column in range(int(x) + 7, int(x + wide) - 8, step - 2):
                if art.chance.random() < lit:
                    box = (column, row, column + step * 0.38, row + step * 0.5)
                    (warm if art.chance.random() < 0.8 else cold).append(box)
        x += wide + float(art.chance.uniform(-6, 12))
    mask = art.boxes(paint, *walls)
    art.lay(mask * np.clip((art.rows - ground + 130) / 260, 0, 1), "#8a5f92", 0.5)
    art.boxes("#a9a4e0", *edges, opacity=0.18)
    art.boxes(lamp, *warm, opacity=0.9)
    art.boxes("#bfe0ff", *cold, opacity=0.85)
    art.light(
        art.boxes(None, *warm, blur=5),
        lamp,
        0.5,
    )


def _spire(art: Canvas, x: float, ground: float) -> None:
    art.shape("#1c2050", [(x - 46, ground), (x - 40, 250), (x + 40, 250), (x + 46, ground)])
    art.shape("#2b2f6b", [(x - 44, 250), (x, 120), (x + 44, 250)])
    art.strokes("#2b2f6b", [(x, 126), (x, 92)], width=3)
    art.discs("#ffe9b8", (x, 288, 20, 20))
    art.strokes("#1c2050", [(x, 288), (x, 275)], [(x, 288), (x + 9, 293)], width=2.4)
    art.glow(x, 288, 52, "#ffd58a", 0.55)
    art.glow(x, 92, 12, "#ff6b6b", 0.9)


def _bridge(art: Canvas, river: float) -> None:
    deck = river - 34
    art.boxes("#090c24", (0, deck, 1280, deck + 12))
    arches: list[list[Point]] = []
    for left in range(-60, 1280, 190):
        bow = [
            (left + 95 - 84 * math.cos(t), river + 2 - 30 * math.sin(t))
            for t in np.linspace(0, math.pi, 30)
        ]
        arches.append(
            [
                (left, deck + 10),
                (left, river),
                (left + 11, river),
                *bow,
                (left + 190, river),
                (left + 190, deck + 10),
            ]
        )
    art.shape("#090c24", *arches)
    art.boxes("#c9503f", (640, deck - 30, 786, deck - 2), radius=6)
    art.boxes("#f7e3c0", (640, deck - 10, 786, deck - 7))
    art.boxes(
        "#ffe9ac", *[(648 + 23 * n, deck - 25, 665 + 23 * n, deck - 13) for n in range(6)], radius=2
    )
    art.glow(712, deck - 18, 70, "#ffcf7f", 0.4, flat=1.6)
    for x in range(35, 1280, 95):
        art.strokes("#090c24", [(x, deck), (x, deck - 44)], width=2)
        art.discs("#fff0c4", (x, deck - 46, 3.4, 3.4))
        art.glow(x, deck - 46, 20, "#ffc873", 0.85)
