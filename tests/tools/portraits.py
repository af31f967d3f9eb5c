"""Portraits of the three sample authors: flat shapes, one light from the upper left."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from tests.tools.canvas import Canvas

SIZE = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    wall: tuple[str, str]
    skin: str
    hair: str
    coat: str
    shirt: str
    cut: Literal["bob", "short", "bun"]
    glasses: bool = False
    beard: bool = False


FACES = {
    "ines-valcarcel": Face(
        wall=("#f2c79a", "#d98a6a"),
        skin="#d9a07a",
        hair="#2f1f1c",
        coat="#274b5a",
        shirt="#f1e6d6",
        cut="bob",
    ),
    "daniel-okoro": Face(
        wall=("#b9d3cf", "#5f93a0"),
        skin="#7d4f36",
        hair="#17120f",
        coat="#c2733a",
        shirt="#f4ead8",
        cut="short",
        beard=True,
    ),
    "marta-lindgren": Face(
        wall=("#cfc6e2", "#8a7db5"),
        skin="#eec3a2",
        hair="#b0703a",
        coat="#5a2f4a",
        shirt="#e9dff0",
        cut="bun",
        glasses=True,
    ),
}


def portrait(face: Face) -> Image.Image:
    """A square picture, large enough to be shown in half its size on a dense screen."""
    art = Canvas(SIZE, SIZE, 5)
    art.backdrop((0, face.wall[0]), (1, face.wall[1]))
    art.glow(50, 30, 90, "#ffffff", 0.45)
    _hair_behind(art, face)
    _shoulders(art, face)
    _head(art, face)
    _hair_before(art, face)
    if face.glasses:
        art.strokes("#3a2a3a", [(90, 86), (102, 86)], width=2)
        for x in (80, 112):
            ring = [
                (x + 11 * np.cos(t), 87 + 9.5 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)
            ]
            art.strokes("#3a2a3a", ring, width=2)
            art.discs("#ffffff", (x - 3, 84, 4, 3), opacity=0.35, blur=1)
    return art.finished(grain=0.006, vignette=0.12)


def _shoulders(art: Canvas, face: Face) -> None:
    coat = art.discs(face.coat, (96, 206, 78, 66))
    art.light(coat * np.clip((96 - art.columns) / 120, 0, 1), "#ffffff", 0.3)
    art.shade(coat * np.clip((art.columns - 96) / 110, 0, 1), 0.4)
    neck = art.boxes(face.skin, (80, 112, 112, 156), radius=12)
    art.shade(neck * np.clip((136 - art.rows) / 20, 0, 1), 0.28)
    art.shape(
        face.shirt, [(77, 144), (86, 146), (96, 168), (106, 146), (115, 144), (99, 192), (93, 192)]
    )
    art.strokes("#000000", [(77, 144), (93, 192)], [(115, 144), (99, 192)], width=1.2, opacity=0.25)


def _head(art: Canvas, face: Face) -> None:
    art.discs(face.skin, (60, 92, 7, 11), (132, 92, 7, 11))
    head = art.discs(face.skin, (96, 86, 36, 44))
    art.light(
        head * np.exp(-(((art.columns - 78) / 26) ** 2 + ((art.rows - 74) / 34) ** 2)),
        "#ffffff",
        0.2,
    )
    art.shade(head * np.clip((art.columns - 100) / 46, 0, 1), 0.3)
    art.discs("#d0573f", (74, 102, 9, 7), (118, 102, 9, 7), opacity=0.18, blur=3)
    if face.beard:
        jaw = art.discs(None, (96, 96, 37, 38))
        cheek = art.discs(None, (96, 85, 33, 25), (96, 109, 12, 4.5), blur=0.7)
        art.lay(jaw * (1 - cheek) * np.clip(art.rows - 82, 0, 1), face.hair)
    art.discs("#2a1a18", (80, 88, 3.4, 3.8), (112, 88, 3.4, 3.8))
    art.discs("#ffffff", (79, 86.6, 1.1, 1.1), (111, 86.6, 1.1, 1.1), opacity=0.9)
    brow = [[(x - 8, 78), (x, 75), (x + 8, 77.5)] for x in (80, 112)]
    art.strokes(face.hair, *brow, width=2.6, opacity=0.9)
    art.strokes("#000000", [(97, 88), (101, 100), (94, 102)], width=1.8, opacity=0.22)
    smile = [
        (96 + 13 * np.cos(t), 107 + 7 * np.sin(t)) for t in np.linspace(0.25, np.pi - 0.25, 20)
    ]
    art.strokes("#8f3a34", smile, width=2.6, opacity=0.85)


def _hair_behind(art: Canvas, face: Face) -> None:
    if face.cut == "bob":
        art.discs(face.hair, (96, 84, 50, 56))
        art.boxes(face.hair, (46, 84, 146, 140), radius=20)
    if face.cut == "bun":
        art.discs(face.hair, (96, 30, 20, 18), (96, 78, 43, 46))


def _hair_before(art: Canvas, face: Face) -> None:
    if face.cut == "short":
        crown = art.discs(None, (96, 78, 39, 43))
        brow = art.discs(None, (96, 96, 35, 40))
        cap = crown * (1 - brow) * np.clip(84 - art.rows, 0, 1)
        art.lay(cap, face.hair)
        art.texture(5, 5, 0.9, cap)
        return
    side = 1 if face.cut == "bob" else -1
    lock = [
        (96 - side * 42, 92),
        (96 - side * 44, 60),
        (96 - side * 20, 38),
        (96 + side * 16, 38),
        (96 + side * 42, 58),
        (96 + side * 43, 92),
        (96 + side * 32, 70),
        (96 + side * 10, 54),
        (96 - side * 14, 64),
        (96 - side * 32, 74),
    ]
    cap = art.shape(face.hair, lock)
    art.light(
        cap * np.exp(-(((art.columns - 80) / 22) ** 2 + ((art.rows - 50) / 10) ** 2)),
        "#ffe0b8",
        0.35,
    )
