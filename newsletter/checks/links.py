"""Where links lead, as they are written. Whether that can be reached is asked outside."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from newsletter.checks.given import Mail
from newsletter.checks.places import literal
from newsletter.model.finding import Finding, Level
from newsletter.model.letter import Personal

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_BLANKS = re.compile(r"[\t\n\r]+")  # a browser drops them: "java\nscript:"
# Of this machine, whichever that is (RFC 6761 §6.3, RFC 1122 §3.2.1.3).
_LOCAL = re.compile(r"(.+\.)?localhost\.?|127(\.\d+){1,3}|0\.0\.0\.0|::1", re.IGNORECASE)
_LABELS = re.compile(r"[^\s.@]+(\.[^\s.@]+)*\.?")
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
        plain = _named_slots(_plain(href), mail.marker)
        if problem := _problem(plain, names) or _foreign(plain, mail.marker):
            level, code, message = problem
            yield Finding(level=level, code=code, message=message, place=literal(href))


def unreachable(answers: Mapping[str, int | str]) -> Iterator[Finding]:
    """Findings for what was heard behind the addresses: an HTTP status, or why there was none.

    What only a visitor may not (401, 403, 429) may well be there for a reader, and is a hint. A
    server that was not heard may answer tomorrow: a warning; one on this machine never does.
    """
    for url, answer in answers.items():
        if isinstance(answer, str):
            yield _unheard(url, answer)
        elif answer >= 400:
            guarded = answer in (401, 403, 405, 429, 999)
            yield Finding(
                level=Level.HINT if guarded else Level.ERROR,
                code="link-guarded" if guarded else "link-dead",
                message=f"{_short(url)}: the server answers {answer}; open it in a browser and "
                "correct it if it has moved",
                place=literal(url),
            )


def _unheard(url: str, reason: str) -> Finding:
    """The reason without its own way out, which is for whoever reads a source."""
    local = _is_local(_host(url) or "")
    why = "it leads to the machine that sends" if local else reason.partition(";")[0].strip()
    way_out = "name an address that readers reach" if local else "look whether the address is right"
    return Finding(
        level=Level.ERROR if local else Level.WARNING,
        code="link-dead",
        message=f"{_short(url)}: {why}; {way_out}",
        place=literal(url),
    )


def _is_local(host: str) -> bool:
    return _LOCAL.fullmatch(host) is not None


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
    if fault := _unwritten(href, scheme):
        return Level.ERROR, "link-broken", f"{_short(href)} {fault}; correct the address"
    if scheme in ("http", "https") and " " in href:
        return Level.WARNING, "link-blank", f"{_short(href)} holds a blank; write %20 for it"
    if scheme == "http" and not _is_local(_host(href) or ""):
        return Level.HINT, "link-http", f"{_short(href)} is not encrypted; write https:// if it can"
    return None


def _unwritten(href: str, scheme: str) -> str | None:
    """What keeps an address from being one. A mailto: without a receiver that brings a subject or
    text is a letter that the reader sends to a friend (RFC 6068 §2)."""
    rest, _, fields = href.partition(":")[2].partition("?")
    if scheme == "tel":
        return None if any(each.isdecimal() for each in rest) else "names no number"
    if scheme == "mailto":
        if not rest.strip():
            return None if "=" in fields else "names no address"
        receivers = (unquote(each).rpartition("@") for each in rest.split(","))
        right = all(name.strip() and _LABELS.fullmatch(host.strip()) for name, _, host in receivers)
        return None if right and " " not in rest.strip() else "is no mail address"
    host = _host(href)
    if not host:
        return "names no host"
    return (
        None if ":" in host or _LABELS.fullmatch(host) else f"names a host {host!r} that cannot be"
    )


def _foreign(href: str, marker: str | None) -> tuple[Level, str, str] | None:
    """Our own letters hold addresses of this machine until the publisher has one."""
    if marker or _scheme(href) not in ("http", "https") or not _is_local(_host(href) or ""):
        return None
    return (
        Level.WARNING,
        "link-local",
        f"{_short(href)} leads to the machine of whoever reads; name an address that they reach",
    )


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
