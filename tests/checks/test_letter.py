"""One question after the other: what each check finds, and what it lets pass."""

import pytest

from newsletter.checks.accessibility import VAGUE, accessibility
from newsletter.checks.contrast import contrasts
from newsletter.checks.given import Mail
from newsletter.checks.images import images
from newsletter.checks.leftovers import leftovers
from newsletter.checks.links import addresses, links, unreachable
from newsletter.checks.mail import check_mail
from newsletter.checks.size import encoded_bytes, size
from newsletter.checks.spam import spam
from newsletter.checks.subject import preheader, subject
from tests.checks.mails import WORDS, codes, page

LINK = '<a href="https://example.com/">The whole story</a>'
IMAGE = '<img src="https://example.com/a.jpg" alt="A quay" width="600" height="400">'
MUTE = IMAGE.replace("A quay", "")
LEAVE = '<a href="https://example.com/u">Unsubscribe</a>'


# --- size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "found"),
    [(84_000, []), (90_000, ["warning size"]), (100_080, ["error size"])],
)
def test_what_gmail_may_cut_is_an_error(length: int, found: list[str]) -> None:
    lines = "\n".join(["x" * 70] * (length // 72))
    assert codes(size, lines) == found


def test_the_size_is_that_of_the_encoded_part() -> None:
    assert encoded_bytes("a=ñ\nb") == len("a=3D=C3=B1\r\nb")


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("https://example.com/", []),
        ("mailto:desk@example.com", []),
        ("tel:+34600000000", []),
        ("#top", []),
        ("#part", []),
        ("http://example.com/", ["hint link-http"]),
        ("", ["error link-empty"]),
        ("#", ["error link-empty"]),
        ("#nowhere", ["error link-relative"]),
        ("/story", ["error link-relative"]),
        ("//example.com/", ["error link-relative"]),
        ("None", ["error link-relative"]),
        ("javascript:alert(1)", ["error link-scheme"]),
        ("java\nscript:alert(1)", ["error link-scheme"]),
        ("data:text/html,x", ["error link-scheme"]),
        ("ftp://example.com/", ["error link-scheme"]),
        ("https://", ["error link-broken"]),
        ("https://[", ["error link-broken"]),
        ("https://[2001:db8::1]/", []),
        ("https://exa mple.com/", ["error link-broken"]),
        ("https://example..com/", ["error link-broken"]),
        ("https://.example.com/", ["error link-broken"]),
        ("https://example.com./", []),
        ("https://example.com/a b", ["warning link-blank"]),
        ("mailto:", ["error link-broken"]),
        ("mailto:?", ["error link-broken"]),
        ("mailto:?subject=The%20quay", []),
        ("mailto:desk", ["error link-broken"]),
        ("mailto:the desk@example.com", ["error link-broken"]),
        ("mailto:desk@example..com", ["error link-broken"]),
        ("mailto:a@example.com,b%40example.com?subject=a b", []),
        ("tel:", ["error link-broken"]),
        ("tel:+", ["error link-broken"]),
        ("http://localhost:8000/", ["warning link-local"]),
        ("https://127.0.0.1/", ["warning link-local"]),
        ("https://localhost.example.com/", []),
    ],
)
def test_links_lead_somewhere(href: str, found: list[str]) -> None:
    assert codes(links, page(f'<p id="part"><a href="{href}">Go</a></p>')) == found


def test_our_own_letters_may_lead_to_this_machine_until_there_is_an_address() -> None:
    html = page('<a href="https://localhost/u">Go</a>')
    assert codes(links, Mail(html=html, marker="M")) == []


def test_the_addresses_to_be_tried_are_named_once_without_slots_and_fragments() -> None:
    hrefs = ["https://a.example/#x", "https://a.example/", "mailto:a@b.example", "http://c.example"]
    body = "".join(f'<a href="{href}">x</a>' for href in (*hrefs, "https://d.example/u/MxM"))
    found = addresses(Mail(html=page(body), marker="M"))
    assert found == ["https://a.example/", "http://c.example"]


def test_a_dead_link_is_an_error_and_a_guarded_one_a_hint() -> None:
    answers: dict[str, int | str] = {
        "https://a.example": 200,
        "https://b.example": 404,
        "https://c.example": 403,
    }
    found = [f"{each.level} {each.code}" for each in unreachable(answers)]
    assert found == ["error link-dead", "hint link-guarded"]


def test_a_server_that_cannot_be_asked_is_a_warning_with_one_way_out() -> None:
    reason = "no answer within 20 seconds; try again later"
    (finding,) = unreachable({"https://d.example": reason})
    assert (finding.level, finding.code) == ("warning", "link-dead")
    assert finding.message == (
        "https://d.example: no answer within 20 seconds; look whether the address is right"
    )


def test_an_address_on_this_machine_is_reached_by_no_reader() -> None:
    (finding,) = unreachable({"http://127.0.0.1:9/": "refused"})
    assert (finding.level, finding.code) == ("error", "link-dead")


# --- images -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        (IMAGE, []),
        (IMAGE.replace(' alt="A quay"', ""), ["error image-alt"]),
        (MUTE, []),
        (f'<a href="x">{MUTE}</a>', ["warning image-link-alt"]),
        (f'<a href="x">{MUTE}Quay</a>', []),
        (f'<a href="x" aria-hidden="true">{MUTE}</a>', []),
        (IMAGE.replace(' width="600"', ""), ["warning image-width"]),
        (IMAGE.replace(' height="400"', ""), ["hint image-height"]),
        (IMAGE.replace("https://example.com/a.jpg", "a.jpg"), ["error image-relative"]),
        (IMAGE.replace("https://example.com/a.jpg", "cid:a@b"), []),
        (IMAGE.replace("https:", "http:"), ["hint image-http"]),
        (IMAGE.replace("https://example.com/a.jpg", ""), ["error image-src"]),
        (IMAGE.replace("https://example.com/a.jpg", "data:image/gif,x"), ["warning image-data"]),
        ('<img src="https://x.example/open" width="1" height="1">', []),
        (IMAGE * 41, ["hint images-many"]),
    ],
)  # fmt: skip
def test_pictures_say_what_they_show_and_how_large_they_are(markup: str, found: list[str]) -> None:
    assert codes(images, page(markup)) == found


def test_heavy_pictures_are_told_of_where_their_weight_is_known() -> None:
    sources = [f"https://example.com/{number}.jpg" for number in range(4)]
    body = "".join(IMAGE.replace("https://example.com/a.jpg", source) for source in sources)
    weights = dict(zip(sources, (301_000, 299_000, 299_000, 299_000), strict=True))
    mail = Mail(html=page(body), weights=weights)
    assert codes(images, mail) == ["warning image-heavy", "warning images-heavy"]


# --- accessibility ------------------------------------------------------------------------------


def test_a_letter_that_says_all_this_passes() -> None:
    assert codes(accessibility, page(f"<h1>News</h1><h2>World</h2>{LINK}{IMAGE}")) == []


def test_a_letter_in_english_without_lang_is_an_error() -> None:
    assert codes(accessibility, page().replace(' lang="en"', "")) == ["error lang"]


@pytest.mark.parametrize("language", ["ar", "he-IL", "FA"])
def test_a_letter_that_runs_from_right_to_left_must_say_so(language: str) -> None:
    html = page(lang=language)
    assert codes(accessibility, html) == ["error dir"]
    assert codes(accessibility, html.replace("<body", '<body dir="rtl"')) == []


def test_a_letter_has_a_title() -> None:
    assert codes(accessibility, page().replace("News</title>", "</title>")) == ["warning title"]


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>", []),
        ("<h2>b</h2>", ["warning h1"]),
        ("<h1>a</h1><h1>b</h1>", ["warning h1"]),
        ("<h1>a</h1><h3>c</h3>", ["warning heading-order"]),
        ('<h1>a</h1><div style="display:none"><h1>b</h1></div>', []),
    ],
)
def test_headings_go_down_step_by_step_from_one(headings: str, found: list[str]) -> None:
    assert codes(accessibility, page(headings)) == found


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ('<table role="presentation"><tr><td>x</table>', []),
        ('<table role="NONE"><tr><td>x</table>', []),
        ("<table><tr><th>Team<td>x</table>", []),
        ("<table><tr><td>x</table>", ["warning table-role"]),
    ],
)
def test_tables_say_that_they_are_only_layout(table: str, found: list[str]) -> None:
    assert codes(accessibility, page(f"<h1>a</h1>{table}")) == found


def test_the_number_of_tables_is_told_once() -> None:
    (finding,) = accessibility(Mail(html=page("<h1>a</h1>" + "<table><tr><td>x</table>" * 2)))
    assert finding.count == 2
    assert finding.message.startswith("a table that only lays out")


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<a href="https://x.example"></a>', ["error link-text"]),
        ('<a href="https://x.example">&nbsp;</a>', ["error link-text"]),
        ('<a href="https://x.example" aria-hidden="true"></a>', []),
        ('<a name="here"></a>', []),
        (f'<a href="https://x.example">{IMAGE}</a>', []),
        ('<a href="https://x.example" aria-label="The quay"></a>', []),
        ('<a href="https://x.example">Click HERE »</a>', ["warning link-vague"]),
        ('<a href="https://x.example">Aquí</a>', ["warning link-vague"]),
        ('<a href="https://x.example" aria-label="More of the quay">More</a>', []),
        (LINK + LINK.replace("The whole story", "Read more"), []),
    ],
)
def test_links_say_where_they_lead(link: str, found: list[str]) -> None:
    assert codes(accessibility, page(f"<h1>a</h1>{link}")) == found


def test_vague_words_are_written_as_they_are_compared() -> None:
    for phrases in VAGUE.values():
        assert all(phrase == phrase.casefold().strip() for phrase in phrases)


# --- contrast -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>x</p>", []),
        ('<p style="color:#777">x</p>', ["warning contrast"]),
        ('<p style="color:#767676">x</p>', []),
        ('<p style="color:#949494; font-size:24px">x</p>', []),
        ('<p style="color:#949494; font-size:14pt; font-weight:700">x</p>', []),
        ('<p style="color:#949494; font-size:14pt">x</p>', ["warning contrast"]),
        ('<div style="background:#000"><p>x</p></div>', ["warning contrast"]),
        ('<div style="background:#000"><p style="color:white">x</p></div>', []),
        ('<table bgcolor="#000000"><td>x</table>', ["warning contrast"]),
        ('<table bgcolor="#000000"><td><font color="#fff">x</font></table>', []),
        ('<div style="background:url(a.jpg) #000"><p>x</p></div>', []),
        ('<div background="a.jpg"><p style="color:#eee">x</p></div>', []),
        ('<p style="color:#eee; display:none">x</p>', []),
        ('<div style="max-height:0;overflow:hidden"><p style="color:#fff">x</p></div>', []),
        ('<div style="font-size:0"><i style="color:#fff">x</i></div>', []),
        ('<div style="font-size:0"><i style="color:#fff;font-size:9px">x</i></div>',
         ["warning contrast"]),
        ('<div style="background:rgba(0,0,0,.9)"><p style="color:#fff">x</p></div>', []),
        ('<p style="color:var(--x)">x</p>', []),
        ('<body text="#eeeeee"><p>x</p>', ["warning contrast"]),
        ('<table bgcolor="#000" style="background:#fff"><td>x</table>', []),
        ('<table bgcolor="#000" style="background-color:transparent"><td>x</table>', []),
        ('<table bgcolor="#000" style="background:none"><td>x</table>', []),
        ('<table bgcolor="#fff" style="background:#000"><td>x</table>', ["warning contrast"]),
        ('<div background="a.jpg" style="background:#000"><p>x</p></div>', ["warning contrast"]),
        ('<div style="background-color:#000;background-image:url(a.jpg)">x</div>', []),
        ('<div style="height:0;overflow:hidden"><p style="color:#fff">x</p></div>', []),
        ('<div style="height:0"><p style="color:#fff">x</p></div>', ["warning contrast"]),
        ('<p style="font-size:1px;color:#fff">x</p>', []),
        ('<p style="font-size:0.5px;color:#fff">x</p>', []),
        ('<p style="font-size:11px;color:#fff">x</p>', ["warning contrast"]),
        ('<p style="background-image:url(a.jpg);color:#eee">x</p>', []),
        ('<p style="background:transparent;color:#eee">x</p>', ["warning contrast"]),
        ('<p style="background:none;color:#eee">x</p>', ["warning contrast"]),
        ('<p style="color:#fff">· · ·</p>', []),
        ('<p style="background:#00f"><a href="x">x</a></p>', ["warning contrast"]),
    ],
)  # fmt: skip
def test_text_stands_out_from_what_it_stands_on(markup: str, found: list[str]) -> None:
    assert codes(contrasts, page(markup)) == found


DARK = "<style>@media (prefers-color-scheme: dark) {%s}</style>"


@pytest.mark.parametrize(
    ("dark", "found"),
    [
        (".s {background: #111 !important} .t {color: #eee !important}", []),
        (".s {background: #111 !important}", ["warning contrast-dark"]),
        (".s {background: #111}", []),  # the style attribute wins
        (".t {color: #eee !important}", ["warning contrast-dark"]),
    ],
)
def test_text_stands_out_in_the_dark_too(dark: str, found: list[str]) -> None:
    body = (
        '<div class="s" style="background-color:#fff"><p class="t" style="color:#222">x</p></div>'
    )
    assert codes(contrasts, page(body, head=DARK % dark)) == found


def test_a_finding_of_contrast_names_colours_ratio_and_text() -> None:
    (finding,) = contrasts(Mail(html=page('<p style="color:#eee">Hello</p>' * 3)))
    assert finding.message.startswith("#eeeeee on #ffffff has a contrast of 1.16, and 4.5 is")
    assert "“Hello”" in finding.message
    assert finding.count == 3


@pytest.mark.parametrize(
    "ink", ["#999", "#999999", "rgb(153, 153, 153)", "rgb(153 153 153)", "#FFF", "White", "silver"]
)
def test_a_finding_of_contrast_names_the_line_however_the_colour_is_written(ink: str) -> None:
    html = page(f'<p>A white house, #9999990</p>\n<p style="color:{ink}">Hello</p>')
    report = check_mail(Mail(html=html), templates={"a.html": html})
    (finding,) = [each for each in report.findings if each.code == "contrast"]
    assert finding.place == "a.html:2"


def test_where_a_colour_came_from_elsewhere_the_ground_is_the_place() -> None:
    html = page('<p>One</p>\n<div style="background:black">Hello</div>')
    report = check_mail(Mail(html=html), templates={"a.html": html})
    (finding,) = [each for each in report.findings if each.code == "contrast"]
    assert finding.place == "a.html:2"


# --- leftovers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>{{ title }}</p>", ["error leftover-template"]),
        ('<a href="{{ url }}">x</a>', ["error leftover-template"]),
        ("<p>{% if x %}</p>", ["error leftover-template"]),
        ("<mj-text>x</mj-text>", ["error leftover-mjml"]),
        ("<p>&lt;mj-text></p>", ["error leftover-template"]),
        (r'<img alt="a\u{a0}b">', ["error leftover-escape"]),
        ("<p>*|FNAME|*</p>", ["error leftover-tag"]),
        ("<p>[[unsubscribe]]</p>", ["error leftover-tag"]),
        ("<p>%%first_name%%</p>", ["error leftover-tag"]),
        ("<p>%%first name%%</p>", ["warning leftover-tag"]),
        ("<p>as was shown [[1]]</p>", ["warning leftover-tag"]),
        ("<p>[[File:x.jpg]]</p>", ["warning leftover-tag"]),
        ("<p>100%% of %% x</p>", []),
        ("<p>Dear <%= name %></p>", ["warning leftover-tag"]),
        ("<p>Dear %FIRSTNAME%</p>", ["warning leftover-tag"]),
        ("<p>Dear ##NAME##</p>", ["warning leftover-tag"]),
        ("<p>Dear [FIRSTNAME]</p>", ["warning leftover-tag"]),
        ("<p>[UPDATED] [VIDEO] the quay [SIC]</p>", []),
        ('<a href="https://x.example/%CAFE%20%DATE%20">x</a>', []),
        ('<p style="color:{{colour}}">x</p>', ["warning leftover-style"]),
        ("<p>Tom &amp;amp; Ana&amp;nbsp;!</p>", ["hint double-escape", "hint double-escape"]),
        ("<p>EspaÃ±a</p>", ["warning encoding"]),
        ("<p>Espa\N{REPLACEMENT CHARACTER}a</p>", ["warning encoding"]),
        ("<td>None</td>", ["warning leftover-nothing"]),
        ("<p>None of them</p>", []),
        ("<p>AT&T, 50 %% of {it}, [1]</p>", []),
        ("<style>@media x{a{b:c}}</style>", []),
    ],
)
def test_what_was_not_filled_in_is_found(markup: str, found: list[str]) -> None:
    assert codes(leftovers, page(markup)) == found


@pytest.mark.parametrize(
    "words",
    [
        "How {{ handlebars }} work", "{{x}}", "%%Z Z%%", "%%name%%", r"\u{1F600}", "[[1]]",
        "[[link]]", "[[File:x.jpg]]", "x*|y|*z", "&lt;mj-text> at work", "Dear %FIRSTNAME%",
        "<%= name %>", "None",
    ],
)  # fmt: skip
def test_what_an_article_says_holds_no_edition(words: str) -> None:
    article = words.replace("&lt;", "<")
    mail = Mail(html=page(f"<p>{words}</p>"), subject=article, content=("Other", article))
    found = codes(leftovers, mail)
    assert found
    assert {each.partition(" ")[0] for each in found} == {"hint"}
    assert all("stands in the text of an article" in each.message for each in leftovers(mail))
    assert not any(
        each.startswith("hint") for each in codes(leftovers, Mail(html=mail.html, content=("No",)))
    )


def test_what_no_article_says_is_left_over_all_the_same() -> None:
    mail = Mail(html=page("<p>{{ title }} {{ body }}</p>"), content=("How {{ title }} works",))
    assert codes(leftovers, mail) == ["hint leftover-template", "error leftover-template"]


def test_slots_of_the_mails_own_are_filled_later() -> None:
    html = page('<a href="https://x.example/u/[[unsubscribe[[">Leave</a>')
    assert codes(leftovers, Mail(html=html, marker="[[")) == []


def test_the_text_part_and_the_subject_are_looked_at_too() -> None:
    mail = Mail(html=page(), text="Hello {{ name }}", subject="For *|FNAME|*")
    assert codes(leftovers, mail) == ["error leftover-template", "error leftover-tag"]


# --- spam ---------------------------------------------------------------------------------------

GOOD = page(f"<h1>News</h1><p>{WORDS}</p>{LEAVE}")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("A quiet harbour", []),
        ("NATO", []),
        ("ONLY TODAY FOR YOU", ["warning subject-capitals"]),
        ("Today!", []),
        ("Today!!", ["warning subject-exclamation"]),
    ],
)
def test_a_subject_does_not_shout(said: str, found: list[str]) -> None:
    assert codes(spam, Mail(html=GOOD, subject=said)) == found


def test_a_mail_that_is_a_picture_is_told_of() -> None:
    assert codes(spam, page(IMAGE + LEAVE)) == ["warning little-text"]


def test_few_words_for_many_pictures_are_a_hint() -> None:
    assert codes(spam, page(f"<p>{WORDS}</p>{IMAGE * 9}{LEAVE}")) == ["hint many-pictures"]


def test_hidden_words_do_not_count() -> None:
    html = page(f'<p style="display:none">{WORDS}</p>{LEAVE}')
    assert codes(spam, html) == ["warning little-text"]


def test_a_mail_has_a_text_part_where_that_is_known() -> None:
    assert codes(spam, Mail(html=GOOD, text=" ")) == ["warning no-text-part"]


@pytest.mark.parametrize(
    "said", ["Darse de baja", "Se désabonner", "Abbestellen", "إلغاء الاشتراك"]
)
def test_the_way_out_is_known_in_many_languages(said: str) -> None:
    assert codes(spam, GOOD.replace("Unsubscribe", said)) == []


@pytest.mark.parametrize(
    ("said", "href"),
    [
        ("Leave", "https://x.example/unsub?id=1"),
        ("Leave", "https://x.example/opt-out"),
        ("Leave", "mailto:list@x.example?subject=unsubscribe"),
        ("Cancelar suscripción", "https://x.example/"),
        ("Cancelar a subscrição", "https://x.example/"),
        ("Annulla l’iscrizione", "https://x.example/"),
        ("Opt out", "https://x.example/"),
    ],
)
def test_a_way_out_is_known_by_its_words_or_its_address(said: str, href: str) -> None:
    assert codes(spam, page(f'<p>{WORDS}</p><a href="{href}">{said}</a>')) == []


NO_WAY_OUT = [
    ("La marea baja por la tarde", "https://x.example/baja"),
    ("Surfing in Baja California", "https://x.example/"),
    ("Anular la ley", "https://x.example/"),
    ("Voters' preferences", "https://x.example/preferences"),
    ("Schools adopt outdoor lessons", "https://x.example/adoptoutdoor"),
]


@pytest.mark.parametrize(("said", "href"), NO_WAY_OUT)
def test_a_headline_is_no_way_out(said: str, href: str) -> None:
    html = page(f'<p>{WORDS}</p><a href="{href}">{said}</a>')
    assert codes(spam, html) == ["warning no-unsubscribe"]


def test_only_the_slot_leads_out_of_a_letter_of_ours() -> None:
    assert codes(spam, Mail(html=GOOD, marker="M")) == ["error no-unsubscribe"]
    slot = GOOD.replace("https://example.com/u", "https://example.com/u/MunsubscribeM")
    assert codes(spam, Mail(html=slot, marker="M")) == []


def test_a_letter_of_ours_without_a_way_out_is_an_error() -> None:
    html = GOOD.replace(LEAVE, "")
    assert codes(spam, Mail(html=html, marker="M")) == ["error no-unsubscribe"]
    assert codes(spam, html) == ["warning no-unsubscribe"]
    slot = '<a href="https://x.example/u/MunsubscribeM">Adéu</a>'
    assert codes(spam, Mail(html=GOOD.replace(LEAVE, slot), marker="M")) == []


# --- subject and preheader ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("A quiet harbour", []),
        ("", ["error subject-empty"]),
        ("a\nb", ["error subject-control"]),
        ("a\x07b", ["error subject-control"]),
        ("a\u2028b", ["error subject-control"]),
        ("Two  blanks", []),
        ("100\N{NO-BREAK SPACE}% sure", []),
        ("a folded\tsubject", []),
        ("x" * 61, ["hint subject-cut"]),
        ("x" * 79, ["warning subject-long"]),
        (None, []),
    ],
)
def test_a_subject_fits_an_inbox(said: str | None, found: list[str]) -> None:
    assert codes(subject, Mail(html="", subject=said)) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("And more", []),
        (" ", ["hint preheader-empty"]),
        ("x" * 151, ["hint preheader-long"]),
        ("a quiet HARBOUR", ["hint preheader-repeats"]),
        (None, []),
    ],
)
def test_a_preheader_adds_to_the_subject(said: str | None, found: list[str]) -> None:
    mail = Mail(html="", subject="A quiet harbour", preheader=said)
    assert codes(preheader, mail) == found
