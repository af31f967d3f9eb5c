"""Who it was, in a notice of plain words: every way in which servers name a reader."""

import re
from collections.abc import Iterable, Iterator

from newsletter.feedback.addresses import ADDRESS, addresses, clean, is_of_machines
from newsletter.feedback.mail import Mail
from newsletter.feedback.notice import Notice

_LETTER_TO = ("x-failed-recipients", "to", "cc", "x-original-to", "delivered-to")
_OUTER = ("to", "from", "reply-to", "delivered-to", "x-original-to", "return-path")
_INNER = ("from", "return-path", "sender", "reply-to")


class Naming:
    """One way of naming a reader on a line, and who uses it. The last group is the address."""

    def __init__(self, *patterns: str, by: str, certain: bool = True) -> None:
        self.by = by
        self.certain = certain
        joined = "|".join(patterns).replace("ADDRESS", f"({ADDRESS})")
        self._pattern = re.compile(joined, re.IGNORECASE)

    def found(self, lines: Iterable[str]) -> Iterator[str]:
        """The readers that are named so, but for those that a line gives for help."""
        for line in lines:
            for match in self._pattern.finditer(line):
                address = clean(match[match.lastindex or 0])
                before = line[: match.end()].partition(address)[0]
                if not is_of_machines(address) and not _FOR_HELP.search(before):
                    yield address


_FOR_HELP = re.compile(
    r"contact|assistance|help|questions?|support|write to|postmaster|administrator"
    r"|please (send|forward)|from:|sender|reply-to|mail from|on behalf|return-path",
    re.IGNORECASE,
)

# Two that begin a line with nothing else before the address; they are believed before the field
# X-Failed-Recipients, which gives the address as it was before Exim rewrote it.
_HEADS = (
    Naming(
        r"^\s*\"ADDRESS\"\s*:",
        r"^(?![^<>]{0,70}rcpt)[^<>]{0,80}<\s*ADDRESS\s*>\s*(?:\([^)]{0,200}\)\s*)?:\s*(?!//)",
        r"^\s*ADDRESS\s*:\s*(?!//)",
        by="qmail, Yahoo, Postfix (<jane@…>:), 1&1 (jane@…:), GMX (in quotes)",
    ),
    Naming(
        r"^[\s*•·>-]*(?:\d+[.)]\s*)?[\"'(\[<]?\s*ADDRESS\s*>?[\"')\]]?\s*[.,;]?\s*$",
        by="Exim, Exchange, Gmail, Domino: alone on a line",
    ),
)
_WAYS = (
    *_HEADS,
    Naming(
        r"^[\s>*•-]*(?:[45]\d\d[ -](?:[45]\.\d\.\d{1,3} )?)?<?\s*ADDRESS\s*>?\s*"
        r"(?:\.\.\.|…|,\s|\s-+\s|\son\s|\s+\S)",
        by="sendmail (jane@…... User unknown), Zoho, Exchange (jane@… on 4/29/01)",
    ),
    Naming(
        r"rcpt[ _]to\W{1,4}ADDRESS",
        r"rejected (?:the )?recipient\s*<ADDRESS>",
        by="the dialogue, wherever it is shown, or told",
    ),
    Naming(r"smtp=ADDRESS\s+on\s", by="Exchange 5, for whom it knows by an X.400 name"),
    Naming(
        r"^\W{0,4}[\w '’-]{0,40}(?:recipients?|address(?:es)?|rcpt|to|empf[^\s:]{0,4}nger"
        r"|destinatari[oe]s?|destinataires?|получател\w|宛先|受信者|收件人)[\w '’-]{0,24}"
        r"\s*[:=：]\s*(?:rfc822;)?\s*(?:\"[^\"]{0,60}\"\s*)?<?\s*ADDRESS",
        by="fields of any kind: Recipient: jane@…, Addressed To: jane@…",
    ),
    Naming(
        r"^\s*[\w ,-]{3,60}: *<?ADDRESS>?\s*$",
        by="IMail (Unknown user: jane@…)",
    ),
    Naming(
        r"\b(?:deliver\w*|errors?|reach|sent?|sending|recipients?|mailbox|user|account|address"
        r"|e-?mail|to|for|message|list|in|an|à)\s*:?\s*[\"'“«(\[<]?\s*ADDRESS",
        by="sentences: Gmail, DragonFly, InterScan, X6",
        certain=False,
    ),
)


def named_in(mail: Mail, notice: Notice, lines: list[str]) -> list[str]:
    """The readers that a notice names, in the surest way that it names any."""
    to = _unique(a for value in notice.letter.all(*_LETTER_TO) for a in addresses(value))
    failed = [a for value in mail.headers.all("x-failed-recipients") for a in addresses(value)]
    ours = _own(mail, notice)
    for way in _WAYS:
        if failed and way not in _HEADS:
            return _unique(failed)
        found = _unique(a for a in way.found(lines) if a.lower() not in ours)
        if found:
            return found if way.certain else _meant(found, to)
    # Who wrote to himself is both.
    alone = _unique(a for way in _HEADS for a in way.found(lines))
    return alone or [address for address in to if address.lower() not in ours][:1]


def _meant(found: list[str], to: list[str]) -> list[str]:
    """Of addresses in sentences those that the letter was for, else the first."""
    known = {address.lower() for address in to}
    return [address for address in found if address.lower() in known] or found[:1]


def _own(mail: Mail, notice: Notice) -> set[str]:
    """Addresses that are no reader's: the report's own, and the letter's sender."""
    values = (*mail.headers.all(*_OUTER), *notice.letter.all(*_INNER))
    to = {a.lower() for value in notice.letter.all("to") for a in addresses(value)}
    return {a.lower() for value in values for a in addresses(value)} - to


def _unique(found: Iterable[str]) -> list[str]:
    """Each address once, however it is written."""
    return list({address.lower(): address for address in found}.values())
