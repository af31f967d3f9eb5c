"""The door through which a new project reaches the disk."""

import getpass
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from newsletter.lib.errors import NewsletterError
from newsletter.lib.private import open_private

_KEY_FILE = "newsletter.key"
# What is in this package, and in the project: its name there.
_COPIED = {"gitignore": ".gitignore", "articles": "articles"}
# What a checkout keeps at its top, for people to see and edit, and a wheel inside this package.
_SHIPPED = ("layouts", "subscribers")
_UNITS = "systemd"
_DATE = re.compile(r"^date: (\d{4}-\d\d-\d\d)", re.MULTILINE)


class ProjectFault(NewsletterError):
    """A project cannot be made in this folder; the message says why and what to do."""


def shipped() -> Traversable:
    """Where `layouts/` and `subscribers/` stand: in this package, or at the top of a checkout."""
    here = files(__package__)
    return here if (here / "layouts").is_dir() else Path(__file__).parents[2]


def layouts() -> Traversable:
    """The folder of the layouts that come with the program."""
    return shipped() / "layouts"


def create_project(
    folder: Path,
    *,
    key_line: str,
    config: Literal["newsletter.toml", "demo.toml"] = "newsletter.toml",
    executable: Path | None = None,
    today: date | None = None,
) -> tuple[Path, ...]:
    """Write a new project and return its files, in the order in which they were written.

    `key_line` becomes newsletter.key, `config` newsletter.toml. `executable` is the `newsletter`
    that systemd is to start; by default the one installed beside the running Python. With `today`
    the sample articles are dated anew, the latest the day before: they are news whenever read.
    ProjectFault, and nothing touched, when the folder holds anything already.
    """
    _refuse_used(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = _write_key(folder / _KEY_FILE, key_line)
    written = (key, *_write_rest(folder, config, executable or _installed()))
    if today:
        _redate([path for path in written if path.suffix == ".md"], today - timedelta(days=1))
    return written


def _refuse_used(folder: Path) -> None:
    if folder.is_dir():
        if any(folder.iterdir()):
            raise ProjectFault(
                f"{folder} is not empty: nothing was written. Name a new or an empty folder"
            )
    elif folder.exists() or folder.is_symlink():
        raise ProjectFault(f"{folder} is not a folder: nothing was written. Name another place")


def _write_key(path: Path, line: str) -> Path:
    with open_private(path, new=True) as file:
        file.write(f"{line.strip()}\n".encode())
    return path


def _write_rest(folder: Path, config: str, executable: Path) -> Iterator[Path]:
    here = files(__package__)
    yield from _copy(here / config, folder / "newsletter.toml")
    for name, name_there in _COPIED.items():
        yield from _copy(here / name, folder / name_there)
    for name in _SHIPPED:
        yield from _copy(shipped() / name, folder / name)
    yield from _write_units(here / _UNITS, folder, executable)


def _copy(origin: Traversable, target: Path) -> Iterator[Path]:
    if origin.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(origin.read_bytes())
        yield target
        return
    for entry in sorted(origin.iterdir(), key=lambda entry: entry.name):
        if not entry.name.startswith((".", "__pycache__")):
            yield from _copy(entry, target / entry.name)


def _write_units(origin: Traversable, folder: Path, executable: Path) -> Iterator[Path]:
    values = {
        "@PROJECT@": _in_unit(folder.absolute()),
        "@NEWSLETTER@": _in_unit(executable.absolute()),
        "@USER@": current_user(),
    }
    for unit in _copy(origin, folder / _UNITS):
        text = unit.read_text(encoding="utf-8")
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        unit.write_text(text, encoding="utf-8")
        yield unit


def _redate(articles: Iterable[Path], latest: date) -> None:
    """Move the dates of articles by whole days, so that the latest is of the day `latest`."""
    texts = {path: path.read_text(encoding="utf-8") for path in articles}
    dates = [
        date.fromisoformat(found[1]) for text in texts.values() if (found := _DATE.search(text))
    ]
    shift = latest - max(dates, default=latest)
    for path, text in texts.items():
        moved = _DATE.sub(lambda found: f"date: {date.fromisoformat(found[1]) + shift}", text, 1)
        path.write_text(moved, encoding="utf-8")


def _in_unit(path: Path) -> str:
    """A path as systemd.unit(5) reads it: a per cent sign begins a specifier there."""
    return str(path).replace("%", "%%")


def _installed() -> Path:
    return Path(sys.executable).with_name("newsletter")


def current_user() -> str:
    """Who runs this, by name; in a container without a passwd entry by number, as systemd takes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
