"""Ports for servers that have to know theirs beforehand."""

import pytest

from tests import daemon


@pytest.fixture
def free_port() -> int:
    return daemon.free_port()
