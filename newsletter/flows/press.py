"""Edition → letter: layout, words, pictures and rendering brought together."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable

from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.model.edition import Edition
from newsletter.model.letter import Attachment, Letter, Picture
from newsletter.model.specs import Digest, Publication
from newsletter.rendering.layouts import load_layout, load_words
from newsletter.rendering.pictures import scaled
from newsletter.rendering.render import render_edition
from newsletter.rendering.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What turns editions into letters. `read_picture` gives the bytes of an image, from this
    machine or from its address; it raises a NewsletterError when they are not to be had."""

    publication: Publication
    base_url: str
    folders: tuple[Traversable, ...]
    read_picture: Callable[[Image], bytes]


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter, and the pictures that it does without, each with the reason."""

    letter: Letter
    missing: tuple[str, ...] = ()


def words_of(press: Press, language: str) -> Words:
    return load_words(language, press.folders)


def print_letter(press: Press, edition: Edition, digest: Digest) -> Printed:
    """The letter of an edition. RenderFault or LayoutFault when the layout cannot be used."""
    pictures: dict[Image, Picture] = {}
    attachments: list[Attachment] = []
    missing: list[str] = []
    for image in dict.fromkeys(_images(edition)):
        try:
            pictures[image], attached = _picture(press, image, digest, len(attachments))
        except NewsletterError as fault:
            missing.append(str(fault))
        else:
            attachments += attached
    letter = render_edition(
        edition,
        publication=press.publication,
        layout=load_layout(digest.layout, press.folders),
        words=words_of(press, edition.language),
        pictures=pictures,
        base_url=press.base_url,
        marker=secrets.token_hex(12),
        languages=digest.languages,
    )
    return Printed(replace(letter, attachments=tuple(attachments)), tuple(missing))


def _images(edition: Edition) -> Iterator[Image]:
    for story in edition.stories:
        if story.article.lead_image and story.article.lead_image.shown:
            yield story.article.lead_image
    for author in edition.lead.article.authors:
        if author.avatar and author.avatar.shown:
            yield author.avatar


def _picture(
    press: Press, image: Image, digest: Digest, number: int
) -> tuple[Picture, list[Attachment]]:
    """How the letter shows an image. A picture without a public address travels with the letter,
    whatever the digest says: there is no other way to show it."""
    if image.url and digest.images == "link":
        return Picture(image.url, image.width, image.height), []
    small = scaled(press.read_picture(image))
    cid = f"picture-{number + 1}@newsletter"
    attachment = Attachment(cid=cid, mime=small.mime, content=small.content)
    return Picture(f"cid:{cid}", small.width, small.height), [attachment]
