"""Lines that are the furniture of a page, not of its article."""

import re
from collections.abc import Iterable, Iterator, Mapping

from newsletter.articles.blocks import Block, as_text, blocks, same_words, word_key
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
_CAPTION = re.compile(
    r"\([^()]{0,60}\b(?:photos?|fotos?|images?|imagen|bild|getty)\b[^()]{0,60}\)\W*$", re.IGNORECASE
)
_LONGEST_CAPTION = 500
_ADDRESS = re.compile(r"^\W*(?:https?://|www\.)?[\w.@-]+\.[a-z]{2,10}(?:/\S*)?\W*$", re.IGNORECASE)
_PARAGRAPH = 200  # characters: more is no teaser in a list of other articles
_LAST = 3  # blocks in which a source is told, and dates stand at either end
_LONGEST = 320  # characters
_LONGEST_LINK = 120
_LINK_ONLY = re.compile(
    r"^<(p|h[2-4])>(?:<(?:em|strong|b|i|u|span)>|[\s>»→•:-])*<a [^>]*>(?:(?!</a>).)*</a>"
    r"(?:</(?:em|strong|b|i|u|span)>|[\s.»→!-])*</\1>$",
    re.DOTALL,
)
_LINKED = re.compile(r"<a [^<>]*>(.*?)</a>", re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>")
_LINK_DENSITY = 0.8
_MOST_TAILS = 3  # one behind the other
_LONGEST_TAIL = 1_000  # characters of markup
_LINKED_ITEM = re.compile(r"<li>\s*(?:<(?:p|h[2-4]|strong|b)>\s*)*<a ")
_A_TEXT = 80  # words
_MANY_LINKS = 4  # fewer, if long, are a paragraph with a link that was left open
_BYLINE = re.compile(
    r"^(?:written |posted |published )?(?:by|por|par|von|di)\s*:?\s+", re.IGNORECASE
)
_MORE = (
    r"(?:continue|keep) reading|read (?:more|the (?:full|whole) (?:story|article|post))|"
    r"seguir leyendo|sigue leyendo|continuar leyendo|leer más|continue (?:lendo|a ler)|leia mais|"
    r"weiterlesen|lire la suite|continua a leggere|leggi tutto"
)
_APPEARED = (
    r"the (?:post|article) .{1,300}? (?:appeared first|first appeared) on .{1,100}|"
    r"la entrada .{1,300}? (?:apareció primero|se publicó primero) en .{1,100}|"
    r"o post .{1,300}? apareceu primeiro em .{1,100}|"
    r"l['’]article .{1,300}? est apparu en premier sur .{1,100}|"
    r"der beitrag .{1,300}? erschien zuerst auf .{1,100}|"
    r"l['’]articolo .{1,300}? (?:proviene da|sembra essere il primo su) .{1,100}"
)
_CUT = r"\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\)"
_TAIL = re.compile(
    rf"(?:\s*(?:{_CUT}|…|\.\.\.)?\s*\b(?:{_MORE})\b[^<.]{{0,200}}"
    rf"|(?:\s|^)(?:{_APPEARED})|\s*(?:{_CUT}))$",
    re.IGNORECASE,
)
_TAIL_OF_BLOCK = re.compile(
    rf"(?:\s|&nbsp;)*(?:{_CUT}|…)?\s*(?:<a [^<>]*>\s*(?:{_CUT}|(?:{_MORE})\b[^<]{{0,200}}"
    rf"(?:<span\b[^<>]*>[^<]*</span>[^<]*)?)</a>|{_CUT})(?:\s|&nbsp;|[.»→])*(</p>)$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"^[*_•~–—-](?:\s*[*_•~–—-])+$")
_CRUMBS = re.compile(r"\s+(?:[›»>→|/])\s+")


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


def article_only(
    body: Iterable[Block], *, title: str, names: Iterable[str], elsewhere: Iterable[str]
) -> tuple[Block, ...]:
    """The body without furniture, repeated title, byline, and what is shown `elsewhere` (captions
    and bios, as they stood on the page); headings that then have nothing under them go too."""
    shown = {word_key(text) for text in elsewhere} - {""}
    bylines = {word_key(name) for name in names} - {""}
    kept = [
        block
        for block in _with_breaks(body)
        if not (
            _says_nothing(block)
            or is_boilerplate(block.text)
            or _is_credit(block)
            or _is_address(block)
            or _is_only_a_link(block)
            or same_words(_CRUMBS.split(block.text)[-1], title)
            or _is_shown(word_key(block.text), shown)
            or word_key(_BYLINE.sub("", block.text)) in bylines
        )
    ]
    text = _without_ends(_without_teasers(_without_list(_without_links(kept))))
    return _without_tails(tuple(_without_empty_headings(text)))


def _without_links(body: list[Block]) -> list[Block]:
    """Without the lists of links, unless there is little text beside them: then they are it."""
    rest = [block for block in body if not _is_only_links(block)]
    enough = len(as_text(rest).split()) >= _A_TEXT
    return rest if enough or _is_most(rest, body) else body


def _is_most(part: list[Block], body: list[Block]) -> bool:
    return len(as_text(part)) * 2 > len(as_text(body))


def _without_tails(body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The last paragraph without the link to go on reading."""
    if not body:
        return body
    html = body[-1].html
    start, end = html[:-_LONGEST_TAIL], html[-_LONGEST_TAIL:]
    shorter = _TAIL_OF_BLOCK.sub(r"\1", end)
    return body if shorter == end else (*body[:-1], *blocks(start + shorter))


def _without_list(body: list[Block]) -> list[Block]:
    """Without the list of other articles that follows the text: its head, and all behind that."""
    for place, block in enumerate(body):
        before, after = body[:place], body[place:]
        if (
            _is_list_head(block)
            and all(len(one.text) < _PARAGRAPH for one in after)
            and len(as_text(before)) > len(as_text(after))
        ):
            return before
    return [block for block in body if not _is_list_head(block)]


def _without_teasers(body: list[Block]) -> list[Block]:
    """Without the lists at the very end in which every item begins with a link: other articles,
    each with a line about it."""
    end = len(body)
    while end and _is_teasers(body[end - 1]):
        end -= 1
    return body[:end] if _is_most(body[:end], body) else body


def _is_teasers(block: Block) -> bool:
    items = block.html.count("<li>")
    return items > 1 and len(_LINKED_ITEM.findall(block.html)) == items


def _is_list_head(block: Block) -> bool:
    short = len(block.text) <= _LONGEST_LINK and not block.text.endswith(".")
    return short and _LIST_HEAD.match(block.text) is not None


def _is_credit(block: Block) -> bool:
    """A heading "Copyright: a guide" is none. A picture's caption that stands in a paragraph ends
    in whose photo it is: "(AP Photo/Jane Roe)"."""
    if block.tag != "p" or len(block.text) > _LONGEST_CAPTION:
        return False
    short = len(block.text) < _PARAGRAPH
    return bool((short and _CREDIT.match(block.text)) or _CAPTION.search(block.text))


def _says_nothing(block: Block) -> bool:
    """Stray points and commas."""
    return word_key(block.text) == "" and not block.has_picture and block.tag != "hr"


def _with_breaks(body: Iterable[Block]) -> Iterator[Block]:
    """Rows of stars or dashes as the breaks that they stand for."""
    for block in body:
        yield Block("hr", "<hr>", "") if _BREAK.match(block.text) else block


def _is_address(block: Block) -> bool:
    return block.tag == "p" and _ADDRESS.match(block.text) is not None


def _without_ends(body: list[Block]) -> list[Block]:
    """Without the date at the top or the bottom, and the source that is told at the bottom."""
    last = len(body) - _LAST
    return [
        block
        for place, block in enumerate(body)
        if not (
            (place >= last and _SOURCE.match(block.text))
            or ((place >= last or place < _LAST) and _DATE.match(block.text))
        )
    ]


def _is_only_links(block: Block) -> bool:
    """Two links or more, and hardly a word beside them."""
    if block.tag == "table" or block.has_picture:
        return False
    links = [len(_ANY_TAG.sub("", link)) for link in _LINKED.findall(block.html)]
    few = len(links) < _MANY_LINKS
    if len(links) < 2 or (few and max(links) >= _PARAGRAPH):
        return False
    return sum(links) >= _LINK_DENSITY * len(block.text)


def _is_only_a_link(block: Block) -> bool:
    """A short paragraph that is one link leads to something else: the next story, a shop."""
    return (
        len(block.text) <= _LONGEST_LINK
        and not block.is_player
        and _LINK_ONLY.match(block.html) is not None
        and not block.has_picture
    )


def _is_shown(words: str, shown: Iterable[str]) -> bool:
    """The same text, or (from three words on) a piece of it: a bio may be split over blocks."""
    return any(words == text or (words.count(" ") >= 2 and words in text) for text in shown)


def _without_empty_headings(body: list[Block]) -> Iterator[Block]:
    """A heading at the very end heads something that was furniture; a break parts it off."""
    end = len(body)
    while end and (body[end - 1].is_heading or body[end - 1].tag == "hr"):
        end -= 1
    yield from body[:end]
