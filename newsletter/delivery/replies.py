"""What an SMTP server says, and what it means for the reader the message was for.

The stage decides as much as the code: a 5xx to MAIL FROM is about us, to RCPT TO about the
reader. RFC 5321 §4.2 for the codes, RFC 3463 for the enhanced ones; what large providers say
besides stands in the table, each row with its source.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from newsletter.model.delivery import (
    Accepted,
    Deferred,
    InDoubt,
    Outcome,
    Refusal,
    Refused,
    Slow,
    Untouched,
)


class Stage(StrEnum):
    """How far a transaction has come: the command that the reply answers."""

    RSET = "RSET"
    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    DOT = "the final dot"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; its text without the code, lines joined by spaces."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


@dataclass(frozen=True, slots=True)
class GoOn:
    """The next command may follow."""


@dataclass(frozen=True, slots=True)
class RelayWrong:
    """The server does not want us at all: a matter of configuration, of no reader."""

    reply: str


Meaning = GoOn | Outcome | RelayWrong

_WANTED = {Stage.RSET: 2, Stage.MAIL: 2, Stage.RCPT: 2, Stage.DATA: 3, Stage.DOT: 2}
_CLOSING = 421  # RFC 5321 §3.8: may answer any command, and the connection goes
_IDLE = re.compile(r"4\.4\.2\b")  # Amazon SES answers so after ten seconds of silence


def meaning(stage: Stage, reply: Reply) -> Meaning:
    """What a reply at this stage means; a reply that fits no rule leaves the reader untouched."""
    kind = reply.code // 100
    if kind == _WANTED[stage]:
        return Accepted(str(reply)) if stage is Stage.DOT else GoOn()
    if kind in (4, 5) and stage is not Stage.RSET:
        return _row(stage, reply).means(str(reply))
    words = f"no answer that could be understood to {stage}: {reply}"
    return InDoubt(words) if stage is Stage.DOT else Untouched(words)


def ends_connection(reply: Reply) -> bool:
    """Whether nothing more can be said on the connection that this reply came from."""
    return _closes(reply) or not 200 <= reply.code < 600


def _closes(reply: Reply) -> bool:
    return reply.code == _CLOSING or (reply.code == 451 and bool(_IDLE.match(reply.text)))


# What a row makes of the server's words.
_LATER = Deferred
_SLOW_RELAY = partial(Deferred, slow=Slow.RELAY)
_SLOW_DOMAIN = partial(Deferred, slow=Slow.DOMAIN)
_GONE = partial(Refused, why=Refusal.GONE)
_BAD_DOMAIN = partial(Refused, why=Refusal.BAD_DOMAIN)
_LETTER = partial(Refused, why=Refusal.LETTER)
_POLICY = partial(Refused, why=Refusal.POLICY)
_OTHER = Refused


class _Row:
    """One row of the table: which replies it is about, what they mean, who says so.

    `stages` and `status` and `code` have to fit as a whole, `words` somewhere in the text.
    `status` is the enhanced code without its class ("1.1" for 5.1.1; "" where the reply has none):
    whether a failure lasts is for the code to say.
    """

    def __init__(
        self,
        means: Callable[[str], Outcome | RelayWrong],
        *,
        source: str,
        stages: frozenset[Stage],
        code: str,
        status: str = r".*",
        words: str = "",
    ) -> None:
        self.means = means
        self.source = source
        self._stages = stages
        self._code = re.compile(code)
        self._status = re.compile(status)
        self._words = re.compile(words, re.IGNORECASE)

    def fits(self, stage: Stage, code: str, status: str, text: str) -> bool:
        return bool(
            stage in self._stages
            and self._code.fullmatch(code)
            and self._status.fullmatch(status)
            and self._words.search(text)
        )


_ANY = frozenset({Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT})
_MAIL = frozenset({Stage.MAIL})
_RCPT = frozenset({Stage.RCPT})
_BEFORE_THE_DOT = frozenset({Stage.MAIL, Stage.RCPT, Stage.DATA})
_OF_THE_READER = frozenset({Stage.RCPT, Stage.DATA, Stage.DOT})
_OF_THE_CONTENT = frozenset({Stage.DATA, Stage.DOT})

_TOO_FAST = (
    r"throttl|rate.?limit|sending rate|unusual rate|unexpected volume|user complaints"
    r"|temporarily deferred|too many|too (fast|quick)|too frequent|server busy|\bRP-00\d|\[TSS?\d"
    r"|(message|connection|hourly|per.?second).{0,20} limit|exceed\w* .{0,30}(rate|limit)"
)
_UNWANTED = (
    r"spam|block|blacklist|deny.?list|denied|dnsbl|\brbl\b|reputation|polic(y|ies)|banned"
    r"|unsolicited|\bspf\b|dkim|dmarc|authentication|reverse dns|\bptr\b|virus|complain|prohibited"
    r"|not authori[sz]ed|sender (address )?(rejected|verify)|postmaster\."
)
_NO_MAILBOX = (
    r"user (is )?(unknown|not found)|unknown (local )?(user|recipient|mailbox|address)"
    r"|recipient (is )?(unknown|not found)|recipient (address )?rejected: user"
    r"|no such (user|recipient|mailbox|person|address|account)|no mailbox (here )?by that name"
    r"|(user|mailbox|account|recipient|address|person).{0,60}(does not|doesn'?t|not) exist"
    r"|(user|recipient).{0,20}doesn'?t have an? .{0,40}account|invalid (recipient|mailbox|user)"
    r"|(mailbox|account|user).{0,30}(is )?(disabled|inactive|closed|suspended|deactivated)"
    r"|mailbox (unavailable|not found)|not a valid (mailbox|user|recipient)|not our customer"
)
_FULL = r"over.?quota|quota (is )?exceeded|exceed\w* .{0,30}(quota|storage)|mailbox.{0,20} full"

# The first row that fits counts: from what is certain to what is guessed.
_TABLE = (
    # The relay does not want us, or no more today: nothing is tried again before somebody looked.
    _Row(
        RelayWrong,
        source="RFC 4954 §6: login needed, too weak, wrong, or not without TLS",
        stages=_ANY,
        code="530|534|535|538",
    ),
    _Row(
        RelayWrong,
        source="Amazon SES: 454 Throttling failure: Daily message quota exceeded;"
        " Gmail: 550 5.4.5 Daily user sending limit exceeded; Microsoft 365: 5.1.90 daily limit",
        stages=_ANY,
        code="[45]..",
        status=r"(?!2\.).*",  # X.2.Z is about the reader's mailbox
        words=r"daily (\w+ ){0,3}(quota|limit)",
    ),
    _Row(
        RelayWrong,
        source="Amazon SES: Email address is not verified; Sending paused for this account;"
        " User … is not authorized to perform ses:SendRawEmail",
        stages=_ANY,
        code="5..",
        words=r"address is not verified|(paused|suspended) for this account|authorized to perform",
    ),
    _Row(
        RelayWrong,
        source="Postfix, Exim, Exchange (5.7.64), qmail (rcpthosts): this server sends nothing out"
        " for us; a relay that checks recipients tells other servers' words with X.1.Z",
        stages=_RCPT,
        code="55[0134]",
        status=r"7\.\d+|",
        words=r"relay(ing)? (access )?(is )?(denied|prohibited)|relaying? not (allowed|permitted)"
        r"|(unable|not permitted|not allowed) to relay|allowed rcpthosts",
    ),
    _Row(
        RelayWrong,
        source="RFC 7504 §3: 521, this server takes no mail",
        stages=_ANY,
        code="521",
    ),
    _Row(
        RelayWrong,
        source="RFC 5321 §3.3: a reply to MAIL is about the sender; sizes were declared before",
        stages=_MAIL,
        code="5..",
    ),
    # This connection has come to its end, whoever the letter is for.
    _Row(
        Untouched,
        source="Amazon SES: 451 4.4.2 Timeout waiting for data from client",
        stages=_BEFORE_THE_DOT,
        code="451",
        status=r"4\.2",
    ),
    _Row(
        Untouched,
        source="Yahoo: 421 Max message per connection reached; RFC 3463 X.3.2; Amazon SES: 421 Too"
        " many concurrent SMTP connections: a limit for connections, not for letters",
        stages=_BEFORE_THE_DOT,
        code="421",
        words=r"per (connection|session)|too many (\w+ ){0,3}(connections|sessions)",
    ),
    # Greylists: who comes back after some minutes is let in.
    _Row(
        _LATER,
        source="RFC 6647 §5.1, postgrey, milter-greylist",
        stages=_OF_THE_READER,
        code="4..",
        words=r"gr[ea]y.?list",
    ),
    # One reader gets too much at once, and that is not only our mail.
    _Row(
        _LATER,
        source="Gmail: 450 4.2.1 (550 5.2.1) The user you are trying to contact is receiving mail"
        " too quickly, at a rate that prevents additional messages; Yahoo: 450 User is receiving",
        stages=_OF_THE_READER,
        code="[45]5.",
        words=r"(user|recipient).{0,40} is receiving",
    ),
    # Slower, please.
    _Row(
        _SLOW_RELAY,
        source="Amazon SES: 454 Throttling failure: Maximum sending rate exceeded; Gmail's relay:"
        " 450 4.2.1 Peak SMTP relay limit exceeded",
        stages=_ANY,
        code="4..",
        words=r"maximum sending rate|relay limit",
    ),
    _Row(
        _SLOW_RELAY,
        source="RFC 3463 X.3.1 mail system full, X.3.2 not accepting messages, X.4.5 congestion;"
        " RFC 5321: 452 insufficient system storage",
        stages=_ANY,
        code="4(?!21)..",
        status=r"3\.[12]|4\.5",
    ),
    _Row(
        _SLOW_RELAY,
        source="nobody has been named yet: it is the relay's own rate",
        stages=_MAIL,
        code="4(?!21)..",
        words=_TOO_FAST,
    ),
    _Row(
        _SLOW_DOMAIN,
        source="Gmail: 421 4.7.28 an unusual rate of unsolicited mail; Microsoft: 451 4.7.500"
        " Server busy, 451 4.7.650 temporarily rate limited due to IP reputation",
        stages=_OF_THE_READER,
        code="4..",
        status=r"7\.(28|[56]\d\d)",
    ),
    _Row(
        _SLOW_DOMAIN,
        source="Yahoo: 421 4.7.0 [TSS04] temporarily deferred due to unexpected volume or user"
        " complaints; Outlook.com: 421 RP-001 exceeded a rate limit; Comcast: throttled",
        stages=_OF_THE_READER,
        code="4..",
        status=r"[01347]\.\d+|",
        words=_TOO_FAST,
    ),
    _Row(
        Untouched,
        source="RFC 5321 §3.8: 421 may answer anything when the server is going down",
        stages=_BEFORE_THE_DOT,
        code="421",
    ),
    _Row(
        _LATER,
        source="RFC 5321 §4.2.1: a 4 is worth another try",
        stages=_ANY,
        code="4..",
    ),
    # A mailbox that is full today is none that is gone.
    _Row(
        _LATER,
        source="RFC 3463 X.2.2",
        stages=_OF_THE_READER,
        code="5..",
        status=r"2\.2",
    ),
    _Row(
        _LATER,
        source="Yahoo: 554 delivery error: dd … This account is over quota; Exim: 552 mailbox full;"
        " RFC 5321: 552 exceeded storage allocation",
        stages=_OF_THE_READER,
        code="5..",
        status=r"2\.\d+|",
        words=_FULL,
    ),
    # The letter itself: too big, or of a form that they do not take.
    _Row(
        _LETTER,
        source="RFC 3463 X.2.3 longer than this mailbox takes, X.3.4 too big, X.6.Z its form",
        stages=_OF_THE_READER,
        code="5..",
        status=r"2\.3|3\.4|6\.\d+",
    ),
    _Row(
        _LETTER,
        source="RFC 1870 §6.3: 552; Gmail: 552 5.7.0 blocked because its content presents a"
        " potential security issue",
        stages=_OF_THE_CONTENT,
        code="552",
    ),
    # They do not want mail from us.
    _Row(
        _POLICY,
        source="RFC 3463 X.7.Z, X.1.7 and X.1.8: the sender's address",
        stages=_OF_THE_READER,
        code="5..",
        status=r"7\.\d+|1\.[78]",
    ),
    _Row(
        _GONE,
        source="Microsoft 365, directory based edge blocking: 550 5.4.1 Recipient address rejected:"
        " Access denied stands for an address that is not in the directory",
        stages=_RCPT,
        code="550",
        status=r"4\.1",
        words=r"recipient address rejected: access denied",
    ),
    _Row(
        _POLICY,
        source="seen with 550 and 554 at many hosts; GMX: 550 Requested action not taken: mailbox"
        " unavailable. Reject due to policy restrictions",
        stages=_OF_THE_READER,
        code="5..",
        status=r"0\.0|1\.[01]|2\.[01]|5\.0|",
        words=_UNWANTED,
    ),
    # Nobody there.
    _Row(
        _BAD_DOMAIN,
        source="RFC 3463 X.1.2 no such domain, X.4.4 no way to it",
        stages=_OF_THE_READER,
        code="5..",
        status=r"1\.2|4\.4",
    ),
    _Row(
        _BAD_DOMAIN,
        source="RFC 7504 §4: 556, a domain without mail; RFC 7505 §4.1: one with a null MX",
        stages=_OF_THE_READER,
        code="556",
    ),
    _Row(
        _BAD_DOMAIN,
        source="Postfix: Host or domain name not found; Exim: Unrouteable address",
        stages=_OF_THE_READER,
        code="5..",
        words=r"domain (name )?(was )?(not found|does not exist)|no such domain|unrouteable addr",
    ),
    _Row(
        _GONE,
        source="RFC 3463 X.1.1 no such mailbox, X.1.0, X.1.3 no such form of address, X.1.6 moved,"
        " X.2.1 disabled; RFC 7505 X.1.10",
        stages=_OF_THE_READER,
        code="5..",
        status=r"1\.(0|1|3|6|10)|2\.1",
    ),
    _Row(
        _GONE,
        source="RFC 5321 §4.2.3: 550 mailbox unavailable, 553 not allowed; Postfix: User unknown in"
        " virtual mailbox table; Yahoo: 554 delivery error: dd This user doesn't have an account",
        stages=_RCPT,
        code="55[0134]",
        status=r"0\.0|2\.0|5\.0|",
        words=_NO_MAILBOX,
    ),
    _Row(
        _GONE,
        source="Yahoo: 554 delivery error: dd, told after the dot",
        stages=_OF_THE_CONTENT,
        code="554",
        status="",
        words=r"user doesn'?t have an? .{0,40}account",
    ),
    _Row(
        _OTHER,
        source="RFC 5321 §4.2.1: a 5 is final",
        stages=_ANY,
        code="5..",
    ),
)

# At the beginning (RFC 2034 §4), or in brackets behind the words, as qmail has it.
_STATUS = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})\b|.*\(#[245]\.(\d{1,3}\.\d{1,3})\)")


def _row(stage: Stage, reply: Reply) -> _Row:
    """The row for a reply of 4xx or 5xx to anything but RSET: the last two fit all of them."""
    found = _STATUS.match(reply.text)
    status = (found[1] or found[2]) if found else ""
    code = str(reply.code)
    return next(row for row in _TABLE if row.fits(stage, code, status, reply.text))
