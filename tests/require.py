"""What the suite needs of the machine, and what happens where it is not to be had."""

import os
from typing import NoReturn

import pytest

_VARIABLE = "NEWSLETTER_TEST_REQUIRE"


def required(name: str) -> bool:
    """True when the caller asked that a want of `name` is a failure: "postgresql", "browser",
    "opendkim", "dovecot", "postfix"."""
    return name in os.environ.get(_VARIABLE, "").split(",")


def missing(name: str, reason: str) -> NoReturn:
    """Skip the test for want of `name`; fail it where that was forbidden."""
    if required(name):
        pytest.fail(f"{name} is required by {_VARIABLE}: {reason}")
    pytest.skip(f"needs {name}: {reason}")
