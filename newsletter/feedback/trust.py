"""Who may say that a letter did not arrive: mail servers, never a person who quotes one."""

import re

from newsletter.feedback.dsn import has_status
from newsletter.feedback.mail import Mail

_SENDER = re.compile(
    r"mailer[\s._-]?daemon|mail[\s._-]?daemon|post[\s._-]?master|\bmdaemon|mail delivery|delivery (sub)?system"
    r"|delivery (service|agent|status|notification|failure|report)|mail (system|server|administrator|router|gateway)"
    r"|system administrator|mail[\s_-]?admin\b|returned mail|bounce|undeliver|\bmta\b|mailsystem"
    r"|smtp (server|gateway|service)|message (delivery|security)|email (delivery|security)|mail-?robot"
    r"|internet mail|mail transport|mailer\b|emailer|symantec_antivirus|antivirus|amavis|no-?reply@sns\.",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\s*(\W{0,4}(spam|external)\W{1,4})?("
    r"undeliver(able|ed)|(mail |message |e-?mail )?delivery (status|fail|error|problem|report|notif|has failed|unsucc)"
    r"|failure (notice|delivery)|fail(ed|ure) (mail|message|to deliver|delivery)|returned (mail|message|to sender)"
    r"|mail (failure|delivery|system error|could not|not delivered|failed)|non-?delivery|non[- ]remis"
    r"|message (delivery|you sent|not delivered|could not|undeliver)|unable to deliver|error sending|bounce[ds]?\b"
    r"|your (message|mail|e-?mail).{0,80}(not|n't|undeliver|bounced|failed|block|reject)|rejected (mail|message)"
    r"|warning: could not send|unzustellbar|nicht zustellbar|no se puede entregar|no se pudo entregar|rejet"
    r"|(mail|message|email) (re(jected|turned)|status|blocked)|permanent delivery|considered unsolicited"
    r"|dsn\b|ndr?n?\b|配信不能|配信エラー|送信エラー|配達不能|недоставленное|系统退信|退信|undelivered)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\s*(re|aw|sv|fwd?|wg|tr|rv|antw)\s*:", re.IGNORECASE)
_EMPTY_PATH = re.compile(r"\s*<\s*>\s*$|\s*MAILER-DAEMON\s*$", re.IGNORECASE)


def is_believed(mail: Mail) -> bool:
    """Whether a mail is the report of a mail server.

    By its form (RFC 3462), by a field that only servers write, by who sent it, or by an empty
    return path (RFC 5321 §4.5.5) together with a subject that no answer has.
    """
    report = mail.type == "multipart/report"
    if (report and has_status(mail)) or "x-failed-recipients" in mail.headers:
        return True
    if _is_of_a_server(mail):
        return True
    subject = mail.headers.get("subject")
    return bool(_SUBJECT.match(subject)) and (report or has_empty_path(mail) or has_status(mail))


def has_empty_path(mail: Mail) -> bool:
    """Whether nobody can be answered: what RFC 5321 asks of reports and RFC 3834 of answers."""
    return any(_EMPTY_PATH.match(value) for value in mail.headers.all("return-path"))


def _is_of_a_server(mail: Mail) -> bool:
    # An answer to a report has the server's name in its To, not in its From.
    return bool(_SENDER.search(mail.headers.get("from")))
