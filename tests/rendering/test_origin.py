"""From a line of a filled document back to the line of its template."""

import pytest

from newsletter.rendering.origin import origin

TEMPLATES = {
    "mine/layout.mjml.j2": '<mj-body>\n<td class="kicker">{{ story.kicker }}</td>\n</mj-body>',
    "_parts/stories.mjml.j2": '{# about #}\n\n<td class="kicker" align="left">{{ x }}</td>',
}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('<td class="kicker">World</td>', "mine/layout.mjml.j2, line 2"),
        ('  <td class="kicker">a <b>b</b></td> and more', "mine/layout.mjml.j2, line 2"),
        ('<td class="kicker" align="left">World</td>', "_parts/stories.mjml.j2, line 3"),
        ("<mj-body>", "mine/layout.mjml.j2, line 1"),
        ("World", None),
        ("", None),
        ('</td>World<td class="kicker">', None),
    ],
)
def test_a_line_comes_from_where_its_fixed_parts_stand(line: str, place: str | None) -> None:
    assert origin(line, TEMPLATES) == place


def test_a_line_that_is_all_template_or_very_short_could_come_from_anywhere() -> None:
    assert origin("<td>some text</td>", {"a": "{{ text }}", "b": "<td>", "c": "{% if x %}"}) is None


def test_where_nothing_is_known_of_templates_there_is_no_origin() -> None:
    assert origin("<mj-body>", {}) is None
