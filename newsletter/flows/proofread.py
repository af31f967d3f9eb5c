"""Proofread: what a check says of a finished letter, and of a specimen in a layout."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from newsletter.checks.mail import Mail, check_mail
from newsletter.flows.press import Press, Printed, Shooting, Shot, print_letter
from newsletter.model.edition import Edition, Slot
from newsletter.model.finding import Report
from newsletter.model.letter import Letter, PictureCopy
from newsletter.model.specs import Digest
from newsletter.rendering.specimen import specimen, specimen_pictures

_TRIAL = datetime(2026, 1, 15, 7, tzinfo=UTC)


def report_on(press: Press, digest: Digest, edition: Edition, printed: Printed) -> Report:
    """What a check says of a letter that was just printed."""
    mail = mail_of(press, digest, edition.language, printed.letter, printed.copies)
    mail = replace(mail, content=content_of(edition))
    return check_mail(mail, shares=press.shares, templates=templates_of(press, digest))


def mail_of(
    press: Press, digest: Digest, language: str, letter: Letter, copies: Iterable[PictureCopy] = ()
) -> Mail:
    """The letter as a check takes it: with the headers that a reader's message has, and with the
    weights of the pictures that are at hand."""
    attached = {f"cid:{each.cid}": len(each.content) for each in letter.attachments}
    served = {f"{press.base_url}/p/{each.name}": len(each.content) for each in copies}
    return Mail(
        name=f"{digest.name}.{language}",
        html=letter.html,
        text=letter.text,
        subject=letter.subject,
        preheader=letter.preheader,
        message=press.message(letter, digest, language),
        marker=letter.marker,
        weights={**attached, **served},
    )


def content_of(edition: Edition) -> tuple[str, ...]:
    """What others wrote in an edition, text by text: what looks like a template's leftover in it
    is a story about templates."""
    told = [edition.title, edition.note, edition.subject, edition.preheader]
    for story in edition.stories:
        article = story.article
        told += [article.title, article.section, article.standfirst, article.excerpt]
        told += [article.body_text]
        if image := article.lead_image:
            told += [image.alt, image.caption, image.credit]
        for author in article.authors:
            told += [author.name, *author.bio.values()]
    return tuple(filter(None, told))


def templates_of(press: Press, digest: Digest) -> dict[str, str]:
    """What the letters of a digest are made of, by the names of the files."""
    return press.layout(digest.layout).files


def trial_report(press: Press, layout: str, language: str) -> Report:
    """What a check says of a specimen in a layout. Raises a NewsletterError when there is none."""
    digest = Digest(name=layout, schedule="", layout=layout, languages=(language,))
    edition = specimen(digest.name, Slot(_TRIAL.replace(tzinfo=None), _TRIAL), language)
    shots = {where: Shot(picture) for where, picture in specimen_pictures(edition).items()}
    return report_on(press, digest, edition, print_letter(press, edition, digest, Shooting(shots)))
