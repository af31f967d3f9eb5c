"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable

import pytest

LIMIT = 60.0  # seconds: much longer than anything here takes


def until(condition: Callable[[], object], what: str) -> None:
    """Return once the condition holds; fail when it never does."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain: {what}")
        time.sleep(0.01)
