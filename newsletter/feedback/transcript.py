"""Reports in plain words: what servers without RFC 3464 write, and where it names a reader.

qmail, Exim, sendmail, Exchange, Domino, Yahoo, mail.ru, Zoho, DragonFly and many more: each row of
the table is a way of naming who did not get the letter, from the surest to a guess.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from newsletter.feedback.addresses import ADDRESS, addresses, clean, is_of_machines
from newsletter.feedback.failure import Failure
from newsletter.feedback.mail import Mail
from newsletter.feedback.notice import Notice

_MAX_LINES = 600
_MAX_RECIPIENTS = 100
_LETTER_TO = ("x-failed-recipients", "to", "cc", "x-original-to", "delivered-to")

# A report that is none yet: the server goes on trying.
_STILL_TRIED = re.compile(
    r"warning message only|do not need to (resend|send|re-?transmit)|no need to (resend|re-?send)"
    r"|(will|shall) (continue|keep|be (re-?tried|attempted)|retry|try again)|still (being )?(tried|trying)"
    r"|(delivery )?attempts will (continue|be made)|has not (yet )?been delivered|not yet been delivered"
    r"|(is|was|has been) (being )?delayed|delivery (is|has been) delayed|will be (re-?tried|re-?attempted)",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"giv(e|en|ing) up|permanent (error|fail)|could not be delivered|undeliverable|returned to (the )?sender"
    r"|no longer|last attempt|has failed|failed permanently|has been returned",
    re.IGNORECASE,
)

# What must be said somewhere: a notice that tells of no failure is none.
_FAILED = re.compile(
    r"(un|not |n't |never |cannot |could not |unable to |failed to )(be )?(deliver|reach|sent?\b|transmit|forward)"
    r"|fail(ed|ure)|return(ed|ing) (mail|to|message)|bounced?\b|reject|undeliver|refused|error|problem"
    r"|unknown|did not reach|not found|not exist|invalid|no such|unable to|over quota|unreachable"
    r"|nicht zugestellt|unzustellbar|no se (ha )?(pudo|podido)|non (remis|distribu|délivr)|impossible de"
    r"|non (è stat|recapit|consegn)|não (foi|pôde)|не (может|удалось|был)|недостав"
    r"|配信|送信(でき|に失敗)|届け|エラー|失敗|退信|无法|無法|失败",
    re.IGNORECASE,
)

_ANY = rf"<?\s*({ADDRESS})\s*>?"
_SENTENCE = re.compile(
        r"\b(?:deliver\w*|errors?|reach|sent?|sending|recipients?|mailbox|user|account|address|e-?mail|to|for|message|for the|an|à)"
        rf"\s*:?\s*[\"'“«(\[]?{_ANY}",
        re.IGNORECASE,
    )
_SAYS = (
    # "<jane@example.com>:" – qmail, Postfix before 2.3, Exim ("jane@example.com:"), Yahoo, courier
    re.compile(rf"^[^<>\n]{{0,80}}<\s*({ADDRESS})\s*>\s*(?:\([^)]{{0,200}}\)\s*)?:\s*(?!//)|^\s*({ADDRESS})\s*:\s*(?!//)"),
    # alone on its line – Exim, Exchange, Gmail, MXLogic, bullets of Notes
    re.compile(rf"^[\s*•·>\-]*(?:\d+[.)]\s*)?[\"'(\[]?{_ANY}[\"')\]]?\s*[.,;]?\s*$"),
    # "jane@example.com... User unknown" – sendmail, X1, Zoho, Exchange ("… on 4/29/01 11:34 PM")
    re.compile(rf"^[\s>*•-]*(?:[45]\d\d[ -](?:[45]\.\d\.\d{{1,3}} )?)?{_ANY}\s*(?:\.\.\.|…|,\s|\s-+\s|\son\s|\s+\S)"),
    # the dialogue
    re.compile(rf"rcpt[ _]to\W{{1,4}}{_ANY}", re.IGNORECASE),
    # a field: "Final-Recipient: rfc822;jane@example.com", "Recipient: …", "Failed recipient: …"
    re.compile(
        r"^\W{0,4}(?:[\w '’-]{0,40}(?:recipients?|address(?:es)?|rcpt|to|empf[^\s:]{0,4}nger|destinatari[oe]s?"
        rf"|destinataires?|получател\w|宛先|受信者|收件人)[\w '’-]{{0,24}})\s*[:=：]\s*(?:rfc822;)?\s*(?:\"[^\"]{{0,60}}\"\s*)?{_ANY}",
        re.IGNORECASE,
    ),
    _SENTENCE,
)
_ORIGINALLY = re.compile(rf"(?:expanded|generated) from:?\s*<?({ADDRESS})", re.IGNORECASE)
_ABOUT_HELP = re.compile(
    r"(contact|assistance|help|questions?|support|write to|postmaster|administrator|please (send|forward)"
    r"|from:|sender|reply-to|mail from|on behalf|return-path)",
    re.IGNORECASE,
)


def is_still_tried(notice: Notice, subject: str) -> bool:
    """Whether a report only says that the letter is late."""
    text = f"{subject}\n{notice.text}"
    return bool(_STILL_TRIED.search(text)) and not _GIVEN_UP.search(text)


def failures_of(mail: Mail, notice: Notice) -> tuple[Failure, ...]:
    """Whom a notice in words says the letter did not reach, each with what is said of it."""
    if not _FAILED.search(f"{mail.headers.get('subject')}\n{notice.text}"):
        return ()
    lines = notice.text.split("\n")[:_MAX_LINES]
    named = _named(mail, notice, lines)
    if not named:
        return (Failure(words=notice.text),) if _FAILED.search(notice.text) else ()
    told = {address: notice.text for address in named} if len(named) == 1 else _told(lines, named)
    return tuple(
        Failure(recipients=(address, *_origin(told[address], address)), words=told[address])
        for address in named[:_MAX_RECIPIENTS]
    )


def with_story(failures: Iterable[Failure], mail: Mail, notice: Notice) -> tuple[Failure, ...]:
    """Failures of a status part, with what the notice tells in words: the server's own may be
    missing, and of which command it answered only the notice speaks."""
    found = tuple(failures)
    if len(found) == 1:
        return (_completed(replace(found[0], story=notice.text), mail, notice),)
    lines = notice.text.split("\n")[:_MAX_LINES]
    told = _told(lines, [name for each in found for name in each.recipients])
    return tuple(
        replace(each, story="\n".join(filter(None, (told.get(name) for name in each.recipients))))
        for each in found
    )


def _completed(failure: Failure, mail: Mail, notice: Notice) -> Failure:
    """With the recipient that the letter was for, where the report has none that is an address."""
    if failure.recipients:
        return failure
    named = _named(mail, notice, notice.text.split("\n")[:_MAX_LINES])
    return replace(failure, recipients=tuple(named[:1]))


def _named(mail: Mail, notice: Notice, lines: list[str]) -> list[str]:
    """The readers that a notice names: as surely as can be."""
    failed = [a for v in mail.headers.all("x-failed-recipients") for a in addresses(v)]
    if failed:
        return _unique(failed)
    ours = _own(mail, notice)
    letter = _unique(a for v in notice.letter.all(*_LETTER_TO) for a in addresses(v))
    for pattern in _SAYS:
        found = _unique(a for a in _found(pattern, lines) if a.lower() not in ours)
        if found and pattern is _SENTENCE:
            return [a for a in found if a.lower() in map(str.lower, letter)] or found[:1]
        if found:
            return found
    # Who writes to himself is the sender and the reader.
    alone = _unique(a for pattern in _SAYS[:2] for a in _found(pattern, lines))
    return alone or [address for address in letter if address.lower() not in ours][:1]


def _found(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for found in pattern.finditer(line):
            address = clean(found[found.lastindex or 0])
            if not is_of_machines(address) and not _ABOUT_HELP.search(line[: found.end()].partition(address)[0]):
                yield address


def _own(mail: Mail, notice: Notice) -> set[str]:
    """Addresses that are no reader's: the report's own, and the letter's sender."""
    outer = mail.headers.all("to", "from", "reply-to", "delivered-to", "x-original-to", "return-path")
    inner = notice.letter.all("from", "return-path", "sender", "reply-to")
    letter_to = {a.lower() for v in notice.letter.all("to") for a in addresses(v)}
    return {a.lower() for v in (*outer, *inner) for a in addresses(v)} - letter_to


def _told(lines: list[str], named: Iterable[str]) -> dict[str, str]:
    """The lines that are about each reader: from where it is named to where another one is."""
    lowered = {name.lower(): name for name in named}
    told: dict[str, list[str]] = {name: [] for name in lowered.values()}
    current: str | None = None
    for line in lines:
        here = [lowered[a.lower()] for a in addresses(line) if a.lower() in lowered]
        current = here[0] if here else current
        if current:
            told[current].append(line)
    return {name: "\n".join(its) for name, its in told.items()}


def _origin(text: str, address: str) -> tuple[str, ...]:
    """Where a letter was sent to before it was forwarded."""
    found = _ORIGINALLY.search(text)
    return (clean(found[1]),) if found and found[1].lower() != address.lower() else ()


def _unique(found: Iterable[str]) -> list[str]:
    """Each address once, however it is written."""
    return list({address.lower(): address for address in found}.values())
