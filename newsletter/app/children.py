"""The warm children of a process: one in which letters are made, one in which sources are read."""

import atexit
from functools import cache

from newsletter.lib.isolation import Child, Limits

# What a child imports before its memory is measured.
_RENDERING = (
    "newsletter.editions.compose",
    "newsletter.lib.images",
    "newsletter.rendering.pictures",
    "newsletter.rendering.premailing",
    "newsletter.rendering.render",
)
_READING = ("newsletter.articles.warm", "newsletter.sources.feed")
# What reading takes: 5 MB of a feed a second or so, a page 0.2 s; four times as long by the clock,
# when the machine is busy, is still less than half a minute.
_READING_LIMITS = Limits(seconds=7, megabytes=112)


@cache
def rendering_child() -> Child:
    """Where letters are rendered and pictures decoded."""
    return _child(None, _RENDERING)


@cache
def reading_child() -> Child:
    """Where feeds and articles are read: one for all threads. Parsing is quick beside fetching, and
    each further child would hold the same libraries once more."""
    return _child(_READING_LIMITS, _READING)


def _child(limits: Limits | None, preload: tuple[str, ...]) -> Child:
    child = Child(limits, preload=preload)
    atexit.register(child.close)
    return child
