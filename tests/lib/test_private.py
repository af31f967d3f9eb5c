"""Files for nobody else's eyes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.lib.private import open_private, write_lasting


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("new", [True, False])
def test_nobody_else_may_read_a_private_file(tmp_path: Path, new: bool) -> None:
    path = tmp_path / "key"
    with open_private(path, new=new) as file:
        assert path.stat().st_mode & 0o777 == 0o600
        file.write(b"secret")
    assert path.read_bytes() == b"secret"


def test_what_must_be_new_writes_over_nothing(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        open_private(path, new=True)
    assert path.read_bytes() == b"precious"


def test_what_is_written_again_holds_nothing_of_before(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_bytes(b"longer than the next")
    write_lasting(path, b"short")
    assert path.read_bytes() == b"short"
