"""Edition → letter: layout, words, pictures and rendering brought together."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources.abc import Traversable

from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.model.edition import Edition, EditionStory
from newsletter.model.letter import Attachment, Letter, Picture, PictureCopy, Place
from newsletter.model.specs import Digest, Publication
from newsletter.rendering.body import pictures_in
from newsletter.rendering.frames import Frame, frames
from newsletter.rendering.layouts import load_layout, load_words
from newsletter.rendering.look import Look
from newsletter.rendering.pictures import ScaledPicture, scaled
from newsletter.rendering.render import render_edition
from newsletter.rendering.words import Words

_COPY = re.compile(r"/p/([0-9a-f]{64})\.(?:jpg|png)\"")
_SHARPNESS = 2  # pixels of a copy for one of the page: what phones and laptops show


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
    """A letter, the pictures that it does without, each with the reason, and the copies that it
    shows: they have to be served wherever the letter goes."""

    letter: Letter
    missing: tuple[str, ...] = ()
    copies: tuple[PictureCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shot:
    """A picture as the letter shows it, and what was made for it."""

    picture: Picture
    made: Attachment | PictureCopy | None = None


def words_of(press: Press, language: str) -> Words:
    return load_words(language, press.folders)


def print_letter(press: Press, edition: Edition, digest: Digest) -> Printed:
    """The letter of an edition. RenderFault or LayoutFault when the layout cannot be used."""
    layout = load_layout(digest.layout, press.folders)
    shots, missing = _shots(press, edition, digest, layout.look)
    letter = render_edition(
        edition,
        publication=press.publication,
        layout=layout,
        words=words_of(press, edition.language),
        pictures={where: shot.picture for where, shot in shots.items()},
        base_url=press.base_url,
        marker=secrets.token_hex(12),
        languages=digest.languages,
        link_parameters=digest.link_parameters,
    )
    return _with_pictures(letter, shots.values(), missing)


def _with_pictures(letter: Letter, shots: Iterable[_Shot], missing: tuple[str, ...]) -> Printed:
    """The letter with what was made for it, each once; what its layout does not show is left."""
    made = dict.fromkeys(shot.made for shot in shots)
    attached = [each for each in made if isinstance(each, Attachment)]
    copies = [each for each in made if isinstance(each, PictureCopy)]
    return Printed(
        replace(letter, attachments=tuple(each for each in attached if each.cid in letter.html)),
        missing,
        tuple(each for each in copies if each.name in letter.html),
    )


def _shots(
    press: Press, edition: Edition, digest: Digest, look: Look
) -> tuple[dict[tuple[Image, Place], _Shot], tuple[str, ...]]:
    """The pictures of an edition, and the reasons why some of them are not to be had."""
    read = cache(press.read_picture)  # one image may stand in several places
    shots: dict[tuple[Image, Place], _Shot] = {}
    places = frames(look)
    missing: dict[str, None] = {}
    for image, place in dict.fromkeys(_images(edition, look)):
        try:
            shots[image, place] = _shot(press.base_url, read, image, digest, places[place])
        except NewsletterError as fault:
            missing[str(fault)] = None
    return shots, tuple(missing)


def _images(edition: Edition, look: Look) -> Iterator[tuple[Image, Place]]:
    """Where the letter shows which image. Those of briefs are not among them."""
    yield from _shown(edition.lead, Place.LEAD)
    for section in edition.sections:
        for story in section.stories[:1]:
            yield from _shown(story, Place.FEATURE)
        for story in section.stories[: look.full]:
            yield from _shown(story, Place.STORY)
    for author in edition.lead.article.authors:
        if author.avatar and author.avatar.shown:
            yield author.avatar, Place.AVATAR
    if look.lead_text:
        for image in pictures_in(edition.lead.article.body_html):
            yield image, Place.TEXT


def _shown(story: EditionStory, place: Place) -> Iterator[tuple[Image, Place]]:
    image = story.article.lead_image
    if image and image.shown:
        yield image, place


def _shot(
    base_url: str, read: Callable[[Image], bytes], image: Image, digest: Digest, frame: Frame
) -> _Shot:
    """How the letter shows an image. One without a public address travels with the letter when the
    digest says "link": there is no other way to show it."""
    if image.url and digest.images == "link":
        return _Shot(Picture(image.url, image.width, image.height))
    made = scaled(read(image), max_width=_SHARPNESS * frame.width, shape=frame.shape)
    return _served(made, base_url) if digest.images == "resize" else _attached(made)


def _served(made: ScaledPicture, base_url: str) -> _Shot:
    copy = PictureCopy(
        key=sha256(made.content).hexdigest(),
        mime=made.mime,
        width=made.width,
        height=made.height,
        content=made.content,
    )
    return _Shot(Picture(f"{base_url}/p/{copy.name}", made.width, made.height), copy)


def _attached(made: ScaledPicture) -> _Shot:
    cid = f"{sha256(made.content).hexdigest()[:32]}@newsletter"
    attachment = Attachment(cid=cid, mime=made.mime, content=made.content)
    return _Shot(Picture(f"cid:{cid}", made.width, made.height), attachment)


def copy_keys(html: str) -> list[str]:
    """The keys of the copies that a printed letter shows, each once."""
    return list(dict.fromkeys(_COPY.findall(html)))
