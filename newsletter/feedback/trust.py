"""Who may say that a letter did not arrive: mail servers, never a person who quotes one."""

import re

from newsletter.feedback.dsn import has_status
from newsletter.feedback.mail import Mail

# Names that no reader has. The address stands in comments, in brackets, or is not there at all.
_SENDERS = (
    r"mailer[\s._-]?daemon|mail[\s._-]daemon|\bmdaemon@|^\s*<>\s*$",
    r"\bpoo?st[\s._-]?master\b",  # "poostmaster" is sendmail's, in many configurations
    r"mail deliver\w* (sub)?system|mail[. ]delivery[. ](system|service|agent|software)",
    r"(message|email|mail) (delivery|transport|transfer) (agent|(sub)?system|service|software)",
    (
        r"delivery (status|notification|failure) (system|service|notif)|internet mail (delivery"
        r"|service)"
    ),
    r"system administrator|mail (system|server|gateway) administrator|ndr administrator",
    r"mailsystem@|mail-?admin@|\bmta@|<?bounces?@|bounce-?(handler|notif)\w*@|undeliver\w*@",
    r"interscan|non-?delivery",
)
_SENDER = re.compile("|".join(_SENDERS), re.IGNORECASE)
# How reports begin their subject, where nothing else tells of them.
_SUBJECTS = (
    (
        r"undeliver(able|ed)|(mail |message |e-?mail )?delivery (status|fail|error|problem|report"
        r"|notif)"
    ),
    r"(mail |message )?delivery (has failed|unsucc)|failure (notice|delivery)|permanent delivery",
    r"fail(ed|ure) (mail|message|to deliver|delivery)|returned ((e-?)?mail|message|to sender)",
    r"mail (failure|delivery|(system )?error|could not|not delivered|failed)|non-?deliver",
    r"message (delivery|you sent|not delivered|could not|undeliver)|unable to deliver",
    r"your (message|mail|e-?mail).{0,80}(not|n't|undeliver|bounced|failed|block|reject)",
    r"(mail|message|email) (re(jected|turned)|status|blocked)|rejected (mail|message)",
    r"error sending|bounce[ds]?\b|warning: could not send|considered unsolicited|dsn\b|ndr?n?\b",
    r"unzustellbar|(nachricht |e-?mail )?nicht zustellbar|zustellung fehl",
    r"no se pu(ede|do) entregar|mensaje no entregado|entrega fallida",
    r"non[- ]remis|rejet|échec de (la )?remise|message non",
    r"(messaggio )?non (recapitat|consegnat)|mancat[ao] (consegna|recapito)|mensagem não entreg",
    r"falha na entrega|(bericht )?niet bezorgd|ikke leveret|olevererbart|niedostarczon|nedoručen",
    r"сообщение не доставлено",
    r"配信不能|配信エラー|送信エラー|配達不能|недоставленное|投递失败|系统退信|退信",
)
_SUBJECT = re.compile(
    rf"\s*(\W{{0,4}}(spam|external)\W{{1,4}})?({'|'.join(_SUBJECTS)})", re.IGNORECASE
)
_NOBODY = re.compile(r"\b(no-?reply|do-?not-?reply|sysadmin)[\w.+-]*@", re.IGNORECASE)
# What only servers write on top, in the languages that we know of.
_FIRST = 600
_BEGINNING = re.compile(
    r"^\W{0,4}(this (message|report) was (created|generated) automatically by (the )?mail"
    r"|(your|the|a) (message|mail|e-?mail)[^.]{0,80}(could not|couldn't|was not|wasn't"
    r"|cannot) be(en)? "
    r"delivered|(this|the) (message|mail) (is )?undeliverable|(unable|failed) to deliver (the "
    r"|your )?"
    r"(message|mail)|delivery to the following|could not be delivered to:)",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER = re.compile(r"\s*(re|aw|sv|fwd?|wg|tr|rv|antw)\s*:", re.IGNORECASE)
_QUOTING = re.compile(
    r"^\s{0,3}>|<blockquote|(wrote|writes|schrieb|escribió|a écrit|ha scritto|escreveu|schreef"
    r"|skrev"
    r"|napisał|пишет|написал)[^\n]{0,80}:\s*$|-----\s?original message",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_PATH = re.compile(r"\s*<\s*>\s*$|\s*MAILER-DAEMON\s*$", re.IGNORECASE)


def is_believed(mail: Mail) -> bool:
    """Whether a mail is the report of a mail server.

    By its form (RFC 3462), by a field that only servers write, by who sent it, or by an empty
    return path (RFC 5321 §4.5.5), or a sender whom nobody can answer, together with a subject or
    a beginning that no answer has.
    """
    report = mail.type == "multipart/report"
    if (report and has_status(mail)) or _is_marked(mail):
        return True
    if _is_an_answer(mail):
        return False
    if is_of_a_server(mail):
        return True
    formal = report or has_empty_path(mail) or has_status(mail) or _wants_no_answer(mail)
    return formal and (bool(_SUBJECT.match(mail.headers.get("subject"))) or _begins_so(mail))


def is_of_a_server(mail: Mail) -> bool:
    """Whether a mail server says that it sent this."""
    # An answer to a report has the server's name in its To, not in its From.
    return bool(_SENDER.search(mail.headers.get("from")))


def _is_an_answer(mail: Mail) -> bool:
    """Whether somebody answered, and quotes: postmasters are people too."""
    if not _ANSWER.match(mail.headers.get("subject")) or has_empty_path(mail):
        return False
    return any(_QUOTING.search(part.text) for part in mail.of_type("text/plain", "text/html")[:2])


def _wants_no_answer(mail: Mail) -> bool:
    return bool(_NOBODY.search(mail.headers.get("from")))  # KDDI, Verizon: no empty path


def _begins_so(mail: Mail) -> bool:
    return any(_BEGINNING.search(part.text[:_FIRST]) for part in mail.of_type("text/plain")[:1])


def _is_marked(mail: Mail) -> bool:
    fml = mail.headers.get("x-mlserver").lower().startswith("fml")  # a list that refuses letters
    return "x-failed-recipients" in mail.headers or (
        fml and "fml" in mail.headers.get("message-id").lower()
    )


def has_empty_path(mail: Mail) -> bool:
    """Whether nobody can be answered: what RFC 5321 asks of reports and RFC 3834 of answers."""
    return any(_EMPTY_PATH.match(value) for value in mail.headers.all("return-path"))
