"""Door: the allocator of glibc, told how to deal with our memory; elsewhere nothing is done."""

import ctypes
from contextlib import suppress

_ARENA_MAX = -8  # malloc.h


def keep_few_arenas() -> None:
    """From now on threads share two heaps. By itself glibc gives nearly each of them its own, and
    what one has let go of is no use to another: twenty connections would hold 25 MB of nothing."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def give_back_memory() -> None:
    """What is free, to the system, which glibc does by itself only now and then."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
