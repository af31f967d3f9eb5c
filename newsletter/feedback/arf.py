"""Complaints: RFC 5965 (ARF), and what Microsoft sends instead."""

import re
from collections.abc import Iterator

from newsletter.feedback.addresses import addresses, first_address, is_of_machines
from newsletter.feedback.mail import Headers, Mail, read_headers
from newsletter.feedback.notice import read_notice
from newsletter.model.feedback import Report, ReportKind

_TYPE = "message/feedback-report"
# RFC 5965 §7.3 and the registry: auth-failure (RFC 6591) and dmarc are about our domain, not-spam
# takes a complaint back, "other" tells nothing.
_COMPLAINTS = frozenset(
    {"abuse", "fraud", "virus", "miscategorized", "complaint", "opt-out", "opt-out-list"}
)
_LEAVES = frozenset({"opt-out", "opt-out-list"})
_RECIPIENTS = ("original-rcpt-to", "removal-recipient", "original-recipient")
# Microsoft's JMRP: the letter as it was, in a mail of its own; Amazon SES passes it on.
_JMRP = re.compile(r"^\s*complaint about message from\b", re.IGNORECASE)
_JMRP_FROM = re.compile(
    r"staff@(hotmail|outlook|live)\.|complaints@email-abuse\.amazonses\.", re.IGNORECASE
)


def is_complaint(mail: Mail) -> bool:
    """Whether a mail is a feedback report of any type, or stands for one."""
    return bool(mail.of_type(_TYPE)) or _is_jmrp(mail)


def complaints_of(mail: Mail, token: str | None) -> tuple[Report, ...]:
    """The complaints in a feedback report; () for a report of another type."""
    parts = mail.of_type(_TYPE)
    fields = read_headers(re.sub(r"\n\s*\n", "\n", parts[0].text.strip("\n"))) if parts else None
    kind = _kind(fields)
    if kind is None:
        return ()
    named = tuple(dict.fromkeys(_named(mail, fields or Headers())))
    return tuple(Report(recipient=each, kind=kind, token=token) for each in named or (None,))


def _is_jmrp(mail: Mail) -> bool:
    return bool(
        _JMRP.match(mail.headers.get("subject"))
        and _JMRP_FROM.search(mail.headers.get("from"))
        and mail.of_type("message/rfc822")
    )


def _kind(fields: Headers | None) -> ReportKind | None:
    told = "abuse" if fields is None else fields.get("feedback-type").strip().lower()
    if told not in _COMPLAINTS:
        return None
    return ReportKind.UNSUBSCRIBE if told in _LEAVES else ReportKind.COMPLAINT


def _named(mail: Mail, fields: Headers) -> Iterator[str]:
    """Who complains: as the report says, else whom the letter was for."""
    told = [a for value in fields.all(*_RECIPIENTS) for a in addresses(value)]
    if told:
        yield from told
        return
    letter = read_notice(mail).letter
    for name in ("x-hmxmroriginalrecipient", "delivered-to", "x-original-to", "to"):
        found = [first_address(value) for value in letter.all(name)]
        known = [address for address in found if address and not is_of_machines(address)]
        if known:
            yield known[0]
            return
