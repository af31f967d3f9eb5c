"""Templates of publishers: what goes wrong is named with file and line, what is unsafe fails."""

import pytest

from newsletter.rendering.faults import RenderFault
from newsletter.rendering.fill import filled, wrapped
from newsletter.rendering.look import Layout
from tests.rendering.editions import layout


def _fill(template: str, *, name: str = "layout.mjml.j2", **values: object) -> str:
    templates = {name: template, "_parts/bad.j2": "\n{{ nothing }}"}
    return filled(Layout(name="mine", templates=templates, look=layout().look), name, values)


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("a\n{% if %}", r"mine/layout\.mjml\.j2, line 2"),
        ("a\n\n{{ nothing.at_all }}", r"mine/layout\.mjml\.j2, line 3"),
        ("{% include '_parts/bad.j2' %}", r"_parts/bad\.j2, line 2"),
        ("{% include '_parts/none.j2' %}", r"mine/layout\.mjml\.j2, line 1.*_parts/none\.j2"),
        ("\n{{ 1 / 0 }}", r"mine/layout\.mjml\.j2, line 2"),
        ("\n{{ ''.__class__ }}", r"mine/layout\.mjml\.j2, line 2"),
        ("{{ range(9) }}", r"mine/layout\.mjml\.j2, line 1.*range"),
    ],
)
def test_a_fault_in_a_template_names_its_place(template: str, place: str) -> None:
    with pytest.raises(RenderFault, match=f"layout 'mine', {place}"):
        _fill(template)


def test_markup_is_escaped_in_html_and_kept_in_text() -> None:
    assert _fill("{{ a }}", a="<b> & '") == "&lt;b&gt; &amp; &#39;"
    assert _fill("{{ a }}", name="layout.txt.j2", a="<b> & '") == "<b> & '"


def test_what_an_article_says_is_no_template() -> None:
    assert _fill("{{ a }}", a="{{ 7*7 }}") == "{{ 7*7 }}"


def test_text_is_wrapped_at_blanks_only() -> None:
    long = "https://tideway.example/" + "a-b" * 40
    assert wrapped(f"read {long} now") == f"read\n{long}\nnow"
    assert all(len(each) <= 72 for each in wrapped("word " * 90).splitlines())
