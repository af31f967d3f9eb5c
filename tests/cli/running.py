"""The command line, run within the test: what it prints, and how it ends."""

import io
import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from newsletter.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout; nothing else may stand there."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Program:
    """Runs `newsletter` with these arguments."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: object, stdin: str | bytes = "") -> Done:
        self.capsys.readouterr()
        given = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        with pytest.raises(SystemExit) as end:
            main([str(each) for each in arguments])
        said = self.capsys.readouterr()
        code = end.value.code
        return Done(code if isinstance(code, int) else int(bool(code)), said.out, said.err)
