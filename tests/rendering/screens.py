"""Letters as small pictures, and how unlike two of them are: blind to how a machine draws its
letters, not to what stands where in which colour."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Page

from tests.rendering.editions import DATA, LAYOUTS

FOLDER = DATA / "screens"
# Name, width of the window, scheme, pixels of the window for one of the picture, height shown.
PHONE = ("phone", 375, "light", 5, 1800)
DESKTOP = ("desktop", 1024, "dark", 6, 1800)
SCREENS = tuple(
    (layout, language, screen)
    for layout in LAYOUTS
    for language in (("en", "es", "ar") if layout == "digest" else ("en", "ar"))
    for screen in (PHONE, DESKTOP)
)
# Of 255. The same letter with other hinting: 1.5 and 6; another accent, the least of the breakages
# in test_screenshots: 1.1 and 15.
MEAN, WORST = 2.4, 11.0
_BLUR = 0.8
_BLOCK = 5  # pixels of the small picture

Screen = tuple[str, int, str, int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """On average, and of the block that differs most: 0 to 255 in the most different channel."""

    mean: float
    worst: float

    @property
    def small(self) -> bool:
        return self.mean <= MEAN and self.worst <= WORST


def name_of(layout: str, language: str, screen: Screen) -> str:
    return f"{layout}.{language}.{screen[0]}.jpg"


def taken(page: Page, html: str, screen: Screen) -> Image.Image:
    """The top of a letter in that window, made small."""
    _, width, scheme, scale, height = screen
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(html, wait_until="load")
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return shot.resize((width // scale, height // scale), Image.Resampling.BOX)


def written(picture: Image.Image) -> bytes:
    """As it is kept: with little weight, and off by less than what is compared."""
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=88, subsampling=0, optimize=True)
    return buffer.getvalue()


def difference(one: Image.Image, other: Image.Image) -> Difference:
    blurred = (each.convert("RGB").filter(ImageFilter.GaussianBlur(_BLUR)) for each in (one, other))
    red, green, blue = ImageChops.difference(*blurred).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    blocks = most.reduce(_BLOCK)
    return Difference(ImageStat.Stat(most).mean[0], ImageStat.Stat(blocks).extrema[0][1])
