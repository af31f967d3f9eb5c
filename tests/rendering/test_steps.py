"""The steps behind the guard, each for itself."""

import pytest

from newsletter.rendering.faults import RenderFault
from newsletter.rendering.inline import inlined, split_styles
from newsletter.rendering.mjml import compiled
from newsletter.rendering.text import tidied_text
from newsletter.rendering.tidy import tidied

BODY = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "column",
    [
        "<mj-raw><p>never closed</mj-raw>",
        "<mj-raw><td align=left></td></mj-raw>",
        "<mj-raw><!-- a -- b --></mj-raw>",
        "<mj-raw>\x01</mj-raw>",
    ],
)
def test_broken_mjml_names_layout_and_line(column: str) -> None:
    with pytest.raises(RenderFault, match=r"layout 'mine' .*line 2 of the filled layout"):
        compiled("\n" + BODY.format(column), layout="mine")


def test_a_panic_of_mrml_is_a_fault_like_any_other() -> None:
    with pytest.raises(RenderFault, match="layout 'mine'"):
        compiled(BODY.format("<mj-raw><!--[if mso]</mj-raw>"), layout="mine")


def test_no_font_is_fetched_from_anybody() -> None:
    html = compiled(BODY.format("<mj-text font-family='Ubuntu'>x</mj-text>"), layout="mine")
    assert "fonts.googleapis" not in html


def test_inline_styles_are_taken_out_before_mrml() -> None:
    mjml = '<a/><mj-style inline="inline">.x { font-family: &#39;A&#39; }</mj-style><b/>'
    assert split_styles(mjml) == ("<a/><b/>", ".x { font-family: 'A' }")


def test_inlining_keeps_doctype_media_queries_and_slots() -> None:
    style = "@media (max-width: 9px) { .x { color: red !important } }"
    html = (
        f'<!doctype html><html><head><style type="text/css">{style}</style></head>'
        '<body><td class="x"><a href="https://x.example/u/ab12unsubscribeab12">é</a></td></body>'
    )
    done = inlined(html, ".x { color: blue }")
    assert done.startswith("<!doctype html>\n<html")
    assert style in done
    assert 'style="color:blue"' in done.replace(": ", ":")
    assert 'href="https://x.example/u/ab12unsubscribeab12"' in done


def test_no_stylesheet_is_fetched() -> None:
    html = '<html><head><link rel="stylesheet" href="http://127.0.0.1:9/x.css"></head></html>'
    assert "x.css" in inlined(html, ".x { color: blue }")


def test_tidying_drops_classes_that_no_selector_asks_for() -> None:
    html = '<style>.a b{}</style></head><td class="a c" id="x"></td><td class="c"></td>'
    assert tidied(html).endswith('<td class="a" id="x"></td><td></td>')


def test_tidying_shortens_styles_and_nothing_else() -> None:
    html = '</head><td style="color: red; margin: 0;" title=\'style="a : b" class="x"\'>a ; b</td>'
    expected = '</head><td style="color:red;margin:0" title=\'style="a : b" class="x"\'>a ; b</td>'
    assert tidied(html) == expected


def test_a_column_is_aligned_in_its_direction() -> None:
    done = tidied('</head><div style="text-align:left;direction:rtl">')
    assert done == '</head><div style="text-align:right;direction:rtl">'


def test_the_text_part_keeps_its_signature_line_and_loses_gaps() -> None:
    assert tidied_text("\n\na  \n\n\n\n\nb\n-- \nc\n\n") == "a\n\n\nb\n-- \nc\n"
