"""How large a layout shows pictures, and in which shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.model.letter import Place
from newsletter.rendering.look import Look

MARGIN = 32  # pixels between the edge of the sheet and its text
AVATAR = 44
THUMB = 168


@dataclass(frozen=True, slots=True)
class Frame:
    """`width` as shown, in pixels; `shape` as width to height, None where a picture keeps its
    own."""

    width: int
    shape: tuple[int, int] | None = None


def frames(look: Look) -> Mapping[Place, Frame]:
    """The frame of every place: the widths that the layouts are drawn with, or those of
    `[pictures]` in layout.toml, as the shapes are. A layout has features only if it says how they
    are. Faces are square."""
    text = look.width - 2 * MARGIN
    drawn = {Place.LEAD: text, Place.STORY: THUMB}
    if Place.FEATURE in {*look.shapes, *look.widths}:
        drawn[Place.FEATURE] = text
    shown = {
        place: Frame(look.widths.get(place, width), look.shapes.get(place))
        for place, width in drawn.items()
    }
    return {**shown, Place.TEXT: Frame(text), Place.AVATAR: Frame(AVATAR, (1, 1))}
