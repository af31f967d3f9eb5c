"""A comet over two domes on a ridge; below them a village that has put out its lamps."""

import math

import numpy as np

from tests.tools.canvas import Canvas
from tests.tools.scenes.trees import pine


def draw() -> Canvas:
    art = Canvas(1280, 720, 37)
    art.backdrop(
        (0, "#050a1f"),
        (0.4, "#0d2148"),
        (0.72, "#1f5670"),
        (0.9, "#6d9c93"),
        (1, "#d9c58f"),
        bottom=620,
    )
    along = art.columns * 0.52 + art.rows * 0.86
    band = np.exp(-(((along - 640) / 150) ** 2))
    cloud = art.noise(420, 300, 6)
    art.light(band * np.clip(cloud * 1.8 - 0.45, 0, 1), "#9fb6e8", 0.5)
    art.light(np.exp(-(((along - 650) / 60) ** 2)) * np.clip(cloud * 2 - 0.8, 0, 1), "#f2d3c4", 0.5)
    art.shade(
        np.exp(-(((along - 668) / 34) ** 2)) * np.clip(art.noise(160, 90) * 2.4 - 1, 0, 1), 0.55
    )
    art.stars(1500, 600)
    _comet(art, 905, 176)
    art.ridge(560, 90, "#2a5a6b", "#6f988f", span=420)
    art.mist(560, 40, "#cfd3a8", 0.3)
    art.ridge(620, 170, "#12303f", "#2d5a62", span=760)
    hill = art.shape(
        "#0a1a28",
        [
            (0, 640),
            (180, 596),
            (330, 520),
            (470, 486),
            (640, 480),
            (760, 512),
            (900, 588),
            (1080, 634),
            (1280, 660),
            (1280, 720),
            (0, 720),
        ],
    )
    art.texture(70, 24, 0.5, hill)
    _dome(art, 560, 488, 84)
    _dome(art, 398, 520, 46)
    lamps = [
        (float(art.chance.uniform(930, 1250)), float(art.chance.uniform(668, 700)))
        for _ in range(34)
    ]
    art.boxes("#050d18", *[(x - 9, y - 8, x + 9, y + 8) for x, y in lamps])
    art.shape("#060f1b", *[[(x - 11, y - 8), (x, y - 17), (x + 11, y - 8)] for x, y in lamps])
    for x, y in lamps[:3]:
        art.glow(x, y, 7, "#ff8a5c", 0.9)
    for x in range(0, 330, 23):
        pine(art, x, 668 + art.chance.uniform(-10, 26), art.chance.uniform(46, 92))
    return art


def _comet(art: Canvas, x: float, y: float) -> None:
    for angle, reach, spread, colour, strength in (
        (-2.72, 560, 0.125, "#9fd4ff", 0.85),
        (-2.52, 430, 0.2, "#fff1cf", 0.6),
    ):
        east, south = art.columns - x, art.rows - y
        far = -(east * math.cos(angle) - south * math.sin(angle))
        side = east * math.sin(angle) + south * math.cos(angle)
        far = -far
        fan = np.exp(-((side / (6 + np.clip(far, 0, None) * spread)) ** 2)) * (far > 0)
        art.light(fan * np.exp(-np.clip(far, 0, None) / reach * 2.1), colour, strength)
    art.glow(x, y, 26, "#d7f0ff", 0.9)
    art.glow(x, y, 8, "#ffffff", 1)


def _dome(art: Canvas, x: float, y: float, size: float) -> None:
    wall = art.boxes("#8fa3ad", (x - size, y - size * 0.42, x + size, y + size * 0.4))
    bow = [
        (x - size * 1.06 * math.cos(t), y - size * 0.42 - size * 1.02 * math.sin(t))
        for t in np.linspace(0, math.pi, 60)
    ]
    dome = art.shape("#c3d2d6", bow)
    art.shade((dome + wall) * np.clip((art.columns - x + size * 0.6) / (size * 1.9), 0, 1), 0.75)
    art.shade(wall, 0.35)
    ribs = [
        [
            (
                x + size * 1.06 * math.sin(k) * math.cos(t),
                y - size * 0.42 - size * 1.02 * math.sin(t),
            )
            for t in np.linspace(0, math.pi / 2, 30)
        ]
        for k in np.linspace(-1.35, 1.35, 9)
    ]
    art.strokes("#3f5866", *ribs, width=0.9, opacity=0.5)
    art.strokes(
        "#3f5866", [(x - size * 1.06, y - size * 0.42), (x + size * 1.06, y - size * 0.42)], width=3
    )
    slit = [
        (x + size * 0.12, y - size * 0.5),
        (x + size * 0.2, y - size * 1.3),
        (x + size * 0.42, y - size * 1.24),
        (x + size * 0.44, y - size * 0.5),
    ]
    art.shape("#2a1416", slit)
    art.shape("#c8443a", slit, opacity=0.55)
    art.glow(x + size * 0.3, y - size * 0.85, size * 0.5, "#ff6a4a", 0.5)
    art.boxes("#1b2c38", (x - size * 0.5, y - size * 0.12, x - size * 0.3, y + size * 0.36))
