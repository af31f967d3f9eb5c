"""Mails by which readers leave: what our List-Unsubscribe makes programs send, and plain words."""

import re

from newsletter.feedback.addresses import first_address
from newsletter.feedback.mail import Mail
from newsletter.model.feedback import Report, ReportKind

_WITH_TOKEN = re.compile(r"\s*unsubscribe[\s:+]+([A-Za-z0-9_-]{8,64})\s*", re.IGNORECASE)
_PREFIX = re.compile(r"\s*(?:(?:re|aw|sv|vs|antw|tr|rif|odp)\s*:\s*)+", re.IGNORECASE)
# A whole subject, or the first line that a reader wrote. Asking about it is not doing it.
_WORDS = re.compile(
    r"[\s\"'*<(\[¡!]*(?:please[, ]+|bitte[, ]+|por favor[, ]+)?("
    r"unsubscribe|unsubscribe (me|us|from (this|the|your) (list|newsletter)|this (address|email))( please)?"
    r"|un-?subscribe|opt[ -]?out|remove me( from (this|the|your) (list|newsletter|mailing list))?"
    r"|take me off (this|the|your) (mailing )?list|cancel (my )?subscription|leave list|signoff|stop"
    r"|darme de baja|dar(me)? de baja|baja|cancelar (mi )?suscripci[oó]n|desuscribir(me|se)?|desuscripci[oó]n"
    r"|anular (mi )?suscripci[oó]n"
    r"|abmelden|abbestellen|austragen|abmeldung|newsletter (abbestellen|abmelden)|kündigen"
    r"|d[eé]sabonn(er|ement|ez-moi)|me d[eé]sabonner|d[eé]sinscri(re|ption)|se d[eé]sinscrire"
    r"|disiscriv(imi|ersi|iti|i)|cancellami|annulla iscrizione|cancellazione"
    r"|cancelar (a )?(inscri[cç][aã]o|assinatura)|descadastrar|remover|anular subscri[cç][aã]o"
    r"|afmelden|uitschrijven|avregistrera|avsluta prenumeration|avprenumerera|afmeld|avmeld|peruuta tilaus"
    r"|wypisz( mnie)?|rezygnuj[eę]|odhl[aá]sit|leiratkoz[aá]s|dezabon(are|eaz[aă])|abonelikten [cç][iı]k"
    r"|отписаться|отписка|відписатися|απεγγραφή|配信停止|購読解除|退会|退订|取消订阅|退訂|取消訂閱|수신거부|구독 ?취소"
    r"|إلغاء الاشتراك|הסר"
    r")[\s\"'*>)\].!,]*(please|bitte|por favor|thanks?( you)?|gracias|merci|danke)?[\s.!]*",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"\s*(>|\||On .{5,200}wrote:|-{3,}|_{5,}|Am .{5,120}schrieb|El .{5,120}escribi|From:|Le .{5,120}écrit)")
# A word of a language is no token of ours.
_ONLY_LETTERS = re.compile(r"[A-Za-z]{1,15}")


def unsubscribe_of(mail: Mail, token: str | None) -> Report | None:
    """The wish to leave in a mail to us; None where there is none.

    The token that the mail names, else the one of the letter that it answers.
    """
    subject = mail.headers.get("subject")
    bare = _PREFIX.sub("", subject, count=1)
    line = _first_line(mail)
    found = _WITH_TOKEN.fullmatch(bare) or _WITH_TOKEN.fullmatch(line)
    if found is None and not _WORDS.fullmatch(bare[:100]) and not _WORDS.fullmatch(line[:100]):
        return None
    named = found[1] if found and not _ONLY_LETTERS.fullmatch(found[1]) else None
    sender = first_address(mail.headers.get("from"))
    return Report(recipient=sender, kind=ReportKind.UNSUBSCRIBE, token=named or token)


def _first_line(mail: Mail) -> str:
    """The first line that the reader wrote."""
    for part in mail.of_type("text/plain")[:1]:
        for line in part.text[:4_000].split("\n"):
            if line.strip():
                return "" if _QUOTE.match(line) else line
    return ""
