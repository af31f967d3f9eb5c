"""Looking ahead writes nothing down, and shows nobody's links."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.flows.preview import Proof, plan, proofs
from newsletter.flows.show import images_of, shown, write_proof
from newsletter.model.edition import EditionState, Rule
from newsletter.model.specs import Approval
from newsletter.store.database import Database
from tests.flows.mailings import enrolled
from tests.flows.printing import SEVEN, composed, digest, press, run
from tests.flows.sources import NOW, collected, draft


def dump(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the store holds."""
    with database.read() as tx:
        names = sa.inspect(tx.connection).get_table_names()
        return {
            name: sorted(
                map(tuple, tx.connection.exec_driver_sql(f"select * from {name}")), key=str
            )
            for name in names
        }


def look(database: Database) -> list[Proof]:
    return proofs(database, press(), [digest()], rehearsal=False, now=NOW)


def test_a_look_changes_nothing(database: Database) -> None:
    collected(database, draft(1), draft(2, "es"))
    before = dump(database)
    look(database)
    plan(database, [digest()], rehearsal=False, now=NOW)
    assert dump(database) == before


def test_the_proof_is_what_is_frozen_next(database: Database) -> None:
    collected(database, draft(1), draft(2))
    enrolled(database, "ann@example.com")
    english, spanish = look(database)
    assert english.letter is not None
    assert (english.state, english.readers, english.sample) == (EditionState.DRAFT, 1, False)
    found = composed(database, run())["en"]
    assert english.edition is not None
    assert found.stories == len(english.edition.stories)
    assert spanish.fault == "no article in this language yet"


def test_with_nothing_new_the_newest_are_shown_as_a_sample(database: Database) -> None:
    collected(database, draft(1))
    composed(database, run())
    english = proofs(database, press(), [digest()], rehearsal=False, now=SEVEN)[0]
    assert english.sample
    assert english.letter is not None
    assert "nothing new yet" in english.letter.html


def test_an_edition_that_waits_is_shown_as_it_was_frozen(database: Database) -> None:
    collected(database, draft(1))
    number = composed(database, run(approve=Approval(needed=True)))["en"].number
    held = look(database)[-1]
    assert (held.number, held.state, held.key) == (number, EditionState.HELD, f"daily.en.{number}")


def test_a_plan_names_the_rule_for_every_story_left_out(database: Database) -> None:
    collected(database, draft(1), draft(2, "es"))
    english, _ = plan(database, [digest()], rehearsal=False, now=NOW)
    assert [left.rule for left in english.selection.left_out] == [Rule.NO_TRANSLATION]


def test_a_broken_layout_is_a_fault_of_the_proof(database: Database) -> None:
    collected(database, draft(1))
    proof = proofs(database, press(), [digest(layout="nowhere")], rehearsal=False, now=NOW)[0]
    assert proof.letter is None
    assert "nowhere" in (proof.fault or "")


def test_nobody_s_token_is_shown(database: Database) -> None:
    collected(database, draft(1))
    letter = look(database)[0].letter
    assert letter is not None
    page = shown(letter)
    assert letter.marker not in page.html + page.text
    assert "/u/preview" in page.html


def test_a_proof_is_written_with_its_pictures_beside_it(database: Database, tmp_path: Path) -> None:
    from tests.flows.test_compose import a_picture

    picture = a_picture(tmp_path)
    collected(database, draft(1, images=(picture,)))
    printer = press(read_picture=lambda image: Path(image.file or "").read_bytes())
    proof = proofs(database, printer, [digest()], rehearsal=False, now=NOW)[0]
    page = write_proof(proof, tmp_path / "out", b"message")
    assert page == tmp_path / "out" / "daily.en.html"
    assert images_of(proof)[0].file == picture.file
    assert 'src="pictures/daily.en/1.jpg"' in page.read_text("utf-8")
    assert (tmp_path / "out" / "pictures" / "daily.en" / "1.jpg").stat().st_size > 1000


@pytest.mark.parametrize("held", [False, True])
def test_copies_are_shown_before_anybody_serves_them(
    database: Database, tmp_path: Path, held: bool
) -> None:
    from tests.flows.test_compose import a_picture

    collected(database, draft(1, images=(a_picture(tmp_path),)))
    printer = press(read_picture=lambda image: Path(image.file or "").read_bytes())
    if held:
        composed(database, run(approve=Approval(needed=True), images="resize"), printer)
    found = proofs(database, printer, [digest(images="resize")], rehearsal=False, now=NOW)
    proof = found[-1 if held else 0]
    (copy,) = proof.copies
    page = write_proof(proof, tmp_path / "out", None)
    assert page is not None
    assert f'src="pictures/{proof.key}/{copy.name}"' in page.read_text("utf-8")
    written = tmp_path / "out" / "pictures" / proof.key / copy.name
    assert written.read_bytes() == copy.content
    assert proof.letter is not None
    assert f'src="https://news.example.com/p/{copy.name}"' in proof.letter.html
