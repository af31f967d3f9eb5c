"""Real pages with known answers, where they are at hand."""

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from newsletter.articles.as_json import article_json
from newsletter.articles.read import Reading, read_article
from newsletter.model.article import Article, Draft, Page

_BESIDE = Path(__file__).parents[2].parent / "shared" / "corpora"
_CORPORA = Path(os.environ.get("NEWSLETTER_TEST_CORPORA", _BESIDE))
_SEED = _CORPORA / "seed"


@pytest.mark.skipif(not _SEED.is_dir(), reason="the corpora are not at hand")
@pytest.mark.parametrize("languages", [(), ("en", "es"), ("es", "en", "pt")])
def test_the_founding_page_gives_exactly_what_is_on_it(languages: tuple[str, ...]) -> None:
    expected: dict[str, Any] = json.loads((_SEED / "expected.json").read_text("utf-8"))
    text = (_SEED / "page.txt").read_text("utf-8")
    found = _read(text, languages)
    body = str(found["body_text"])

    assert body.split("\n\n") == expected.pop("body_has_every_one_of")
    assert [line for line in expected.pop("body_has_none_of") if line in body] == []
    assert {key: _told(found[key]) for key in expected} == expected
    assert found["standfirst"] is None
    assert [found[key] for key in ("url", "section", "site", "updated")] == [None] * 4
    assert found["tags"] == []


def _read(text: str, languages: tuple[str, ...]) -> dict[str, object]:
    draft = Draft(source="seed", origin="text", text=text)
    found = read_article(draft, Reading(languages=languages))
    assert isinstance(found, Article)
    return article_json(found)


def _told(value: object) -> object:
    """A value without what is unknown, but for the keys that the expected answers name."""
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, dict):
        kept = {k: _told(v) for k, v in value.items() if v is not None or k in ("url", "es")}
        return kept if "name" not in kept else {k: kept[k] for k in ("name", "bio")}
    return value


@pytest.mark.skipif(not (_CORPORA / "articles.tgz").is_file(), reason="the corpora are not at hand")
def test_the_bilingual_pages_are_right_in_every_field(tmp_path: Path) -> None:
    with tarfile.open(_CORPORA / "articles.tgz") as archive:
        made = [m for m in archive if m.name.removeprefix("./").startswith("bilingual/")]
        archive.extractall(tmp_path, members=made, filter="data")
    lines = (tmp_path / "bilingual" / "gold.jsonl").read_text("utf-8").splitlines()
    wrong = [fault for line in lines for fault in _faults(json.loads(line), tmp_path / "bilingual")]
    assert len(lines) == 16
    assert wrong == []


def _faults(record: dict[str, Any], folder: Path) -> list[tuple[str, str]]:
    raw = (folder / record["html"]).read_bytes()
    html = raw.decode("cp1252" if b"windows-1252" in raw[:500] else "utf-8")
    draft = Draft(source="s", origin="page", page=Page(url=record["url"], html=html))
    found = read_article(draft, Reading(languages=()))
    assert isinstance(found, Article)
    told, gold = _compared(found), record["gold"]
    body = found.body_text
    faults = [
        (record["id"], key) for key, value in told.items() if key in gold and value != gold[key]
    ]
    faults += [(record["id"], line) for line in gold["body_with"] if line not in body]
    return faults + [(record["id"], line) for line in gold["body_without"] if line in body]


def _compared(found: Article) -> dict[str, object]:
    image = found.lead_image
    return {
        "lang": found.language.partition("-")[0],
        "title": found.title,
        "translations": found.translations,
        "authors": [author.name for author in found.authors],
        "bio": found.authors[0].bio if found.authors else {},
        "date": str(found.published),
        "lead_caption": image and image.caption,
        "lead_credit": image and image.credit,
        "canonical": found.canonical_url,
    }
