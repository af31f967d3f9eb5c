"""Lines that are the furniture of a page, not of its article."""

import re
from collections.abc import Iterable, Mapping

from newsletter.articles.boilerplate_lines import CREDIT_LINES, LINES, LIST_HEADS, SOURCE_LINES
from newsletter.articles.translations import translation_phrase


def _whole_line(table: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    patterns = (line.replace(" ", r"\s+") for group in table.values() for line in group)
    return re.compile(rf"^\W*(?:{'|'.join(patterns)})[\W_]*$", re.IGNORECASE)


_BOILERPLATE = _whole_line(LINES)
_CREDIT = _whole_line(CREDIT_LINES)
_SOURCE = _whole_line(SOURCE_LINES)
_LIST_HEAD = _whole_line(LIST_HEADS)
_CLOCK = r"(?:[\s,|–-]+(?:(?:at|um|à|às|a las) )?\d{1,2}[:.h]\d{2}\b.{0,12})?"
_DATE = re.compile(
    r"^\W*(?:[\w-]{2,15}[.:]?,? )?(?:"  # "Published:", "Friday,"
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|"
    r"\d{1,2}\.? (?:de )?[^\W\d]{3,10}\.? (?:de(?:l)? )?\d{4}|"
    rf"[^\W\d]{{3,10}}\.? \d{{1,2}},? \d{{4}}){_CLOCK}\W*$"
)
# A caption that stands in a paragraph ends in whose photo it is: "(AP Photo/Jane Roe)".
_CAPTION = re.compile(
    r"\([^()]{0,60}\b(?:photos?|fotos?|images?|imagen|bild|getty)\b[^()]{0,60}\)\W*$", re.IGNORECASE
)
_LONGEST, _LONGEST_HEAD, _LONGEST_CREDIT, _LONGEST_CAPTION = 320, 120, 200, 500  # characters
_MORE = (
    r"(?:continue|keep) reading|read (?:more|the (?:full|whole) (?:story|article|post))|"
    r"seguir leyendo|sigue leyendo|continuar leyendo|leer más|continue (?:lendo|a ler)|leia mais|"
    r"weiterlesen|lire la suite|continua a leggere|leggi tutto"
)
_SITE = r"(?:(?!\.\s).){1,100}"  # within one sentence
_APPEARED = (
    rf"the (?:post|article) .{{1,300}}? (?:appeared first|first appeared) on {_SITE}|"
    rf"la entrada .{{1,300}}? (?:apareció primero|se publicó primero) en {_SITE}|"
    rf"o post .{{1,300}}? apareceu primeiro em {_SITE}|"
    rf"l['’]article .{{1,300}}? est apparu en premier sur {_SITE}|"
    rf"der beitrag .{{1,300}}? erschien zuerst auf {_SITE}|"
    rf"l['’]articolo .{{1,300}}? (?:proviene da|sembra essere il primo su) {_SITE}"
)
_CUT = r"\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\)"
# "Read more" ends a text where it stands apart: behind a cut, a full stop, or with a capital.
_APART = rf"(?:\s*(?:{_CUT}|…|\.\.\.)\s*|^|(?<=[.!?\"”»])\s+|\s+(?-i:(?=[A-Z])))"
_TAIL = re.compile(
    rf"(?:{_APART}(?:{_MORE})\b[^<.]{{0,200}}|(?:\s|^)(?:{_APPEARED})|\s*(?:{_CUT}))$",
    re.IGNORECASE,
)
_TAIL_OF_MARKUP = re.compile(
    rf"(?:\s|&nbsp;)*(?:{_CUT}|…)?\s*(?:<a [^<>]*>\s*(?:{_CUT}|(?:{_MORE})\b[^<]{{0,200}}"
    rf"(?:<span\b[^<>]*>[^<]*</span>[^<]*)?)</a>|{_CUT})(?:\s|&nbsp;|[.»→])*(</p>)$",
    re.IGNORECASE,
)
_MOST_TAILS = 3  # one behind the other
_LONGEST_TAIL = 1_000  # characters of markup


def is_boilerplate(line: str) -> bool:
    """Whether a whole line is furniture, or an offer to read the text in another language."""
    if len(line) > _LONGEST:
        return False
    return bool(_BOILERPLATE.match(line)) or translation_phrase(line) is not None


def without_tail(text: str) -> str:
    """A feed's text without what its program hung on it: "[…] Continue reading", "The post …
    appeared first on …"."""
    for _ in range(_MOST_TAILS):
        text = _TAIL.sub("", text)
    return text


def without_tail_of_markup(html: str) -> str:
    """The same for a paragraph's markup, whose way to go on reading is a link."""
    start, end = html[:-_LONGEST_TAIL], html[-_LONGEST_TAIL:]
    return start + _TAIL_OF_MARKUP.sub(r"\1", end)


def is_credit(line: str) -> bool:
    """Whether a paragraph tells whose a picture is, or is the caption of one."""
    told = len(line) < _LONGEST_CREDIT and _CREDIT.match(line) is not None
    return told or (len(line) < _LONGEST_CAPTION and _CAPTION.search(line) is not None)


def is_list_head(line: str) -> bool:
    """Whether a line heads a list of other articles. A sentence does not."""
    short = len(line) <= _LONGEST_HEAD and not line.endswith(".")
    return short and _LIST_HEAD.match(line) is not None


def is_source(line: str) -> bool:
    return len(line) <= _LONGEST and _SOURCE.match(line) is not None


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    return len(line) <= _LONGEST and _DATE.match(line) is not None
