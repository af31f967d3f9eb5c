"""Real feeds with known counts, where the corpora are at hand."""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.sources.feed import parse_feed
from newsletter.sources.port import SourceFault

NAMED = os.environ.get("NEWSLETTER_TEST_CORPORA")
CORPORA = Path(NAMED) if NAMED else Path(__file__).parents[3] / "shared" / "corpora"
# Its one entry is found: it is the known number, nought, that is wrong.
BEYOND_COUNTING = {"simplepie-feed-utf16be.xml": 1}


def feeds() -> Iterator[tuple[str, int, bytes]]:
    """Name, known number of entries, bytes."""
    contents: dict[str, bytes] = {}
    with tarfile.open(CORPORA / "articles.tgz", "r|gz") as archive:  # one way: seeking is slow
        for member in archive:
            if "feeds/" in member.name and (file := archive.extractfile(member)):
                contents[member.name.rpartition("feeds/")[2]] = file.read()
    for line in contents["gold.jsonl"].splitlines():
        truth = json.loads(line)
        yield truth["id"], truth["count"], contents[truth["file"]]


def entries(content: bytes) -> int | str:
    try:
        return len(parse_feed(content, source="s", url="https://feed.example/").drafts)
    except SourceFault as fault:
        return str(fault)


@pytest.mark.skipif(
    not (CORPORA / "articles.tgz").exists(), reason="the corpora are not here (README: tests)"
)
def test_every_entry_of_every_real_feed_is_found() -> None:
    lost = {name: (entries(content), count) for name, count, content in feeds()}
    lost = {name: counts for name, counts in lost.items() if counts[0] != counts[1]}
    assert {name: found for name, (found, _) in lost.items()} == BEYOND_COUNTING
