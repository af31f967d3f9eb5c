"""A finished letter with an error in it waits for somebody, unless the digest says otherwise."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.flows.decide import Decision, decide
from newsletter.flows.freeze import Composed
from newsletter.flows.press import Press
from newsletter.flows.preview import proofs
from newsletter.model.edition import EditionState
from newsletter.model.specs import Approval, OnFinding
from newsletter.starter.project import layouts
from newsletter.store import editions
from newsletter.store.database import Database
from tests.flows.printing import SEVEN, composed, digest, press, run
from tests.flows.readership import reader
from tests.flows.sources import NOW, collected, draft

HELD, FROZEN = EditionState.HELD, EditionState.FROZEN


@pytest.fixture
def faulty(tmp_path: Path) -> Press:
    """A press with a layout in which a picture has no alternative text."""
    return with_fault(tmp_path)


def with_fault(folder: Path, subject: str = "") -> Press:
    """Such a press; the picture stands in letters with these words in their subject only."""
    shipped = layouts()
    own = folder / "digest"
    own.mkdir()
    text = (shipped / "digest" / "layout.mjml.j2").read_text("utf-8")
    broken = (
        f'{{% if "{subject}" in edition.subject %}}<mj-raw>'
        '<img src="https://example.com/x.jpg" width="10" height="10"/></mj-raw>{% endif %}'
    )
    (own / "layout.mjml.j2").write_text(
        text.replace("{{ frame.footer() }}", broken + "{{ frame.footer() }}")
    )
    return press(folders=(folder, shipped))


def english(database: Database, printer: Press, **changes: Any) -> Composed:
    collected(database, draft(1))
    return composed(database, run(languages=("en",), **changes), printer)["en"]


def test_an_error_keeps_an_automatic_edition_for_an_editor(
    database: Database, faulty: Press
) -> None:
    made = english(database, faulty)
    assert made.state is HELD
    assert made.reason is not None
    assert made.reason.startswith("waits for approval: ")
    assert "alt" in made.reason
    decide(database, made.number, Decision.APPROVE, who="ann", now=SEVEN)


def test_an_error_in_a_variant_keeps_the_edition_as_well(
    database: Database, tmp_path: Path
) -> None:
    """Somebody who had the first story elsewhere gets a letter that begins with the second."""
    collected(database, draft(1))
    ann = reader(database, "ann@example.com", digest="early")
    composed(database, run(name="early", languages=("en",)))
    before = (NOW - timedelta(hours=2)).isoformat()
    collected(database, draft(1), draft(2, published=before))
    reader(database, ann)
    made = composed(database, run(languages=("en",)), with_fault(tmp_path, "Quay 2"))["en"]
    assert (made.state, made.variants) == (HELD, 1)
    assert (made.reason or "").startswith("waits for approval: ")


def test_with_an_error_no_time_that_runs_out_releases_it(database: Database, faulty: Press) -> None:
    veto = Approval(needed=True, veto=timedelta(minutes=30))
    made = english(database, faulty, approve=veto)
    with database.read() as tx:
        entry = editions.entry(tx, made.number)
    assert entry is not None
    assert (entry.state, entry.release_at) == (HELD, None)


def test_where_errors_only_warn_the_edition_goes(database: Database, faulty: Press) -> None:
    made = english(database, faulty, check=OnFinding.WARN)
    assert made.state is FROZEN
    assert [each.code for each in made.findings if each.level == "error"] == ["image-alt"]


def test_a_rehearsal_waits_for_nobody(database: Database, faulty: Press) -> None:
    assert english(database, faulty, rehearsal=True).state is FROZEN


def test_a_letter_without_an_error_goes(database: Database) -> None:
    made = english(database, press())
    assert made.state is FROZEN
    assert [each for each in made.findings if each.level == "error"] == []


def test_a_finding_names_the_line_of_the_layout(database: Database, faulty: Press) -> None:
    made = english(database, faulty)
    (error,) = [each for each in made.findings if each.level == "error"]
    assert error.place is not None
    assert error.place.startswith("digest/layout.mjml.j2:")


def test_a_proof_tells_what_a_check_says(database: Database, faulty: Press) -> None:
    collected(database, draft(1))
    found = proofs(database, faulty, [digest(languages=("en",))], rehearsal=False, now=SEVEN)
    assert found[0].report is not None
    assert [each.code for each in found[0].report.errors] == ["image-alt"]


@pytest.mark.parametrize(
    "title", ["How {{ handlebars }} work", "What %%FIRSTNAME%% means", "The trouble with [[NAME]]"]
)
def test_an_article_about_templates_is_no_error(database: Database, title: str) -> None:
    collected(database, draft(1, title=title))
    made = composed(database, run(languages=("en",)))["en"]
    assert made.state is FROZEN
    assert [each.message for each in made.findings if each.level == "error"] == []
