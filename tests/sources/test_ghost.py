"""Ghost through its Content API."""

import traceback
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.model.article import Draft, Image, Visibility
from newsletter.model.specs import GhostSpec
from newsletter.sources.ghost import GhostSource
from newsletter.sources.port import Fetch, Fetched, SourceFault
from tests.sources.cms import BASE, KEY, Ghost, fetching, ghost_post


def over(fetch: Fetch, **spec: Any) -> GhostSource:
    given = {"kind": "ghost", "name": "site", "url": BASE, "key": KEY} | spec
    return GhostSource(GhostSpec(**given), fetch)


def source(site: Ghost, asked: list[str] | None = None, **spec: Any) -> GhostSource:
    return over(fetching(site, asked), **spec)


def one(*tags: str, **changes: Any) -> Draft:
    (draft,) = source(Ghost(ghost_post(1, *tags, **changes))).read().drafts
    return draft


def test_a_post_is_handed_over_with_all_that_the_api_knows() -> None:
    draft = one()
    assert draft == Draft(
        source="site",
        origin="ghost",
        url=f"{BASE}/quay-1/",
        guid="5ddc9141c35e7700383b2901",
        language="en",
        title="Quay 1 reopens",
        summary="After two years.",
        content=draft.content,
        images=(
            Image(
                url=f"{BASE}/content/images/quay.jpg",
                alt="Cranes at dusk",
                caption="The quay on Sunday (<b>EFE</b>)",
            ),
        ),
        authors=draft.authors,
        section="World",
        tags=("World", "ferries"),
        published="2026-11-22T06:30:00.000+01:00",
        updated="2026-11-22T06:01:00.000+00:00",
        site="The Meridian",
    )
    (person,) = draft.authors
    assert (person.name, person.url) == ("Ana Ruiz", f"{BASE}/author/ana/")
    assert person.avatar == Image(url=f"{BASE}/content/images/ana.jpg")
    assert person.bio == {"und": "Covers ports. // Escribe sobre puertos."}


def test_an_excerpt_that_ghost_cut_is_no_summary() -> None:
    assert one(custom_excerpt=None).summary is None


def test_internal_tags_tell_the_language_and_the_story_and_are_shown_to_nobody() -> None:
    draft = one("#es", "Mundo", "#translation-quay-2026", "ferris")
    assert (draft.language, draft.translation_key) == ("es", "quay-2026")
    assert (draft.section, draft.tags) == ("Mundo", ("Mundo", "ferris"))


def test_the_language_of_a_post_without_a_tag_is_the_site_s() -> None:
    assert one("World").language == "en"


def test_a_language_of_the_configuration_stands() -> None:
    (draft,) = source(Ghost(ghost_post(1, "#en")), language="es").read().drafts
    assert draft.language == "es"


@pytest.mark.parametrize(
    ("visibility", "found"),
    [
        ("public", Visibility.PUBLIC),
        ("members", Visibility.MEMBERS),
        ("paid", Visibility.PAID),
        ("tiers", Visibility.PAID),
        ("something new", Visibility.PAID),
    ],
)
def test_who_may_read_a_post_is_told(visibility: str, found: Visibility) -> None:
    assert one(visibility=visibility, html=None).visibility is found


def test_a_canonical_address_counts_on_the_own_site_only() -> None:
    assert one(canonical_url=f"{BASE}/news/quay/").url == f"{BASE}/news/quay/"
    assert one(canonical_url="https://other.example/quay").url == f"{BASE}/quay-1/"


def test_a_later_reading_asks_for_changes_in_all_pages() -> None:
    site = Ghost(*(ghost_post(n) for n in range(1, 60)))
    asked: list[str] = []
    since = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    found = source(site, asked).read(since)
    assert [draft.title for draft in found.drafts] == [f"Quay {n} reopens" for n in range(21, 60)]
    assert len([url for url in asked if "/posts/" in url]) == 3
    assert any("filter=updated_at:%3E%272026-11-22%2006:20:00%27" in url for url in asked)


def test_a_first_reading_takes_the_last_changed_hundred() -> None:
    site = Ghost(*(ghost_post(n % 60, id=str(n)) for n in range(300)))
    found = source(site).read()
    assert len(found.drafts) == 105
    assert found.faults == ()


def test_a_post_without_id_and_address_is_named_and_stops_no_other() -> None:
    found = source(Ghost({"title": "?"}, ghost_post(1))).read()
    assert [draft.title for draft in found.drafts] == ["Quay 1 reopens"]
    assert [fault.place for fault in found.faults] == ["post 1"]


def test_settings_that_are_not_told_are_done_without() -> None:
    site = Ghost(ghost_post(1))

    def fetch(url: str) -> Fetched:
        return (
            Fetched(url=url, status=404, content=b"")
            if "/settings/" in url
            else fetching(site)(url)
        )

    (draft,) = over(fetch).read().drafts
    assert (draft.language, draft.site) == (None, None)


@pytest.mark.parametrize("url", [f"{BASE}/", f"{BASE}/ghost/", f"{BASE}/?x=1#y"])
def test_the_address_of_the_editors_is_taken_for_the_site_s(url: str) -> None:
    assert len(source(Ghost(ghost_post(1)), url=url).read().drafts) == 1


def test_a_post_that_was_taken_back_is_withdrawn() -> None:
    found = source(Ghost(ghost_post(1)))
    assert found.withdrawn("5ddc9141c35e7700383b2901", None) is None
    assert "no published post" in (found.withdrawn("5ddc9141c35e7700383b2999", None) or "")


def test_a_key_that_no_longer_opens_withdraws_nothing() -> None:
    assert source(Ghost(), key="other").withdrawn("5ddc9141c35e7700383b2999", None) is None


def refusing(url: str) -> Fetched:
    raise SourceFault("timeout", f"{url}: too slow")


def breaking(url: str) -> Fetched:
    raise SourceFault("fetch_failed", f"{url}: no answer") from OSError(url)


def unwelcome(url: str) -> Fetched:
    return Fetched(url=url, status=503, content=b"")


def nonsense(url: str) -> Fetched:
    return Fetched(url=url, status=200, content=b"<html>")


@pytest.mark.parametrize("fetch", [refusing, breaking, unwelcome, nonsense, fetching(Ghost())])
def test_no_fault_nor_its_traceback_repeats_the_key(fetch: Fetch) -> None:
    hidden = "5e55fa11" + KEY
    with pytest.raises(SourceFault) as caught:
        over(fetch, key=hidden).read()
    assert hidden not in "".join(traceback.format_exception(caught.value))
    assert BASE in str(caught.value)


def test_a_wrong_key_is_told_in_words() -> None:
    with pytest.raises(SourceFault, match="does not know the key of source site"):
        source(Ghost(), key="wrong").read()


def test_the_key_is_shown_in_no_specification() -> None:
    assert KEY not in repr(GhostSpec(kind="ghost", name="site", url=BASE, key=KEY))
