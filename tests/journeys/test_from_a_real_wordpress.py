"""Articles of a real WordPress in the store, brought there by the program itself."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.article import Article
from newsletter.model.specs import WordPressSpec
from newsletter.sources.http import Http
from newsletter.sources.wordpress import WordPressSource
from newsletter.store import articles
from newsletter.store.database import Database
from tests.journeys.project import make_project, newsletter
from tests.require import missing
from tests.sources.real_wordpress import RealWordPress, real_wordpress, why_not


@pytest.fixture(scope="module")
def site() -> Iterator[RealWordPress]:
    if reason := why_not():
        missing("wordpress", reason)
    with real_wordpress() as site:
        site.run("articles.php")
        site.run("timer.php")
        yield site


@pytest.fixture(scope="module")
def source(site: RealWordPress) -> Iterator[WordPressSource]:
    with Http(user_agent="test", allow_private=("127.0.0.1/32",)) as http:
        spec = WordPressSpec(kind="wordpress", name="site", url=site.url)
        yield WordPressSource(spec, http.fetch)


def collected(folder: Path, site: RealWordPress) -> tuple[Any, dict[str, Article]]:
    """What the program said of one collecting, and the articles by their titles."""
    text = (
        f'[[sources]]\nname = "site"\nkind = "wordpress"\nurl = "{site.url}"\nfirst_run = "all"\n'
    )
    text += 'allow_private = ["127.0.0.1/32"]\n'
    project = make_project(folder / "paper", sources=text, readers={"en": ["ann@example.com"]})
    said = json.loads(newsletter(project, "collect", "--json").stdout)["sources"][0]
    database = Database(f"sqlite:///{project / 'newsletter.db'}")
    try:
        with database.read() as tx:
            return said, {each.article.title: each.article for each in articles.newest(tx, 20)}
    finally:
        database.close()


def test_what_an_editor_filled_in_is_what_the_program_collects(
    tmp_path: Path, site: RealWordPress
) -> None:
    said, found = collected(tmp_path, site)
    assert said["fault"] is None
    assert {"The “old” quay reopens", "Owls move into the library", "By the timer"} <= found.keys()
    assert "Not yet" not in found
    quay = found["The “old” quay reopens"]
    assert quay.url == f"{site.url}/2024/11/quay/"
    assert str(quay.published) == "2024-11-22T06:30:00+00:00"
    assert (quay.section, sorted(quay.tags)) == ("World & Sea", ["ferries", "harbours"])
    assert (quay.standfirst, quay.site) == ("After two years the ferries are back.", "The Meridian")
    assert quay.body_text.startswith("The ferries use the old quay of the harbour again")
    image = quay.lead_image
    assert image is not None
    assert (image.width, image.height, image.alt) == (1200, 800, "Cranes at dusk")
    assert (image.caption, image.credit) == ("The quay on Sunday", "EFE")
    (author,) = quay.authors
    assert author.name == "Ana Ruiz"
    assert author.bio == {
        "en": "Ana Ruiz has covered ports and ferries since 2009.",
        "es": "Ana Ruiz escribe sobre puertos y transbordadores desde 2009.",
    }


def test_a_later_reading_has_what_a_timer_published_though_nobody_changed_it(
    source: WordPressSource,
) -> None:
    now = datetime.now(UTC)
    recent = source.read(now - timedelta(hours=1)).drafts
    (timed,) = (draft for draft in recent if draft.title == "By the timer")
    assert timed.updated == "2024-01-02T09:00:00Z"
    assert "The “old” quay reopens" not in {draft.title for draft in recent}
    assert source.read(now + timedelta(hours=1)).drafts == ()


def test_translations_that_a_plugin_tells_are_resolved(
    site: RealWordPress, source: WordPressSource
) -> None:
    drafts = {draft.title: draft for draft in source.read().drafts}
    owls, lechuzas = drafts["Owls move into the library"], drafts["Las lechuzas en la biblioteca"]
    assert (owls.language, owls.translations) == ("en", {"es": lechuzas.url})
    assert (lechuzas.language, lechuzas.translations) == ("es", {"en": owls.url})
    assert owls.translation_key == lechuzas.translation_key == f"wordpress:127.0.0.1:{owls.guid}"


def test_a_post_without_an_excerpt_has_what_is_told_to_search_engines(
    source: WordPressSource,
) -> None:
    told = {draft.title: draft.summary for draft in source.read().drafts}
    assert told["Nests are built"] == "What the owls made of it."
    assert told["Owls move into the library"] is None


def test_a_draft_is_the_same_whatever_stands_beside_it_in_the_answer(
    source: WordPressSource,
) -> None:
    everything = {draft.guid: draft for draft in source.read().drafts}
    recent = source.read(datetime.now(UTC) - timedelta(hours=1)).drafts
    titles = {draft.title for draft in recent}
    assert "Owls move into the library" in titles
    assert "Nests are built" not in titles  # which numbers what is in both
    assert {draft.guid: draft for draft in recent}.items() <= everything.items()


def test_only_what_readers_may_see_is_not_withdrawn(source: WordPressSource) -> None:
    drafts = {draft.title: draft for draft in source.read().drafts}
    ids = {title: draft.guid for title, draft in drafts.items()}
    assert source.withdrawn(ids["By the timer"], None) is None
    assert "password" in (source.withdrawn(ids["Behind a password"], None) or "")
    assert "no published post 99" in (source.withdrawn("99", None) or "")
