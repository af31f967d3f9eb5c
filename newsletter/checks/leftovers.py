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
        re.compile(r"\*\|[\w:. -]+\|\*|\[\[[\w:. -]+\]\]|%%[\w:. -]+%%|%recipient\.\w+%"),
        "is a slot that nobody filled",
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
# Values of programs, as they are when nothing stood in them.
_NOTHING = frozenset({"None", "null", "undefined", "NaN", "nan", "[object Object]", "Undefined"})


def leftovers(mail: Mail) -> Iterator[Finding]:
    """What should not be seen by a reader. Slots of the mail's own marker are to be filled yet."""
    texts = [_unslotted(each, mail.marker) for each in _seen(mail)]
    for leftover in _LEFTOVERS:
        found = chain.from_iterable(leftover.pattern.finditer(text) for text in texts)
        yield from _findings(mail, leftover, (match[0] for match in found))
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


def _findings(mail: Mail, leftover: _Leftover, found: Iterable[str]) -> Iterator[Finding]:
    for text, count in Counter(found).items():
        yield Finding(
            level=leftover.level,
            code=leftover.code,
            message=f"“{one_line(text)[:_SHOWN]}” {leftover.meaning}",
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
    for word in sorted(_NOTHING & alone.keys()):
        yield Finding(
            level=Level.WARNING,
            code="leftover-nothing",
            message=f"“{word}” stands alone as text, as programs write what is missing; leave the "
            "line out where there is nothing to say",
            count=alone[word],
        )
