"""Layouts tried without a project's articles, readers or database."""

from pathlib import Path

from newsletter.app.children import rendering_child
from newsletter.checks.client_support import SHARES
from newsletter.config import FILE, load
from newsletter.flows.press import Press
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.rendering.specimen import NEWS, PUBLICATION
from newsletter.starter.project import layouts as shipped_layouts


def trial(folder: Path) -> tuple[Press, tuple[str, ...]]:
    """A press to try layouts with, and the languages to try: those of the project in `folder`, or
    the shipped ones where there is none. Nothing is opened but files of layouts."""
    settings = load(folder) if (folder / FILE).is_file() else None
    own = (folder / "layouts",) if settings else ()
    press = Press(
        publication=settings.publication if settings else PUBLICATION,
        base_url=settings.public.base_url if settings else NEWS,
        folders=(*own, shipped_layouts()),
        read_picture=_no_picture,
        isolated=rendering_child().call,
        shares=(settings.clients if settings else {}) or SHARES,
    )
    return press, settings.languages if settings else ("en",)


def _no_picture(image: Image) -> bytes:
    raise NewsletterError(f"{image.url}: not asked for")
