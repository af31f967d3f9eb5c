"""A layout as a value: its templates, and the look that a publisher sets in layout.toml."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.rendering.faults import LayoutFault

COLOURS = (
    "canvas",  # around the sheet
    "sheet",  # what the text stands on
    "ink",  # headlines, names, strong rules
    "text",  # running text
    "quiet",  # captions, dates, footer
    "accent",  # section of a story, links among text
    "rule",  # hairlines
)
FONTS = ("display", "text", "label")
MIN_WIDTH, MAX_WIDTH = 480, 720
SHAPED = ("lead", "feature", "story")  # pictures that a layout may cut; faces are always square
UNCUT = "uncut"  # in a publisher's file: takes a shape of the shipped one back
WIDTHS = tuple(f"{place}_width" for place in SHAPED)
FULL = 5  # stories of a section, where layout.toml does not say

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHAPE = re.compile(r"([1-9][0-9]?):([1-9][0-9]?)")
# A font list stands in style attributes and in <style>: nothing that could end either.
_FONT = re.compile(r"[\w ,'-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture in place of the publication's name; `width` and `height` as shown, in pixels."""

    src: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colours as #rrggbb for both schemes, font lists, the width of the sheet in pixels.

    Of each section, `full` stories stand with picture and summary, the others as briefs; with
    `lead_text` the lead is there from its first to its last word. `shapes` are the width and height
    that pictures are cut to, by where they stand ("lead", "feature", "story"); the others keep
    their own. `widths` are those in pixels that differ from what the layouts are drawn with.
    """

    width: int
    fonts: Mapping[str, str]
    light: Mapping[str, str]
    dark: Mapping[str, str]
    logo: Logo | None = None
    full: int = FULL
    lead_text: bool = False
    shapes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Templates by name, as text, and the look they are filled with. Compared by identity."""

    name: str
    templates: Mapping[str, str]
    look: Look

    @property
    def files(self) -> dict[str, str]:
        """The templates by the names of their files: "digest/layout.mjml.j2"."""
        return {self.file(name): text for name, text in self.templates.items()}

    def file(self, name: str) -> str:
        """Where the template of this name stands among the layouts."""
        return name if "/" in name else f"{self.name}/{name}"


def look_from(settings: Mapping[str, object], *, name: str | None = None) -> Look:
    """The look that a layout.toml describes, and that of the layout `name` upon it. Raises
    LayoutFault naming every wrong key."""
    faults = [*_unknown(settings), *_faults(settings)]
    if faults:
        files = f"layout.toml or {name}/layout.toml" if name else "layout.toml"
        raise LayoutFault(f"{files}: " + "; ".join(faults))
    logo = _strings(settings, "logo")
    stories = _table(settings, "stories")
    return Look(
        width=int(str(settings["width"])),
        fonts=_strings(settings, "fonts"),
        light=_strings(settings, "light"),
        dark=_strings(settings, "dark"),
        logo=Logo(src=logo["src"], width=int(logo["width"]), height=int(logo["height"]))
        if logo
        else None,
        full=int(str(stories.get("full", FULL))),
        lead_text=stories.get("lead_text") is True,
        shapes=_shapes(_strings(settings, "pictures")),
        widths=_widths(_table(settings, "pictures")),
    )


def _unknown(settings: Mapping[str, object]) -> list[str]:
    known = {"width": (), "fonts": FONTS, "light": COLOURS, "dark": COLOURS}
    known |= {"logo": ("src", "width", "height"), "stories": ("full", "lead_text")}
    known |= {"pictures": (*SHAPED, *WIDTHS)}
    return [f"unknown key {key!r}" for key in settings if key not in known] + [
        f"unknown key {table}.{key}"
        for table, keys in known.items()
        for key in _strings(settings, table)
        if key not in keys
    ]


def _faults(settings: Mapping[str, object]) -> list[str]:
    width = settings.get("width")
    faults = []
    if not (isinstance(width, int) and MIN_WIDTH <= width <= MAX_WIDTH):
        faults.append(f"width must be a number of pixels from {MIN_WIDTH} to {MAX_WIDTH}")
    for scheme in ("light", "dark"):
        given = _strings(settings, scheme)
        wrong = [key for key in COLOURS if not _COLOUR.fullmatch(given.get(key, ""))]
        faults += [f"{scheme}.{key} must be a colour like #1a2b3c" for key in wrong]
    fonts = _strings(settings, "fonts")
    wrong = [key for key in FONTS if not _FONT.fullmatch(fonts.get(key, ""))]
    faults += [f'fonts.{key} must be a list of fonts like "Georgia, serif"' for key in wrong]
    return [
        *faults,
        *_logo_faults(_strings(settings, "logo")),
        *_stories_faults(_table(settings, "stories")),
        *_pictures_faults(settings),
    ]


def _stories_faults(stories: Mapping[str, object]) -> Iterator[str]:
    full = stories.get("full", FULL)
    if isinstance(full, bool) or not isinstance(full, int) or full < 0:
        yield "stories.full must be a number of stories"
    if not isinstance(stories.get("lead_text", False), bool):
        yield "stories.lead_text must be true or false"


def _pictures_faults(settings: Mapping[str, object]) -> Iterator[str]:
    if not isinstance(settings.get("pictures", {}), Mapping):
        yield 'pictures must be a table like {lead = "16:9"}'
    given = _strings(settings, "pictures")
    for key in SHAPED:
        if key in given and given[key] != UNCUT and not _SHAPE.fullmatch(given[key]):
            yield f'pictures.{key} must be a shape like "16:9", or "{UNCUT}"'
    sizes = _table(settings, "pictures")
    for key in WIDTHS:
        if key in sizes and not _is_width(sizes[key]):
            yield f"pictures.{key} must be a number of pixels up to {MAX_WIDTH}"


def _is_width(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_WIDTH


def _widths(pictures: Mapping[str, object]) -> dict[str, int]:
    return {
        place: size
        for place, key in zip(SHAPED, WIDTHS, strict=True)
        if isinstance(size := pictures.get(key), int)
    }


def _shapes(pictures: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    found = {key: _SHAPE.fullmatch(shape) for key, shape in pictures.items()}
    return {key: (int(shape[1]), int(shape[2])) for key, shape in found.items() if shape}


def _logo_faults(logo: Mapping[str, str]) -> list[str]:
    if not logo:
        return []
    sizes = [
        f"logo.{k} must be a number of pixels"
        for k in ("width", "height")
        if not logo.get(k, "").isdecimal()
    ]
    return sizes if logo.get("src") else ["logo.src must be an address", *sizes]


def _strings(settings: Mapping[str, object], table: str) -> dict[str, str]:
    """A table with its values as text; {} when it is no table."""
    return {str(key): str(value) for key, value in _table(settings, table).items()}


def _table(settings: Mapping[str, object], table: str) -> Mapping[str, object]:
    value = settings.get(table)
    return value if isinstance(value, Mapping) else {}
