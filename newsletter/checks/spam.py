"""What filters weigh against a mail, as far as it shows in the mail itself."""

import re
from collections.abc import Iterator

from newsletter.checks.accessibility import spoken
from newsletter.checks.given import Mail
from newsletter.checks.visible import visible_texts
from newsletter.lib.text import one_line
from newsletter.model.finding import Finding, Level
from newsletter.model.letter import Personal

LITTLE_TEXT = 200  # characters that are seen
TEXT_A_PICTURE = 60  # characters for each picture
_SHOUTED = 8  # letters; shorter ones are names: "NATO", "UNESCO"

# What a way out is called, in its text; and in its address.
_LEAVING = re.compile(
    r"\bunsubscrib(e|ed|ing)\b|\bopt[ -]?out\b|\b(darse|date|dar(me)?|donar(-se)?|doneu-vos) de "
    r"(baja|baixa)\b|\bdesuscrib|\bcancelar (la |su |tu |mi )?suscripci[oó]n\b"
    r"|\bcancel(·l|l)?ar (a |la )?(sua |teva )?(subscri[cçp]|inscri)|\bd[eé]sabonn|\bdésinscri"
    r"|\b(abmelden|abbestellen|austragen)\b|\bdisiscriv|\bannulla l.iscrizione\b|إلغاء الاشتراك",
    re.IGNORECASE,
)
_LEADING_OUT = re.compile(r"unsub|(?<![a-z])opt[_-]?out(?![a-z])", re.IGNORECASE)


def spam(mail: Mail) -> Iterator[Finding]:
    """What makes a mail look like one that nobody asked for."""
    yield from _subject(one_line(mail.subject or ""))
    yield from _text(mail)
    if mail.text is not None and not mail.text.strip():
        yield _finding(
            Level.WARNING, "no-text-part",
            "there is no text part: filters distrust mails of HTML alone; add one",
        )  # fmt: skip
    if not _can_leave(mail):
        yield _finding(
            Level.ERROR if mail.marker else Level.WARNING, "no-unsubscribe",
            "no link lets a reader leave: they press the spam button instead, and large providers "
            "refuse the mail; add one",
        )  # fmt: skip


def _subject(said: str) -> Iterator[Finding]:
    letters = [each for each in said if each.isalpha()]
    if len(letters) >= _SHOUTED and said.isupper():
        yield _finding(
            Level.WARNING, "subject-capitals",
            "the subject is all in capitals, as spam is; write it in small letters",
        )  # fmt: skip
    if said.count("!") + said.count("\N{FULLWIDTH EXCLAMATION MARK}") > 1:
        yield _finding(
            Level.WARNING, "subject-exclamation",
            "the subject has several exclamation marks, as spam has; one is enough",
        )  # fmt: skip


def _text(mail: Mail) -> Iterator[Finding]:
    texts = visible_texts(mail.page, mail.styles)
    length = len(one_line(" ".join(text.content for text in texts)))
    pictures = sum(1 for _ in mail.page.tagged("img"))
    if length < LITTLE_TEXT:
        yield _finding(
            Level.WARNING, "little-text",
            f"{length} characters of text can be seen; below {LITTLE_TEXT} filters take a mail for "
            "a picture with a link; say in words what it is about",
        )  # fmt: skip
    elif pictures and length / pictures < TEXT_A_PICTURE:
        yield _finding(
            Level.HINT, "many-pictures",
            f"{length} characters of text for {pictures} "
            f"{'picture' if pictures == 1 else 'pictures'}: filters and readers without "
            "pictures see little; say more in words",
        )  # fmt: skip


def _can_leave(mail: Mail) -> bool:
    """In a mail of ours only the slot is a way out, whatever a headline is about."""
    links = [(each, each.attributes.get("href", "")) for each in mail.page.tagged("a", "area")]
    if mail.marker:
        slot = f"{mail.marker}{Personal.UNSUBSCRIBE.value}{mail.marker}"
        return any(slot in href for _, href in links)
    return any(
        _LEADING_OUT.search(href[:2000]) or (href and _LEAVING.search(spoken(mail, link)))
        for link, href in links
    )


def _finding(level: Level, code: str, message: str) -> Finding:
    return Finding(level=level, code=code, message=message)
