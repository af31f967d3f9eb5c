"""A list as it is handed in → the files of rows in it: itself, or those in a ZIP as downloaded."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

from newsletter.model.subscriber import SubscriptionStatus
from newsletter.subscribers.faults import ListFault
from newsletter.subscribers.formats import part_status

Open = Callable[[], AbstractContextManager[IO[bytes]]]

_ZIP = b"PK\x03\x04"
_LARGEST = 4 << 30  # bytes, unpacked: forty million readers
_SMALL = 10 << 20  # bytes that nobody minds, however they were packed
_PACKED = (
    200  # times: text of lists is packed to a tenth, the same row over and over to a hundredth
)
_MOST_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of rows. `status` is everybody's in it who has no lower one; None: nobody in it ever
    asked for mail."""

    name: str
    open: Open
    status: SubscriptionStatus | None = SubscriptionStatus.ACTIVE
    size: int = 0  # in bytes


def parts_of(name: str, open_file: Open, size: int = 0) -> tuple[Part, ...]:
    """The files of rows in a file; ListFault for a ZIP that has none, or that is a bomb. What is
    read of a ZIP is never more than it says, and never lies on a disk."""
    with open_file() as file:
        packed = file.read(len(_ZIP)) == _ZIP
    if not packed:
        _, status = part_status(posixpath.basename(name))
        return (Part(name=name, open=open_file, status=status, size=size),)
    with _opened(name, open_file) as archive:
        found = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
        chosen = _chosen(name, found)
        _check(name, archive, chosen)
    return tuple(
        Part(
            name=posixpath.basename(info.filename),
            open=partial(_member, name, open_file, info),
            status=part_status(posixpath.basename(info.filename))[1],
            size=info.file_size,
        )
        for info in chosen
    )


def _chosen(name: str, found: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Those that Mailchimp made; else Substack's list of addresses; else the only one."""
    names = {info.filename: posixpath.basename(info.filename) for info in found}
    for is_meant in (
        lambda base: part_status(base)[0],
        lambda base: base.startswith("email_list."),
        lambda base: len(found) == 1,
    ):
        if chosen := [info for info in found if is_meant(names[info.filename])]:
            return chosen
    inside = ", ".join(sorted(names)[:5]) or "no CSV file at all"
    raise ListFault(
        f"{name}: it cannot be told which file of it is the list: there is {inside}; "
        "unpack it and import the one that is"
    )


def _check(name: str, archive: zipfile.ZipFile, chosen: Sequence[zipfile.ZipInfo]) -> None:
    for info in chosen:
        if info.flag_bits & 1:
            raise ListFault(f"{name}: {info.filename} is encrypted; unpack it and import that")
        packed = info.file_size / max(1, info.compress_size)
        if info.file_size > _LARGEST or (info.file_size > _SMALL and packed > _PACKED):
            raise ListFault(
                f"{name}: {info.filename} would unpack to {info.file_size:,} bytes, "
                f"{packed:.0f} times its size; no list does"
            )
    if len(archive.infolist()) > _MOST_FILES:
        raise ListFault(f"{name}: it holds more than {_MOST_FILES:,} files; no list does")


@contextmanager
def _opened(name: str, open_file: Open) -> Iterator[zipfile.ZipFile]:
    try:
        with open_file() as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ListFault(f"{name}: a broken ZIP ({error}); download it again") from None


@contextmanager
def _member(name: str, open_file: Open, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with _opened(name, open_file) as archive, archive.open(info) as member:
        yield member
