"""Sources put behind what stands in a configuration, which is not touched otherwise."""

import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from newsletter.config.faults import FILE, ConfigError
from newsletter.config.settings import Settings, load, settings_in
from newsletter.lib.urls import bare_host, url_key
from newsletter.model.specs import FeedSpec, GhostSpec, PagesSpec, SourceSpec, WordPressSpec
from newsletter.sources.opml import Subscribed

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Added:
    """What a list came to: the sources that are new, with their names, and what is there already,
    with the name of the source that reads it."""

    new: tuple[FeedSpec, ...]
    there: tuple[tuple[Subscribed, str], ...]


def planned(feeds: Iterable[Subscribed], settings: Settings) -> Added:
    """Which of the feeds become sources, each under a name of its own that tells what it is."""
    known = {url_key(url): source.name for source in settings.sources for url in _urls(source)}
    names = {source.name for source in settings.sources}
    new: list[FeedSpec] = []
    there: list[tuple[Subscribed, str]] = []
    for feed in feeds:
        key = url_key(feed.url)
        if key in known:
            there.append((feed, known[key]))
            continue
        name = next(each for each in _names(feed) if each not in names)
        names.add(name)
        known[key] = name
        new.append(FeedSpec(kind="feed", name=name, url=feed.url, language=feed.language))
    return Added(tuple(new), tuple(there))


def append_sources(folder: Path, new: Iterable[FeedSpec]) -> None:
    """Put the sources behind the project's configuration.

    The whole is checked before it is written, and is written at once or not at all. ConfigError
    when it could not be used afterwards, or cannot be written.
    """
    load(folder)  # says what is wrong with it as it is
    path = (folder / FILE).resolve()  # a link stays one
    before = path.read_bytes()
    end = b"\r\n" if b"\r\n" in before else b"\n"
    tables = "".join(_table(source) for source in new).encode().replace(b"\n", end)
    after = before + (b"" if before.endswith(b"\n") or not before else end) + tables
    try:
        settings_in(after.decode("utf-8-sig"), folder)
    except ConfigError as error:
        raise ConfigError(
            f"{FILE}: nothing was added, for it could not be used afterwards: {error}; sources "
            "written as one list (`sources = […]`) have to become [[sources]] tables first"
        ) from None
    _replace(path, after)


def _urls(source: SourceSpec) -> tuple[str, ...]:
    match source:
        case FeedSpec() | WordPressSpec() | GhostSpec():
            return (source.url,)
        case PagesSpec():
            return (*source.urls, *filter(None, (source.list, source.sitemap)))
    return ()


def _names(feed: Subscribed) -> Iterator[str]:
    """A name from the title, else from the host; with a number where others have it."""
    name = _slug(feed.title) or _slug(bare_host(feed.url)) or "feed"
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _slug(text: str) -> str:
    """Letters and digits of ASCII: "El País – Última hora" as el-pais-ultima-hora. "" where too
    little is left to tell it by."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if len(name) + len(word) > _LONGEST_NAME:
            break
        name = f"{name}-{word}" if name else word
    return name if len(name) > 1 else ""


def _table(source: FeedSpec) -> str:
    lines = ["", "[[sources]]", f'name = "{source.name}"', 'kind = "feed"']
    lines.append(f"url = {_quoted(source.url)}")
    if source.language:
        lines.append(f"language = {_quoted(source.language)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML; addresses and languages hold no control characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _replace(path: Path, content: bytes) -> None:
    """Beside it first, then in its place: whoever reads meanwhile has the one or the other."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None
