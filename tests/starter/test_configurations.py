"""The two configurations that a project may begin with."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

import newsletter.starter
from newsletter import config
from newsletter.model import specs

STARTER = Path(newsletter.starter.__file__).parent
TABLES: dict[str, tuple[type, ...]] = {
    "": (config.Settings,),
    "publication": (specs.Publication,),
    "sender": (specs.Sender,),
    "transport": (specs.MaildirSpec, specs.SmtpSpec),
    "public": (specs.Public,),
    "privacy": (specs.Privacy,),
    "sources": get_args(specs.SourceSpec),
    "digests": (specs.Digest,),
}
each_file = pytest.mark.parametrize("name", ["newsletter.toml", "demo.toml"])


def settings(name: str, folder: Path) -> config.Settings:
    (folder / config.FILE).write_bytes((STARTER / name).read_bytes())
    return config.load(folder, environ={})


def values(name: str) -> dict[str, Any]:
    return tomllib.loads((STARTER / name).read_text(encoding="utf-8"))


def written_keys(name: str) -> Iterator[tuple[str, str]]:
    """(table, key) of every line, of those too that are commented out."""
    table = ""
    for line in (STARTER / name).read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"(?:# )?\[{1,2}([a-z]+)\]{1,2}", line):
            table = header[1]
        elif key := re.match(r"(?:# )?([a-z_]+) = ", line):
            yield table, key[1]


@each_file
def test_a_configuration_names_only_keys_that_exist(name: str) -> None:
    known = {
        (table, field.name) for table, kinds in TABLES.items() for k in kinds for field in fields(k)
    }
    assert set(written_keys(name)) <= known


@each_file
def test_a_configuration_loads_without_a_fault(name: str, tmp_path: Path) -> None:
    assert settings(name, tmp_path).languages == ("en", "es")


@each_file
def test_both_rehearse_from_one_folder_of_articles(name: str, tmp_path: Path) -> None:
    loaded = settings(name, tmp_path)
    assert loaded.transport.rehearsal
    assert [source.name for source in loaded.sources] == ["articles"]
    assert isinstance(loaded.sources[0], specs.FolderSpec)


def test_a_first_operator_approves_and_mails_no_archive() -> None:
    written = values("newsletter.toml")
    assert written["digests"][0]["approve"] == "hold"
    assert written["sources"][0]["first_run"] == "baseline"
    assert written["publication"]["postal_address"] == ""


def test_the_demonstration_sends_all_at_once_with_its_pictures() -> None:
    written = values("demo.toml")
    assert written["digests"][0]["approve"] == "automatic"
    assert written["digests"][0]["images"] == "attach"
    assert written["sources"][0]["first_run"] == "all"
    assert all(written["publication"]["postal_address"].values())


def test_every_key_there_is_is_shown() -> None:
    shown = set(written_keys("newsletter.toml"))
    known = {(table, f.name) for table, kinds in TABLES.items() for k in kinds for f in fields(k)}
    # Tables of their own at the top, and where the rehearsal's letters go.
    tables = {("", name) for name in TABLES if name}
    assert known - shown - tables <= {("transport", "path")}


def test_what_is_commented_out_works_as_it_stands(tmp_path: Path) -> None:
    text = (STARTER / "newsletter.toml").read_text(encoding="utf-8")
    text = text.replace('[transport]\nkind = "maildir"\n', "", 1)
    text = text.replace('# key = "…"', "#")
    text = text.replace('# password = "…"', "#").replace(
        "http://127.0.0.1:8000", "https://a.example"
    )
    text = re.sub(r"^# (\[|[a-z_]+ = )", r"\1", text, flags=re.MULTILINE)
    (tmp_path / config.FILE).write_text(text, encoding="utf-8")
    (tmp_path / "smtp.password").write_text("hush", encoding="utf-8")
    (tmp_path / "ghost.key").write_text("22444f78447824223cefc48062", encoding="utf-8")
    (tmp_path / "dkim.nl2026.rsa.key").write_text("read when it signs", encoding="utf-8")
    loaded = config.load(tmp_path, environ={})
    assert isinstance(loaded.transport, specs.SmtpSpec)
    assert [type(each).__name__ for each in loaded.sources] == [
        "FolderSpec",
        "FeedSpec",
        "WordPressSpec",
        "GhostSpec",
        "PagesSpec",
        "PagesSpec",
        "PagesSpec",
    ]
