"""A letter as programs show it that take less of it, and with the pictures that it names."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Route

from newsletter.starter import project

SAMPLES = Path(project.__file__).parent / "articles"
_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_IMAGE = re.compile(r'(<img [^>]*?src=")[^"]*(")')
_FOR_OTHERS = re.compile(r"<!--\[if !mso[^>]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)
_FOR_OUTLOOK = re.compile(r"<!--\[if [^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)


def as_it_is(html: str) -> str:
    return html


def without_styles(html: str) -> str:
    """As where the head's styles are dropped: Gmail's app for other providers' mail."""
    return _STYLE.sub("", html)


def without_pictures(html: str) -> str:
    """As where pictures are off until the reader asks for them."""
    return _IMAGE.sub(r"\1about:blank\2", html)


def in_outlook(html: str) -> str:
    """As Word's engine takes it: what is meant for it alone is there, and no query of the screen.
    What else it cannot do, it does here."""
    return _STYLE.sub("", _FOR_OUTLOOK.sub(r"\1", _FOR_OTHERS.sub("", html)))


VIEWS: dict[str, Callable[[str], str]] = {
    "whole": as_it_is,
    "pictures off": without_pictures,
    "styles stripped": without_styles,
    "outlook": in_outlook,
}


def opened(browser: Browser, *, width: int = 640, scheme: str = "light") -> Page:
    """An empty page of a window of that width that has the sample pictures and no network."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.route("**/*", _answer)
    return context.new_page()


def _answer(route: Route) -> None:
    """A picture of ours by the last part of its address; nothing else is to be had."""
    name = route.request.url.rpartition("/")[2]
    found = next(SAMPLES.glob(f"*/{name}"), None) if name.endswith(".jpg") else None
    if found:
        route.fulfill(path=found)
    else:
        route.abort()
