"""`newsletter sources`: what is configured, and more from a feed reader's list."""

import tomllib
from pathlib import Path

import pytest

from tests.cli.running import Program

CONFIGURATION = """# Ours. Nothing here may change.
languages = ["en", "es"]   # both
[publication]
name = "The Example"
url = "https://example.com"
[sender]
address = "news@example.com"

[[sources]]
name = "el-pais"
kind = "feed"
url = "https://example.com/feed/"

[[digests]]
name = "daily"
schedule = "0 7 * * *"  # no line end follows"""
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="There" xmlUrl="http://www.example.com/feed?utm_source=reader"/>
<outline text="Spain"><outline text="El País" xmlUrl="https://a.example/feed" language="es"/>
<outline text="El País!" xmlUrl="https://b.example/feed?a=1&amp;b=%22"/></outline>
<outline text="新聞" xmlUrl="https://c.example/feed"/>
<outline text="Odd" xmlUrl="ftp://d.example/feed"/></body></opml>"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.toml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "list.opml").write_text(OPML, "utf-8")
    return tmp_path


def written(project: Path) -> str:
    return (project / "newsletter.toml").read_text("utf-8")


def test_feeds_are_added_behind_what_stands_there(newsletter: Program, project: Path) -> None:
    done = newsletter("sources", "import", project / "list.opml", "--project", project)
    assert done.code == 0
    assert written(project).startswith(CONFIGURATION)
    sources = tomllib.loads(written(project))["sources"]
    assert sources[1:] == [
        {"name": "el-pais-2", "kind": "feed", "url": "https://a.example/feed", "language": "es"},
        {"name": "el-pais-3", "kind": "feed", "url": "https://b.example/feed?a=1&b=%22"},
        {"name": "c-example", "kind": "feed", "url": "https://c.example/feed"},
    ]
    assert (
        "there already: http://www.example.com/feed?utm_source=reader (source el-pais)" in done.out
    )
    assert "Odd: is not an address of the web" in done.err


def test_the_same_list_again_adds_nothing(newsletter: Program, project: Path) -> None:
    for _ in "ab":
        done = newsletter("sources", "import", project / "list.opml", "--project", project)
    assert "Nothing to add." in done.out
    assert len(tomllib.loads(written(project))["sources"]) == 4


def test_a_dry_run_says_what_it_would_add_and_writes_nothing(
    newsletter: Program, project: Path
) -> None:
    arguments = ("sources", "import", project / "list.opml", "--project", project, "--dry-run")
    found = newsletter(*arguments, "--json").json
    assert [each["name"] for each in found["added"]] == ["el-pais-2", "el-pais-3", "c-example"]
    assert "would be added" in newsletter(*arguments).out
    assert written(project) == CONFIGURATION


def test_line_ends_and_rights_of_the_file_stay(newsletter: Program, project: Path) -> None:
    path = project / "newsletter.toml"
    path.write_bytes(b"\xef\xbb\xbf" + CONFIGURATION.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    newsletter("sources", "import", project / "list.opml", "--project", project)
    content = path.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in project.iterdir()) == ["list.opml", "newsletter.toml"]


def test_a_linked_configuration_stays_a_link(newsletter: Program, project: Path) -> None:
    real = project / "real.toml"
    (project / "newsletter.toml").rename(real)
    (project / "newsletter.toml").symlink_to(real)
    newsletter("sources", "import", project / "list.opml", "--project", project)
    assert (project / "newsletter.toml").is_symlink()
    assert "c-example" in real.read_text("utf-8")


def test_sources_in_one_list_are_left_as_they_are(newsletter: Program, project: Path) -> None:
    start, _, end = CONFIGURATION.partition("[[sources]]")
    one = '{name = "el-pais", kind = "feed", url = "https://example.com/feed/"}'
    digests = end.partition("[[digests]]")[2]
    text = f"sources = [{one}]\n{start}[[digests]]{digests}\n"
    (project / "newsletter.toml").write_text(text, "utf-8")
    done = newsletter("sources", "import", project / "list.opml", "--project", project)
    assert done.code == 2
    assert "nothing was added" in done.err
    assert written(project) == text


@pytest.mark.parametrize("content", ["nonsense", "<rss/>", None])
def test_what_is_no_list_is_told_with_its_name(
    newsletter: Program, project: Path, content: str | None
) -> None:
    path = project / "odd.opml"
    if content is not None:
        path.write_text(content, "utf-8")
    done = newsletter("sources", "import", path, "--project", project)
    assert done.code == 1
    assert str(path) in done.err
    assert written(project) == CONFIGURATION


def test_sources_are_listed_with_where_they_come_from(newsletter: Program, project: Path) -> None:
    more = (
        '\n[[sources]]\nname = "p"\nkind = "pages"\nlanguage = "es"\nsitemap = "https://e.com/s"\n'
    )
    more += '[[sources]]\nname = "f"\nkind = "folder"\npath = "articles"\n'
    (project / "newsletter.toml").write_text(CONFIGURATION + more, "utf-8")
    listed = newsletter("sources", "list", "--project", project, "--json").json["sources"]
    assert [each["from"] for each in listed] == [
        "https://example.com/feed/",
        "https://e.com/s",
        "articles",
    ]
    assert "https://e.com/s" in newsletter("sources", "list", "--project", project).out
