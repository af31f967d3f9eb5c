"""The program under test."""

import pytest

from tests.cli.running import Program


@pytest.fixture
def newsletter(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)
