"""Templates of editors: filled in a sandbox, or a fault that names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader
from markupsafe import Markup

from newsletter.lib.templates import TemplateFault, environment, fill_line

VALUES = {"title": "Rain {", "count": 3, "lead": {"title": "Q&A: <b>"}}


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("", ""),
        ("{{ count }} new", "3 new"),
        ("{{ lead.title }}", "Q&A: <b>"),
        ("{{ title|upper }}\n  {% if count > 2 %}and more{% endif %}", "RAIN { and more"),
        ("{{ lead['title']|replace('&', ' and ') }}", "Q and A: <b>"),
    ],
)
def test_a_line_is_filled(template: str, line: str) -> None:
    assert fill_line(template, VALUES, name="subject") == line


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{{ lead.nothing }}",
        "{{ count",
        "{{ 1 / 0 }}",
        "{{ lead + 1 }}",
        "{{ count|join }}",
        "{{ title.format(1) }}",
        "{{ title|wordwrap(0) }}",
        "{{ 2 ** 99999 }}",
        "{{ title|shout }}",
        "{% include 'other' %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ],
)
def test_a_template_that_cannot_be_filled_is_named_with_its_words(template: str) -> None:
    with pytest.raises(TemplateFault, match=r"^subject: .+ \(in ") as fault:
        fill_line(template, VALUES, name="subject")
    assert repr(template) in str(fault.value)


@pytest.mark.parametrize(
    "template",
    [
        "{{ title.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ ''|attr('__class__') }}",
        "{{ lead.update({'title': 'x'}) }}",
        "{{ lead.clear() }}",
        "{{ range(999999999) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ self.__init__.__globals__ }}",
    ],
)
def test_the_sandbox_lets_nothing_out_nor_changes_anything(template: str) -> None:
    with pytest.raises(TemplateFault):
        fill_line(template, VALUES, name="subject")
    assert VALUES["lead"] == {"title": "Q&A: <b>"}


@given(st.text(st.characters()))
def test_whatever_a_value_says_it_stays_one_line_and_no_template(title: str) -> None:
    line = fill_line("{{ title }}", {"title": title}, name="subject")
    assert line.splitlines() in ([], [line])
    assert fill_line("{{ title }}", {"title": line}, name="subject") == line


@pytest.mark.parametrize("name", ["letter.html.j2", "letter.mjml.j2", "anything"])
def test_escaping_does_not_depend_on_the_name_of_a_template(name: str) -> None:
    loader = DictLoader({name: "{{ text }}"})
    escaped = environment(loader, autoescape=True).get_template(name)
    plain = environment(loader, autoescape=False).get_template(name)
    assert escaped.render(text="<b> & {{ x }}") == "&lt;b&gt; &amp; {{ x }}"
    assert plain.render(text="<b> & {{ x }}") == "<b> & {{ x }}"


def test_markup_goes_through_and_controls_do_not() -> None:
    made = environment(autoescape=True).from_string("{{ markup }}{{ text }}")
    assert made.render(markup=Markup("<b>"), text="a\x00\x1bb\ud800") == "<b>ab"
