"""What a mail server of the tests is told to say: to whom, at which stage, how often."""

from dataclasses import dataclass, field

DROP = "drop"  # no reply: the connection is cut
STALL = "stall"  # no reply: nothing happens any more
ANYBODY = "*"


@dataclass(slots=True)
class _Line:
    """`times` is how often more it is said; None: always."""

    stage: str
    reply: str
    to: str
    times: int | None


@dataclass(slots=True)
class Script:
    """The first line that fits is said. Which stages there are is the server's matter."""

    _lines: list[_Line] = field(default_factory=list)

    def add(self, stage: str, reply: str, to: str, times: int | None) -> None:
        self._lines.append(_Line(stage, reply, to, times))

    def next_for(self, stage: str, recipient: str) -> str | None:
        """What is to be said now, and counted; None where nothing is out of the usual."""
        for line in self._lines:
            if line.stage == stage and line.to in (recipient, ANYBODY) and line.times != 0:
                line.times = None if line.times is None else line.times - 1
                return line.reply
        return None
