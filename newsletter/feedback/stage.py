"""Which command it was that a server refused, as far as a report tells.

The stage decides as much as the code (see `delivery.replies`): to MAIL FROM everything is about us;
"unknown user" to RCPT is about the reader, but after DATA it is also what filters say of readers
that are there: of mobile carriers, and of everybody who answers X.2.1 or X.7.1.
"""

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# Everything before the first RCPT, where no reader has been named.
_OF_US = _any(
    r"(in reply to|after|following|response to|answer to|like our|sent:?|during|\[)\s*"
    r"(the |end of )?(smtp )?(MAIL[ _]FROM|MAIL command|EHLO|HELO|initial connection|STARTTLS)",
    r">>> ?(MAIL FROM|EHLO|HELO)(?:(?!>>>).){0,300}<<< ?5(?!.*>>> ?RCPT)",
    r"In: +(MAIL FROM|EHLO|HELO)(?:(?!In: ).){0,300}Out: 5",  # Postfix, told by the server
    r"not like sender|(name|sender) was rejected|greeting failed",  # qmail
    r"refused to talk to me",  # Postfix
)
_RCPT = _any(
    # James lists "RCPT TO: jane@example.com" among the details of the letter.
    r"RCPT[ _]TO(?!: [^\s<>]{1,99}@)|RCPT command|SMTP:RCPT|(reply|response|answer) to RCPT",
    r"not like recipient|no mailbox here by",  # qmail
    r"\(state 1[34]\)",  # Gmail's states of the dialogue, until 2016
    r"dd (sorry|this|requested).{0,40}(user|mailbox)",  # Yahoo answers for each reader after DATA
)
# Servers that ask a directory of their own: no dialogue, and no filter.
_DIRECTORY = _any(
    r"not listed in (the )?(domino|public|name)|en el directorio de domino|dans l'annuaire domino",
    r"@[\w.-]{1,80}:?\s+user not found|unknown local.?part|mail\.local: unknown",
    r"invalid final delivery|unknown recipient|^ ?unknown user:|check if (the )?address is correct",
)
_DATA = _any(
    r"(in reply to|after) end of data|failed after I sent|failed on DATA|like our DATA",
    r"following DATA|\(state 1[5-9]\)",
)
# sendmail and others send DATA in one go with RCPT; what follows then tells which was refused.
_PIPELINED = _any(
    r"no valid recipients|rejected (the )?(address|recipient)|need rcpt",
    r"(valid )?rcpt (command )?(must precede|needed|first)",
    r"5\.1\.1 <[^<>]{1,200}>\.\.\. user unknown|550 <?[^\s<>]{1,200}>?\.\.\. user unknown",
    r"<[^<>\s]{1,200}>: user unknown|address couldn't be found\. check",
)


def is_about_us(words: str) -> bool:
    """Whether a command was refused that names no reader (RFC 5321 §3.3)."""
    return _OF_US.search(words) is not None


def is_about_the_address(status: str, words: str) -> bool:
    """Whether it was the reader's address that was refused."""
    if status.startswith(("5.1.", "4.1.")) or _RCPT.search(words):
        return True
    if _DATA.search(words):
        return False
    if _DIRECTORY.search(words):
        return True
    return not status.startswith(("5.2.", "5.7.")) and _PIPELINED.search(words) is not None
