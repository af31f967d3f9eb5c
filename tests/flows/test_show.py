"""Letters as files and pages for people to look at."""

import json
from pathlib import Path
from typing import Any

from newsletter.flows.preview import Proof
from newsletter.flows.show import NOBODY, proof_json, shown, write_letter, write_proof
from newsletter.model.article import Image
from newsletter.model.edition import EditionState
from newsletter.model.letter import Attachment, Letter
from tests.flows.printing import run

PIXEL = bytes.fromhex("ffd8ffe0")


def a_letter(body: str = "", **changes: Any) -> Letter:
    known: dict[str, Any] = {
        "subject": "Dawn",
        "preheader": "",
        "html": f'<p>Día</p>{body}<a href="https://x.example/u/m1unsubscribem1">Leave</a>',
        "text": "Día\n\nhttps://x.example/u/m1unsubscribem1 https://x.example/l/m1languagem1\n",
        "marker": "m1",
    }
    return Letter(**known | changes)


def a_proof(letter: Letter | None, **changes: Any) -> Proof:
    known: dict[str, Any] = {
        "digest": "daily",
        "language": "en",
        "slot": run().slot,
        "state": EditionState.DRAFT,
        "readers": 3,
        "letter": letter,
    }
    return Proof(**known | changes)


def test_what_is_personal_is_nobody_s() -> None:
    page = shown(a_letter())
    assert f"https://x.example/u/{NOBODY}" in page.html
    assert page.text.count(NOBODY) == 2
    assert "m1" not in page.html + page.text


def test_attached_pictures_are_shown_from_beside_the_page() -> None:
    attached = Attachment(cid="picture-1@newsletter", mime="image/jpeg", content=PIXEL)
    page = shown(a_letter('<img src="cid:picture-1@newsletter">', attachments=(attached,)))
    assert '<img src="pictures/1.jpg">' in page.html
    assert page.pictures == {"1.jpg": PIXEL}


def test_a_picture_that_is_not_published_yet_is_shown_from_this_machine(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(PIXEL)
    url = "https://example.com/a.jpg"
    image = Image(url=url, file=str(tmp_path / "a.jpg"), mime="image/jpeg")
    page = shown(a_letter(f'<img src="{url}"> <a href="{url}">'), (image,))
    assert page.html.startswith(f'<p>Día</p><img src="pictures/1.jpg"> <a href="{url}">')
    assert page.pictures == {"1.jpg": PIXEL}


def test_a_picture_that_is_gone_from_this_machine_keeps_its_address(tmp_path: Path) -> None:
    image = Image(url="https://example.com/a.jpg", file=str(tmp_path / "gone.jpg"))
    page = shown(a_letter('<img src="https://example.com/a.jpg">'), (image,))
    assert '<img src="https://example.com/a.jpg">' in page.html
    assert page.pictures == {}


def test_a_letter_is_written_as_a_page_and_as_text(tmp_path: Path) -> None:
    attached = Attachment(cid="c@newsletter", mime="image/jpeg", content=PIXEL)
    letter = a_letter('<img src="cid:c@newsletter">', attachments=(attached,))
    page = write_letter(letter, tmp_path / "out", "daily.en")
    assert page == tmp_path / "out" / "daily.en.html"
    assert 'src="pictures/daily.en/1.jpg"' in page.read_text("utf-8")
    assert (tmp_path / "out" / "pictures" / "daily.en" / "1.jpg").read_bytes() == PIXEL
    assert page.with_suffix(".txt").read_bytes().startswith("Día\n".encode())


def test_a_proof_without_a_letter_says_why_in_its_json_alone(tmp_path: Path) -> None:
    proof = a_proof(None, fault="no article in this language yet")
    assert write_proof(proof, tmp_path / "out", None) is None
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == "daily.en.json"
    assert json.loads(written.read_text("utf-8"))["fault"] == "no article in this language yet"


def test_a_proof_that_waits_is_written_under_its_number(tmp_path: Path) -> None:
    proof = a_proof(a_letter(), number=7, state=EditionState.HELD)
    write_proof(proof, tmp_path, b"From: x\r\n\r\n")
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert names == {f"daily.en.7.{ending}" for ending in ("html", "txt", "eml", "json")}
    assert (tmp_path / "daily.en.7.eml").read_bytes() == b"From: x\r\n\r\n"


def test_programs_are_told_what_an_edition_holds() -> None:
    told = proof_json(a_proof(a_letter(), missing=("a.jpg: gone",)))
    assert (told["subject"], told["slot"], told["readers"]) == ("Dawn", "2026-11-22T07:00", 3)
    assert (told["stories"], told["missing"], told["sample"]) == ([], ["a.jpg: gone"], False)
