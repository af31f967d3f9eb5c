"""XML from strangers: read as a stream, no tree, no document type, no entities, nothing loaded.

Without a document type there is nothing to be expanded (billion laughs) or fetched (XXE).
"""

from collections.abc import Callable, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from newsletter.sources.decode import html_text
from newsletter.sources.port import SourceFault

_DEEPEST = 100
_MOST = 1_000_000  # elements

Start = Callable[[str, Mapping[str, str]], None]
"""An element begins: its name as it is written, with its prefix, and its attributes."""

End = Callable[[str, str], None]
"""An element ends: its name, and the text that stood directly in it."""


def read_xml(
    content: bytes,
    start: Start,
    end: End,
    *,
    what: str,
    charset: str | None = None,
) -> str | None:
    """Walk through a document. Where it is broken, what came before has been told, and the reason
    is returned; None when it was read to its end.

    SourceFault ("not_article", "decode", "too_large") for what is no XML, has a document type, or
    is too deep or too long; `what` names in its message what had been expected.
    """
    text = html_text(content, charset).lstrip()
    if not text.startswith("<"):
        raise SourceFault("decode", f"is not {what}: no XML")
    reading = _Reading(start, end, what)
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.finish
    parser.CharacterDataHandler = reading.add
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except ExpatError as error:
        if not reading.seen:
            raise SourceFault("decode", f"is not {what}: broken XML ({error})") from error
        return f"broken XML ({error})"
    return None


class _Reading:
    def __init__(self, start: Start, end: End, what: str) -> None:
        self.seen = 0
        self._start = start
        self._end = end
        self._what = what
        self._texts: list[list[str]] = []

    def refuse(self, name: str, *rest: object) -> None:
        if name.lower() == "html":
            raise SourceFault("not_article", f"is a web page, not {self._what}")
        raise SourceFault("decode", "declares a document type; such XML is not read")

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.seen += 1
        if len(self._texts) >= _DEEPEST or self.seen > _MOST:
            raise SourceFault("too_large", f"has more than {_MOST} elements, or nests too deep")
        self._texts.append([])
        self._start(name, attributes)

    def finish(self, name: str) -> None:
        self._end(name, "".join(self._texts.pop()).strip())

    def add(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)
