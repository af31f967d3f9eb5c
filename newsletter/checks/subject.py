"""Subject and preheader: what decides in the inbox whether a mail is opened."""

import re
from collections.abc import Iterator

from newsletter.checks.given import Mail
from newsletter.lib.text import one_line
from newsletter.model.finding import Finding, Level

LONG, CUT = 78, 60  # RFC 5322 §2.1.1 as a measure; phones show 35 to 60 characters
# C0 but for the tab, which stands where a long header was folded, C1, and the ends of lines.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
PREHEADER = 150  # characters; the widest inbox shows about 140


def subject(mail: Mail) -> Iterator[Finding]:
    """What is wrong with the subject; nothing for a mail whose subject is not known."""
    if mail.subject is None:
        return
    said = mail.subject.strip()
    if not said:
        yield _finding(Level.ERROR, "subject-empty", "the subject is empty; write one")
    elif _CONTROL.search(said):
        yield _finding(
            Level.ERROR, "subject-control",
            "the subject holds line ends or control characters; write it on one line",
        )  # fmt: skip
    elif len(said) > LONG:
        yield _finding(
            Level.WARNING, "subject-long",
            f"the subject has {len(said)} characters, and most inboxes cut it; stay below {CUT}",
        )  # fmt: skip
    elif len(said) > CUT:
        yield _finding(
            Level.HINT, "subject-cut",
            f"the subject has {len(said)} characters, and phones cut it after {CUT} or less; say "
            "what matters first",
        )  # fmt: skip


def preheader(mail: Mail) -> Iterator[Finding]:
    """What is wrong with the line that inboxes show behind the subject; nothing where it is not
    known."""
    if mail.preheader is None:
        return
    said = one_line(mail.preheader)
    if not said:
        yield _finding(
            Level.HINT, "preheader-empty",
            "there is no preheader: inboxes show the first words of the mail instead; write one",
        )  # fmt: skip
    elif len(said) > PREHEADER:
        yield _finding(
            Level.HINT, "preheader-long",
            f"the preheader has {len(said)} characters; no inbox shows more than {PREHEADER}",
        )  # fmt: skip
    if said and said.casefold() == one_line(mail.subject or "").casefold():
        yield _finding(
            Level.HINT, "preheader-repeats", "the preheader repeats the subject; say something more"
        )


def _finding(level: Level, code: str, message: str) -> Finding:
    return Finding(level=level, code=code, message=message)
