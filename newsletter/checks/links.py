"""Where links lead, as they are written. Whether that can be reached is asked outside."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from newsletter.checks.given import Mail
from newsletter.checks.places import literal
from newsletter.model.finding import Finding, Level
from newsletter.model.letter import Personal

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_BLANKS = re.compile(r"[\t\n\r]+")  # a browser drops them: "java\nscript:"
_SHOWN = 80  # characters of an address in a message


def addresses(mail: Mail) -> list[str]:
    """The web addresses that the mail links to, once each, in order, without their fragments.
    Those with an unfilled slot of ours lead nowhere yet and are left out."""
    found = (_plain(each) for each in _hrefs(mail) if not (mail.marker and mail.marker in each))
    web = (each.partition("#")[0] for each in found if _scheme(each) in ("http", "https"))
    return list(dict.fromkeys(web))


def links(mail: Mail) -> Iterator[Finding]:
    """Links that lead nowhere or that mail programs take out."""
    names = _names(mail)
    for href in dict.fromkeys(_hrefs(mail)):
        if problem := _problem(_named_slots(_plain(href), mail.marker), names):
            level, code, message = problem
            yield Finding(level=level, code=code, message=message, place=literal(href))


def unreachable(answers: Mapping[str, int | str]) -> Iterator[Finding]:
    """Findings for what was heard behind the addresses: an HTTP status, or why there was none.

    What only a visitor may not (401, 403, 429) may well be there for a reader, and is a hint.
    """
    for url, answer in answers.items():
        if isinstance(answer, int) and answer < 400:
            continue
        guarded = answer in (401, 403, 405, 429, 999)
        said = f"the server answers {answer}" if isinstance(answer, int) else answer
        yield Finding(
            level=Level.HINT if guarded else Level.ERROR,
            code="link-guarded" if guarded else "link-dead",
            message=f"{_short(url)}: {said}; open it in a browser and correct it if it has moved",
            place=literal(url),
        )


def _hrefs(mail: Mail) -> list[str]:
    elements = mail.page.tagged("a", "area")
    return [each.attributes["href"] for each in elements if "href" in each.attributes]


def _plain(href: str) -> str:
    return _BLANKS.sub("", href).strip()


def _named_slots(href: str, marker: str | None) -> str:
    """The address as a layout has it: what is filled in for each reader by its name."""
    for name in Personal if marker else ():
        href = href.replace(f"{marker}{name.value}{marker}", f"({name.value})")
    return href


def _scheme(href: str) -> str:
    found = _SCHEME.match(href)
    return found[1].lower() if found else ""


def _problem(href: str, names: frozenset[str]) -> tuple[Level, str, str] | None:
    scheme = _scheme(href)
    if not href:
        return Level.ERROR, "link-empty", 'a link has no address (href=""); name one or unlink it'
    if href.startswith("#"):
        return _fragment(href, names)
    if not scheme:
        return (
            Level.ERROR,
            "link-relative",
            f"{_short(href)} is no whole address, and mails have no base; write https:// and host",
        )
    if scheme not in SCHEMES:
        return (
            Level.ERROR,
            "link-scheme",
            f"{_short(href)}: mail programs take {scheme}: links out; use https: or mailto:",
        )
    return _weak(href, scheme)


def _fragment(href: str, names: frozenset[str]) -> tuple[Level, str, str] | None:
    if href == "#":
        return Level.ERROR, "link-empty", 'a link leads to "#", which is nowhere; name an address'
    if href[1:] in names:
        return None
    return Level.ERROR, "link-relative", f"{_short(href)}: nothing in the mail has this name"


def _names(mail: Mail) -> frozenset[str]:
    """What can be linked to within the mail; "top" always can (HTML 7.4.6.4)."""
    marks = (each.attributes.get(name) for each in mail.page.elements for name in ("id", "name"))
    return frozenset(mark for mark in marks if mark) | {"top"}


def _weak(href: str, scheme: str) -> tuple[Level, str, str] | None:
    if scheme in ("http", "https") and not _host(href):
        return Level.ERROR, "link-broken", f"{_short(href)} names no host; correct the address"
    if scheme == "http":
        return Level.HINT, "link-http", f"{_short(href)} is not encrypted; write https:// if it can"
    return None


def _host(href: str) -> str | None:
    try:
        return urlsplit(href).hostname
    except ValueError:  # an address like http://[
        return None


def _short(href: str) -> str:
    return href if len(href) <= _SHOWN else href[: _SHOWN - 1] + "…"


def all_addresses(mails: Iterable[Mail]) -> list[str]:
    """The web addresses of several mails, once each."""
    return list(dict.fromkeys(url for mail in mails for url in addresses(mail)))
