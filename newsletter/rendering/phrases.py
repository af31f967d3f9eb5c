"""What a notice says, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.rendering.faults import LayoutFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What a kind of notice says; `button` and `until` only where there is something to click."""

    subject: str
    title: str
    text: str
    ignore: str
    why: str
    button: str = ""
    until: str = ""


def phrases_from(kind: str, table: Mapping[str, object], *, language: str) -> Phrases:
    """The phrases of a kind in the table of a language. LayoutFault naming what is wrong."""
    said = table.get(kind)
    try:
        assert isinstance(said, Mapping)
        return Phrases(**{str(key): str(value) for key, value in said.items()})
    except (AssertionError, TypeError):
        expected = ", ".join(Phrases.__dataclass_fields__)
        raise LayoutFault(
            f"the notices for {language!r}: [{kind}] has to hold {expected}, and nothing else"
        ) from None
