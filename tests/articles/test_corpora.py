"""Real pages with known answers, where they are at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from newsletter.articles.as_json import article_json
from newsletter.articles.read import Reading, read_article
from newsletter.model.article import Article, Draft

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
