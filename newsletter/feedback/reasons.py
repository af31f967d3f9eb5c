"""Why a letter did not arrive, read out of codes and words.

Words come before codes: servers answer 5.7.1 to unknown readers and 5.1.1 to our reputation. What
lies with us, the sender, is looked for first: a reader lost to a wrong guess never comes back, one
kept too long is tried again. The tables of words are in `words`, and in `hosts` for servers that
mean something of their own.
"""

import re
from dataclasses import dataclass

from newsletter.feedback.hosts import HOSTS
from newsletter.feedback.words import WORDS
from newsletter.model.feedback import Reason, ReportKind

_MAX_WORDS = 6_000

# What each reason says of the reader. Only what will be the same for every letter is hard.
KINDS = {
    Reason.NO_MAILBOX: ReportKind.HARD,
    Reason.MOVED: ReportKind.HARD,
    Reason.BAD_DOMAIN: ReportKind.HARD,
    Reason.DISABLED: ReportKind.HARD,
    Reason.FULL: ReportKind.SOFT,
    Reason.FILTERED: ReportKind.SOFT,
    Reason.POLICY: ReportKind.SOFT,
    Reason.BLOCKED: ReportKind.SOFT,
    Reason.SPAM: ReportKind.SOFT,
    Reason.VIRUS: ReportKind.SOFT,
    Reason.AUTHENTICATION: ReportKind.SOFT,
    Reason.RATE: ReportKind.SOFT,
    Reason.SIZE: ReportKind.SOFT,
    Reason.NETWORK: ReportKind.SOFT,
    Reason.EXPIRED: ReportKind.SOFT,
    Reason.SYSTEM: ReportKind.SOFT,
    Reason.OTHER: ReportKind.SOFT,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said of one reader.

    `words` its own, or those of whoever reports them; `status` the enhanced code (RFC 3463) and
    `reply` the code of three digits, each "" where there is none; `hosts` the names of the server
    and of the reader's domain; `story` what the reporter tells besides; `given_up` whether it says
    that nothing will be tried again.
    """

    words: str
    status: str = ""
    reply: str = ""
    hosts: str = ""
    story: str = ""
    given_up: bool = False


def reason_for(answer: Answer) -> Reason:
    """The reason behind an answer: from what is certain to what is guessed."""
    words = plain(answer.words)
    known = _of_host(answer, words)
    if known is not None:
        return known
    reason = (
        _of_words(words)
        or _of_code(_without_class(answer.status))
        or _of_words(plain(answer.story))
        or _REPLIES.get(answer.reply)
        or Reason.OTHER
    )
    return _weighed(reason, answer, words)


def kind_of(reason: Reason, answer: Answer) -> ReportKind:
    """What a reason says of the reader, when it was said so."""
    kind = KINDS[reason]
    return ReportKind.SOFT if kind is ReportKind.HARD and _is_for_now(reason, answer) else kind


def plain(text: str) -> str:
    """The words of a reply on one line, without the codes that begin its lines."""
    lines = _CONTINUED.sub(" ", text[: 2 * _MAX_WORDS])
    return " ".join(lines.split())[:_MAX_WORDS]


def status_in(text: str) -> str:
    """The first enhanced code in a server's words that tells more than the class; else any; ""."""
    found = [f"{each[1]}.{each[2]}.{each[3]}" for each in _STATUS.finditer(text)]
    return next((each for each in found if not is_vague(each)), found[0] if found else "")


def is_vague(status: str) -> bool:
    """Whether a code tells no more than its class (RFC 3463 §3.1: other undefined status)."""
    return not status or status.endswith(".0.0")


def reply_in(text: str) -> str:
    """The code of three digits that a server's words begin with, or follow."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def _of_host(answer: Answer, words: str) -> Reason | None:
    hosts = answer.hosts.lower()
    for row in HOSTS:
        if row.fits(hosts, answer.status, answer.reply, words):
            return row.reason
    return None


def _of_words(words: str) -> Reason | None:
    return next((row.reason for row in WORDS if row.fits(words)), None)


def _of_code(code: str) -> Reason | None:
    return _CODES.get(code) or _SUBJECTS.get(code.partition(".")[0])


def _weighed(reason: Reason, answer: Answer, words: str) -> Reason:
    """The reason, unless what was answered, or the code, forbid to hold it against the reader."""
    if KINDS[reason] is not ReportKind.HARD:
        return reason
    whole = f"{words} {plain(answer.story)}"
    if _OF_US.search(whole):
        return Reason.POLICY  # RFC 5321 §3.3: what MAIL FROM and EHLO are answered is about us
    if reason is Reason.NO_MAILBOX and not _is_about_an_address(answer, whole):
        return Reason.FILTERED
    return reason


def _is_about_an_address(answer: Answer, words: str) -> bool:
    """Whether it was the address that was refused. "Unknown user" is also what filters say of
    readers that are there, once they have seen the letter: Japanese carriers, X.2.1, X.7.1."""
    if answer.status.startswith(("5.1.", "4.1.")) or _TO_RCPT.search(words):
        return True
    return not answer.status.startswith(("5.2.", "5.7.")) and bool(_AFTER_RCPT.search(words))


def _is_for_now(reason: Reason, answer: Answer) -> bool:
    # Some servers answer 450 to what they do not know, until it is given up.
    if answer.given_up and reason is Reason.NO_MAILBOX:
        return False
    return answer.status.startswith("4") or (answer.reply.startswith("4") and not answer.status)


def _without_class(status: str) -> str:
    return status.partition(".")[2]


_CONTINUED = re.compile(r"\n\s*(?:<<<\s*)?[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3}\b)?")
_STATUS = re.compile(r"(?<![\d.])#?([245])\.(\d{1,2})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.:/-])([45][0-5]\d)(?=[\s\-#:;,.]|$)(?!\.\d)")
_OF_US = re.compile(
    r"(in reply to|after|response to|answer to|like our|sent:?|during|\[)\s*(the |end of )?(smtp )?"
    r"(MAIL[ _]FROM|MAIL command|EHLO|HELO|initial connection|STARTTLS)"
    r"|>>> ?(MAIL FROM|EHLO|HELO)[^>]{0,120}<<< ?5",
    re.IGNORECASE,
)
_TO_RCPT = re.compile(
    r"RCPT[ _]TO|RCPT command|SMTP:RCPT|not like recipient|invalid final delivery|unknown recipient"
    r"|^ ?unknown user:|not listed in (the )?(domino|public|name)|no mailbox here by"
    r"|unknown local.?part"
    r"|check if (the )?address is correct|dd (sorry|this|requested).{0,40}(user|mailbox)"
    r"|\(state 1[34]\)|mail\.local: unknown|(reply|response|answer) to RCPT",
    re.IGNORECASE,
)
# sendmail and others send DATA in one go with RCPT: what then follows tells which was refused.
_AFTER_RCPT = re.compile(
    r"no valid recipients|rejected (the )?(address|recipient)|need rcpt"
    r"|(valid )?rcpt (command )?(must precede|needed|first)"
    r"|<[^<>\s]{1,200}>: user unknown|address couldn't be found\. check"
    r"|5\.1\.1 <[^<>]{1,200}>\.\.\. user unknown|550 <?[^\s<>]{1,200}>?\.\.\. user unknown",
    re.IGNORECASE,
)


# RFC 3463 and the registry of enhanced codes, without the class: whether it lasts is weighed apart.
_CODES = {
    "1.0": Reason.NO_MAILBOX,
    "1.1": Reason.NO_MAILBOX,
    "1.2": Reason.BAD_DOMAIN,
    "1.3": Reason.NO_MAILBOX,
    "1.6": Reason.MOVED,
    "1.7": Reason.POLICY,  # the sender's address
    "1.8": Reason.POLICY,
    "1.10": Reason.BAD_DOMAIN,  # RFC 7505; Microsoft: not in the directory. Hard both ways
    # X.2.1 is said of mailboxes that are disabled, and of those whose owner filters: not certain.
    "2.1": Reason.FILTERED,
    "2.2": Reason.FULL,
    "2.3": Reason.SIZE,
    "2.4": Reason.SYSTEM,
    "3.0": Reason.SYSTEM,
    "3.1": Reason.SYSTEM,
    "3.2": Reason.SYSTEM,
    "3.3": Reason.SYSTEM,
    "3.4": Reason.SIZE,
    "3.5": Reason.SYSTEM,
    "4.0": Reason.NETWORK,
    "4.1": Reason.NETWORK,
    "4.2": Reason.NETWORK,
    "4.3": Reason.NETWORK,
    "4.4": Reason.BAD_DOMAIN,  # Postfix and sendmail: no host of that name
    "4.5": Reason.RATE,
    "4.6": Reason.NETWORK,
    "4.7": Reason.EXPIRED,
    "5.0": Reason.SYSTEM,
    "5.1": Reason.SYSTEM,
    "5.2": Reason.SYSTEM,
    "5.3": Reason.RATE,
    "5.4": Reason.SYSTEM,
    "5.5": Reason.SYSTEM,
    "7.8": Reason.AUTHENTICATION,
    "7.20": Reason.AUTHENTICATION,  # RFC 7372 §3
    "7.21": Reason.AUTHENTICATION,
    "7.22": Reason.AUTHENTICATION,
    "7.23": Reason.AUTHENTICATION,
    "7.24": Reason.AUTHENTICATION,
    "7.25": Reason.BLOCKED,  # reverse DNS
    "7.26": Reason.AUTHENTICATION,
    "7.27": Reason.POLICY,  # RFC 7505 §4.2: our domain has a null MX
    "7.28": Reason.RATE,
}

# What the others are about (RFC 3463 §2): providers number on. Of X.0, X.1, X.2 too little is said.
_SUBJECTS = {
    "3": Reason.SYSTEM,
    "4": Reason.NETWORK,
    "5": Reason.SYSTEM,
    "6": Reason.POLICY,
    "7": Reason.POLICY,
}

# RFC 5321 §4.2.3. 550 and 553 alone tell nothing that could be held against a reader.
_REPLIES = {
    "421": Reason.SYSTEM,
    "450": Reason.SYSTEM,
    "451": Reason.SYSTEM,
    "452": Reason.SYSTEM,
    "454": Reason.SYSTEM,
    "530": Reason.AUTHENTICATION,
    "535": Reason.AUTHENTICATION,
    "551": Reason.MOVED,
    "552": Reason.FULL,
    "556": Reason.BAD_DOMAIN,  # RFC 7504 §4
}
