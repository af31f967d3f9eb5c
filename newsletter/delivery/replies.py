"""What an SMTP server says, and what it means for the reader the message was for.

The stage decides as much as the code: a 5xx to MAIL FROM is about us, to RCPT TO about the
reader. RFC 5321 §4.2 for the codes, RFC 3463 for the enhanced ones.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.model.delivery import Accepted, Deferred, InDoubt, Outcome, Refused, Untouched


class Stage(StrEnum):
    """How far a transaction has come: the command that the reply answers."""

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

_WANTED = {Stage.MAIL: 2, Stage.RCPT: 2, Stage.DATA: 3, Stage.DOT: 2}
_CLOSING = 421  # RFC 5321 §3.8: may answer any command, and the connection goes
_LOGIN_NEEDED = frozenset({530, 535})  # RFC 4954 §6
_IDLE = re.compile(r"4\.4\.2\b")  # Amazon SES answers so after ten seconds of silence


def meaning(stage: Stage, reply: Reply) -> Meaning:
    """What a reply at this stage means; a reply that fits no rule leaves the reader untouched."""
    kind = reply.code // 100
    if kind == _WANTED[stage]:
        return Accepted(str(reply)) if stage is Stage.DOT else GoOn()
    if stage is not Stage.DOT and _closes(reply):
        return Untouched(str(reply))
    if kind == 4:
        return Deferred(str(reply))
    if kind == 5:
        return RelayWrong(str(reply)) if _about_us(stage, reply) else Refused(str(reply))
    words = f"no answer that could be understood to {stage}: {reply}"
    return InDoubt(words) if stage is Stage.DOT else Untouched(words)


def ends_connection(reply: Reply) -> bool:
    """Whether nothing more can be said on the connection that this reply came from."""
    return _closes(reply) or not 200 <= reply.code < 600


def _closes(reply: Reply) -> bool:
    return reply.code == _CLOSING or (reply.code == 451 and bool(_IDLE.match(reply.text)))


def _about_us(stage: Stage, reply: Reply) -> bool:
    return stage is Stage.MAIL or reply.code in _LOGIN_NEEDED
