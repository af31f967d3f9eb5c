"""Reports in plain words: what is told of each reader, and whether it is final."""

import re
from collections.abc import Iterable
from dataclasses import replace

from newsletter.feedback.addresses import ADDRESS, addresses, clean
from newsletter.feedback.failure import Failure
from newsletter.feedback.mail import Mail
from newsletter.feedback.naming import named_in
from newsletter.feedback.notice import Notice

_MAX_LINES = 600
_MAX_RECIPIENTS = 100

# The server goes on trying.
_STILL_TRIED = re.compile(
    r"warning message only|(do not|no) need to (re-?send|send|re-?transmit)"
    r"|still (being )?(tried|try)"
    r"|(will|shall) (continue|keep|retry|try again|be (re-?tried|re-?attempted|attempted))"
    r"|(delivery )?attempts will (continue|be made)|not (yet )?been delivered"
    r"|(is|was|has been) (being )?delayed|delivery (is|has been) delayed",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"giv(e|en|ing) up|permanent (error|fail)|could not be delivered|undeliverable|no longer"
    r"|returned to (the )?sender|last attempt|has failed|failed permanently|has been returned",
    re.IGNORECASE,
)
# Must be said somewhere: a notice that tells of no failure is none.
_FAILED = re.compile(
    r"(un|not |n't |never |cannot |unable to |failed to )(be )?"
    r"(deliver|reach|sent?\b|transmit|forward)|fail(ed|ure)|return(ed|ing) (mail|to|message)"
    r"|bounced?\b|reject|undeliver|refused|error|problem|not (a )?member|duplicated|unknown"
    r"|did not reach|not found|not exist|invalid|no such|unable to|over quota|unreachable"
    r"|nicht zugestellt|unzustellbar|no se (ha )?(pudo|podido)|non (remis|distribu|délivr)"
    r"|impossible de|non (è stat|recapit|consegn)|não (foi|pôde)|не (может|удалось|был)|недостав"
    r"|配信|送信(でき|に失敗)|届け|エラー|失敗|退信|无法|無法|失败",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W_]")
_ADDRESS = re.compile(ADDRESS)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CODE = re.compile(r"(?<![\d.:])[45][0-5]\d[ :#-]|(?<![\d.])[45]\.\d\.\d{1,3}(?![\d.])")
# What went well in a dialogue as Postfix reports it, with what is offered to clients.
_ACCEPTED = re.compile(
    r"^ *(?:In: [^\n]*\n *)?Out: [23]\d\d[^\n]*(?:\n *Out: [23][^\n]*)*\n?", re.MULTILINE
)
_FOR_GOOD = re.compile(r"\s*(<<<\s*)?5\d\d[ -]")
_FOR_NOW = re.compile(r"\s*(<<<\s*)?4\d\d[ -]")
_ORIGINALLY = re.compile(rf"(?:expanded|generated) from:?\s*<?({ADDRESS})", re.IGNORECASE)


def failures_of(mail: Mail, notice: Notice) -> tuple[Failure, ...]:
    """Whom a notice in words says the letter did not reach, each with what is said of it."""
    whole = f"{mail.headers.get('subject')}\n{notice.text}"
    if not _FAILED.search(whole):
        return ()
    late = bool(_STILL_TRIED.search(whole)) and not _GIVEN_UP.search(whole)
    lines = notice.text.split("\n")[:_MAX_LINES]
    named = named_in(mail, notice, lines)[:_MAX_RECIPIENTS]
    if not named:
        return (Failure(words=notice.text, late=late),)
    told = _shared(_told(lines, named), notice.text)
    return tuple(_for_reader(_failure(name, told[name], late), notice) for name in named)


def with_story(failures: Iterable[Failure], mail: Mail, notice: Notice) -> tuple[Failure, ...]:
    """Failures of a status part, with what the notice tells in words: the server's own may be
    missing, and of which command it answered only the notice speaks."""
    found = tuple(_for_reader(each, notice) for each in failures)
    if len(found) == 1:
        return (_completed(replace(found[0], story=notice.text), mail, notice),)
    lines = notice.text.split("\n")[:_MAX_LINES]
    told = _told(lines, [name for each in found for name in each.recipients])
    return tuple(
        replace(each, story="\n".join(told.get(name, "") for name in each.recipients).strip())
        for each in found
    )


def _failure(name: str, text: str, late: bool) -> Failure:
    origin = _ORIGINALLY.search(text)
    names = [name, *([clean(origin[1])] if origin else [])]
    told = _final(text)
    recipients = tuple(dict.fromkeys(names))
    return Failure(recipients=recipients, words=_with_codes(told) or told, story=told, late=late)


def _for_reader(failure: Failure, notice: Notice) -> Failure:
    """With the name first that the letter was for: it may have been forwarded since."""
    to = {a.lower() for value in notice.letter.all("to") for a in addresses(value)}
    names = sorted(failure.recipients, key=lambda name: name.lower() not in to)
    return replace(failure, recipients=tuple(names))


def _completed(failure: Failure, mail: Mail, notice: Notice) -> Failure:
    """With the reader whom the notice names, where the status part names none by an address."""
    if failure.recipients:
        return failure
    named = named_in(mail, notice, notice.text.split("\n")[:_MAX_LINES])
    return replace(failure, recipients=tuple(named[:1]))


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


def _shared(told: dict[str, str], text: str) -> dict[str, str]:
    """The same where readers are listed, and what is said above or below is said of all of them:
    Notes, Gmail, MailMarshal."""
    above = bool(_CODE.search(text)) and not any(_CODE.search(its) for its in told.values())
    alone = len(told) == 1
    return {
        name: text if alone or above or not _LETTER.search(_ADDRESS.sub("", its)) else its
        for name, its in told.items()
    }


def _with_codes(text: str) -> str:
    """The paragraphs that hold a server's answer: what stands around them is help for people."""
    told = (_ACCEPTED.sub("", each) for each in _PARAGRAPH.split(text))
    return "\n\n".join(each for each in told if _CODE.search(each))


def _final(text: str) -> str:
    """Without what was answered for now, where something was answered for good."""
    lines = text.split("\n")
    if not any(_FOR_GOOD.match(line) for line in lines):
        return text
    return "\n".join(line for line in lines if not _FOR_NOW.match(line))
