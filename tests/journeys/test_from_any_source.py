"""Sources of every kind in one project: configured, collected, paired."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.project import make_project, newsletter
from tests.sources.cms import BASE, KEY, Files, Ghost, WordPress, ghost_post, post, served

_SPANISH = (
    "Los ferris vuelven a usar el viejo muelle del puerto, y nadie sabe por cuánto tiempo. " * 6
)
_GROUP = {"en": 7, "es": 5}
_PAGE = "<!doctype html><html lang=en><article><h1>{0}</h1><p>{1}</p></article></html>"
_WORDS = "The owls have moved into the old library, and nobody knows for how long they stay. " * 6


def source(name: str, kind: str, *lines: str) -> str:
    head = f'[[sources]]\nname = "{name}"\nkind = "{kind}"\nfirst_run = "all"\n'
    return head + "\n".join(lines) + '\nallow_private = ["127.0.0.1/32"]\n'


def wordpress() -> WordPress:
    spanish = post(
        5,
        lang="es",
        translations=_GROUP,
        link=f"{BASE}/es/muelle/",
        title={"rendered": "Reabre el muelle"},
        content={"rendered": f"<p>{_SPANISH}</p>", "protected": False},
    )
    return WordPress(post(7, lang="en", translations=_GROUP), spanish)


def ghost() -> Ghost:
    html = f"<p>{_WORDS.replace('owls', 'otters')}</p>"
    return Ghost(ghost_post(1, "Nature", "#translation-otters", title="Otters are back", html=html))


def pages() -> Files:
    urls = "".join(f"<url><loc>{BASE}/{name}</loc></url>" for name in ("owls-are-here", "gone"))
    return Files(
        {
            "/sitemap.xml": f"<urlset>{urls}</urlset>",
            "/owls-are-here": _PAGE.format("Owls are here", _WORDS),
            "/": "<!doctype html><main><a href='/bears-come-too'>Bears</a></main>",
            "/bears-come-too": _PAGE.format("Bears come too", _WORDS.replace("owls", "bears")),
        }
    )


@pytest.fixture
def said(tmp_path: Path) -> dict[str, Any]:
    """What `collect` says of each source, with what went wrong on the way."""
    with ExitStack() as stack:
        sites = [stack.enter_context(served(site)) for site in (wordpress(), ghost(), pages())]
        urls = [site.url for site in sites]
        folder = tmp_path / "paper" / "articles"
        folder.mkdir(parents=True)
        text = f"---\ntitle: Vuelven las nutrias\ntranslation_key: otters\n---\n{_SPANISH}"
        (folder / "nutrias.es.md").write_text(text, "utf-8")
        (tmp_path / "paper" / "ghost.key").write_text(KEY, "utf-8")
        project = make_project(
            tmp_path / "paper",
            sources=source("wp-en", "wordpress", f'url = "{urls[0]}"', 'language = "en"')
            + source("wp-es", "wordpress", f'url = "{urls[0]}"', 'language = "es"')
            + source("blog", "ghost", f'url = "{urls[1]}"', 'key_file = "ghost.key"')
            + source("folder", "folder", 'path = "articles"')
            + source("map", "pages", f'sitemap = "{urls[2]}/sitemap.xml"')
            + source("list", "pages", f'list = "{urls[2]}/"'),
            readers={"en": ["ann@example.com"]},
        )
        done = newsletter(project, "collect", "--json")
    assert KEY not in done.stdout + done.stderr
    return {each["source"]: each for each in json.loads(done.stdout)["sources"]}


def test_every_kind_of_source_is_collected_and_its_translations_are_paired(
    said: dict[str, Any],
) -> None:
    assert {name: each["fault"] for name, each in said.items()} == dict.fromkeys(said)
    assert {name: each["new"] for name, each in said.items()} == dict.fromkeys(said, 1)
    paired = {name for name, each in said.items() if each["paired"]}
    # They are read at the same time: of two translations the later one joins the other's story.
    assert {len(paired & pair) for pair in ({"wp-en", "wp-es"}, {"blog", "folder"})} == {1}
    assert len(paired) == 2
    gone = [fault["place"].rpartition("/")[2] for fault in said["map"]["faults"]]
    assert "gone" in gone
