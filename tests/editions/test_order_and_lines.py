"""Lead, sections, subject and preheader."""

import pytest

from newsletter.editions.order import in_sections, lead_first
from newsletter.editions.subject import (
    PREHEADER_LENGTH,
    SUBJECT_LENGTH,
    preheader_line,
    subject_line,
    template_values,
)
from newsletter.lib.templates import TemplateFault
from newsletter.model.article import Author
from tests.editions.stories import told

VALUES = template_values(
    publication="The Example",
    title="Morning",
    date="22 November",
    lead=told(1, section="World", authors=(Author(name="Ana"),)),
    count=3,
)


def test_the_newest_story_with_a_picture_leads() -> None:
    stories = [told(1, lead_image=None), told(2), told(3)]
    lead, rest = lead_first(stories)
    assert (lead.story, [each.story for each in rest]) == (2, [1, 3])


def test_a_story_in_another_language_leads_only_when_nothing_else_can() -> None:
    assert lead_first([told(1, fallback=True), told(2)])[0].story == 2
    assert lead_first([told(1, fallback=True)])[0].story == 1


def test_the_digest_s_sections_come_first_then_the_others_then_the_rest() -> None:
    stories = [told(1), told(2, section="Art"), told(3, section="World"), told(4, section="Art")]
    sections = in_sections(stories, wanted=("world",))
    assert [(each.title, [s.story for s in each.stories]) for each in sections] == [
        ("World", [3]),
        ("Art", [2, 4]),
        ("", [1]),
    ]


def test_the_subject_is_the_lead_s_title() -> None:
    assert subject_line("", VALUES, told(1, title="A  storm\nbreaks")) == "A storm breaks"


def test_a_long_title_is_cut_after_a_word() -> None:
    line = subject_line("", VALUES, told(1, title="word " * 40))
    assert len(line) <= SUBJECT_LENGTH
    assert line.endswith("word…")


def test_the_preheader_names_what_else_there_is() -> None:
    line = preheader_line("", VALUES, told(1), [told(2), told(3)], also="Also:")
    assert line == "Also: Title 2 · Title 3"


def test_a_lead_that_stands_alone_gives_its_excerpt() -> None:
    assert preheader_line("", VALUES, told(1), [], also="Also:") == "Excerpt 1."


def test_the_preheader_stays_within_what_programs_show() -> None:
    others = [told(n, title="long title " * 6) for n in range(2, 6)]
    assert len(preheader_line("", VALUES, told(1), others, also="Also:")) <= PREHEADER_LENGTH


def test_an_editor_s_template_may_name_everything() -> None:
    template = "{{ publication }}, {{ date }}: {{ lead.title }} ({{ lead.author }}) +{{ count }}"
    assert subject_line(template, VALUES, told(1)) == "The Example, 22 November: Title 1 (Ana) +3"


def test_a_title_is_never_run_as_a_template() -> None:
    hostile = told(1, title="{{ 7*7 }} {% raw %}")
    assert subject_line("", VALUES, hostile) == "{{ 7*7 }} {% raw %}"
    values = VALUES | {"lead": {"title": "{{ 7*7 }}"}}
    assert subject_line("{{ lead.title }}", values, hostile) == "{{ 7*7 }}"


@pytest.mark.parametrize("title", ["a\r\nBcc: x@example.com", "a\u2028b", "a\x85b", "a\x00b"])
def test_no_title_breaks_the_line(title: str) -> None:
    values = VALUES | {"lead": {"title": title}}
    for line in (
        subject_line("", VALUES, told(1, title=title)),
        subject_line("{{ lead.title }}", values, told(1)),
        preheader_line("", VALUES, told(1), [told(2, title=title)], also="Also:"),
        preheader_line("{{ lead.title }}", values, told(1), [], also="Also:"),
    ):
        assert line.isprintable()
        assert line.splitlines() == [line]


def test_a_title_in_a_template_is_not_escaped_for_a_page() -> None:
    values = VALUES | {"lead": {"title": "Q&A: <b> “yes”"}}
    assert subject_line("{{ lead.title }}", values, told(1)) == "Q&A: <b> “yes”"


def test_a_faulty_preheader_is_called_by_its_name() -> None:
    with pytest.raises(TemplateFault, match="preheader"):
        preheader_line("{{ nothing }}", VALUES, told(1), [], also="Also:")


@pytest.mark.parametrize(
    "template", ["{{ nothing }}", "{{ lead.title", "{{ lead.__class__.mro() }}", "{{ range(9) }}"]
)
def test_a_faulty_template_is_named_with_its_words(template: str) -> None:
    with pytest.raises(TemplateFault, match="subject") as fault:
        subject_line(template, VALUES, told(1))
    assert template in str(fault.value)
