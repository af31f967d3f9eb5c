"""What things cost, as ratios within one run: `make bench` prints a table, `--json` JSON.

A ratio holds where a second does not: on a slow or busy machine both sides are slow.
"""

import email.policy
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from newsletter.delivery.compile import LetterHeaders, compile_letter
from newsletter.model.letter import Letter, Personal
from newsletter.store import house, schema
from newsletter.store.database import Database
from newsletter.subscribers.tokens import Purpose, new_key_line, read_key_ring
from tests.rendering import editions as sample

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HEADERS = LetterHeaders(
    sender_name="The Example",
    sender_address="news@example.com",
    list_id="daily.en.news.example.com",
    message_domain="example.com",
    unsubscribe_base="https://news.example.com/u/",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: milliseconds of both sides, and how many times the first is the second."""

    what: str
    milliseconds: float
    compared_with: str
    compared_milliseconds: float

    @property
    def ratio(self) -> float:
        return self.milliseconds / self.compared_milliseconds


def in_turn(
    one: Callable[[], object], other: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Medians of both in milliseconds, measured A B A B after a warm-up."""
    one()
    other()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for call, taken in zip((one, other), times, strict=True):
            started = time.perf_counter()
            call()
            taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def start_of_the_program() -> Figure:
    """`newsletter --help` against a bare Python."""

    def run(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)

    ours, bare = in_turn(run("-m", "newsletter", "--help"), run("-c", "pass"), runs=15)
    return Figure("newsletter --help", ours, "python -c pass", bare)


def a_message_to_a_reader() -> list[Figure]:
    """Filling a compiled letter, tokens signed, against building and against rendering anew."""
    letter = sample.letter(sample.edition("en", 12))
    compiled = compile_letter(letter, HEADERS, key="daily-2026-11-22T0700-en")
    ring = read_key_ring(new_key_line(), name="bench")

    def fill() -> object:
        personal = {
            Personal.UNSUBSCRIBE: ring.sign(Purpose.UNSUBSCRIBE, "42:daily"),
            Personal.LANGUAGE: ring.sign(Purpose.LANGUAGE, "42:daily"),
        }
        return compiled.message_for(
            email="ann@example.com", name="Ann", token="f3k9", personal=personal, date=NOW
        )

    filled, built = in_turn(fill, lambda: _built(letter), runs=25)
    filled_again, rendered = in_turn(fill, lambda: sample.letter(sample.edition("en", 12)), runs=25)
    return [
        Figure("a message, stdlib EmailMessage", built, "a message, compiled and filled", filled),
        Figure("an edition of 12, rendered", rendered, "a message, filled", filled_again),
    ]


def _built(letter: Letter) -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "news@example.com", "ann@example.com"
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message.as_bytes()


def a_commit_of_the_ledger() -> Figure:
    """One committed transaction on SQLite against a message filled: what a delivery pays twice."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        schema.prepare(database)

        def commit() -> None:
            with database.begin() as tx:
                house.set_fact(tx, "bench", str(time.perf_counter()))

        def look() -> None:
            with database.read() as tx:
                house.fact(tx, "bench")

        committed, looked = in_turn(commit, look, runs=200)
        database.close()
    return Figure("a commit on SQLite", committed, "a look on SQLite", looked)


def main() -> None:
    figures = [start_of_the_program(), *a_message_to_a_reader(), a_commit_of_the_ledger()]
    if "--json" in sys.argv:
        print(json.dumps([{**asdict(figure), "ratio": figure.ratio} for figure in figures]))
        return
    for figure in figures:
        print(
            f"{figure.what:34} {figure.milliseconds:9.3f} ms  =  {figure.ratio:7.1f} x  "
            f"{figure.compared_with} ({figure.compared_milliseconds:.3f} ms)"
        )


if __name__ == "__main__":
    main()
