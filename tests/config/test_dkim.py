"""Signing by ourselves: what has to be said for it, and which words name what is missing."""

from pathlib import Path

import pytest

from newsletter.model.specs import DkimSpec, SmtpSpec
from tests.config.written import SMTP, faults, settings, smtp

SIGNED = 'dkim = {domain = "example.com", selector = "nl2026", keys = ["a.key", "b.key"]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.key", "b.key"):
        (tmp_path / name).write_text("looked at when something is signed\n", "utf-8")
    return tmp_path


def test_nothing_is_signed_unless_one_says_so(tmp_path: Path) -> None:
    transport = settings(tmp_path, SMTP).transport
    assert isinstance(transport, SmtpSpec)
    assert transport.dkim is None


def test_keys_lie_in_the_project(folder: Path) -> None:
    transport = settings(folder, smtp(SIGNED.replace("example.com", "Exämple.com"))).transport
    assert isinstance(transport, SmtpSpec)
    assert transport.dkim == DkimSpec(
        domain="xn--exmple-cua.com",
        selector="nl2026",
        keys=(folder.resolve() / "a.key", folder.resolve() / "b.key"),
    )


def test_it_may_be_a_table_of_its_own(folder: Path) -> None:
    table = SIGNED.removeprefix("dkim = {").removesuffix("}").replace(", s", "\ns")
    table = table.replace(", k", "\nk")
    transport = settings(folder, smtp(f"[transport.dkim]\n{table}")).transport
    assert isinstance(transport, SmtpSpec)
    assert transport.dkim is not None


@pytest.mark.parametrize(
    ("was", "is_now", "fault"),
    [
        ("selector", "selektor", "transport.dkim.selektor: no such key; did you mean 'selector'?"),
        ('"example.com"', '"example"', "transport.dkim.domain: expected a domain"),
        ('"example.com"', '"a b.com"', "transport.dkim.domain: expected a domain"),
        ("nl2026", "nl_2026", "transport.dkim.selector: expected a name of letters, digits"),
        ("nl2026", "n" * 55, "transport.dkim.selector: expected a name of letters, digits"),
        ("nl2026", "", "transport.dkim.selector: expected a name of letters, digits"),
        ('"b.key"', '"c.key"', "transport.dkim.keys[2]: cannot be read: No such file"),
        ('"b.key"', '"c.key"', "`newsletter dkim make --domain …` makes keys"),
        ('"a.key", "b.key"', "", "transport.dkim.keys: expected one file with a key, or two"),
        ('"b.key"', '"b.key", "a.key"', "transport.dkim.keys: expected one file with a key, or"),
        ('["a.key", "b.key"]', '"a.key"', "transport.dkim.keys: expected a list"),
        (', keys = ["a.key", "b.key"]', "", "transport.dkim.keys: expected, but missing"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, was: str, is_now: str, fault: str) -> None:
    assert was in SIGNED
    told = faults(folder, smtp(SIGNED.replace(was, is_now)))
    assert any(fault in line for line in told), told


def test_letters_into_files_are_not_signed(folder: Path) -> None:
    (fault,) = faults(folder, f'[transport]\nkind = "maildir"\n{SIGNED}\n')
    assert "transport.dkim: no such key" in fault


@pytest.mark.parametrize("keys", ['["{}"]', '"{}"', '[["{}"]]'])
def test_a_key_that_was_pasted_is_not_repeated(folder: Path, keys: str) -> None:
    pasted = keys.format("-----BEGIN PRIVATE KEY-----planted")
    line = SIGNED.replace('["a.key", "b.key"]', pasted)
    assert "planted" not in "\n".join(faults(folder, smtp(line)))
