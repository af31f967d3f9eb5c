"""What is checked: a mail as it is given, read once for all questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from newsletter.checks.cascade import Styles, on_screen
from newsletter.checks.page import Page, read_page
from newsletter.checks.uses import Use, nodes_of, uses_of


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail of ours or of anybody. What is None is not known, and not asked about.

    `message` are the whole bytes of it, with headers; `marker` stands around slots that are filled
    later. `shares` are the readers of each program family, `weights` the bytes of the pictures that
    were looked at, by their `src`: one that is named there can be had. `content` are the texts that
    others wrote (headlines, notes): what stands in them is meant to stand there.
    """

    html: str
    text: str | None = None
    subject: str | None = None
    preheader: str | None = None
    message: bytes | None = None
    name: str = "mail"
    marker: str | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    content: tuple[str, ...] = ()

    @cached_property
    def page(self) -> Page:
        """The HTML, read."""
        return read_page(self.html)

    @cached_property
    def styles(self) -> Styles:
        """What a screen shows that asks for no dark colours."""
        return on_screen(self.page)

    @cached_property
    def nodes(self) -> int:
        """How many elements the client support is weighted by."""
        return nodes_of(self.page)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """The features of HTML and CSS that it uses."""
        return tuple(uses_of(self.page))
