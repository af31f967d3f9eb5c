"""Show: letters as files and pages for people to look at. What is personal is blanked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsletter.flows.preview import Proof
from newsletter.lib.errors import NewsletterError
from newsletter.model.article import Image
from newsletter.model.letter import Letter, Personal, PictureCopy
from newsletter.sources.files import PICTURE_LIMIT, read_text_file

NOBODY = "preview"  # stands where a reader's token would
_PICTURES = "pictures"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as a browser can show it: addresses of pictures that stand below `pictures/`."""

    html: str
    text: str
    pictures: Mapping[str, bytes]


def shown(
    letter: Letter, images: tuple[Image, ...] = (), copies: tuple[PictureCopy, ...] = ()
) -> Shown:
    """The letter with nobody's tokens. Attached pictures, `copies`, and those of `images` that lie
    on this machine are shown from here: an article, or an edition, may not be published yet."""
    html, pictures = letter.html, {}
    for copy in copies:
        html = re.sub(rf'"[^"]*/p/{copy.name}"', f'"{_PICTURES}/{copy.name}"', html)
        pictures[copy.name] = copy.content
    for number, picture in enumerate(letter.attachments, start=1):
        name = f"{number}.{_ENDINGS.get(picture.mime, 'bin')}"
        html = html.replace(f'"cid:{picture.cid}"', f'"{_PICTURES}/{name}"')
        pictures[name] = picture.content
    for image in images:
        if image.url and f'src="{image.url}"' in html and (content := _from_here(image)):
            name = f"{len(pictures) + 1}.{_ENDINGS.get(image.mime or '', 'bin')}"
            html = html.replace(f'src="{image.url}"', f'src="{_PICTURES}/{name}"')
            pictures[name] = content
    return Shown(blanked(html, letter), blanked(letter.text, letter), pictures)


def _from_here(image: Image) -> bytes | None:
    """The bytes of a picture on this machine; None where it lies elsewhere, or has gone since."""
    try:
        return read_text_file(Path(image.file), PICTURE_LIMIT) if image.file else None
    except NewsletterError:
        return None


def images_of(proof: Proof) -> tuple[Image, ...]:
    """The pictures of an edition that is not frozen yet."""
    if proof.edition is None:
        return ()
    articles = [story.article for story in proof.edition.stories]
    avatars = [author.avatar for article in articles for author in article.authors]
    return tuple(i for i in (*(a.lead_image for a in articles), *avatars) if i and i.shown)


def blanked(text: str, letter: Letter) -> str:
    """A part of the letter with nobody's tokens in it: its links lead nowhere."""
    for name in Personal:
        text = text.replace(f"{letter.marker}{name.value}{letter.marker}", NOBODY)
    return text


def write_proof(proof: Proof, out: Path, message: bytes | None) -> Path | None:
    """Write a proof as .html, .txt, .eml and .json files below `out`; return the page."""
    out.mkdir(parents=True, exist_ok=True)
    _write(out / f"{proof.key}.json", json.dumps(proof_json(proof), ensure_ascii=False, indent=1))
    if proof.letter is None:
        return None
    if message:
        (out / f"{proof.key}.eml").write_bytes(message)
    return write_letter(proof.letter, out, proof.key, images_of(proof), proof.copies)


def write_letter(
    letter: Letter,
    out: Path,
    name: str,
    images: tuple[Image, ...] = (),
    copies: tuple[PictureCopy, ...] = (),
) -> Path:
    """Write a letter as a page, with its pictures beside it, and as text; return the page."""
    page = shown(letter, images, copies)
    folder = out / _PICTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in page.pictures.items():
        (folder / file).write_bytes(content)
    _write(out / f"{name}.html", page.html.replace(f'"{_PICTURES}/', f'"{_PICTURES}/{name}/'))
    _write(out / f"{name}.txt", page.text)
    return out / f"{name}.html"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def proof_json(proof: Proof) -> dict[str, object]:
    """What an edition holds, for programs."""
    stories = proof.edition.stories if proof.edition else ()
    return {
        "digest": proof.digest,
        "language": proof.language,
        "slot": proof.slot.key,
        "state": proof.state.value,
        "edition": proof.number,
        "sample": proof.sample,
        "readers": proof.readers,
        "subject": proof.letter.subject if proof.letter else None,
        "preheader": proof.letter.preheader if proof.letter else None,
        "stories": [
            {
                "story": each.story,
                "article": each.article.id,
                "title": each.article.title,
                "url": each.article.address,
                "language": each.article.language,
                "section": each.article.section,
            }
            for each in stories
        ],
        "missing": list(proof.missing),
        "left_out": [
            {"story": left.story, "title": left.title, "rule": left.rule, "reason": left.reason}
            for left in proof.left_out
        ],
        "only_named": [each.story for each in proof.edition.more] if proof.edition else [],
        "fault": proof.fault,
    }
