"""What stands under a headline: the publisher's own summary, else the first sentences."""

import re
from collections.abc import Iterable

from newsletter.articles.blocks import Block, as_text, same_words, word_key
from newsletter.articles.boilerplate import is_boilerplate, without_tail
from newsletter.articles.found import Found, first
from newsletter.articles.markup import plain
from newsletter.articles.structured import Sheet, item_value
from newsletter.model.article import Draft

LONGEST = 300  # characters of an excerpt
_ENOUGH = 160  # characters: then no further paragraph is added
_SHORT = 40  # characters: a paragraph below is a dateline, a byline or a cry
LONGEST_STANDFIRST = 500  # characters: a longer summary is the text itself
# "KABUL (EFE) -", "Madrid, 26 ago (EFE).-", "LONDON —"; and a place in small letters without an
# agency only before a capital: "The ferry – late again – sank" begins with no dateline.
_PLACE = r"[A-ZÁÉÍÓÚÑÜ][\w .,/'’-]{1,40}"
_CAPITALS = r"[A-ZÁÉÍÓÚÑÜ][A-ZÁÉÍÓÚÑÜ .,/'’-]{2,40}"
_NAME_OF_PLACE = r"[A-ZÁÉÍÓÚÑÜ][\w.'’-]+(?:,? (?:de |do |del |da )?[A-ZÁÉÍÓÚÑÜ][\w.'’-]+){0,2}"
_DATELINE = re.compile(
    rf"^(?:{_PLACE}\([A-Z][\w /.]{{1,30}}\)\s*\.?\s*[–—-]+\s+|{_CAPITALS}\s*[–—-]+\s+|"
    rf"{_NAME_OF_PLACE}\s+[–—-]+\s+(?=[\"“«¿¡]?[A-ZÁÉÍÓÚÑÜ]))(?=\S)"
)
_BYLINE = re.compile(r"^(?:by|por|par|von|di)\s*:?\s+[^.!?]{2,80}$", re.IGNORECASE)
# Points that end no sentence. Single letters ("J. Doe", "EE. UU.") are found by their length.
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "rep", "sen", "gov", "gen", "col", "lt", "sgt", "st", "jr",
    "vs", "no", "inc", "ltd", "co", "corp", "dept", "est", "etc", "eg", "ie", "cf", "vol", "pp",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "sr",
    "sra", "srta", "dra", "ud", "uds", "lic", "ing", "arq", "núm", "pág", "art", "av", "ee", "uu",
    "dn", "hno", "mons", "pdte", "bzw", "ca", "usw", "nr", "str", "tel", "mme", "mlle",
})  # fmt: skip
_SENTENCE_END = re.compile(r"([.!?…][\"'”’»)\]]*)\s+(?=[\"'“‘«¿¡(\[]?[^\W_])")


def find_standfirst(
    draft: Draft, sheet: Sheet, title: str, body: tuple[Block, ...]
) -> Found[str] | None:
    """The publisher's own summary; None where it only repeats the title or begins the body. An
    opening paragraph does not count as the body here: it is the summary, printed."""
    opening = next((block.text for block in body if block.is_opening), "")
    candidates = (
        (draft.summary or "", f"{draft.origin}.summary"),
        (sheet.meta("og:description"), "og.description"),
        (sheet.meta("description"), "meta.description"),
        (sheet.graph.text("description"), "jsonld.description"),
        (sheet.meta("twitter:description"), "twitter.description"),
        (next((item_value(n) for n in sheet.item("description")), ""), "microdata.description"),
        (opening, "page.opening"),
    )
    text_alone = as_text(block for block in body if not block.is_opening)
    start = word_key(text_alone[: LONGEST_STANDFIRST * 2])
    return first(
        Found(text, where)
        for raw, where in candidates
        if (text := without_tail(plain(raw)))
        and len(text) <= LONGEST_STANDFIRST
        and not (same_words(text, title) or start.startswith(word_key(_uncut(text))))
        and not is_boilerplate(text)
    )


def make_excerpt(standfirst: str | None, body: Iterable[Block], title: str) -> Found[str]:
    """The standfirst if there is one, else the body's first sentences: at most 300 characters, cut
    where a sentence ends if that leaves half of them, else at a word with an ellipsis."""
    if standfirst:
        return Found(cut(standfirst), "standfirst")
    prose = (block for block in body if block.is_prose and not block.is_heading)
    paragraphs = [" ".join(block.text.split()) for block in prose]
    told = (text for text in paragraphs if not (same_words(text, title) or _is_furniture(text)))
    usable = [_DATELINE.sub("", text) for text in told]
    long = [text for text in usable if len(text) >= _SHORT] or usable
    chosen = ""
    for text in long:
        chosen = f"{chosen} {text}".strip()
        if len(chosen) >= _ENOUGH:
            break
    return Found(cut(chosen), "body" if chosen else "none")


def _is_furniture(text: str) -> bool:
    return is_boilerplate(text) or _BYLINE.match(text) is not None


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, at most `longest` characters: whole sentences if they fill a third, else words."""
    if len(text) <= longest:
        return text
    ends = [m.end(1) for m in _SENTENCE_END.finditer(text) if _ends_sentence(text, m.start(1))]
    whole = max((end for end in ends if end <= longest), default=0)
    if whole >= longest // 3:
        return text[:whole]
    words = text[:longest].rpartition(" ")[0] or text[: longest - 1]  # Chinese has no blanks
    return words.rstrip(" ,;:–—-") + "…"


def _ends_sentence(text: str, point: int) -> bool:
    if text[point] != ".":
        return True
    word = re.split(r"[\s.(]", text[max(0, point - 20) : point])[-1].strip("\"'“‘«").casefold()
    return len(word) > 1 and word not in _ABBREVIATIONS


def _uncut(text: str) -> str:
    """A summary cut from the body ends in the middle of a word or in an ellipsis."""
    return re.sub(r"\W*(?:…|\.\.\.|\[…\])?\W*$", "", text)
