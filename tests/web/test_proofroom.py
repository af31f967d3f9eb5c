"""The desk's view of a project: what is wrong stays named until it is mended, looks never fail."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.app import open_app
from newsletter.flows.decide import Release
from newsletter.web.proofroom import Proofroom
from tests.web.serving import new_project

MADRID = ZoneInfo("Europe/Madrid")


@dataclass(frozen=True, slots=True)
class Room:
    """A proofroom, its project's folder, and its clock: the last time in the list is now."""

    proofs: Proofroom
    folder: Path
    times: list[datetime]

    @property
    def troubles(self) -> str:
        return "\n".join(self.proofs.sheet().troubles)

    def append(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    folder = new_project(tmp_path / "paper")
    times = [datetime(2031, 5, 1, 20, 0, tzinfo=MADRID)]
    with open_app(folder, clock=lambda: times[-1]) as app:
        yield Room(Proofroom(app), folder, times)


def test_a_good_project_has_no_troubles(room: Room) -> None:
    assert room.troubles == ""


def test_what_is_wrong_with_a_list_is_said_until_the_list_is_mended(room: Room) -> None:
    whole = (room.folder / "subscribers" / "en.csv").read_text("utf-8")
    room.append("subscribers/en.csv", "no address,Nobody\n")
    assert "subscribers/en.csv, line" in room.troubles
    room.append("layouts/digest/layout.toml", "\n")
    assert "subscribers/en.csv, line" in room.troubles
    (room.folder / "subscribers" / "en.csv").write_text(whole, "utf-8")
    assert room.troubles == ""


def test_a_list_that_is_gone_has_no_troubles(room: Room) -> None:
    room.append("subscribers/extra.csv", "email\nann@example.com\n")
    assert "subscribers/extra.csv" in room.troubles
    (room.folder / "subscribers" / "extra.csv").unlink()
    assert room.troubles == ""


def test_what_is_wrong_with_an_article_is_said_until_it_is_mended(room: Room) -> None:
    room.append("articles/en/broken.md", "---\ntitle: [\n---\nText.\n")
    assert "broken.md" in room.troubles
    room.append("layouts/digest/layout.toml", "\n")
    assert "broken.md" in room.troubles
    (room.folder / "articles" / "en" / "broken.md").unlink()
    assert room.troubles == ""


def test_a_source_that_comes_with_the_configuration_is_read(room: Room) -> None:
    assert room.troubles == ""
    room.append("newsletter.toml", '\n[[sources]]\nname = "gone"\nkind = "folder"\npath = "gone"\n')
    assert "source gone" in room.troubles


def test_the_same_files_at_the_same_time_are_made_once(room: Room) -> None:
    assert room.proofs.sheet() is room.proofs.sheet()
    before = room.proofs.sheet()
    room.proofs.collect()
    assert room.proofs.sheet() is not before


def test_when_a_slot_has_passed_the_next_one_is_shown(room: Room) -> None:
    assert {proof.slot.key for proof in room.proofs.sheet().proofs} == {"2031-05-02T07:00"}
    room.times.append(datetime(2031, 5, 2, 8, 0, tzinfo=MADRID))
    assert {proof.slot.key for proof in room.proofs.sheet().proofs} == {"2031-05-03T07:00"}


def test_an_edition_that_was_frozen_meanwhile_is_no_longer_next(room: Room) -> None:
    before, app = room.proofs.signature(), room.proofs.app
    assert not any(proof.sample for proof in room.proofs.sheet().proofs)
    digest = app.settings.digests[0]
    app.editions.compose(digest, app.slot(digest, "2031-05-02T07:00"))
    assert room.proofs.signature() != before
    assert all(proof.sample for proof in room.proofs.sheet().proofs)


def test_looking_while_files_come_and_go_never_fails(room: Room) -> None:
    stop = threading.Event()
    passing = room.folder / "layouts" / "passing"

    def come_and_go() -> None:
        while not stop.is_set():
            passing.mkdir()
            for number in range(8):
                (passing / f"{number}.tmp").touch()
            for path in passing.iterdir():
                path.unlink()
            passing.rmdir()

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(300):
            room.proofs.signature()
    finally:
        stop.set()
        thread.join()


def test_what_is_held_stands_on_the_desk_until_it_is_decided(room: Room) -> None:
    assert room.troubles == ""
    for number in range(25):
        text = f"The quay number {number} was mended in the night, and nobody saw by whom."
        room.append(f"articles/en/quay-{number}.md", f"---\ntitle: Quay {number}\n---\n{text}\n")
    assert "held for you (25): one of 25 new articles at once" in room.troubles
    room.proofs.app.decide_held(Release.DISMISS, ["articles"])
    assert room.troubles == ""
