"""Which of a great many things came before, and where, in little memory."""

from array import array
from collections.abc import Hashable

_MARK = (1 << 64) - 1
_FIRST_SLOTS = 1 << 12
_FULL = 0.7


class Seen:
    """Where each of many things was first: 12 to 35 bytes for one, where a dict takes 150 and more.

    Things are told apart by 64 bits of their hashes, whose seed is another one in every process:
    among a million addresses two are confused once in 30 million lists.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_FIRST_SLOTS)

    def first(self, thing: Hashable, place: int) -> int:
        """Where the thing was first: `place`, which is remembered, when it was not seen before."""
        mark = hash(thing) & _MARK or 1
        slot = self._slot(mark)
        if self._marks[slot]:
            return self._places[slot]
        self._put(slot, mark, place)
        if self._count > _FULL * len(self._marks):
            self._grow()
        return place

    def __contains__(self, thing: Hashable) -> bool:
        return bool(self._marks[self._slot(hash(thing) & _MARK or 1)])

    def _slot(self, mark: int) -> int:
        """Where the mark stands, or can be put."""
        marks, last = self._marks, self._last
        slot = mark & last
        while (found := marks[slot]) and found != mark:
            slot = (slot + 1) & last
        return slot

    def _put(self, slot: int, mark: int, place: int) -> None:
        self._marks[slot], self._places[slot] = mark, place
        self._count += 1

    def _make(self, slots: int) -> None:
        self._marks = array("Q", bytes(8 * slots))
        self._places = array("I", bytes(4 * slots))
        self._last = slots - 1
        self._count = 0

    def _grow(self) -> None:
        marks, places = self._marks, self._places
        self._make(2 * len(marks))
        for mark, place in zip(marks, places, strict=True):
            if mark:
                self._put(self._slot(mark), mark, place)
