"""What the steps between a template and a letter's bytes must not do, each for itself."""

import pytest

from newsletter.lib.isolation import OutOfTime
from newsletter.rendering.faults import RenderFault
from newsletter.rendering.fill import filled
from newsletter.rendering.inline import inlined
from newsletter.rendering.look import Layout
from newsletter.rendering.mjml import compiled
from newsletter.rendering.tidy import tidied
from tests.rendering.editions import edition, layout, letter, story

BODY = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
PAGE = '</head><td class="a b"></td><td class="c"></td>'


def sheet(css: str, page: str = PAGE) -> str:
    """The rules that are left of a sheet above that page."""
    html = tidied(f"<style>{css}</style>{page}")
    return html.partition("<style>")[2].partition("</style>")[0]


# --- tidying ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a { color: red; }", ".a{color:red}"),
        (".gone{color:red}", ""),
        (".a,.gone,.c{color:red}", ".a,.c{color:red}"),
        (".a .gone{color:red}", ""),
        ("td.a > .c:hover{color:red}", "td.a > .c:hover{color:red}"),
        ("a, td{color:red}", "a,td{color:red}"),
        (".a:not(.b, .c){color:red}", ".a:not(.b, .c){color:red}"),
        (".a:not(.gone){color:red}", ".a:not(.gone){color:red}"),
        (".gone:not(.a, .b){color:red}", ""),
        ('.a[href$=".pdf"]{color:red}', '.a[href$=".pdf"]{color:red}'),
        ("/* .a{} */.a{color:red}/* b */", ".a{color:red}"),
        ("@media (max-width: 9px) { .gone { color: red } }", ""),
        (
            "@media (max-width:9px){.a{color:red}.gone{x:y}}",
            "@media (max-width:9px){.a{color:red}}",
        ),
        ("[data-ogsc] .a{color:red}[data-ogsc] .gone{color:red}", "[data-ogsc] .a{color:red}"),
        (".moz-text-html .a{color:red}", ".moz-text-html .a{color:red}"),
        (":root{color-scheme:light dark}", ":root{color-scheme:light dark}"),
    ],
)
def test_a_sheet_keeps_the_rules_that_a_tag_can_have(css: str, left: str) -> None:
    assert sheet(css) == left


def test_a_sheet_without_rules_goes() -> None:
    assert "<style" not in tidied(f"<style>.gone{{color:red}}</style>{PAGE}")


def test_what_looks_like_a_style_in_the_text_is_left_alone() -> None:
    said = "<td>class=&quot;x&quot; style=&quot;a : b;&quot; &lt;style&gt;.x { }&lt;/style&gt;</td>"
    assert tidied(f"</head>{said}") == f"</head>{said}"


# --- filling ------------------------------------------------------------------------------------


def fill(template: str, **values: object) -> str:
    templates = {"layout.mjml.j2": f"first\n{template}\nlast"}
    made = Layout(name="mine", templates=templates, look=layout().look)
    return filled(made, "layout.mjml.j2", values)


class Endless:
    """What is never compared to an end, as a loop without one."""

    def __eq__(self, other: object) -> bool:
        raise OutOfTime

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ lead.nothing }}", "no attribute 'nothing'"),
        ("{{ lead|shout }}", "No filter named 'shout'"),
        ("{% if %}", "Expected an expression"),
        ("{{ lead.title + 1 }}", "can only concatenate str"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% for a in lead %}{{ a == endless }}{% endfor %}", "this does not come to an end"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "this calls itself without end"),
    ],
)
def test_a_fault_names_file_line_text_and_reason(template: str, reason: str) -> None:
    with pytest.raises(RenderFault) as caught:
        fill(template, lead={"title": "a"}, endless=Endless())
    place = f"layout 'mine', mine/layout.mjml.j2, line 2 ({template})"
    assert str(caught.value).startswith(place)
    assert reason in str(caught.value)


def test_what_asks_for_too_much_memory_is_named_with_its_file() -> None:
    with pytest.raises(RenderFault, match=r"mine/layout\.mjml\.j2.*needs too much memory"):
        fill("{{ 'x'|center(99999999999999) }}")


def test_what_is_left_open_is_named_with_the_last_line() -> None:
    with pytest.raises(RenderFault, match=r"mine/layout\.mjml\.j2, line 3 .*'endif'"):
        fill("{% if lead %}", lead={})


# --- what mrml and premailer are known for --------------------------------------------------------


@pytest.mark.parametrize("said", ["\ufffe", "\uffff", "\x00", "\x0b", "\x1f"])
def test_a_character_that_fails_the_whole_document_does_not_get_there(said: str) -> None:
    with pytest.raises(RenderFault):
        compiled(BODY.format(f"<mj-text>{said}</mj-text>"), layout="mine")
    assert said not in letter(edition(lead=story(title=f"a{said}b", standfirst=said))).html


def test_a_style_of_an_article_does_not_break_the_next_letter() -> None:
    # premailer keeps one cache for style attributes and selectors alike.
    body = '<p style="em">a <em style="td">b</em></p>'
    made = letter(edition(lead=story(body_html=body)), layout=layout("single"))
    assert 'style="em"' not in made.html
    page = "<html><head></head><body><em>a</em><table><tr><td>b</td></tr></table></body></html>"
    assert inlined(page, "em { color: red } td { color: blue }").count("style=") == 2


def test_the_text_of_a_button_of_outlook_s_is_no_comment_of_an_article_s() -> None:
    made = letter(edition(lead=story(title="<!--[if mso]><b>x</b><![endif]-->")))
    assert "&lt;!--[if mso]&gt;&lt;b&gt;x&lt;/b&gt;&lt;![endif]--&gt;" in made.html


def test_an_unknown_tag_of_mjml_in_an_article_is_text() -> None:
    made = letter(edition(lead=story(title="<mj-raw><mj-include path='/etc/passwd'/></mj-raw>")))
    assert "<mj-" not in made.html
    assert "&lt;mj-include" in made.html
