"""A child process that takes the blow."""

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.lib import isolation
from newsletter.lib.errors import NewsletterError
from newsletter.lib.isolation import Child, Limits, OutOfTime, Overrun
from newsletter.sources.port import SourceFault


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child(Limits(seconds=1, megabytes=256))
    with pytest.MonkeyPatch.context() as patched:
        # On a busy machine it may have to wait long for its second.
        patched.setattr("newsletter.lib.isolation._PATIENCE", 40)
        yield made
    made.close()


def add(one: int, other: int) -> int:
    return one + other


def process() -> int:
    return os.getpid()


def refuse() -> None:
    raise NewsletterError("not this one")


def fail() -> None:
    raise ZeroDivisionError("of all things")


def spin() -> None:
    while True:
        pass


def spin_and_tell() -> str:
    try:
        spin()
    except OutOfTime:
        raise NewsletterError("was in line 12") from None
    return ""


def sleep() -> None:
    time.sleep(60)


def fill() -> int:
    return len([bytes(10_000_000) for _ in range(100)])


KEPT: list[bytearray] = []


def keep(megabytes: int) -> int:
    KEPT.append(bytearray(b"x") * (megabytes * 1_000_000))
    return os.getpid()


def leave_holes() -> None:
    pieces = [b"x" * 100_000 for _ in range(600)]
    KEPT.append(bytearray(pieces.pop()))  # the last one keeps the space of all the others


def hold(megabytes: int) -> int:
    return len([b"x" * 100_000 for _ in range(10 * megabytes)])


def fault_of_a_source() -> None:
    raise SourceFault("too_large", "a feed: more than 5 MB")


def crash() -> None:
    ctypes.string_at(0)


def chatter() -> str:
    os.write(1, b"an answer that is none")
    return "heard"


def measure(data: bytes) -> bytes:
    return data * 2


def test_a_function_runs_elsewhere_and_its_value_comes_back(child: Child) -> None:
    assert child.call(add, 2, other=3) == 5
    assert child.call(process) != os.getpid()


def test_the_child_stays_warm(child: Child) -> None:
    assert child.call(process) == child.call(process)


def test_a_fault_comes_back_as_itself(child: Child) -> None:
    with pytest.raises(NewsletterError, match="not this one"):
        child.call(refuse)


def test_an_error_that_nobody_foresaw_is_named(child: Child) -> None:
    with pytest.raises(Overrun, match="ZeroDivisionError: of all things"):
        child.call(fail)


def test_a_loop_without_end_is_stopped_and_the_next_call_works(child: Child) -> None:
    with pytest.raises(Overrun, match="takes longer than 1 s"):
        child.call(spin)
    assert child.call(add, 1, 1) == 2


def test_a_function_may_say_where_it_was_when_its_time_was_over(child: Child) -> None:
    with pytest.raises(NewsletterError, match="was in line 12"):
        child.call(spin_and_tell)


def test_a_child_that_only_waits_is_ended() -> None:
    child = Child(Limits(seconds=0.01))
    with pytest.raises(Overrun, match="takes longer"):
        child.call(add, 1, 1) and child.call(sleep)
    assert child.call(add, 1, 1) == 2
    child.close()


def test_a_memory_bomb_is_stopped_and_the_next_call_works(child: Child) -> None:
    with pytest.raises(Overrun, match="more memory than 256 MB"):
        child.call(fill)
    assert child.call(add, 1, 1) == 2


def test_a_child_that_earlier_calls_have_filled_is_replaced() -> None:
    child = Child(Limits(megabytes=128))
    first = child.call(keep, 40)
    second = child.call(keep, 40)  # now more than half is used
    third = child.call(keep, 40)
    child.close()
    assert first == second != third


def test_what_a_used_child_has_no_room_for_is_done_by_a_fresh_one() -> None:
    child = Child(Limits(megabytes=128))
    first = child.call(keep, 40)
    assert child.call(keep, 100) != first
    child.close()


def test_the_holes_that_earlier_calls_left_count_as_well() -> None:
    child = Child(Limits(megabytes=128))
    child.call(leave_holes)
    with pytest.raises(Overrun, match="more memory than 128 MB"):
        child.call(hold, 160)
    child.close()


def test_a_fault_of_a_source_comes_back_as_it_was(child: Child) -> None:
    with pytest.raises(SourceFault, match=r"^a feed: more than 5 MB$") as caught:
        child.call(fault_of_a_source)
    assert caught.value.code == "too_large"


def test_a_child_ends_in_the_middle_of_a_call_when_the_program_does() -> None:
    child = Child(Limits(seconds=30))
    child.call(add, 1, 1)
    faults: list[str] = []

    def wait() -> None:
        try:
            child.call(sleep)
        except Overrun as fault:
            faults.append(str(fault))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not child._turn.locked():
        time.sleep(0.01)
    child.close()
    waiting.join(20)
    assert not waiting.is_alive()
    child.close()


def test_a_crash_is_named_and_the_next_call_works(child: Child) -> None:
    with pytest.raises(Overrun, match=r"crashed .*SIGSEGV"):
        child.call(crash)
    assert child.call(add, 1, 1) == 2


def test_what_a_library_prints_is_no_answer(child: Child) -> None:
    assert child.call(chatter) == "heard"


def test_large_things_go_in_and_come_out(child: Child) -> None:
    data = os.urandom(3_000_000)
    assert child.call(measure, data) == data * 2


def test_a_closed_child_starts_again_when_it_is_needed() -> None:
    child = Child()
    first = child.call(process)
    child.close()
    assert child.call(process) != first
    child.close()


def test_a_file_of_the_working_folder_stands_in_for_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "struct.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    child = Child()
    assert child.call(add, 1, 2) == 3
    child.close()


def test_after_an_interrupted_call_the_next_one_gets_its_own_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = Child()
    child.call(add, 0, 0)

    def interrupted(pipe: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(isolation, "_read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            child.call(add, 1, 1)
    assert child.call(add, 2, 2) == 4
    child.close()


def test_a_child_that_cannot_begin_says_why() -> None:
    child = Child(preload=("no_such_module",))
    with pytest.raises(Overrun, match=r"crashed .*No module named 'no_such_module'"):
        child.call(add, 1, 1)
    child.close()
