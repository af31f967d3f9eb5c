"""Captions: found beside their picture, and parted from the credit at their end."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from newsletter.articles.markup import attribute, words
from newsletter.articles.pictures import picture_url, same_picture
from newsletter.model.article import Image

_AGENCIES = (
    "AP|Associated Press|The Associated Press|AFP|Agence France-Presse|Reuters|EFE|EPA|dpa|ANSA|"
    "Getty|Getty Images|Europa Press|Notimex|Xinhua|TASS|Shutterstock|iStock|Alamy|NurPhoto|"
    "Bloomberg|Cuartoscuro|ANP|APA|Keystone|Belga|Lusa|Imago|Unsplash|Pexels|Pixabay|"
    "Wikimedia|Wikipedia|Flickr|Creative Commons|NASA|Instagram|Twitter|Facebook|Télam|Andina|"
    "Agencia|Archivo|File|Handout|Courtesy|Cortesía|PA Wire|PA|UPI|SIPA|Zuma|EuropaPress"
)
_LEAD = (
    r"(?:photo(?:graph)?s?|fotos?|fotografía|image|imagen|imágenes|bild|picture|pic|crédito|credits?|"
    r"créditos?|source|fuente|quelle|foto(?:graf)?|fotografia|photographie|crédit)"
)
_BY = r"(?:\s*(?:credit|by|via|from|courtesy(?: of)?|source|de|por|par|von|cortesía(?: de)?))?"
_STARTS_AGENCY = re.compile(rf"^(?:{_AGENCIES})\b", re.IGNORECASE)
_STARTS_LEAD = re.compile(
    rf"^(?:{_LEAD}\b|imagen|via\b|vía\b|courtesy\b|cortesía\b|©|\(c\)|by\b)", re.IGNORECASE
)
_LED_BY = rf"{_LEAD}{_BY}\s*[:/]\s*|{_LEAD}\s+(?:credit|by|courtesy(?: of)?|via|source)\s+"
_LEAD_WORDS = re.compile(
    rf"^(?:camera icon\s*|{_LED_BY}|{_LEAD}{_BY}\s*[,–-]\s*|image source,?\s*|(?:via|vía)\s+|"
    r"©\s*|\(c\)\s*|copyright\s*:?\s*)+",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]{2,100})[)\]]\s*\.?$", re.DOTALL)
_LED = re.compile(
    r"^(.*?)(?:^|(?<=[.!?)\"”»’])|[|–—/-]|\s{2,})\s*"
    rf"((?:{_LED_BY}|image source,?\s*|©|\(c\)\s|copyright\b)[^.]{{2,80}})\.?$",
    re.IGNORECASE | re.DOTALL,
)
_COPYRIGHT = re.compile(r"^(.*?)\s+(©\s*[^.©]{2,60})\.?$", re.DOTALL)
_AGENCY_END = re.compile(
    rf"^(.*[.!?\"”»])\s*((?:{_AGENCIES})(?:\s+Photo)?(?:\s*/\s*[\w .,'’/-]{{2,60}})?|"
    r"[A-ZÁÉÍÓÚÑ]{2,10}\s*/\s*[\w .'’-]{2,60})\.?$",
    re.DOTALL,
)
_PIPED = re.compile(r"^(.*\S)\s+\|\s+([^|]{2,80})$", re.DOTALL)
_MOST_WORDS = 6  # of a credit behind a bar

_CAPTION_QUERY = (
    "figcaption, [class*=caption i], [itemprop=caption], [class*=leyenda i], [class*=pie-foto i]"
)
_CREDIT_QUERY = ", ".join(
    f"[class*={name} i], [itemprop*={name} i]"
    for name in (
        "credit",
        "copyright",
        "source",
        "agency",
        "photographer",
        "author",
        "firma",
        "autor",
    )
)
_HIGHEST = 7  # ancestors between a picture and the box that holds its caption
_LONGEST = 600  # characters: more is a text beside a picture


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands with a picture. `shown` is it as printed, to be kept out of the body."""

    text: str | None = None
    credit: str | None = None
    alt: str | None = None
    shown: str = ""


def split_credit(text: str) -> tuple[str | None, str | None]:
    """ "A caption. (EFE)" → ("A caption.", "EFE"). What is no credit stays: "(left)", "(2019)"."""
    caption = " ".join(text.split())
    for rule in (_in_brackets, _after_lead, _after_agency, _after_bar):
        found = rule(caption)
        if found is not None:
            rest, credit = found
            return rest.strip(" |–—-") or None, without_lead(credit) or None
    return caption or None, None


def without_lead(credit: str) -> str:
    """The credit without what only says that it is one: "Photo: ", "© ", "Image source, "."""
    stripped = _LEAD_WORDS.sub("", credit.strip(" |()[]"))
    return stripped.strip(" .,:;|")


def caption_of(
    roots: list[LexborNode], image: Image, base: str | None, *, any_figure: bool
) -> Caption:
    """What the page says under a picture: beside the same one in any size, else (if `any_figure`
    will do, for a page's own picture) under the first figure."""
    images = [img for root in roots for img in root.css("img")]
    same = [img for img in images if _shows(img, image, base)]
    for img in same:
        found = _around(img)
        if found is not None:
            return found
    if same:
        return Caption(alt=_alt(same))
    figures = [f for root in roots for f in root.css("figure")] if any_figure else []
    return (_in_box(figures[0]) if figures else None) or Caption()


def _shows(img: LexborNode, image: Image, base: str | None) -> bool:
    """Whether an <img> shows the picture, which may be a file whose page has no address."""
    wanted = image.url or image.file or ""
    address = picture_url(img, base) or attribute(img, "src")
    return bool(wanted and address) and same_picture(address, wanted)


def _alt(images: list[LexborNode]) -> str | None:
    return next((alt for img in images if (alt := attribute(img, "alt"))), None)


def _around(img: LexborNode) -> Caption | None:
    """The caption in the smallest box around a picture that has one."""
    box = img.parent
    for _ in range(_HIGHEST):
        if box is None or box.tag in ("body", "article", "main", "html"):
            return None
        found = _in_box(box, img)
        if found is not None:
            return Caption(found.text, found.credit, _alt([img]), found.shown)
        box = box.parent
    return None


def _in_box(box: LexborNode, img: LexborNode | None = None) -> Caption | None:
    captions = (n for n in box.css(_CAPTION_QUERY) if _says_something(n))
    node = next((n for n in captions if img is None or not _is_of_another(n, img)), None)
    marked = _marked_credit(node or box, img)
    if node is None and not marked:
        return None
    printed = words(node)
    text, credit = split_credit(_minus(printed, marked))
    return Caption(text, without_lead(marked) or credit, shown=printed or marked)


def _is_of_another(caption: LexborNode, img: LexborNode) -> bool:
    """Whether a caption stands in a figure of its own, with another picture in it."""
    figure = caption
    while figure.tag != "figure":
        if figure.parent is None:
            return False
        figure = figure.parent
    inside = [each.mem_id for each in figure.css("img")]
    return bool(inside) and img.mem_id not in inside


def _says_something(node: LexborNode) -> bool:
    return 0 < len(words(node)) <= _LONGEST


def _marked_credit(box: LexborNode, img: LexborNode | None) -> str:
    """The credit that the markup itself names: the innermost, when they nest."""
    marked = [node for node in box.css(_CREDIT_QUERY) if node.mem_id != box.mem_id]
    found = [words(node) for node in marked if img is None or not _is_of_another(node, img)]
    return min((text for text in found if 1 < len(text) <= 120), key=len, default="")


def _minus(printed: str, marked: str) -> str:
    return printed.replace(marked, " ", 1).strip(" |()[]") if marked else printed


def _in_brackets(text: str) -> tuple[str, str] | None:
    match = _BRACKETED.match(text)
    return (match[1], match[2]) if match and _is_credit(match[2]) else None


def _after_lead(text: str) -> tuple[str, str] | None:
    match = _LED.match(text) or _COPYRIGHT.match(text)
    return (match[1], match[2]) if match else None


def _after_agency(text: str) -> tuple[str, str] | None:
    match = _AGENCY_END.match(text)
    return (match[1], match[2]) if match else None


def _after_bar(text: str) -> tuple[str, str] | None:
    match = _PIPED.match(text)
    return (match[1], match[2]) if match and len(match[2].split()) <= _MOST_WORDS else None


def _is_credit(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    loud = len(text) <= 30 and len(letters) >= 2 and all(c.isupper() for c in letters)
    slashed = re.search(r"[^\W\d]\s*/\s*[^\W\d]", text) is not None
    return bool(loud or slashed or _STARTS_AGENCY.match(text) or _STARTS_LEAD.match(text))
