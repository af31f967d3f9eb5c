"""What mail programs support: the facts, what is found in a page, the score, the findings."""

import json
import tarfile
from pathlib import Path

import pytest

from newsletter.checks.client_support import SHARES, support_of, unsupported_features
from newsletter.checks.features import facts
from newsletter.checks.given import Mail
from newsletter.checks.page import read_page
from newsletter.checks.uses import nodes_of, uses_of
from newsletter.model.finding import Finding
from tests.checks.mails import codes, page
from tests.tools import client_support

DATA = Path(__file__).parents[1] / "data" / "checks"
# What Mailpit 1.27.11 says of these files with the same facts: nodes, score, found features.
MAILPIT = json.loads((DATA / "mailpit.json").read_text("utf-8"))


def weights(html: str) -> dict[str, int]:
    return {use.slug: use.weight for use in uses_of(read_page(html)) if use.weight}


def counts(html: str) -> dict[str, int]:
    return {use.slug: use.count for use in uses_of(read_page(html))}


def found(html: str, code: str) -> Finding:
    mail = Mail(html=html, shares=SHARES)
    return next(each for each in unsupported_features(mail) if each.code == code)


@pytest.mark.parametrize("name", MAILPIT)
def test_the_score_is_that_of_mailpit(name: str) -> None:
    mail = Mail(html=(DATA / name).read_text("utf-8"))
    support = support_of(mail)
    assert support is not None
    assert mail.nodes == MAILPIT[name]["nodes"]
    assert weights(mail.html) == MAILPIT[name]["found"]
    assert support.score == pytest.approx(MAILPIT[name]["score"], abs=0.01)


@pytest.mark.parametrize(
    ("style", "slugs"),
    [
        ("transform: rotate(20deg)", ["css-transform"]),
        ("color: green; TRANSFORM :rotate(20deg)", ["css-transform"]),
        ("x-transform: none", []),
        ("text-transform: uppercase", ["css-text-transform"]),
        ("padding-inline-start: 5rem", ["css-padding-inline-start-end", "css-unit-rem"]),
        ("color: green !important", ["css-important"]),
        ("color: green!important-stuff", []),
        ("display  : flex ;", ["css-display", "css-display-flex"]),
        ("display: flexing", ["css-display"]),
        ("width: calc(10px + 1vw)", ["css-unit-calc", "css-unit-vw", "css-width"]),
        ("border: solid rgb(1,2,3) 1px", ["css-border", "css-rgb"]),
        ("color: RGBA(1,2,3,0)", ["css-rgba"]),
        ("background: url('a;b:c')", ["css-background"]),
        ("content: 'display:flex'", []),
        ("--brand: red", ["css-variables"]),
    ],
)
def test_a_style_uses_what_its_properties_and_values_name(style: str, slugs: list[str]) -> None:
    assert sorted(weights(f'<p style="{style}">x</p>')) == slugs


def test_style_sheets_count_where_they_apply() -> None:
    sheet = "<style>.a, .b > i {padding: 0} .c {margin: 0} /* .d {float: left} */</style>"
    html = page('<p class="a">x</p><p class="b"><i>y</i></p>', head=sheet)
    assert weights(html)["css-padding"] == 2
    assert not {"css-margin", "css-float"} & weights(html).keys()


def test_what_depends_on_the_reader_is_not_in_the_styles() -> None:
    sheet = "<style>@media (min-width:1px) {p {float: left}} p:hover {position: fixed}</style>"
    used = weights(page("<p>x</p>", head=sheet))
    assert used["css-at-media"] == used["css-pseudo-class-hover"] == 1
    assert not {"css-float", "css-position"} & used.keys()


def test_attributes_do_what_properties_do_and_weigh_once() -> None:
    html = page('<table width="1"><tr><td width="1" style="width:1px">x</td></tr></table>')
    assert counts(html)["css-width"] == 3
    assert weights(html)["css-width"] == 2


def test_pictures_are_known_by_the_ending_of_their_file() -> None:
    sources = ["a.webp?w=3", "b.SVG", "data:image/png;base64,xx", "c.jpeg#x", "webp"]
    used = counts(page("".join(f'<img src="{source}">' for source in sources)))
    images = {slug: count for slug, count in used.items() if slug.startswith("image-")}
    assert images == {"image-webp": 1, "image-svg": 1, "image-base64": 1, "image-jpg": 1}


def test_a_piece_of_a_document_is_weighed_by_what_is_in_it() -> None:
    assert nodes_of(read_page("<p><b>x</b></p><script></script>")) == 3
    assert nodes_of(read_page(page("<p>x</p>"))) == 3  # title, body, p


@pytest.mark.parametrize(
    "markup",
    ["<script>1</script>", "<form></form>", '<base href="x">', "<iframe></iframe>", "<object>"],
)
def test_what_no_mail_may_hold_is_an_error(markup: str) -> None:
    assert [each for each in codes(unsupported_features, page(markup)) if "error" in each]


def test_data_in_a_script_element_is_no_script() -> None:
    html = page('<script type="application/ld+json">{}</script>')
    assert codes(unsupported_features, html) == []


def test_what_carries_the_layout_and_a_large_program_does_not_know_is_a_warning() -> None:
    html = page('<p style="display:flex">x</p>' + "<i>y</i>" * 99)
    finding = found(html, "css-display-flex")
    assert finding.level == "warning"
    assert "Outlook (Windows, Windows Mail)" in finding.clients


def test_what_only_adorns_is_a_hint() -> None:
    html = page('<p style="border-radius:3px">x</p>' + "<i>y</i>" * 99)
    assert found(html, "css-border-radius").level == "hint"


def test_the_weighted_score_is_that_of_the_readers_programs() -> None:
    html = page('<p style="display:flex">x</p>')
    support = [support_of(Mail(html=html, shares={each: 2})) for each in ("outlook", "apple-mail")]
    assert [each.weighted for each in support if each] == [
        each.families[name]
        for each, name in zip(support, ("Outlook", "Apple Mail"), strict=True)
        if each
    ]
    outlook, apple = (each.weighted for each in support if each)
    assert outlook is not None
    assert apple is not None
    assert outlook < apple


def test_without_known_readers_nothing_is_weighted() -> None:
    support = support_of(Mail(html="<p>x</p>", shares={"carrier-pigeon": 1}))
    assert support is not None
    assert support.weighted is None


def test_the_newest_version_speaks_for_a_program() -> None:
    feature = facts().features["amp"]
    newest = {each.platform: each for each in feature.latest if each.family == "yahoo"}
    assert (newest["ios"].version, newest["ios"].mark) == ("2022-12", "y")


def test_the_facts_carry_their_licence() -> None:
    told = json.loads(client_support.TARGET.read_text("utf-8"))
    assert "MIT License" in told["notice"]
    assert "caniemail.com" in told["source"]


def test_the_facts_are_refreshed_from_a_package_always_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_support, "TARGET", tmp_path / "made.json")
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as archive:
        archive.add(DATA / "caniemail.json", "package/data/caniemail.json")
        archive.add(DATA / "caniemail.json", "package/LICENSE")
    client_support.main([str(tmp_path / "package.tgz")])
    made = json.loads((tmp_path / "made.json").read_text("utf-8"))
    assert list(made["features"]) == ["css-gap", "html-hr"]
    assert made["features"]["css-gap"]["stats"] == {
        "gmail": {"ios": {"2019-10": "n", "2022-02": "y+"}},
        "outlook": {"macos": {"2016": "a", "2019-10": "u", "16.80": "y"}},
    }


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p onclick="go()">x</p>', "html-handler"),
        ('<img src="https://x.example/a.jpg" alt="" ONERROR=go()>', "html-handler"),
        ('<meta http-equiv="Refresh" content="0; url=https://x.example">', "html-refresh"),
    ],
)
def test_what_acts_by_itself_is_an_error(html: str, found: str) -> None:
    assert f"error {found}" in codes(unsupported_features, page(html))
