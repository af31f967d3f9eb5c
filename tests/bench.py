"""What things cost, as ratios within one run: `make bench` prints a table, `--json` JSON.

A ratio holds where a second does not: on a slow or busy machine both sides are slow. What sending
costs is measured in bench_sending.py, which can also be run alone, and larger.
"""

import email.policy
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from newsletter.articles.read import Reading, read_article
from newsletter.checks.mail import Mail, check_mail
from newsletter.delivery.compile import LetterHeaders, compile_letter
from newsletter.flows.collect import collect
from newsletter.flows.reading import Subject
from newsletter.lib.isolation import Child
from newsletter.model.letter import Letter, Personal
from newsletter.model.specs import FeedSpec
from newsletter.rendering.context import Values, content_values, frame_values, link_values
from newsletter.rendering.fill import filled
from newsletter.rendering.guard import guarded
from newsletter.rendering.inline import inlined, split_styles
from newsletter.rendering.layouts import MAIN, TEXT
from newsletter.rendering.mjml import compiled
from newsletter.rendering.tidy import tidied
from newsletter.sources.feed import FeedSource, parse_feed
from newsletter.sources.page import draft_of_page
from newsletter.sources.port import Fetched
from newsletter.store import house, schema
from newsletter.store.database import Database
from newsletter.subscribers.tokens import Purpose, new_key_line, read_key_ring
from tests.bench_lists import what_lists_cost
from tests.bench_sending import Scale, what_sending_costs
from tests.measures import Figure, Measure
from tests.rendering import editions as sample
from tests.sources import typical

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HEADERS = LetterHeaders(
    sender_name="The Example",
    sender_address="news@example.com",
    list_id="daily.en.news.example.com",
    message_domain="example.com",
    unsubscribe_base="https://news.example.com/u/",
)
# What reading may cost, in milliseconds of the processor.
_PAGE_BUDGET, _ENTRY_BUDGET = 200.0, 15.0
_ENTRIES = 30  # of a feed


_WORDS = "ferry harbour lemon storm council bridge teacher winter river market owl tower " * 3


def in_turn(
    one: Callable[[], object], other: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Medians of both in milliseconds, measured A B A B after a warm-up. What is quick is called
    many times for one measurement: a single call would mostly measure the clock."""
    calls = (one, other)
    many = [_many(call) for call in calls]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for call, number, taken in zip(calls, many, times, strict=True):
            taken.append(_milliseconds(call, number))
    return statistics.median(times[0]), statistics.median(times[1])


def _many(call: Callable[[], object]) -> int:
    """How many calls take some ten milliseconds."""
    call()
    return max(1, round(10 / max(0.001, _milliseconds(call, 1))))


def _milliseconds(call: Callable[[], object], number: int) -> float:
    """Of one call, on the average of so many."""
    started = time.perf_counter()
    for _ in range(number):
        call()
    return (time.perf_counter() - started) * 1000 / number


def start_of_the_program() -> Figure:
    """`newsletter --help` against a bare Python."""

    def run(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)

    ours, bare = in_turn(run("-m", "newsletter", "--help"), run("-c", "pass"), runs=15)
    return Figure("newsletter --help", ours, "python -c pass", bare)


def a_message_to_a_reader() -> list[Figure]:
    """Filling a compiled letter, tokens signed, against building and against rendering anew."""
    shown = sample.edition("en", 20)
    letter = sample.letter(shown)
    letters = compile_letter(letter, HEADERS, key="daily-2026-11-22T0700-en")
    ring = read_key_ring(new_key_line(), name="bench")

    def fill() -> object:
        personal = {
            Personal.UNSUBSCRIBE: ring.sign(Purpose.UNSUBSCRIBE, "42:daily"),
            Personal.LANGUAGE: ring.sign(Purpose.LANGUAGE, "42:daily"),
            Personal.PREFERENCES: ring.sign(Purpose.PREFERENCES, "42:daily"),
        }
        return letters.message_for(
            email="ann@example.com", name="Ann", token="f3k9", personal=personal, date=NOW
        )

    filled, built = in_turn(fill, lambda: _built(letter), runs=25)
    filled_again, rendered = in_turn(fill, lambda: sample.letter(shown), runs=25)
    return [
        Figure("a message, stdlib EmailMessage", built, "a message, filled", filled),
        Figure("an edition of 20, rendered", rendered, "a message, filled", filled_again),
    ]


def the_steps_of_a_letter() -> list[Figure]:
    """Every step from an edition to a compiled letter, each beside all of rendering."""
    shown, layout, words = sample.edition("en", 20), sample.layout(), sample.words()
    letter = sample.letter(shown)

    def context() -> Values:
        content = content_values(
            shown,
            publication=sample.PUBLICATION,
            look=layout.look,
            words=words,
            pictures=sample.pictures_of(shown),
        )
        links = link_values(
            words, base_url=sample.BASE, marker=sample.MARKER, view_url=None, languages=("en", "es")
        )
        return {**content, **frame_values(layout.look, words), "links": links}

    values = context()
    mjml = filled(layout, MAIN, values)
    body, css = split_styles(guarded(mjml))
    html = compiled(body, layout=layout.name)
    inline = inlined(html, css)
    steps: dict[str, Callable[[], object]] = {
        "context": context,
        "Jinja, both parts": lambda: (filled(layout, MAIN, values), filled(layout, TEXT, values)),
        "guard": lambda: split_styles(guarded(mjml)),
        "MJML": lambda: compiled(body, layout=layout.name),
        "inline": lambda: inlined(html, css),
        "tidy": lambda: tidied(inline),
        "check": lambda: check_mail(Mail(html=letter.html, text=letter.text)),
        "compile": lambda: compile_letter(letter, HEADERS, key="daily-2026-11-22T0700-en"),
    }
    return [_step(name, call, lambda: sample.letter(shown)) for name, call in steps.items()]


def _step(name: str, call: Callable[[], object], whole: Callable[[], object]) -> Figure:
    one, all_of_them = in_turn(call, whole, runs=9)
    return Figure(f"step: {name}", one, "an edition of 20, rendered", all_of_them)


def a_letter_from_the_child() -> Figure:
    """An edition rendered in the warm child against here: what being safe costs."""
    shown = sample.edition("en", 20)
    child = Child()
    child.call(sample.letter, shown)
    there, here = in_turn(lambda: child.call(sample.letter, shown), lambda: sample.letter(shown), 9)
    child.close()
    return Figure("an edition of 20, in the child", there, "the same, here", here)


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


def ten_thousand_known_entries() -> Figure:
    """A feed of ten thousand entries that are all known, read again, against its budget. Written
    is nothing but that it was read."""
    items = "".join(
        f"<item><title>Story {n} of the day</title><guid>story-{n}</guid>"
        f"<link>https://example.com/en/{n}</link><description>{_WORDS}</description></item>"
        for n in range(10_000)
    )
    feed = f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'.encode()
    spec = FeedSpec(kind="feed", name="bench", url="https://example.com/feed", enrich=False)
    source = FeedSource(spec, lambda url: Fetched(url=url, status=200, content=feed))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        schema.prepare(database)
        first = collect(database, Subject(source, spec), ("en", "es"), NOW)
        started = time.perf_counter()
        again = collect(database, Subject(source, spec), ("en", "es"), NOW)
        taken = (time.perf_counter() - started) * 1000
        database.close()
    assert (first.baseline, again.unchanged) == (10_000, 10_000)
    return Figure("10,000 known entries, read again", taken, "budget", 10_000.0)


def what_reading_costs() -> list[Figure]:
    """The processor's time for an article's page, and for an entry of a feed with its whole text,
    each from its bytes to the article, beside its budget."""
    reading = Reading(languages=("en", "es"))
    html, feed = typical.page(), typical.feed(_ENTRIES)

    def page() -> None:
        read_article(draft_of_page(html, source="bench", url=typical.URL), reading)

    def entries() -> None:
        for draft in parse_feed(feed, source="bench", url=typical.URL).drafts:
            read_article(draft, reading)

    return [
        Figure("an article's page, read (CPU)", _of_processor(page), "budget", _PAGE_BUDGET),
        Figure(
            "an entry of a feed, read (CPU)",
            _of_processor(entries) / _ENTRIES,
            "budget",
            _ENTRY_BUDGET,
        ),
    ]


def _of_processor(call: Callable[[], object]) -> float:
    """Milliseconds of the processor, the median of nine calls after a warm-up."""
    call()
    taken = []
    for _ in range(9):
        started = time.process_time()
        call()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def main() -> None:
    figures: list[Measure] = [
        start_of_the_program(),
        *the_steps_of_a_letter(),
        a_letter_from_the_child(),
        *a_message_to_a_reader(),
        a_commit_of_the_ledger(),
        ten_thousand_known_entries(),
        *what_reading_costs(),
        *what_lists_cost(),
        *what_sending_costs(Scale()),
    ]
    if "--json" in sys.argv:
        print(json.dumps([figure.as_json() for figure in figures]))
        return
    for figure in figures:
        print(figure)


if __name__ == "__main__":
    main()
