"""Mails by which readers leave: what our List-Unsubscribe makes programs send, and plain words."""

import re

from newsletter.feedback.addresses import first_address
from newsletter.feedback.mail import Mail
from newsletter.model.feedback import Report, ReportKind

_WITH_TOKEN = re.compile(r"\s*unsubscribe[\s:+]+([A-Za-z0-9_-]{8,64})\s*", re.IGNORECASE)
_PREFIX = re.compile(r"\s*(?:(?:re|aw|sv|vs|antw|tr|rif|odp)\s*:\s*)+", re.IGNORECASE)
# A whole subject, or the first line that a reader wrote. Who asks how to leave has not left.
_WISHES = {
    "en": r"un-?subscribe( (me|us|now|from (this|the|your) (list|newsletter)|this (address|mail)))?"
    r"|opt[ -]?out|remove me( from (this|the|your) (list|newsletter|mailing list))?|signoff"
    r"|stop"
    r"|take me off (this|the|your) (mailing )?list|cancel (my )?subscription|leave list",
    "es": r"dar(me)? de baja|baja|(cancelar|anular) (mi )?suscripci[oó]n"
    r"|desuscri(bir(me|se)?|pci[oó]n)",
    "de": r"abmeld(en|ung)|abbestellen|austragen|newsletter (abbestellen|abmelden)|kündigen",
    "fr": r"(me )?d[eé]sabonn(er|ement|ez-moi)|(se )?d[eé]sinscri(re|ption)",
    "it": r"disiscriv(imi|ersi|iti|i)|cancellami|annulla iscrizione|cancellazione",
    "pt": r"cancelar (a )?(inscri[cç][aã]o|assinatura)|descadastrar|remover"
    r"|anular subscri[cç][aã]o",
    "nl": r"afmelden|uitschrijven",
    "nordic": r"avregistrera|avsluta prenumeration|avprenumerera|afmeld|avmeld|peruuta tilaus",
    "pl": r"wypisz( mnie)?|rezygnuj[eę]",
    "cs": r"odhl[aá]sit",
    "hu": r"leiratkoz[aá]s",
    "ro": r"dezabon(are|eaz[aă])",
    "tr": r"abonelikten [cç][iı]k",
    "ru": r"отписаться|отписка",
    "uk": r"відписатися",
    "el": r"απεγγραφή",
    "ja": r"配信停止|購読解除|退会",
    "zh": r"退订|取消订阅|退訂|取消訂閱",
    "ko": r"수신거부|구독 ?취소",
    "ar": r"إلغاء الاشتراك",
    "he": r"הסר",
}
_WORDS = re.compile(
    rf"[\s\"'*<(\[¡!]*(please[, ]+|bitte[, ]+|por favor[, ]+)?({'|'.join(_WISHES.values())})"
    r"[\s\"'*>)\].!,]*(please|bitte|por favor|thanks?( you)?|gracias|merci|danke)?[\s.!]*",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"\s*(>|\||On .{5,200}wrote:|-{3,}|_{5,}|Am .{5,120}schrieb|El .{5,120}escribi|From:"
    r"|Le .{5,120}écrit)"
)
# A word, or a digest's name, is no token of ours: hardly one of 26 signs in base32 has no digit.
_ONLY_LETTERS = re.compile(r"[A-Za-z_-]{1,23}")


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
