"""What somebody paid for: one block of a letter, marked as that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.rendering.faults import LayoutFault

_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_TEXTS = ("name", "title", "text", "url")
_IMAGE = ("src", "width", "height", "alt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorImage:
    """Its public address; `width` and `height` as shown, in pixels."""

    src: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    """Who pays (`name`), and what they say."""

    name: str
    title: str = ""
    text: str = ""
    url: str = ""
    image: SponsorImage | None = None


def sponsor_from(table: Mapping[str, object], *, file: str) -> Sponsor:
    """The sponsor that a file describes. Raises LayoutFault naming every wrong key."""
    image = table.get("image")
    picture = image if isinstance(image, Mapping) else None
    faults = [*_faults(table), *_image_faults(picture)]
    if faults:
        raise LayoutFault(f"{file}: " + "; ".join(faults))
    texts = {key: str(table[key]) for key in _TEXTS if key in table}
    return Sponsor(**texts, image=SponsorImage(**picture) if picture else None)


def _faults(table: Mapping[str, object]) -> list[str]:
    known = (*_TEXTS, "image")
    faults = [f"unknown key {key!r}; there are: {', '.join(known)}" for key in table.keys() - known]
    faults += [f"{key} must be a text" for key in _TEXTS if not isinstance(table.get(key, ""), str)]
    if not str(table.get("name", "")).strip():
        faults.append("name must say who pays")
    if not _WEB.fullmatch(str(table.get("url", "https://x"))):
        faults.append("url must be an http:// or https:// address")
    if not isinstance(table.get("image", {}), Mapping):
        faults.append("image must be a table of src, width, height, alt")
    return faults


def _image_faults(image: Mapping[str, object] | None) -> list[str]:
    if image is None:
        return []
    faults = [f"unknown key image.{key}" for key in image.keys() - set(_IMAGE)]
    if not _WEB.fullmatch(str(image.get("src", ""))):
        faults.append("image.src must be an http:// or https:// address")
    if not isinstance(image.get("alt", ""), str):
        faults.append("image.alt must be a text")
    sizes = (("width", image.get("width")), ("height", image.get("height")))
    faults += [f"image.{key} must be a number of pixels" for key, size in sizes if not _size(size)]
    return faults


def _size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000
