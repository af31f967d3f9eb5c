"""Whether a mail can be read by those who hear it or see little of it (WCAG 2.2, by section)."""

import re
from collections.abc import Iterator

from newsletter.checks.given import Mail
from newsletter.checks.page import Element
from newsletter.checks.places import literal
from newsletter.checks.visible import hidden_elements
from newsletter.lib.text import one_line
from newsletter.model.finding import Finding, Level

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# What says nothing of where a link leads, when it is heard alone in a list of links.
VAGUE = {
    "ar": ("هنا", "اضغط هنا", "انقر هنا", "المزيد", "اقرأ المزيد"),
    "ca": ("aquí", "clica aquí", "fes clic aquí", "més", "llegir més", "enllaç"),
    "de": ("hier", "hier klicken", "klicken sie hier", "mehr", "weiterlesen", "link", "mehr lesen"),
    "en": (
        "here", "click here", "click", "this", "this link", "link", "more", "read more",
        "learn more", "see more", "tap here",
    ),
    "es": (
        "aquí", "haz clic aquí", "haga clic aquí", "clic aquí", "pincha aquí", "pulsa aquí", "más",
        "leer más", "ver más", "saber más", "enlace", "este enlace",
    ),
    "fr": ("ici", "cliquez ici", "lire la suite", "en savoir plus", "plus", "lien", "ce lien"),
    "it": ("qui", "clicca qui", "leggi di più", "leggi tutto", "altro", "link", "scopri di più"),
    "pt": ("aqui", "clique aqui", "ler mais", "leia mais", "saiba mais", "mais", "link"),
}  # fmt: skip
_VAGUE = frozenset(phrase for phrases in VAGUE.values() for phrase in phrases)

_HEADING = re.compile(r"h[1-6]")
_EDGES = " .,:;!?…→»›>«‹<()[]·-–—'\"“”¡¿\N{NO-BREAK SPACE}"
_SHOWN = 60


def accessibility(mail: Mail) -> Iterator[Finding]:
    """What keeps readers of a screen reader, or of a large print, from the mail."""
    seen = _seen(mail)
    yield from _language(mail)
    yield from _title(mail)
    yield from _headings(mail, [each for each in seen if _HEADING.fullmatch(each.tag)])
    yield from _tables(mail, [each for each in seen if each.tag == "table"])
    yield from _links(mail, [each for each in seen if each.tag == "a"])


def _seen(mail: Mail) -> list[Element]:
    hidden = hidden_elements(mail.page, mail.styles)
    return [each for each in mail.page.elements if each.index not in hidden]


def _language(mail: Mail) -> Iterator[Finding]:
    root = next(mail.page.tagged("html"), None)
    body = next(mail.page.tagged("body"), None)
    said = root.attributes.get("lang", "").strip() if root else ""
    if not said:
        yield Finding(
            level=Level.ERROR,
            code="lang",
            message='<html> has no lang: screen readers guess how to say it; write lang="en"',
            place=r"<(mjml|html)\b",
        )
    directions = [each.attributes.get("dir", "").lower() for each in (root, body) if each]
    if said.lower().partition("-")[0] in RIGHT_TO_LEFT and "rtl" not in directions:
        yield Finding(
            level=Level.ERROR,
            code="dir",
            message=f'the mail is in {said!r}, which runs from right to left; write dir="rtl" '
            "on <html>",
            place=r"<(mjml|html)\b",
        )


def _title(mail: Mail) -> Iterator[Finding]:
    if not any(mail.page.text(each) for each in mail.page.tagged("title")):
        yield Finding(
            level=Level.WARNING,
            code="title",
            message="the mail has no <title>: it is the first thing that is read out; write one",
            place=r"<(mj-)?head\b",
        )


def _headings(mail: Mail, headings: list[Element]) -> Iterator[Finding]:
    first = sum(each.tag == "h1" for each in headings)
    if first != 1:
        found = "none" if not first else str(first)
        yield Finding(
            level=Level.WARNING,
            code="h1",
            message=f"a mail has one <h1>, which says what it is; this has {found}",
            place=r"<h1\b",
        )
    levels = [int(each.tag[1]) for each in headings]
    for before, heading in zip(levels, headings[1:], strict=False):
        if int(heading.tag[1]) > before + 1:
            yield Finding(
                level=Level.WARNING,
                code="heading-order",
                message=f"<{heading.tag}> {_quoted(mail.page.text(heading))} follows an "
                f"<h{before}>; leave no level out",
                place=rf"<{heading.tag}\b",
            )


def _tables(mail: Mail, tables: list[Element]) -> Iterator[Finding]:
    """Tables that lay out a page are read out cell by cell as tables, unless they say otherwise.
    Those with a head or caption are tables of data."""
    silent = [
        each
        for each in tables
        if each.attributes.get("role", "").lower() not in ("presentation", "none")
        and not any(mail.page.within(each, "th", "caption"))
    ]
    if silent:
        yield Finding(
            level=Level.WARNING,
            code="table-role",
            message="a table that only lays out the mail is read out as a table; write "
            'role="presentation" on it',
            place=r"<table\b(?![^<>]{0,500}\brole)",
            count=len(silent),
        )


def _links(mail: Mail, links: list[Element]) -> Iterator[Finding]:
    """A link may be vague where another, such as the headline above, says where both lead."""
    heard = [each for each in links if _is_heard(each)]
    said = {each.index: spoken(mail, each) for each in heard}
    told = {each.attributes["href"] for each in heard if _speaks(said[each.index])}
    for link in heard:
        if not said[link.index]:
            yield _link(mail, link, Level.ERROR, "link-text", "holds nothing that can be read")
        elif not _speaks(said[link.index]) and link.attributes["href"] not in told:
            yield _link(
                mail, link, Level.WARNING, "link-vague",
                f"says only {_quoted(said[link.index])}, and many hear links one by one",
            )  # fmt: skip


def _is_heard(link: Element) -> bool:
    return "href" in link.attributes and link.attributes.get("aria-hidden") != "true"


def _speaks(said: str) -> bool:
    return bool(said) and said.casefold().strip(_EDGES) not in _VAGUE


def spoken(mail: Mail, link: Element) -> str:
    """What a screen reader says of a link: its label, or its text and what its pictures show."""
    if label := link.attributes.get("aria-label", "").strip():
        return one_line(label)
    pictures = (each.attributes.get("alt", "") for each in mail.page.within(link, "img"))
    text = one_line(" ".join((mail.page.text(link), *pictures)))
    return text or one_line(link.attributes.get("title", ""))


def _link(mail: Mail, link: Element, level: Level, code: str, problem: str) -> Finding:
    href = link.attributes["href"].strip()
    return Finding(
        level=level,
        code=code,
        message=f"the link to {href[:_SHOWN]} {problem}; say where it leads",
        place=literal(href) if href else None,
    )


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
