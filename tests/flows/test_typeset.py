"""Stories become a letter that can be sent, in a process that takes every blow."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.checks.size import TOO_LARGE, encoded_bytes
from newsletter.flows.press import Press
from newsletter.flows.typeset import Order, Typeset, typeset
from newsletter.lib.isolation import Child, Limits
from newsletter.lib.templates import TemplateFault
from newsletter.model.article import Image
from newsletter.model.edition import EditionStory, Rule
from newsletter.model.letter import Letter, Personal
from newsletter.rendering.context import slot
from newsletter.rendering.faults import RenderFault
from newsletter.starter.project import layouts
from newsletter.store import editions, schema
from newsletter.store.database import Database
from tests.editions.stories import told
from tests.flows.gallery import Gallery
from tests.flows.gallery import gone as not_there
from tests.flows.printing import composed, press, run
from tests.flows.sources import collected, draft

LAYOUTS = ("digest", "brief", "single", "magazine")


def _often(what: str) -> str:
    """A template that says it a thousand times."""
    return f'{{% for _ in "{"x" * 1_000}" %}}{what}{{% endfor %}}'


# What a layout does when the first story is called so.
MISDEEDS = {
    "ENDLESS": _often(_often(_often(_often("")))),
    "BOMB": "{{ 'x'|center(9999999999) }}",
    "CRASH": _often("<mj-wrapper>" * 5) + _often("</mj-wrapper>" * 5),
    "UNCLOSED": "<mj-raw><p></mj-raw>",
    "NOTHING": "{{ lead.nothing }}",
}


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """Less of everything than the program has: what overruns does so sooner. Only of the clock
    there is more: on a busy machine a child may have to wait long for its seconds."""
    made = Child(
        Limits(seconds=3, megabytes=256),
        preload=("newsletter.editions.compose", "newsletter.rendering.render"),
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("newsletter.lib.isolation._PATIENCE", 40)
        yield made
    made.close()


@pytest.fixture
def printer(child: Child) -> Press:
    return press(isolated=child.call)


def own_layout(folder: Path, extra: str) -> Path:
    """The layout "mine": the shipped digest, with something more at the end of its body."""
    mine = folder / "mine"
    mine.mkdir(parents=True)
    shipped = layouts() / "digest"
    for name in ("layout.mjml.j2", "layout.txt.j2"):
        text = (shipped / name).read_text("utf-8")
        if ".mjml." in name:
            before, end, after = text.rpartition("{{ frame.footer() }}")
            text = f"{before}{extra}\n{end}{after}"
        (mine / name).write_text(text, "utf-8")
    return folder


def misbehaving(folder: Path) -> Path:
    """A layout that fails for some headlines, in a different way for each."""
    tests = "".join(
        f"{{% if '{word}' in lead.title %}}{deed}{{% endif %}}\n" for word, deed in MISDEEDS.items()
    )
    return own_layout(folder, tests)


def mine(folder: Path, child: Child) -> Press:
    return press(isolated=child.call, folders=(folder, layouts()))


def order(**changes: Any) -> Order:
    made = run(**changes)
    return Order(digest=made.digest, slot=made.slot, language="en")


def numbers(made: Typeset) -> list[int]:
    return [story.story for story in made.edition.stories]


# --- a story that cannot be set -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("ENDLESS", "does not come to an end"),
        ("BOMB", "needs too much memory"),
        ("CRASH", r"crashed \(SIG"),
        ("UNCLOSED", "no valid MJML"),
        ("NOTHING", "has no attribute 'nothing'"),
    ],
)
def test_a_story_that_cannot_be_rendered_is_put_aside_and_the_rest_goes_on(
    tmp_path: Path, child: Child, word: str, reason: str
) -> None:
    printer = mine(misbehaving(tmp_path), child)
    stories = (told(1, title=f"{word} at the quay"), told(2), told(3))
    made = typeset(printer, order(layout="mine"), stories)
    assert numbers(made) == [2, 3]
    (aside,) = made.left_out
    assert (aside.story, aside.title, aside.rule) == (1, f"{word} at the quay", Rule.UNPRINTABLE)
    assert re.search(reason, aside.reason), aside.reason


def test_a_story_put_aside_counts_as_mailed_to_nobody(
    tmp_path: Path, child: Child, sqlite: Database
) -> None:
    collected(sqlite, draft(1, title="UNCLOSED at the quay"), draft(2))
    printer = mine(misbehaving(tmp_path / "layouts"), child)
    found = composed(sqlite, run(layout="mine", languages=("en",)), printer)["en"]
    assert (found.stories, [left.rule for left in found.left_out]) == (1, [Rule.UNPRINTABLE])
    mended = composed(sqlite, run(23, languages=("en",)), printer)["en"]
    assert mended.stories == 1
    assert "UNCLOSED at the quay" in letter_of(sqlite, mended.number).html


def test_with_no_story_left_the_reason_is_told_and_nothing_written(
    tmp_path: Path, child: Child, sqlite: Database
) -> None:
    collected(sqlite, draft(1, title="UNCLOSED at the quay"))
    with pytest.raises(RenderFault, match=r"none of the stories can be rendered: .*MJML"):
        composed(sqlite, run(layout="mine"), mine(misbehaving(tmp_path / "layouts"), child))
    assert nothing_written(sqlite)


# --- a layout or a subject that cannot be used --------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("{{ nothing }}", r"layout\.mjml\.j2, line \d+ .*\{\{ nothing \}\}"),
        ("{% if %}", r"layout\.mjml\.j2, line \d+ .*\{% if %\}"),
        ("<mj-raw><p></mj-raw>", r"layout\.mjml\.j2, line \d+.*<p></mj-raw>"),
        (_often("{{ 1 / 0 }}"), r"layout\.mjml\.j2, line \d+ .*division by zero"),
    ],
)
def test_a_broken_layout_stops_the_run_and_names_the_line_and_its_text(
    tmp_path: Path, child: Child, sqlite: Database, extra: str, message: str
) -> None:
    collected(sqlite, draft(1), draft(2, "es"))
    printer = mine(own_layout(tmp_path / "layouts", extra), child)
    with pytest.raises(RenderFault, match=f"layout 'mine'.*mine/{message}"):
        composed(sqlite, run(layout="mine"), printer)
    assert nothing_written(sqlite)


def test_an_endless_loop_in_a_layout_is_named_and_the_program_lives(
    tmp_path: Path, child: Child, sqlite: Database
) -> None:
    collected(sqlite, draft(1))
    loop = own_layout(tmp_path / "layouts", MISDEEDS["ENDLESS"])
    with pytest.raises(
        RenderFault, match=r"mine/layout\.mjml\.j2, line \d+.*does not come to an end"
    ):
        composed(sqlite, run(layout="mine", languages=("en",)), mine(loop, child))
    assert nothing_written(sqlite)
    assert composed(sqlite, run(languages=("en",)), press(isolated=child.call))["en"].stories == 1


@pytest.mark.parametrize("what", ["{{ 'a'|center(9999999999) }}", "{{ 'a' * 9999999999 }}"])
def test_a_subject_that_needs_gigabytes_is_refused_in_its_own_words(
    printer: Press, sqlite: Database, what: str
) -> None:
    collected(sqlite, draft(1), draft(2))
    with pytest.raises(TemplateFault, match=f"^subject: .*memory.* \\(in .*{re.escape(what)}"):
        composed(sqlite, run(subject=what), printer)
    assert nothing_written(sqlite)
    assert composed(sqlite, run(), printer)["en"].stories == 2


# --- a picture that is not to be had -----------------------------------------------------------


def test_an_edition_holds_the_picture_that_its_letter_shows(child: Child) -> None:
    gone, there = Image(url="https://e.example/a.jpg"), Image(url="https://e.example/b.jpg")
    story = told(1, lead_image=gone, other_images=(there,))
    shop = press(isolated=child.call, read_picture=Gallery({gone: not_there(gone)}))
    made = typeset(shop, order(images="resize"), (story,))
    assert made.edition.lead.article.lead_image == there
    assert [copy.name in made.printed.letter.html for copy in made.printed.copies] == [True]
    assert [str(there.url) in each for each in made.printed.missing] == [True]


# --- more than fits -----------------------------------------------------------------------------


SECTIONS = tuple(f"Section {number}" for number in range(20))


def heavy(count: int) -> tuple[EditionStory, ...]:
    """Stories of more than a kilobyte each, in twenty sections by turns."""
    return tuple(
        told(number, section=SECTIONS[number % 20], standfirst="word " * 110)
        for number in range(1, count + 1)
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_makes_a_letter_too_large_is_named_at_its_end(printer: Press, layout: str) -> None:
    made = typeset(printer, order(layout=layout, sections=SECTIONS), heavy(100))
    assert encoded_bytes(filled(made.printed.letter)) <= TOO_LARGE
    assert bool(made.edition.more) is (layout in ("digest", "magazine"))
    assert (sorted(numbers(made)), made.left_out) == (list(range(1, 101)), ())
    for said in (made.printed.letter.html, made.printed.letter.text):
        assert all(re.search(rf"Title {number}\b", said) for number in range(1, 101))


def test_the_editor_is_told_how_many_stories_are_only_named(printer: Press) -> None:
    made = typeset(printer, order(sections=SECTIONS), heavy(100))
    (warning,) = [each for each in made.report.warnings if each.code == "shortened"]
    assert f"{len(made.edition.more)} of 100 stories are only named" in warning.message
    whole = typeset(printer, order(sections=SECTIONS), heavy(3))
    assert "shortened" not in {each.code for each in whole.report.findings}


def test_no_more_is_moved_than_has_to_be(printer: Press) -> None:
    made = typeset(printer, order(sections=SECTIONS), heavy(100))
    assert encoded_bytes(made.printed.letter.html) > TOO_LARGE - 5_000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_three_thousand_stories_make_a_letter_and_the_rest_waits(
    printer: Press, layout: str
) -> None:
    stories = tuple(told(number) for number in range(1, 3_001))
    made = typeset(printer, order(layout=layout, max_stories=3_000), stories)
    assert encoded_bytes(filled(made.printed.letter)) <= TOO_LARGE
    assert {left.rule for left in made.left_out} == {Rule.NO_ROOM}
    shown, waiting = numbers(made), [left.story for left in made.left_out]
    assert len(shown) > 150
    assert sorted([*shown, *waiting]) == list(range(1, 3_001))


def test_stories_without_room_are_new_for_the_next_edition(
    printer: Press, sqlite: Database
) -> None:
    count = 330
    collected(sqlite, *(draft(number) for number in range(count)))
    rules: dict[str, Any] = {"max_stories": 3_000, "languages": ("en",), "layout": "brief"}
    first = composed(sqlite, run(**rules), printer)["en"]
    waiting = {left.story for left in first.left_out if left.rule is Rule.NO_ROOM}
    assert first.stories + len(waiting) == count
    second = composed(sqlite, run(23, **rules), printer)["en"]
    with sqlite.read() as tx:
        assert set(editions.story_ids(tx, second.number)) == waiting


# --- what these tests ask ------------------------------------------------------------------------


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    schema.prepare(opened)
    yield opened
    opened.close()


def nothing_written(database: Database) -> bool:
    with database.read() as tx:
        return editions.recent(tx, 10) == []


def letter_of(database: Database, number: int) -> Letter:
    with database.read() as tx:
        return editions.letter_of(tx, number)


def filled(letter: Letter) -> str:
    """The HTML with tokens as long as the program's own."""
    html = letter.html
    for name in Personal:
        html = html.replace(slot(letter.marker, name), "x" * 120)
    return html
