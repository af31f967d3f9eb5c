"""Articles that somebody made to break a program: each costs itself at the most."""

import struct
import time
import zlib
from collections.abc import Iterator, Set
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsletter.app import App, open_app
from newsletter.checks.size import TOO_LARGE, encoded_bytes
from newsletter.flows.collect import Collected
from newsletter.flows.freeze import Composed
from tests.journeys.project import feed_sources, make_project
from tests.journeys.site import Site

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LAYOUTS = ("digest", "brief", "single", "magazine")
PATIENCE = 60  # seconds of the processor; an unguarded parser takes many minutes
HONEST = ("A bridge reopens", "An owl moves in", "Storm closes the strait", "The baker retires")
MEGABYTE = 1_000_000
_WORDS = "The council met in the old harbour office and talked about the plan for the quay. " * 12


def bomb() -> bytes:
    """A PNG of a few hundred kB which says that it is 300 MB of pixels."""
    width = height = 10_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(height * (1 + 3 * width)), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


CONTROLS = "".join(map(chr, range(32))) + "\x7f\x85\x9b\ufffe\uffff\u202e\u2028"
# Title and body of what is served in a feed, and lies in a folder as HTML.
BODIES = {
    "A nest of tags": "<div>" * 20_000 + _WORDS,
    "A nest of words": "<p>" + "<em>" * 20_000 + _WORDS,
    "A nest of lists": "<ul><li>" * 1_900 + _WORDS,
    "Five megabytes of words": f"<p>{_WORDS * 4_500}</p>",
    "Five megabytes of tags": "<p><b>a</b>" * 300_000,
    "Control characters": f"<p>{CONTROLS.join(_WORDS.split())}</p>",
    "Never closed": f"<p>one <b>two <a href='https://x.example/>three <table><tr><td>{_WORDS}",
    "Comments within comments": f"<p>{_WORDS}<!-- a -- <!-- b --> ]]]]><![CDATA[> <![endif]--></p>",
    "A thousand pictures": f"<p>{_WORDS}</p>" + "<img src='https://x.example/a.jpg'>" * 1_000,
}
HUGE = frozenset({"Five megabytes of words", "Five megabytes of tags"})


class HostileSite(Site):
    """Serves the bad articles between good ones, what is huge in a feed of its own, and a picture
    that is a bomb."""

    def answer(self, path: str) -> tuple[str, bytes]:
        if path == "/en/feed.xml":
            return "application/rss+xml", self.feed(BODIES.keys() - HUGE).encode()
        if path == "/huge/feed.xml":
            return "application/rss+xml", self.feed(HUGE).encode()
        if path == "/bomb.png":
            return "image/png", bomb()
        return "text/plain", b""

    def feed(self, titles: Set[str]) -> str:
        items = [self.item(title, BODIES[title]) for title in sorted(titles)]
        items += [self.item(title, f"<p>{_WORDS} {title}</p>") for title in HONEST[:2]]
        items.append(self.item("A bomb of a picture", f"<p>{_WORDS}</p>", picture="/bomb.png"))
        return f'<rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'

    def item(self, title: str, body: str, picture: str = "") -> str:
        name = title.replace(" ", "-").lower()
        image = f"<img src='{self.url}{picture}' width='1200' height='800'>" if picture else ""
        return (
            f"<item><title>{title}</title><link>https://example.com/{name}</link>"
            f"<pubDate>{NOW - timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description>{escape(_unpaired(image + body))}</description></item>"
        )


def _unpaired(text: str) -> str:
    """XML has no control characters at all; other than that, everything stays."""
    return "".join(each for each in text if each >= " " and each not in "\ufffe\uffff")


def write_folder(folder: Path) -> None:
    """The same as files, and what only a file can be."""
    folder.mkdir(parents=True)
    for number, (title, body) in enumerate(BODIES.items()):
        page = f"<html lang=en><title>{title}, too</title><h1>{title}, too</h1>{body}"
        (folder / f"bad-{number}.html").write_text(page, "utf-8", "surrogatepass")
    for title in HONEST[2:]:
        write_markdown(folder, title, "")
    people = "".join(f"\n  - name: {name}" for name in names(10_000))
    write_markdown(folder, "Ten thousand authors", f"authors:{people}\n")
    write_markdown(folder, "A title " + "without end " * (MEGABYTE // 12), "")
    write_markdown(folder, "One" + "word" * (MEGABYTE // 4), "")
    write_markdown(folder, "A picture for a bomb", "image: bomb.png\n")
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "broken.md").write_bytes(
        b"---\ntitle: Broken letters \xff\xfe\x80\n---\n" + _WORDS.encode() + b"\xc3\x28\xf0\x9f"
    )


def names(count: int) -> Iterator[str]:
    letters = "abcdefghij"
    for number in range(count):
        yield "Ada O" + "".join(letters[int(digit)] for digit in str(number))


def write_markdown(folder: Path, title: str, fields: str) -> None:
    text = f"---\ntitle: {title}\n{fields}date: 2026-11-22T03:00:00Z\n---\n{_WORDS} {title[:30]}\n"
    (folder / f"{title[:20].replace(' ', '-')}.md").write_text(text, "utf-8")


def config(site: Site) -> str:
    folder = '[[sources]]\nname = "files"\nkind = "folder"\npath = "articles"\nlanguage = "en"\n'
    feeds = feed_sources(("en", site.feed_url("en")), ("huge", site.feed_url("huge")))
    return feeds + folder + 'first_run = "all"\n'


def digests() -> str:
    """One for each layout; the one that every project has comes first."""
    same = 'images = "resize"\nmax_stories = 60\nlanguages = ["en"]\n'
    others = "".join(
        f'[[digests]]\nname = "{layout}"\nlayout = "{layout}"\ntitle = "Morning"\n'
        f'schedule = "0 7 * * *"\ntimezone = "Europe/Madrid"\n{same}'
        for layout in LAYOUTS
    )
    return same + others


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A project that reads nothing but good and bad articles, and has a reader of each digest."""
    folder = tmp_path_factory.mktemp("hostile") / "paper"
    with HostileSite([]) as site:
        # Each has its own: nobody is told a story by two digests.
        readers = {f"{layout}.en": [f"{layout}@example.com"] for layout in LAYOUTS}
        make_project(folder, sources=config(site), digest=digests(), readers=readers)
        write_folder(folder / "articles")
        with open_app(folder, clock=lambda: NOW) as opened:
            opened.lists.enrol()
            yield opened


@pytest.fixture(scope="module")
def collected(app: App) -> list[Collected]:
    begun = time.process_time()
    found = app.newsroom.collect()
    assert time.process_time() - begun < PATIENCE
    return found


def letters(app: App) -> dict[str, EmailMessage]:
    """What is in the outbox, by digest."""
    found = {}
    for path in (app.folder / "outbox" / "new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        found[str(message["List-Id"]).partition("<")[2].partition(".")[0]] = message
    return found


@pytest.fixture(scope="module")
def composed(app: App, collected: list[Collected]) -> list[Composed]:
    begun = time.process_time()
    found = [
        made
        for digest in app.settings.digests
        for made in app.editions.compose(digest, app.slot(digest, "2026-11-22T07:00"))
    ]
    assert time.process_time() - begun < PATIENCE
    return found


@pytest.fixture(scope="module")
def mailed(app: App, composed: list[Composed]) -> dict[str, EmailMessage]:
    app.post.deliver()
    return letters(app)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_what_cannot_be_read_is_named_with_its_reason(collected: list[Collected]) -> None:
    faults = {each.source: each.fault for each in collected}
    assert "more than 5000000 bytes" in (faults.pop("site-huge") or "")
    assert faults == {"site-en": None, "files": None}
    reasons = {fault.reason for each in collected for fault in each.faults}
    assert any("nests too deep" in reason for reason in reasons)
    assert any("too many tags" in reason for reason in reasons)
    assert any("bomb.png" in reason for reason in reasons)


def test_a_picture_that_is_a_bomb_is_left_out_and_named(
    collected: list[Collected], composed: list[Composed]
) -> None:
    reasons = [fault.reason for each in collected for fault in each.faults]
    assert any("bomb.png: the picture has more than 40 million" in reason for reason in reasons)
    assert not [missing for each in composed for missing in each.missing if "bomb" in missing]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_honest_article_is_in_the_letter(
    mailed: dict[str, EmailMessage], layout: str
) -> None:
    for kind in ("html", "plain"):
        said = part(mailed[layout], kind)
        assert [title for title in HONEST if title not in said] == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_letter_is_whole_and_no_program_cuts_it(
    mailed: dict[str, EmailMessage], layout: str
) -> None:
    html = part(mailed[layout], "html")
    assert not mailed[layout].defects
    assert encoded_bytes(html) < TOO_LARGE
    assert len(part(mailed[layout], "plain").encode()) < TOO_LARGE
    assert html.rstrip().endswith("</html>")
    page = LexborHTMLParser(html)
    assert len(page.css("h1")) == 1
    assert page.css("script, iframe, form, object") == []
    assert all(each.attributes["src"] for each in page.css("img"))
    assert not {each for each in html if each < " " and each not in "\r\n\t"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_its_headers_are_short_lines(mailed: dict[str, EmailMessage], layout: str) -> None:
    assert len(str(mailed[layout]["Subject"])) < 200
    head, _, _ = mailed[layout].as_bytes().partition(b"\n\n")
    assert max(map(len, head.splitlines())) < 998


def test_a_title_without_end_is_cut_and_its_article_comes(
    mailed: dict[str, EmailMessage],
) -> None:
    html = part(mailed["brief"], "html")
    assert "A title without end" in html
    assert "One" + "word" * 20 in html


def test_of_ten_thousand_authors_the_first_are_named(mailed: dict[str, EmailMessage]) -> None:
    html = part(mailed["digest"], "html")
    first, *_, last = names(10_000)
    assert first in html
    assert last not in html


def test_the_desk_shows_the_next_editions_afterwards(
    app: App, mailed: dict[str, EmailMessage]
) -> None:
    proofs = app.editions.proofs()
    assert [proof.fault for proof in proofs if proof.language == "en"] == [None] * len(proofs)
