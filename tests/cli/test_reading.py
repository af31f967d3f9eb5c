"""`newsletter article` and `newsletter feed`, as scripts use them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Done, Program

PAGE = """<!doctype html><html lang="en"><head><title>Owls move in | Example</title></head><body>
<article><h1>Owls move in</h1><p>A pair of owls has moved into the tower of the old library, and
the librarians have opened a window for them at night, so that they can come and go.</p>
<p>The owls were first seen on Sunday by a reader who had come for quite another book.</p>
</article></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>
<language>en</language><item><title>One</title><link>https://example.com/1</link>
<pubDate>Sun, 22 Nov 2026 07:00:00 +0100</pubDate></item><item><title>Two</title>
<link>https://example.com/2</link></item></channel></rss>"""
KEYS = [
    "schema", "id", "url", "canonical_url", "lang", "translations", "title", "standfirst",
    "excerpt", "body_html", "body_text", "lead_image", "authors", "section", "tags", "published",
    "updated", "site", "sources", "warnings",
]  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    return path


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(FEED, "utf-8")
    return path


def ask(done: Done) -> list[Any]:
    """The answers of a batch, which ends well whatever is in its lines."""
    assert done.code == 0
    return [json.loads(line) for line in done.out.splitlines()]


def test_an_article_has_every_key_of_the_contract_in_order(newsletter: Program, page: Path) -> None:
    found = newsletter("article", page, "--url", "https://example.com/owls", "--json").json
    assert list(found) == KEYS
    assert (found["schema"], found["title"], found["lang"]) == (1, "Owls move in", "en")


def test_an_article_is_shown_to_people_with_where_it_was_found(
    newsletter: Program, page: Path
) -> None:
    out = newsletter("article", page, "--explain").out
    assert "Owls move in" in out
    assert "[" in out


def test_an_article_may_come_through_a_pipe(newsletter: Program) -> None:
    assert newsletter("article", "-", "--json", stdin=PAGE).json["title"] == "Owls move in"


@pytest.mark.parametrize(
    ("content", "code", "error"),
    [("<p>Hm.</p>", 1, "not_article"), (None, 3, "fetch_failed")],
)
def test_what_cannot_be_read_has_a_code_and_a_reason(
    newsletter: Program, tmp_path: Path, content: str | None, code: int, error: str
) -> None:
    path = tmp_path / "x.html"
    if content:
        path.write_text(content, "utf-8")
    done = newsletter("article", path, "--json")
    assert (done.code, done.json["error"]["code"]) == (code, error)


def test_a_private_address_is_refused(newsletter: Program) -> None:
    done = newsletter("article", "http://127.0.0.1/x", "--json")
    assert (done.code, done.json["error"]["code"]) == (3, "fetch_refused")


def test_a_batch_goes_on_past_what_cannot_be_read(
    newsletter: Program, page: Path, tmp_path: Path
) -> None:
    lines = [
        json.dumps({"id": "a", "file": str(page), "url": "https://example.com/owls"}),
        json.dumps({"id": "b", "file": str(tmp_path / "nowhere.html")}),
        "{broken",
        json.dumps({"id": "c"}),
        json.dumps({"id": "d", "file": str(page)}),
    ]
    done = newsletter("article", "--batch", stdin="\n".join(lines))
    answers = ask(done)
    assert [answer["id"] for answer in answers] == ["a", "b", None, "c", "d"]
    assert ["article" in answer for answer in answers] == [True, False, False, False, True]
    assert answers[1]["error"]["code"] == "fetch_failed"


def test_a_feed_gives_its_entries_in_their_order(newsletter: Program, feed: Path) -> None:
    found = newsletter("feed", feed, "--json").json
    assert found["feed"] == {"title": "Example", "lang": "en"}
    told = [(item["title"], item["published"]) for item in found["items"]]
    assert told == [("One", "2026-11-22T07:00:00+01:00"), ("Two", None)]


def test_feeds_come_in_batches_too(newsletter: Program, feed: Path) -> None:
    line = json.dumps({"id": "f", "file": str(feed), "url": "https://example.com/feed"})
    (answer,) = ask(newsletter("feed", "--batch", stdin=line))
    assert (answer["id"], len(answer["items"])) == ("f", 2)


def test_a_feed_batch_goes_on_past_what_cannot_be_read(
    newsletter: Program, feed: Path, page: Path, tmp_path: Path
) -> None:
    lines = [
        "{broken",
        "[" * 5000,
        '["a", "list"]',
        json.dumps({"id": "gone", "file": str(tmp_path / "nowhere.xml")}),
        json.dumps({"id": "page", "file": str(page)}),
        json.dumps({"id": "url", "file": str(feed), "url": 5}),
        json.dumps({"id": "file", "file": ["x"]}),
        json.dumps({"id": "good", "file": str(feed)}),
    ]
    answers = ask(newsletter("feed", "--batch", stdin="\n".join(lines)))
    named = [None, None, None, "gone", "page", "url", "file", "good"]
    assert [answer["id"] for answer in answers] == named
    assert ["error" in answer for answer in answers] == [True] * 7 + [False]


def test_a_line_of_a_batch_may_hold_any_bytes(newsletter: Program, feed: Path) -> None:
    good = json.dumps({"id": "\ud83d", "file": str(feed)})  # half a character
    answers = ask(newsletter("feed", "--batch", stdin=b"\xff\xfe\x00\n" + good.encode()))
    assert ["error" in answer for answer in answers] == [True, False]


@pytest.mark.parametrize(("content", "error"), [("<p>Hm.</p>", "decode"), (None, "fetch_failed")])
def test_what_is_no_feed_has_a_code_and_a_reason(
    newsletter: Program, tmp_path: Path, content: str | None, error: str
) -> None:
    path = tmp_path / "x.xml"
    if content:
        path.write_text(content, "utf-8")
    done = newsletter("feed", path, "--json")
    assert (done.code, done.json["error"]["code"]) == (3, error)
    told = newsletter("feed", path)
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("newsletter: ")


def test_a_feed_is_listed_for_people(newsletter: Program, feed: Path) -> None:
    out = newsletter("feed", feed).out
    assert out.startswith("Example (en)\n")
    assert "One" in out


def test_without_a_source_the_usage_is_told(newsletter: Program) -> None:
    for verb in ("article", "feed"):
        assert newsletter(verb).code == 2
