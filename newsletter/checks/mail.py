"""All questions to a mail, in the order in which an editor would ask them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from newsletter.checks.accessibility import accessibility
from newsletter.checks.client_support import SHARES, Support, support_of, unsupported_features
from newsletter.checks.contrast import contrasts
from newsletter.checks.given import Mail as Mail
from newsletter.checks.headers import all_parts, field, headers, is_attached, kind, parsed, text_of
from newsletter.checks.images import images
from newsletter.checks.leftovers import leftovers
from newsletter.checks.links import links
from newsletter.checks.places import located
from newsletter.checks.size import encoded_bytes, size
from newsletter.checks.spam import spam
from newsletter.checks.subject import preheader, subject
from newsletter.model.finding import Finding, Level, Report

MOST = 10  # findings of one code; the rest are counted
_TAG = re.compile(
    r"<(!doctype|html|head|title|meta|style|script|body|div|p|span|table|tr|td|h[1-6]|a|img|br|b|i|u"
    r"|em|strong|font|center|ul|ol|li|section|article|svg|form|input|iframe|mj[\w-]+)[\s/>]",
    re.IGNORECASE,
)
_JUNK = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MOST_JUNK, _MOST_UNREAD = 0.02, 0.2  # of the characters; noise has a tenth and a half
_OF_MESSAGES = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
_ORDER = {level: place for place, level in enumerate(Level)}

Check = Callable[[Mail], Iterator[Finding]]
OF_MAIL: tuple[Check, ...] = (subject, preheader, size, headers)
OF_PAGE: tuple[Check, ...] = (
    leftovers, links, images, accessibility, contrasts, spam, unsupported_features,
)  # fmt: skip


def check_mail(
    mail: Mail,
    *,
    shares: Mapping[str, float] = SHARES,
    templates: Mapping[str, str] | None = None,
    more: Iterable[Finding] = (),
) -> Report:
    """Everything that is wrong with a mail. Whatever is in it, this raises nothing.

    `shares` are the readers of each program family (caniemail's names: "gmail", "apple-mail"), in
    any unit. `templates` are the texts that it was made of, by the names that findings shall call
    them. `more` is what was found out elsewhere, such as dead links.
    """
    given = replace(mail, shares=shares)
    support = support_of(given) if is_html(mail.html) else None
    report = Report(
        name=mail.name,
        findings=tuple(
            located(each, templates or {}) for each in _in_order((*_found(given), *more))
        ),
        encoded_bytes=encoded_bytes(mail.html),
    )
    return _scored(report, support) if support else report


def _scored(report: Report, support: Support) -> Report:
    """Two decimals: more would be noise."""
    weighted = support.weighted
    return replace(
        report,
        score=round(support.score, 2),
        weighted=None if weighted is None else round(weighted, 2),
        families={name: round(score, 2) for name, score in support.families.items()},
    )


def _found(mail: Mail) -> Iterator[Finding]:
    if not is_html(mail.html) and not (mail.html == "" and _is_message(mail)):
        yield Finding(
            level=Level.ERROR,
            code="no-html",
            message="there is no HTML in it; give the mail as .html, or the whole message as .eml",
        )
        return
    for check in OF_MAIL:
        yield from check(mail)
    if not mail.html:
        yield Finding(
            level=Level.HINT,
            code="no-html-part",
            message="there is no HTML part: readers see the text alone, and only the headers are "
            "checked",
        )
    elif mail.page.fault:
        yield Finding(
            level=Level.ERROR,
            code="unreadable",
            message=f"the HTML cannot be checked: {mail.page.fault}; close what is open",
        )
    else:
        for check in OF_PAGE:
            yield from check(mail)


def is_html(html: str) -> bool:
    """Whether this is HTML at all, however bad: it has a tag, and is not mostly what bytes of
    pictures and archives are when they are read as text."""
    if not _TAG.search(html):
        return False
    junk, unread = len(_JUNK.findall(html)), html.count("\N{REPLACEMENT CHARACTER}")
    return junk <= len(html) * _MOST_JUNK and unread <= len(html) * _MOST_UNREAD


def _is_message(mail: Mail) -> bool:
    """Whether the bytes of a message are one: there is a header that mails have."""
    if mail.message is None:
        return False
    message = parsed(mail.message)
    return any(field(message, name) is not None for name in _OF_MESSAGES)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first, what is alike once; of many of one kind the first ten and their number."""
    alike: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.level, finding.code, finding.message)
        before = alike.get(key)
        count = before.count + finding.count if before else finding.count
        alike[key] = replace(before or finding, count=count)
    return sorted(_shortened(list(alike.values())), key=lambda each: _ORDER[each.level])


def _shortened(findings: list[Finding]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    whole = Counter(finding.code for finding in findings)
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= MOST:
            yield finding
        elif seen[finding.code] == MOST + 1:
            rest = whole[finding.code] - MOST
            yield replace(finding, message="and more like these", count=rest, place=None)


def read_message(content: bytes, *, name: str) -> Mail:
    """The mail in a message (RFC 5322): its first HTML part, its first text part, its subject
    (None where it has none, which is for `headers` to tell).
    Whatever is in the bytes, this raises nothing; a message without HTML has an empty one."""
    message = parsed(content)
    parts = [part for part in all_parts(message) if not is_attached(part)]
    html, text = (
        next((text_of(part) for part in parts if kind(part) == wanted), "")
        for wanted in ("text/html", "text/plain")
    )
    return Mail(name=name, html=html, text=text, subject=field(message, "Subject"), message=content)
