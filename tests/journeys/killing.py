"""Ways to hinder a send: each leaves it so far that the next run has to make good."""

import random
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.journeys.sending_project import SEND, SendingProject
from tests.tools.sink import Sink

_LOOK = 0.0005  # seconds between two looks at the server's record
PATIENCE = 120.0  # seconds until something that has to happen counts as not happening


def thresholds(seed: int, kills: int, readers: int) -> list[int]:
    """At how many letters to strike, in order: random, and the same for a seed. All lie in the
    first nine tenths, so that there is something left to strike at."""
    return sorted(random.Random(seed).sample(range(1, readers * 9 // 10), kills))


def kill_at(
    project: SendingProject, sink: Sink, letters: Sequence[int], arguments: Sequence[str] = SEND
) -> int:
    """Run the sender, kill it once the server has taken so many letters in all, and again for each
    number; return how often it still ran to be killed."""
    struck = 0
    for threshold in letters:
        process = project.start(*arguments)
        wait_for_letters(sink, threshold, process)
        struck += kill(process)
    return struck


def kill(process: subprocess.Popen[bytes]) -> bool:
    """`kill -9`; whether there was anything to kill."""
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def wait_for_letters(sink: Sink, letters: int, *processes: subprocess.Popen[bytes]) -> bool:
    """Until the server has taken so many, or no process is left that could bring more."""
    while sink.count() < letters:
        if processes and all(each.poll() is not None for each in processes):
            return False
        time.sleep(_LOOK)
    return True


@dataclass(slots=True)
class Crowd:
    """So many senders of one project at a time: who is killed is replaced."""

    project: SendingProject
    arguments: Sequence[str]
    processes: list[subprocess.Popen[bytes]]

    @classmethod
    def of(cls, project: SendingProject, count: int, arguments: Sequence[str] = SEND) -> "Crowd":
        return cls(project, arguments, [project.start(*arguments) for _ in range(count)])

    def kill_one(self, chance: random.Random) -> bool:
        """Kill any, and start another for it."""
        at = chance.randrange(len(self.processes))
        struck = kill(self.processes[at])
        self.processes[at] = self.project.start(*self.arguments)
        return struck

    def ended(self) -> list[int]:
        """Wait until all have ended by themselves; their exit codes."""
        return [each.wait(PATIENCE) for each in self.processes]

    def stop(self) -> list[int]:
        """Ask all to end, and wait; their exit codes."""
        for each in self.processes:
            with suppress(ProcessLookupError):
                each.terminate()
        return self.ended()


def kill_any_at(crowd: Crowd, sink: Sink, letters: Sequence[int], seed: int) -> int:
    """Kill one of many at each number of letters; return how often one still ran."""
    chance = random.Random(seed)
    struck = 0
    for threshold in letters:
        if wait_for_letters(sink, threshold, *crowd.processes):
            struck += crowd.kill_one(chance)
    return struck


def stop_over_its_lease(
    project: SendingProject,
    sink: Sink,
    *,
    letters: int,
    lease: float,
    arguments: Sequence[str] = SEND,
) -> tuple[int, int]:
    """SIGSTOP a sender at so many letters, let another send for longer than `lease` seconds, wake
    the first again; both exit codes once they have ended."""
    first = project.start(*arguments)
    wait_for_letters(sink, letters, first)
    first.send_signal(signal.SIGSTOP)
    second = project.start(*arguments)
    time.sleep(lease)
    quiet(sink, seconds=2.0)
    first.send_signal(signal.SIGCONT)
    return first.wait(PATIENCE), second.wait(PATIENCE)


def quiet(sink: Sink, *, seconds: float) -> None:
    """Until the server has taken nothing for so long."""
    count, since = sink.count(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.05)
        if (now := sink.count()) != count:
            count, since = now, time.monotonic()
