"""Bylines: the names in "By Jane Doe and John Roe, Staff Writers"."""

import re

from newsletter.articles.blocks import word_key
from newsletter.articles.markup import plain

_BY = re.compile(
    r"^\W*(?:(?:zeige alle beiträge|alle beiträge|beiträge|view all posts|all posts|posts|"
    r"ver todas las entradas|entradas|voir tous les articles|written|posted|published|reported|"
    r"words|text|texto|texte|story|escrito|publicado|"
    r"geschrieben|verfasst|redacción|redaction)\s*)?"
    r"(?:by|por|par|von|di|door|per|autor(?:a|es)?|author|auteur)\b\s*:?\s*|"
    r"^\W*(?:text|texto|texte)\s*:\s*",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^(?:By|Von|Por|Par|Di)(?=[A-ZÀ-Þ][a-zß-ÿ])")  # "By" in an element of its own
_BETWEEN = re.compile(
    r"\s*(?:[;|•·\n]|\s//\s|,(?!\s*(?:jr|sr|phd|md|esq)\b)|\s(?:and|und|y|et|e|en|&|with|con|mit)\s)\s*",
    re.IGNORECASE,
)
_DOUBLED = re.compile(r"\s*(?<!:)//+\s*")
_ADDRESS = re.compile(r"https?://|www\.|\.com\b|^@|\S+@\S+")
_HOST = re.compile(r"^(?:www\.)?[\w-]+\.[a-z]{2,3}(?:\s*/.*)?$", re.IGNORECASE)
_MAIL_AND_NAME = re.compile(r"^\S+@\S+\s*\((.+)\)$")
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s\d.*|\s[-–—]\s.*|\s@\w+.*|\s(?:on|el|am|le|updated|published|posted|for|in)\s.*\d.*|"
    r"\sfor\s.*|\sim gespräch.*|https?:.*)$",
    re.IGNORECASE,
)
# Pieces of a byline that are no name: roles, places to look, and what programs write.
_NOT_A_NAME = re.compile(
    r"^(?:authors?|autores|autoren|admin|administrator|root|unknown|null|none|undefined|editor|autor|staff|"
    r"(?:senior |chief |political |staff |contributing )*"
    r"(?:writer|reporter|editor|correspondent|producer|contributor)"
    r"|.*\b(?:correspondent|reporter|editor in chief|editor-in-chief)|guest|follow|"
    r"view (?:all|profile|bio|my).*|name|visitor|gesponserte inhalte|/.*|"
    r"see (?:all|more).*|more (?:posts|from).*|about the author|share|comments?|\d.*|posted.*|"
    r"published.*|"
    r"updated.*|min read|redactora?|periodista|redakteur(?:in)?|autorin|ph\.?d|md)$",
    re.IGNORECASE,
)
_MOST_WORDS, _LONGEST, _LONGEST_LINE = 6, 60, 120
# A line of text that is nothing but a byline: every word a name's, in two to four words each.
_WORD = r"(?:[^\W\d_a-zà-ÿ][\w'’.-]*|de|del|la|von|van|der|den|di|da|dos|al)"
_NAME = rf"[^\W\d_a-zà-ÿ][\w'’.-]*(?:\s{_WORD}){{1,3}}"
_LINE = re.compile(
    rf"^(?:By|BY|Von|VON|Por|POR|Par|PAR|Di|Text:|Texto:|Autor:|Autorin:|Author:)\s"
    rf"{_NAME}(?:(?:,| und| and| y| et| e| &)\s{_NAME}){{0,3}}"
    r"(?:\s*[,|–-].*|\s(?:am|on|el|le)\s.*)?$"
)


def names_in(raw: str) -> list[str]:
    """The names in a byline: "By Jane Doe and John Roe, Staff Writers" → two of them. Where it
    begins with the address of a site, that alone."""
    match = _MAIL_AND_NAME.match(raw.strip())
    text = plain(match[1] if match else raw)
    # "By Jane Doe // Por Jane Doe" says one thing twice.
    halves = [_BY.sub("", half) for half in _DOUBLED.split(text)]
    pieces = [piece for half in halves for piece in _BETWEEN.split(half)]
    if pieces and is_address(pieces[0]):
        return [pieces[0]]  # an imprint: "harbour.org, Port City, Norway"
    names = [*dict.fromkeys(name for piece in pieces if (name := _as_name(piece)))]
    return [name for name in names if not _holds_another(name, names)]


def is_address(name: str) -> bool:
    """Whether a name is that of a host, alone or with a section behind it."""
    return _HOST.match(name) is not None


def byline_in(line: str) -> bool:
    """Whether a line of text is nothing but a byline with full names."""
    return len(line) <= _LONGEST_LINE and _LINE.match(line) is not None


def _holds_another(name: str, names: list[str]) -> bool:
    """ "Jane Doe Political Editor" beside "Jane Doe" is no second person."""
    key = word_key(name)
    return any(key.startswith(word_key(other) + " ") for other in names if " " in other)


def _as_name(piece: str) -> str | None:
    name = _AFTER_NAME.sub("", _BY.sub("", _GLUED.sub("", piece.strip()))).strip(" .,:;|-–—*\"'")
    if not name or _NOT_A_NAME.match(name) or _ADDRESS.search(name):
        return None
    if len(name.split()) > _MOST_WORDS or len(name) > _LONGEST or not any(map(str.isalpha, name)):
        return None
    half = name[: len(name) // 2].strip()
    if name in (half * 2, f"{half} {half}"):  # shown once, and once more for the narrow screen
        name = half
    shouted = " " in name and (name.isupper() or name.islower())
    return name.title() if shouted else name
