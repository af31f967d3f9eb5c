"""What was to be replaced and was not: template code, merge tags, empty values, broken letters."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from newsletter.checks.given import Mail
from newsletter.lib.text import one_line
from newsletter.model.finding import Finding, Level
from newsletter.model.letter import Personal

_SHOWN = 60
_QUOTED = "stands in the text of an article; look whether it is meant"


@dataclass(frozen=True, slots=True)
class _Leftover:
    level: Level
    code: str
    pattern: re.Pattern[str]
    meaning: str


# In visible text and in attributes. The order is that of how sure it is.
_LEFTOVERS = (
    _Leftover(
        Level.ERROR, "leftover-template",
        re.compile(r"\{\{.{0,200}?\}\}|\{\{|\{%.{0,200}?%\}|\{%|<mj-[a-z]"),
        "is code of a template; fill it in before the mail goes out",
    ),
    _Leftover(
        # Rust's way of writing a character: mrml does that to attributes.
        Level.ERROR, "leftover-escape", re.compile(r"\\u\{[0-9a-fA-F]+\}"),
        "is a character that was written as code; write it as a numeric reference",
    ),
    _Leftover(
        # Mailchimp; ours and others; ExactTarget; Mailgun.
        Level.ERROR, "leftover-tag",
        re.compile(
            r"\*\|[\w:. -]+\|\*|\[\[[a-zA-Z][a-zA-Z_.-]*\]\]|%%[a-zA-Z][a-zA-Z_.-]*%%"
            r"|%recipient\.\w+%"
        ),
        "is a slot that nobody filled",
    ),
    _Leftover(
        # The same with what may as well be prose, notes and wiki links; ERB; upper-case names.
        Level.WARNING, "leftover-tag",
        re.compile(
            r"\[\[(?![a-zA-Z_.-]+\]\])(?! )[\w:. -]+(?<! )\]\]"
            r"|%%(?![a-zA-Z_.-]+%%)(?! )[\w:. -]+(?<! )%%"
            r"|<%.{0,200}?%>"
            r"|(?<![%\w])%[A-Z][A-Z_]{2,30}%(?!%|[0-9A-Fa-f]{2})"
            r"|(?<!#)##[A-Z][A-Z_]{2,30}##(?!#)"
            r"|(?<!\[)\[(?:[A-Z]{1,20}_[A-Z_]{1,20}|(?:FIRST|LAST|FULL|USER|SUR|F|L)?NAME|E?MAIL"
            r"|UNSUBSCRIBE)\](?!\])"
        ),
        "looks like a slot that nobody filled",
    ),
    _Leftover(
        Level.HINT, "double-escape", re.compile(r"&(amp|lt|gt|quot|nbsp|#\d{2,5}|#x[0-9a-fA-F]+);"),
        "was escaped twice: readers see the code instead of the letter",
    ),
    _Leftover(
        Level.WARNING, "encoding",
        re.compile("\ufffd|Ã[\u0080-\u00bf]|â€[\u0080-\u00ff™œ“”˜]|Â[\u00a0-\u00bf]"),
        "was read in the wrong encoding; look at where the text comes from",
    ),
)  # fmt: skip
_IN_STYLE = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|<%.{0,200}?%>|\*\|[\w:. -]+\|\*|%%\w+%%")
# Values of programs, as they are when nothing stood in them.
_NOTHING = frozenset({"None", "null", "undefined", "NaN", "nan", "[object Object]", "Undefined"})


def leftovers(mail: Mail) -> Iterator[Finding]:
    """What should not be seen by a reader. Slots of the mail's own marker are to be filled yet, and
    what others wrote into their texts may be meant."""
    texts = [_unslotted(each, mail.marker) for each in _seen(mail)]
    written = "\0".join(map(one_line, mail.content))
    for leftover in _LEFTOVERS:
        found = chain.from_iterable(leftover.pattern.finditer(text) for text in texts)
        yield from _findings(leftover, (match[0] for match in found), written)
    yield from _in_styles(mail)
    yield from _elements(mail)
    yield from _nothing(mail)


def _seen(mail: Mail) -> Iterator[str]:
    """Texts, attributes and the text part; styles and scripts are code by right."""
    for text in mail.page.texts:
        if text.owner.tag not in ("style", "script"):
            yield text.content
    for element in mail.page.elements:
        yield from (value for name, value in element.attributes.items() if name != "style")
    yield from (given for given in (mail.text, mail.subject, mail.preheader) if given)


def _unslotted(text: str, marker: str | None) -> str:
    if not marker or marker not in text:
        return text
    for name in Personal:
        text = text.replace(f"{marker}{name.value}{marker}", "")
    return text


def _findings(leftover: _Leftover, found: Iterable[str], written: str) -> Iterator[Finding]:
    for text, count in Counter(found).items():
        said = one_line(text)
        quoted = bool(said) and said in written
        yield Finding(
            level=Level.HINT if quoted else leftover.level,
            code=leftover.code,
            message=f"“{said[:_SHOWN]}” {_QUOTED if quoted else leftover.meaning}",
            place=re.escape(text[:200]),
            count=count,
        )


def _in_styles(mail: Mail) -> Iterator[Finding]:
    """Nobody's text stands in a style attribute; what is left in one spoils how the mail looks."""
    styles = (each.attributes.get("style", "") for each in mail.page.elements)
    left = Counter(found[0] for style in styles for found in _IN_STYLE.finditer(style))
    for text, count in left.items():
        yield Finding(
            level=Level.WARNING,
            code="leftover-style",
            message=f"“{one_line(text)[:_SHOWN]}” in a style was not filled in; mail programs pass "
            "over it: write the value",
            place=re.escape(text[:200]),
            count=count,
        )


def _elements(mail: Mail) -> Iterator[Finding]:
    left = Counter(each.tag for each in mail.page.elements if each.tag.startswith("mj-"))
    for tag, count in left.items():
        yield Finding(
            level=Level.ERROR,
            code="leftover-mjml",
            message=f"<{tag}> was not compiled: no mail program knows it; MJML has no such tag, or "
            "not in this place",
            place=rf"<{re.escape(tag)}\b",
            count=count,
        )


def _nothing(mail: Mail) -> Iterator[Finding]:
    alone = Counter(text.content.strip() for text in mail.page.texts if text.owner.tag != "script")
    written = {one_line(each) for each in mail.content}
    for word in sorted(_NOTHING & alone.keys()):
        yield Finding(
            level=Level.HINT if word in written else Level.WARNING,
            code="leftover-nothing",
            message=f"“{word}” {_QUOTED}"
            if word in written
            else f"“{word}” stands alone as text, as programs write what is missing; leave the "
            "line out where there is nothing to say",
            count=alone[word],
        )
