"""Sources as they are configured: kinds, keys, contradictions."""

from pathlib import Path

import pytest

from newsletter.model.specs import GhostSpec, PagesSpec, WordPressSpec
from tests.config.written import faults, settings

GHOST = '[[sources]]\nname = "site-en"\nkind = "ghost"\nurl = "https://example.com"\n'
WORDPRESS = GHOST.replace("ghost", "wordpress")
KEY = "22444f78447824223cefc48062"
VARIABLE = "NEWSLETTER_SOURCES__SITE_EN__KEY"


def pages(*lines: str) -> str:
    return '[[sources]]\nname = "p"\nkind = "pages"\n' + "\n".join(lines) + "\n"


def test_a_wordpress_needs_nothing_but_its_address(tmp_path: Path) -> None:
    (source,) = settings(tmp_path, WORDPRESS).sources
    assert isinstance(source, WordPressSpec)
    assert (source.post_types, source.enrich) == (("posts",), True)


@pytest.mark.parametrize("value", ['["../users"]', "[]", "[1, 2, {}]"])
def test_a_post_type_is_a_name(tmp_path: Path, value: str) -> None:
    text = f"{WORDPRESS}post_types = {value}\n"
    assert any("sources[1].post_types" in fault for fault in faults(tmp_path, text))


def test_a_ghost_s_key_may_stand_in_the_file_in_another_or_in_the_environment(
    tmp_path: Path,
) -> None:
    (tmp_path / "ghost.key").write_text(f"{KEY}\n", "utf-8")
    for found in (
        settings(tmp_path, GHOST + f'key = "{KEY}"\n'),
        settings(tmp_path, GHOST + 'key_file = "ghost.key"\n'),
        settings(tmp_path, GHOST, **{VARIABLE: KEY}),
        settings(tmp_path, GHOST + 'key = "other"\n', **{VARIABLE: KEY}),
    ):
        (source,) = found.sources
        assert isinstance(source, GhostSpec)
        assert source.key == KEY
        assert KEY not in repr(found)


def test_a_ghost_without_a_key_is_told_where_it_may_stand(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GHOST)
    assert "sources[1].key: expected the Content API key" in fault
    assert VARIABLE in fault


def test_of_two_keys_it_does_not_choose_one(tmp_path: Path) -> None:
    (tmp_path / "ghost.key").write_text(KEY, "utf-8")
    text = GHOST + f'key = "{KEY}"\nkey_file = "ghost.key"\n'
    (fault,) = faults(tmp_path, text)
    assert "sources[1].key_file: expected no such file" in fault


@pytest.mark.parametrize("content", [None, "", "two words"])
def test_a_key_file_without_a_key_is_a_fault(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ghost.key").write_text(content, "utf-8")
    (fault,) = faults(tmp_path, GHOST + 'key_file = "ghost.key"\n')
    assert "sources[1].key_file" in fault


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        ('key = "planted key"\n', {}),
        ('key = ["planted"]\n', {}),
        ("", {VARIABLE: "planted&key"}),
        ("", {"NEWSLETTER_SOURCES__OTHER__KEY": "planted"}),
        ('kez = "planted"\n', {}),
    ],
)
def test_no_fault_repeats_a_key(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    found = faults(tmp_path, GHOST + text, **environ)
    assert found
    assert not any("planted" in fault for fault in found)


def test_a_fault_in_a_key_from_the_environment_names_the_variable(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GHOST, **{VARIABLE: "two words"})
    assert fault.startswith(f"environment {VARIABLE}: sources[1].key: ")


@pytest.mark.parametrize(
    "line",
    [
        'urls = ["https://example.com/a"]',
        'list = "https://example.com/news"',
        'sitemap = "https://example.com/sitemap.xml.gz"',
    ],
)
def test_pages_are_named_in_one_of_three_ways(tmp_path: Path, line: str) -> None:
    (source,) = settings(tmp_path, pages(line)).sources
    assert isinstance(source, PagesSpec)


@pytest.mark.parametrize("lines", [(), ("urls = []",)])
def test_pages_that_are_named_in_no_way_are_a_fault(tmp_path: Path, lines: tuple[str, ...]) -> None:
    (fault,) = faults(tmp_path, pages(*lines))
    assert "sources[1].urls: expected one of `urls`, `list` (a page with links)" in fault


def test_pages_that_are_named_in_two_ways_are_a_fault(tmp_path: Path) -> None:
    text = pages('list = "https://example.com/news"', 'sitemap = "https://example.com/s.xml"')
    (fault,) = faults(tmp_path, text)
    assert "sources[1].sitemap: expected one of" in fault
    assert "found list and sitemap" in fault


@pytest.mark.parametrize("key", ["list", "sitemap"])
def test_where_pages_are_named_is_an_address(tmp_path: Path, key: str) -> None:
    (fault,) = faults(tmp_path, pages(f'{key} = "news.html"'))
    assert f"sources[1].{key}: expected an http:// or https:// address" in fault
