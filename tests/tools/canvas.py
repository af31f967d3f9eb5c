"""A surface to paint light on: gradients, glows, ridges, water, mist, grain.

Coordinates are those of the finished picture (pixels, from its top left corner); inside everything
is twice as large, so that edges come out smooth. Colours are written "#rrggbb".
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SCALE = 2
Pixels = NDArray[Any]  # of numbers that are nearly all 32 bit floats, and rows of truth
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Disc = tuple[float, float, float, float]  # its middle, its two radii
Stops = Sequence[tuple[float, str]]


def rgb(colour: str) -> Pixels:
    """The three channels, 0–1."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float32) / 255


def blend(stops: Stops, where: Pixels) -> Pixels:
    """The colours of a gradient at these places (0–1); between two stops it eases in and out."""
    places = [place for place, _ in stops]
    channels = np.array([rgb(colour) for _, colour in stops])
    return np.stack([np.interp(where, places, channel) for channel in channels.T], axis=-1).astype(
        np.float32
    )


def spread(values: Pixels) -> Pixels:
    """The same values, from 0 to 1."""
    least: float = values.min()
    return np.asarray((values - least) / (values.max() - least))


class Canvas:
    """One picture while it is painted. `seed` makes its chance the same each time."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.chance = np.random.default_rng(seed)
        self.rows, self.columns = np.mgrid[0 : height * SCALE, 0 : width * SCALE].astype(np.float32)
        self.rows /= SCALE
        self.columns /= SCALE
        self.pixels: Pixels = np.zeros((*self.rows.shape, 3), np.float32)

    # -- what is laid on -------------------------------------------------------------------------

    def lay(self, mask: Pixels, paint: str | Pixels | None, opacity: float = 1.0) -> None:
        """Cover what the mask (0–1) covers; with no paint, nothing."""
        if paint is None:
            return
        colour = rgb(paint) if isinstance(paint, str) else paint
        cover = (mask * opacity)[..., None]
        self.pixels += (colour - self.pixels) * cover

    def light(self, mask: Pixels, colour: str, strength: float = 1.0) -> None:
        """Add light as a screen does: bright places get no brighter than white."""
        self.pixels = 1 - (1 - self.pixels) * (1 - rgb(colour) * (mask * strength)[..., None])

    def shade(self, mask: Pixels, strength: float) -> None:
        """Take light away where the mask is."""
        self.pixels *= (1 - mask * strength)[..., None]

    def backdrop(self, *stops: tuple[float, str], bottom: float | None = None) -> None:
        """A gradient from the upper edge down to `bottom`."""
        self.pixels = blend(stops, self.rows / (bottom or self.height))

    def glow(
        self,
        x: float,
        y: float,
        radius: float,
        colour: str,
        strength: float = 1.0,
        *,
        flat: float = 1,
    ) -> None:
        """Light that spreads from a point; `flat` above 1 makes it wider than high."""
        distance = ((self.columns - x) / flat) ** 2 + (self.rows - y) ** 2
        self.light(np.exp(-distance / radius**2), colour, strength)

    def shape(
        self,
        paint: str | Pixels | None,
        *outlines: Sequence[Point],
        opacity: float = 1.0,
        blur: float = 0,
    ) -> Pixels:
        """Polygons, all in one paint; the mask comes back, for light and shade within it."""
        mask = self.mask(lambda pen: polygons(pen, outlines), blur)
        self.lay(mask, paint, opacity)
        return mask

    def boxes(
        self,
        paint: str | Pixels | None,
        *boxes: Box,
        opacity: float = 1.0,
        blur: float = 0,
        radius: float = 0,
    ) -> Pixels:
        """Rectangles, all in one paint."""
        mask = self.mask(
            lambda pen: rectangles(pen, boxes, radius),
            blur,
        )
        self.lay(mask, paint, opacity)
        return mask

    def discs(
        self,
        paint: str | Pixels | None,
        *discs: Disc,
        opacity: float = 1.0,
        blur: float = 0,
    ) -> Pixels:
        """Ellipses, all in one paint."""
        mask = self.mask(
            lambda pen: ellipses(pen, discs),
            blur,
        )
        self.lay(mask, paint, opacity)
        return mask

    def strokes(
        self,
        paint: str | Pixels | None,
        *lines: Sequence[Point],
        width: float = 2,
        opacity: float = 1.0,
        blur: float = 0,
    ) -> Pixels:
        """Lines through points, all in one paint."""
        thick = max(1, round(width * SCALE))
        mask = self.mask(
            lambda pen: lines_with(pen, lines, thick),
            blur,
        )
        self.lay(mask, paint, opacity)
        return mask

    # -- what nature does ------------------------------------------------------------------------

    def noise(self, across: float, down: float, octaves: int = 5) -> Pixels:
        """Clouds of chance, 0–1; the largest are `across` × `down` pixels."""
        total = np.zeros_like(self.rows)
        for octave in range(octaves):
            cells = (
                max(2, round(self.width / across * 2**octave)),
                max(2, round(self.height / down * 2**octave)),
            )
            grid = self.chance.random(cells[::-1], dtype=np.float32)
            size = (self.rows.shape[1], self.rows.shape[0])
            total += (
                np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)) / 2**octave
            )
        return spread(total)

    def clouds(
        self, top: float, bottom: float, colour: str, strength: float, *, flat: float = 5
    ) -> None:
        """Drifting banks between two heights."""
        bank = np.clip(self.noise(90 * flat, 90) * 2.6 - 1.25, 0, 1)
        middle, reach = (top + bottom) / 2, (bottom - top) / 2
        self.lay(bank * np.exp(-(((self.rows - middle) / reach) ** 2)), colour, strength)

    def stars(self, count: int, lowest: float, colour: str = "#ffffff") -> None:
        """Points of light, few of them bright, rarer towards the horizon."""
        for size, share in ((0.45, 0.8), (0.8, 0.17), (1.3, 0.03)):
            many = round(count * share)
            xs = self.chance.uniform(0, self.width, many)
            ys = self.chance.uniform(0, 1, many) ** 1.3 * lowest
            dots = [(float(x), float(y), size, size) for x, y in zip(xs, ys, strict=True)]
            self.light(self.discs(None, *dots, blur=0.4), colour, 0.35 + size * 0.5)

    def ridge(
        self,
        base: float,
        height: float,
        paint: str,
        foot: str,
        *,
        rough: float = 2.0,
        span: float = 700,
    ) -> Pixels:
        """A range of hills: `paint` at its crest, `foot` where mist gathers. Returns the mask."""
        crest = base - self.line(span, rough) * height
        mask: Pixels = np.clip((self.rows - crest) * SCALE, 0, 1)
        depth = np.clip((self.rows - crest) / max(1.0, self.height - base + height), 0, 1)
        self.lay(mask, blend([(0, paint), (0.75, foot)], depth))
        return mask

    def line(self, span: float, rough: float, octaves: int = 7) -> Pixels:
        """A crest line, 0–1, one value per column; the higher `rough`, the calmer."""
        places = self.columns[0]
        total = np.zeros_like(places)
        for octave in range(octaves):
            step = span / 2**octave
            knots = np.arange(-step, self.width + 2 * step, step)
            at = np.interp(places, knots, np.arange(len(knots)))
            values, whole = self.chance.random(len(knots)).astype(np.float32), at.astype(int)
            ease = (1 - np.cos((at - whole) * np.pi)) / 2
            after = values[np.minimum(whole + 1, len(knots) - 1)]
            total += (values[whole] * (1 - ease) + after * ease) / rough**octave
        return spread(total)

    def water(self, horizon: float, tint: Stops, *, ripple: float = 26, clear: float = 0.6) -> None:
        """Below the horizon the picture above comes back, broken by ripples that grow nearer."""
        first = round(horizon * SCALE)
        depth = np.linspace(0, 1, self.rows.shape[0] - first, dtype=np.float32)[:, None]
        waves = self.noise(260, 7, 3) - 0.5
        waves = waves[
            np.clip((depth[:, 0] ** 0.45 * (len(waves) - 1)).astype(int), 0, len(waves) - 1)
        ]
        rows = first - 1 - depth * len(depth) * 0.92 + waves * ripple * SCALE * depth**0.6
        columns = self.columns[first:] * SCALE + waves * ripple * 1.6 * SCALE * depth**0.5
        rows = np.clip(rows, 0, first - 1).astype(int)
        columns = np.clip(columns, 0, self.columns.shape[1] - 1).astype(int)
        mirror, own = self.pixels[rows, columns], blend(tint, np.broadcast_to(depth, rows.shape))
        self.pixels[first:] = mirror * clear + own * (1 - clear) + waves[..., None] * 0.09

    def glitter(self, x: float, horizon: float, width: float, colour: str, strength: float) -> None:
        """The path that a low light lays over water."""
        depth = np.clip((self.rows - horizon) / (self.height - horizon), 0, 1)
        path = np.exp(-(((self.columns - x) / (width * (0.35 + 1.6 * depth))) ** 2))
        sparks = np.clip(self.noise(46, 4, 3) * 3.2 - 1.45, 0, 1)
        self.light(path * sparks * (self.rows > horizon) * (1 - 0.45 * depth), colour, strength)

    def mist(self, y: float, reach: float, colour: str, strength: float) -> None:
        """A bank of mist that lies at one height."""
        bank = np.exp(-(((self.rows - y) / reach) ** 2)) * (0.45 + 0.55 * self.noise(500, 90, 4))
        self.lay(bank, colour, strength)

    def texture(
        self, across: float, down: float, strength: float, mask: Pixels | None = None
    ) -> None:
        """Unevenness, as of stone, soil or cloth."""
        uneven = (self.noise(across, down) - 0.5) * strength
        self.pixels *= 1 + (uneven if mask is None else uneven * mask)[..., None]

    # -- the finished thing ----------------------------------------------------------------------

    def mask(self, draw: Callable[[ImageDraw.ImageDraw], None], blur: float = 0) -> Pixels:
        """What a pen draws in white, as a mask; `blur` in pixels of the finished picture."""
        sheet = Image.new("L", (self.rows.shape[1], self.rows.shape[0]))
        draw(ImageDraw.Draw(sheet))
        if blur:
            sheet = sheet.filter(ImageFilter.GaussianBlur(blur * SCALE))
        return np.asarray(sheet, np.float32) / 255

    def finished(self, *, grain: float = 0.012, vignette: float = 0.22) -> Image.Image:
        """The picture at its own size, with a breath of grain and darker corners."""
        across = (self.columns / self.width - 0.5) * 1.7
        down = (self.rows / self.height - 0.5) * 1.5
        self.pixels *= (1 - vignette * np.clip(across**2 + down**2 - 0.15, 0, 1))[..., None]
        large = Image.fromarray((np.clip(self.pixels, 0, 1) * 255).astype(np.uint8))
        small = large.resize((self.width, self.height), Image.Resampling.LANCZOS)
        grains = self.chance.normal(0, grain * 255, (self.height, self.width, 1))
        return Image.fromarray(np.clip(np.asarray(small) + grains, 0, 255).astype(np.uint8))


def flat(points: Sequence[Point]) -> list[tuple[float, float]]:
    """Points as the pen takes them: on the large sheet."""
    return [(x * SCALE, y * SCALE) for x, y in points]


def polygons(pen: ImageDraw.ImageDraw, outlines: Sequence[Sequence[Point]]) -> None:
    for outline in outlines:
        pen.polygon(flat(outline), fill=255)


def rectangles(pen: ImageDraw.ImageDraw, boxes: Sequence[Box], radius: float) -> None:
    for box in boxes:
        pen.rounded_rectangle([v * SCALE for v in box], radius * SCALE, fill=255)


def lines_with(pen: ImageDraw.ImageDraw, lines: Sequence[Sequence[Point]], width: int) -> None:
    for line in lines:
        pen.line(flat(line), fill=255, width=width, joint="curve")


def ellipses(pen: ImageDraw.ImageDraw, discs: Sequence[Disc]) -> None:
    for x, y, a, b in discs:
        pen.ellipse([v * SCALE for v in (x - a, y - b, x + a, y + b)], fill=255)


def save(picture: Image.Image, path: Path, *, most: int) -> None:
    """As JPEG, in the best quality that takes no more than `most` bytes."""
    for quality in range(88, 40, -3):
        picture.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= most:
            return
    raise SystemExit(f"{path} does not become smaller than {most} bytes")
