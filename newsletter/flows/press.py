"""Edition → letter: layout, words, pictures and rendering brought together."""

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from importlib.resources.abc import Traversable

from newsletter.articles.picture_check import Unfit
from newsletter.checks.client_support import SHARES
from newsletter.flows.picture import fitting, with_lead
from newsletter.lib.errors import NewsletterError
from newsletter.lib.images import PictureFault
from newsletter.lib.isolation import Isolation, here
from newsletter.model.article import Article, Image
from newsletter.model.edition import Edition, EditionStory, page_path
from newsletter.model.letter import Attachment, Letter, Picture, PictureCopy, Place
from newsletter.model.specs import Digest, Publication
from newsletter.rendering.body import pictures_in
from newsletter.rendering.frames import Frame, frames
from newsletter.rendering.layouts import load_layout, load_sponsor, load_words
from newsletter.rendering.look import Layout, Look
from newsletter.rendering.pictures import MAX_WIDTH, ScaledPicture, scaled
from newsletter.rendering.render import render_edition
from newsletter.rendering.words import Words

_COPY = re.compile(r"/p/([0-9a-f]{64})\.(?:jpg|png)\"")
_STAND_INS = 2  # pictures that are tried when the first is not to be had
_SHARPNESS = 2  # pixels of a copy for one of the page: what phones and laptops show


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What turns editions into letters.

    `read_picture` gives the bytes of an image, from this machine or from its address; it raises a
    NewsletterError when they are not to be had. `isolated` is how a function is called that works
    on what others wrote. `message` gives a letter of a digest in a language as somebody would get
    it, None where that cannot be known. `shares` are those of the readers' mail programs.
    `layout` and `words` read those of a name or a language, each once: a file that is saved while
    the press runs must not make half a letter. Pictures are taken once, too, for all letters of a
    digest that are printed: variants of an edition show the same.
    """

    publication: Publication
    base_url: str
    folders: tuple[Traversable, ...]
    read_picture: Callable[[Image], bytes]
    isolated: Isolation = here
    message: Callable[[Letter, Digest, str], bytes | None] = lambda letter, digest, language: None
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    layout: Callable[[str], Layout] = field(init=False, repr=False, compare=False)
    words: Callable[[str], Words] = field(init=False, repr=False, compare=False)
    _cameras: dict[tuple[str, str], "_Camera"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name, load in (("layout", load_layout), ("words", load_words)):
            object.__setattr__(self, name, cache(partial(load, folders=self.folders)))

    def camera(self, digest: Digest) -> "_Camera":
        """What takes the pictures of a digest's letters."""
        key = digest.layout, digest.images
        if key not in self._cameras:
            look = self.layout(digest.layout).look
            self._cameras[key] = _Camera(self, digest.images, frames(look))
        return self._cameras[key]


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter, the pictures that it does without, each with the reason, and the copies that it
    shows: they have to be served wherever the letter goes."""

    letter: Letter
    missing: tuple[str, ...] = ()
    copies: tuple[PictureCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as the letter shows it, and what was made for it."""

    picture: Picture
    made: Attachment | PictureCopy | None = None


@dataclass(frozen=True, slots=True)
class Shooting:
    """The pictures of an edition by where they stand, and why some are not to be had. `instead`
    are the pictures that stand in for others, by the number of the story."""

    shots: Mapping[tuple[Image, Place], Shot] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    instead: Mapping[int, Image] = field(default_factory=dict)


NO_PICTURES = Shooting()


def print_letter(
    press: Press, edition: Edition, digest: Digest, shooting: Shooting | None = None
) -> Printed:
    """The letter of an edition, with pictures that were taken before, or are now.

    RenderFault or LayoutFault when the layout cannot be used, Overrun when it takes too much.
    """
    shooting = shooting or shoot(press, edition, digest)
    edition = as_shot(edition, shooting)
    letter = press.isolated(
        render_edition,
        edition,
        publication=press.publication,
        layout=press.layout(digest.layout),
        words=press.words(edition.language),
        pictures={where: shot.picture for where, shot in shooting.shots.items()},
        base_url=press.base_url,
        marker=secrets.token_hex(12),
        languages=digest.languages,
        view_url=page_of(press.base_url, edition),
        link_parameters=digest.link_parameters,
        sponsor=load_sponsor(digest.name, edition.language, press.folders),
    )
    return _with_pictures(letter, shooting)


def page_of(base_url: str, edition: Edition) -> str | None:
    """The address of the letter's own page; a sample has none."""
    if edition.sample:
        return None
    return f"{base_url}/{page_path(edition.digest, edition.language, edition.slot)}"


def _with_pictures(letter: Letter, shooting: Shooting) -> Printed:
    """The letter with what was made for it, each once; what its layout does not show is left."""
    made = dict.fromkeys(shot.made for shot in shooting.shots.values())
    attached = [each for each in made if isinstance(each, Attachment)]
    copies = [each for each in made if isinstance(each, PictureCopy)]
    return Printed(
        replace(letter, attachments=tuple(each for each in attached if each.cid in letter.html)),
        shooting.missing,
        tuple(each for each in copies if each.name in letter.html),
    )


def shoot(press: Press, edition: Edition, digest: Digest) -> Shooting:
    """The pictures of an edition, as its layout shows them. Where the picture of a story is not to
    be had, the next best one of its article stands in, if there is one."""
    look = press.layout(digest.layout).look
    camera = press.camera(digest)
    shots: dict[tuple[Image, Place], Shot] = {}
    instead: dict[int, Image] = {}
    missing: dict[str, None] = {}
    for story, places in _spots(edition, look, camera.frames):
        image, taken, lost = _first(camera, story.article, places)
        shots |= taken
        missing |= dict.fromkeys(lost)
        if image and image != story.article.lead_image:
            instead[story.story] = image
    shown = as_shot(edition, Shooting(instead=instead))
    for image, place in dict.fromkeys(_beside(shown, look)):
        try:
            shots |= camera.shots(image, (place,))
        except NewsletterError as fault:
            missing[str(fault)] = None
    camera.put_away()
    return Shooting(shots, tuple(missing), instead)


def as_shot(edition: Edition, shooting: Shooting) -> Edition:
    """The edition with the pictures that stand in for others, and what is said of them."""
    if not shooting.instead:
        return edition

    def shown(story: EditionStory) -> EditionStory:
        image = shooting.instead.get(story.story)
        return replace(story, article=with_lead(story.article, image)) if image else story

    return replace(
        edition,
        lead=shown(edition.lead),
        sections=tuple(
            replace(section, stories=tuple(map(shown, section.stories)))
            for section in edition.sections
        ),
        more=tuple(map(shown, edition.more)),
    )


@dataclass(slots=True)
class _Camera:
    """Takes the pictures of letters. Each is read once for a letter, whatever comes of it: it may
    stand in several places. One that could not be read is not asked for again by the next letter,
    for a server that is silent keeps everybody waiting."""

    press: Press
    images: str
    frames: Mapping[Place, Frame]
    _read: dict[Image, bytes | NewsletterError] = field(default_factory=dict)
    _fit: set[Image] = field(default_factory=set)
    _shots: dict[tuple[Image, Place], Shot] = field(default_factory=dict)

    def shots(self, image: Image, places: Iterable[Place]) -> dict[tuple[Image, Place], Shot]:
        """The picture in its places, those that the layout has. NewsletterError without it."""
        wanted = [(image, place) for place in places if place in self.frames]
        for where in wanted:
            if where not in self._shots:
                self._shots[where] = self._shot(image, self.frames[where[1]])
        return {where: self._shots[where] for where in wanted}

    def _shot(self, image: Image, frame: Frame) -> Shot:
        """How a letter shows an image. One without a public address travels with the letter when
        the digest says "link": there is no other way to show it."""
        if image.url and self.images == "link":
            return Shot(Picture(image.url, image.width, image.height))
        width = min(_SHARPNESS * frame.width, MAX_WIDTH)
        content = self.read(image)
        try:
            made = self.press.isolated(scaled, content, max_width=width, shape=frame.shape)
        except NewsletterError as fault:
            self._read[image] = fault
            raise
        return _served(made, self.press.base_url) if self.images == "resize" else _attached(made)

    def read(self, image: Image) -> bytes:
        if image not in self._read:
            try:
                self._read[image] = self.press.read_picture(image)
            except NewsletterError as fault:
                self._read[image] = fault
        found = self._read[image]
        if isinstance(found, NewsletterError):
            raise found
        return found

    def put_away(self) -> None:
        """Forget the bytes that were read: what the next letter shows was made of them."""
        self._read = {
            image: found
            for image, found in self._read.items()
            if isinstance(found, NewsletterError)
        }

    def check(self, image: Image) -> None:
        """Raise a NewsletterError where a picture that nobody looked at yet is none of a story."""
        if image in self._fit:
            return
        outcome = fitting(image, self.read(image), self.press.isolated)
        if isinstance(outcome, Unfit):
            self._read[image] = fault = PictureFault(outcome.remark.message)
            raise fault
        self._fit.add(image)


def _first(
    camera: _Camera, article: Article, places: Iterable[Place]
) -> tuple[Image | None, Mapping[tuple[Image, Place], Shot], list[str]]:
    """The first picture of an article that is to be had, as it stands in its places; and a word
    for each that is not."""
    lost: list[str] = []
    for image in _candidates(article, camera.images):
        try:
            if image != article.lead_image:
                camera.check(image)
            taken = camera.shots(image, places)
        except NewsletterError as fault:
            lost.append(str(fault))
            continue
        return image, taken, [f"{each}; {image.place} stands in for it" for each in lost]
    return None, {}, lost


def _candidates(article: Article, images: str) -> Iterator[Image]:
    """Its lead picture, and those whose bytes will be read: nobody may have looked at them yet."""
    if article.lead_image and article.lead_image.shown:
        yield article.lead_image
    for image in article.other_images[:_STAND_INS]:
        if images != "link" or image.url is None:
            yield image


def _spots(
    edition: Edition, look: Look, frames: Mapping[Place, Frame]
) -> Iterator[tuple[EditionStory, list[Place]]]:
    """Where the letter shows the picture of which story. Those of briefs are not among them."""
    spots: dict[int, list[Place]] = defaultdict(list)
    spots[edition.lead.story].append(Place.LEAD)
    for section in edition.sections:
        for story in section.stories[:1]:
            spots[story.story].append(Place.FEATURE)
        for story in section.stories[: look.full]:
            spots[story.story].append(Place.STORY)
    for story in edition.stories:
        places = [place for place in spots.pop(story.story, ()) if place in frames]
        if places:
            yield story, places


def _beside(edition: Edition, look: Look) -> Iterator[tuple[Image, Place]]:
    """The other pictures of the letter: faces, and what stands in the text of the first story."""
    for author in edition.lead.article.authors:
        if author.avatar and author.avatar.shown:
            yield author.avatar, Place.AVATAR
    if look.lead_text:
        for image in pictures_in(edition.lead.article.body_html):
            yield image, Place.TEXT


def _served(made: ScaledPicture, base_url: str) -> Shot:
    copy = PictureCopy(
        key=sha256(made.content).hexdigest(),
        mime=made.mime,
        width=made.width,
        height=made.height,
        content=made.content,
    )
    return Shot(Picture(f"{base_url}/p/{copy.name}", made.width, made.height), copy)


def _attached(made: ScaledPicture) -> Shot:
    cid = f"{sha256(made.content).hexdigest()[:32]}@newsletter"
    attachment = Attachment(cid=cid, mime=made.mime, content=made.content)
    return Shot(Picture(f"cid:{cid}", made.width, made.height), attachment)


def copy_keys(html: str) -> list[str]:
    """The keys of the copies that a printed letter shows, each once."""
    return list(dict.fromkeys(_COPY.findall(html)))
