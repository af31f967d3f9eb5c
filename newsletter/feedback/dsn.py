"""Delivery status notifications: RFC 3464, with the addresses of RFC 6533."""

import re
from collections.abc import Iterator

from newsletter.feedback.addresses import typed_address
from newsletter.feedback.failure import Failure
from newsletter.feedback.mail import Headers, Mail, read_status_fields
from newsletter.model.feedback import Reason

_TYPES = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/xdelivery-status",
    "text/delivery-status",
)
_RECIPIENTS = ("final-recipient", "x-actual-recipient", "original-recipient")
_OF_A_RECIPIENT = frozenset({*_RECIPIENTS, "action", "status", "diagnostic-code"})
_HOSTS = ("remote-mta", "x-remote-mta", "x-smtp-server")
_MAX_RECIPIENTS = 100
# What PowerMTA makes of an answer, as its manual lists it.
_CATEGORIES = {
    "bad-mailbox": Reason.NO_MAILBOX,
    "inactive-mailbox": Reason.DISABLED,
    "bad-domain": Reason.BAD_DOMAIN,
    "quota-issues": Reason.FULL,
    "spam-related": Reason.SPAM,
    "virus-related": Reason.VIRUS,
    "policy-related": Reason.POLICY,
    "content-related": Reason.POLICY,
    "invalid-sender": Reason.POLICY,
    "relaying-issues": Reason.POLICY,
    "message-expired": Reason.EXPIRED,
    "bad-connection": Reason.NETWORK,
    "no-answer-from-host": Reason.NETWORK,
    "routing-errors": Reason.NETWORK,
    "bad-configuration": Reason.SYSTEM,
    "protocol-errors": Reason.SYSTEM,
}
_CODE = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})")
_SMTP = re.compile(r"^\s*smtps?\s*;\s*", re.IGNORECASE)  # another type tells who speaks
_REPORTER = re.compile(
    r"^\s*Reporting-MTA:\s*(?:\w+\s*;)?\s*(\S{1,200})", re.IGNORECASE | re.MULTILINE
)
_NEXT = re.compile(r"\n(?=(?:original|final)-recipient:)", re.IGNORECASE)
# Inside a notice that is otherwise plain text (Amazon WorkMail, IBM, old Exim configurations).
_IN_TEXT = re.compile(r"^[ \t]*Final-Recipient:[^\n]*@", re.IGNORECASE | re.MULTILINE)


def has_status(mail: Mail) -> bool:
    """Whether a mail has a part for machines that tells of deliveries."""
    return bool(mail.of_type(*_TYPES))


def failures_of(mail: Mail, notice: str) -> tuple[Failure, ...]:
    """What the status parts say went wrong, else a notice that has their fields in its text.

    What was delivered, relayed or expanded is no failure; what will be tried again is marked.
    """
    blocks = [block for part in mail.of_type(*_TYPES) for block in _blocks(part.text)]
    if not blocks and _IN_TEXT.search(notice):
        blocks = _blocks(re.sub(r"(?m)^[ \t]+(?=[A-Z][\w-]+:)", "", notice))
    reporter = _reporter(mail, notice)
    return tuple(
        _failure(block, reporter) for block in blocks[:_MAX_RECIPIENTS] if not _has_arrived(block)
    )


def tells(mail: Mail, notice: str) -> bool:
    """Whether there are fields of a recipient, failed or not."""
    return any(_blocks(part.text) for part in mail.of_type(*_TYPES)) or bool(
        _IN_TEXT.search(notice)
    )


def _blocks(text: str) -> list[Headers]:
    """The fields of each recipient. Some servers forget the empty line between two, others put
    one between the fields of one."""
    found = list[Headers]()
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        for headers in _of_recipients(paragraph):
            if found and not _names(headers) & set(_RECIPIENTS):
                found[-1] = Headers((*found[-1].fields, *headers.fields))
            else:
                found.append(headers)
    return [headers for headers in found if _names(headers) & set(_RECIPIENTS)]


def _of_recipients(paragraph: str) -> Iterator[Headers]:
    begun = Headers()
    for piece in _NEXT.split(paragraph):
        headers = read_status_fields(piece)
        if not _names(headers) & _OF_A_RECIPIENT:
            continue
        # Original-Recipient and Final-Recipient of one reader follow each other.
        if begun.fields and _begins(begun, headers):
            yield begun
            begun = headers
        else:
            begun = Headers((*begun.fields, *headers.fields))
    if begun.fields:
        yield begun


def _begins(before: Headers, after: Headers) -> bool:
    return any(name in before and name in after for name in _RECIPIENTS)


def _names(headers: Headers) -> set[str]:
    return {name for name, _ in headers.fields}


def _has_arrived(block: Headers) -> bool:
    action = block.get("action").strip().lower()
    return action.startswith(("deliver", "relay", "expand")) or block.get("status").startswith("2")


def _reporter(mail: Mail, notice: str) -> str:
    """Who speaks, where no other server is named."""
    text = "\n".join(part.text for part in mail.of_type(*_TYPES)) or notice
    found = _REPORTER.search(text)
    return found[1] if found else ""


def _failure(block: Headers, reporter: str) -> Failure:
    action = block.get("action").strip().lower()
    words = " ".join(_SMTP.sub("", value) for value in block.all("diagnostic-code"))
    code = _CODE.match(block.get("status"))
    hosts = [re.sub(r"^\s*[\w-]{1,10}\s*;", "", value).strip() for value in block.all(*_HOSTS)]
    return Failure(
        recipients=tuple(
            dict.fromkeys(
                address
                for name in _RECIPIENTS
                for value in block.all(name)
                if (address := typed_address(value))
            )
        ),
        words=words.strip() or _CODE.sub("", block.get("status")).strip(),  # Sun: 5.1.1 (refused)
        status=code[1] if code else "",
        host=" ".join(hosts) or reporter,
        late=action.startswith("delay"),
        category=_CATEGORIES.get(block.get("x-powermta-bouncecategory").strip().lower()),
        given_up=action.startswith("fail"),
    )
