"""Why a letter did not arrive, read out of codes and words.

Words come before codes: servers answer 5.7.1 to unknown readers and 5.1.1 to our reputation. What
lies with us, the sender, is looked for first: a reader lost to a wrong guess never comes back, one
kept too long is tried again. The tables of words are in `words`, and in `hosts` for servers that
mean something of their own.
"""

import re
from dataclasses import dataclass

from newsletter.feedback.hosts import HOSTS
from newsletter.feedback.stage import is_about_the_address, is_about_us
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

# Something is wrong; it took too long; a command failed (RFC 3463 §3.1, §3.5, §3.6).
_LESS = re.compile(r"\d\.0\.|\d\.\d\.0$|[45]\.4\.7$|5\.3\.|\d\.5\.[1245]$")
# "Other": what the report tells in words counts before them.
_VAGUE = frozenset({"2.0", "3.0", "4.0", "5.0"})

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

_CONTINUED = re.compile(r"\n\s*(?:<<<\s*)?[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3}\b)?")
# A reporter's own words before a server's: no phrase begins in these and ends in those.
_REPORTED = re.compile(
    r"(does|did) not like (recipient|sender|our RCPT TO)\W|rejected (the )?recipient (?=<)"
    r"|SMTP error from remote (mail ?)?(server|mailer|host) after|remote host said:|host said:",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])#?([45])\.(\d{1,2})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.:/-])([45][0-5]\d)(?=[\s\-#:;,.]|$)(?!\.\d)")


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
        return Reason.POLICY if _is_told_us(known, answer, words) else known
    code = _without_class(answer.status)
    told = _of_code(code)
    reason = (
        _of_words(words)
        or (told if code not in _VAGUE else None)
        or _of_words(plain(answer.story))
        or told
        or _REPLIES.get(answer.reply)
        or Reason.OTHER
    )
    return _weighed(reason, answer, words)


def kind_of(reason: Reason, answer: Answer) -> ReportKind:
    """What a reason says of the reader, when it was said so."""
    kind = KINDS[reason]
    if kind is ReportKind.HARD and (_is_for_now(reason, answer) or _may_return(reason, answer)):
        return ReportKind.SOFT
    return kind


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
    return not status or status[1:4] == ".0."


def gives_way(status: str, told: str) -> bool:
    """Whether a reporter's code tells less than the one in the server's own words: it says that it
    was given up, or rejected; they say why."""
    if _LESS.match(status):
        return not is_vague(told)
    # sendmail writes 5.1.1 over whatever a server answers to RCPT.
    return status == "5.1.1" and not told.endswith(".0") and not told.startswith("5.5.")


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
    said = _REPORTED.sub(" ", words)
    return next((row.reason for row in WORDS if row.fits(said)), None)


def _of_code(code: str) -> Reason | None:
    return _CODES.get(code) or _SUBJECTS.get(code.partition(".")[0])


def _weighed(reason: Reason, answer: Answer, words: str) -> Reason:
    """The reason, unless what was answered, or the code, forbid to hold it against the reader."""
    if KINDS[reason] is not ReportKind.HARD:
        return reason
    if _is_told_us(reason, answer, words):
        return Reason.POLICY
    whole = f"{words} {plain(answer.story)}"
    if reason is Reason.BAD_DOMAIN and answer.status.startswith("5.7."):
        return Reason.POLICY  # a domain of ours
    needs_address = reason in (Reason.NO_MAILBOX, Reason.MOVED)
    if needs_address and not is_about_the_address(answer.status, whole):
        return Reason.FILTERED
    return reason


def _is_told_us(reason: Reason, answer: Answer, words: str) -> bool:
    """Whether something was held against a reader before he was named."""
    if KINDS[reason] is not ReportKind.HARD:
        return False
    of_sender = _without_class(answer.status) in ("1.7", "1.8")
    # With the codes on top of its lines: which command was refused shows by them.
    dialogue = " ".join(answer.story[: 2 * _MAX_WORDS].split())
    return of_sender or is_about_us(f"{words} {dialogue}")


def _is_for_now(reason: Reason, answer: Answer) -> bool:
    # Some servers answer 450 to what they do not know, until it is given up.
    if answer.given_up and reason is Reason.NO_MAILBOX:
        return False
    return answer.status.startswith("4") or (answer.reply.startswith("4") and not answer.status)


def _may_return(reason: Reason, answer: Answer) -> bool:
    """Whether an account is called disabled that may only be locked, or blocked for us: X.2.1 says
    that the mailbox is there (RFC 3463 §3.3). Refused by its name, it counts as gone, as it does
    when a server says so to ourselves."""
    if reason is not Reason.DISABLED:
        return False
    return not is_about_the_address(answer.status, f"{answer.words} {answer.story}")


def _without_class(status: str) -> str:
    return status.partition(".")[2]
