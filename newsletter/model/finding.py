"""What is wrong with a mail, and how much of it readers' programs show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """An error must not go out; a warning costs readers; a hint is for whoever has the time."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark. The message says what is wrong, with what, and the way out.

    `clients` are the mail programs that it concerns, all where there are none; `place` is where it
    is written ("digest/layout.mjml.j2:12"); `count` is how often it was found.
    """

    level: Level
    code: str
    message: str
    clients: tuple[str, ...] = ()
    place: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was found in one mail, the worst first.

    `score` is what mail programs support of it (0–100, all of them and all their versions alike),
    `families` the same of their newest versions, by family; `weighted` is those by the share of
    readers. None and empty where nothing could be counted. `encoded_bytes` is the HTML part as it
    travels.
    """

    name: str
    findings: tuple[Finding, ...]
    score: float | None = None
    weighted: float | None = None
    families: Mapping[str, float] = field(default_factory=dict)
    encoded_bytes: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return self.of(Level.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return self.of(Level.WARNING)

    @property
    def hints(self) -> tuple[Finding, ...]:
        return self.of(Level.HINT)

    @property
    def good(self) -> bool:
        """True when the mail may go out as it is."""
        return not self.errors

    def of(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level is level)
