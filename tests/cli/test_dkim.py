"""Keys for signing, from making them to a letter that a receiver verifies."""

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Program
from tests.dkim import Records, verdicts
from tests.smtp_server import SmtpServer
from tests.web.serving import new_project

NAMES = ["dkim.s1.ed25519.key", "dkim.s1.rsa.key"]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, server: SmtpServer) -> Path:
    """A new project that sends by smtp."""
    folder = new_project(tmp_path / "paper")
    smtp = f'kind = "smtp"\nhost = "{server.spec().host}"\nport = {server.port}\ntls = "none"'
    text = (folder / "newsletter.toml").read_text("utf-8").replace('kind = "maildir"', smtp, 1)
    text = text.replace('postal_address = ""', 'postal_address = "1 Example Street"')
    (folder / "newsletter.toml").write_text(text, "utf-8")
    return folder


def made(newsletter: Program, project: Path) -> str:
    """Keys in the project, and the line for its configuration written there."""
    done = newsletter("dkim", "make", "--selector", "s1", "--project", project)
    assert (done.code, done.err) == (0, "")
    (line,) = re.findall(r"^  (dkim = .*)$", done.out, re.MULTILINE)
    config = project / "newsletter.toml"
    text = config.read_text("utf-8").replace('tls = "none"\n', f'tls = "none"\n{line}\n', 1)
    config.write_text(text, "utf-8")
    return done.out


def records_in(out: str) -> Records:
    """The records as a zone file has them."""
    lines = re.findall(r"^  (\S+)\. IN TXT \( (.*) \)$", out, re.MULTILINE)
    return {name: "".join(re.findall(r'"([^"]*)"', value)) for name, value in lines}


def test_a_letter_is_verified_by_the_records_that_were_printed(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    records = records_in(made(newsletter, project))
    done = newsletter("send", "--test", "me@example.com", "--project", project)
    assert done.code == 0
    assert [verdicts(taken.content, records) for taken in server.taken] == [[True, True]] * 2
    assert all(b"d=meridian.example;" in taken.content for taken in server.taken)


def test_an_edition_is_signed_for_every_reader(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    records = records_in(made(newsletter, project))
    newsletter("send", "daily", "--slot", "2031-05-02T07:00", "--project", project)
    newsletter("edition", "approve", "1", "--project", project)
    newsletter("send", "--project", project)
    assert len(server.taken) == 10
    for taken in server.taken:
        assert verdicts(taken.content, records) == [True, True]


def test_name_and_value_are_the_same_in_both_forms(newsletter: Program, project: Path) -> None:
    out = made(newsletter, project)
    for name, value in records_in(out).items():
        assert f"  {name}\n    {value}\n" in out


def test_keys_are_for_their_owner_only(newsletter: Program, project: Path) -> None:
    made(newsletter, project)
    files = sorted(project.glob("dkim.*"))
    assert [file.name for file in files] == NAMES
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_project_keeps_its_keys_out_of_a_repository(project: Path) -> None:
    assert "*.key" in (project / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_ever_overwritten(newsletter: Program, project: Path, name: str) -> None:
    (project / name).symlink_to("nowhere")
    done = newsletter("dkim", "make", "--selector", "s1", "--project", project)
    assert (done.code, done.out) == (1, "")
    assert f"{name}: there is a file of that name already, and nothing was written" in done.err
    assert [file.name for file in project.glob("dkim.*")] == [name]


def test_left_out_the_selector_names_the_year(newsletter: Program, project: Path) -> None:
    done = newsletter("dkim", "make", "--project", project)
    assert re.search(r"^  nl20\d\d\._domainkey\.meridian\.example$", done.out, re.MULTILINE)


def test_a_configuration_that_names_missing_keys_does_not_stand_in_their_way(
    newsletter: Program, project: Path
) -> None:
    made(newsletter, project)
    for name in NAMES:
        (project / name).unlink()
    arguments = ("dkim", "make", "--selector", "s1", "--project", project)
    refused = newsletter(*arguments)
    assert refused.code == 2
    assert "`newsletter dkim make --domain …` makes keys" in refused.err
    assert newsletter(*arguments, "--domain", "Meridian.example").code == 0
    assert newsletter("dkim", "show", "--project", project).code == 0


@pytest.mark.parametrize("given", [("--selector", "a_b"), ("--domain", "not a domain")])
def test_a_name_that_no_record_can_have_is_wrong_usage(
    newsletter: Program, project: Path, given: tuple[str, str]
) -> None:
    done = newsletter("dkim", "make", *given, "--project", project)
    assert (done.code, done.out) == (2, "")
    assert given[0] in done.err
    assert list(project.glob("dkim.*")) == []


def test_the_records_can_be_seen_again(newsletter: Program, project: Path) -> None:
    records = records_in(made(newsletter, project))
    shown = newsletter("dkim", "show", "--project", project)
    assert (shown.code, shown.err) == (0, "")
    assert records_in(shown.out) == records


def test_a_key_that_others_can_read_is_named(newsletter: Program, project: Path) -> None:
    made(newsletter, project)
    (project / NAMES[0]).chmod(0o644)
    shown = newsletter("dkim", "show", "--project", project)
    assert shown.code == 0
    assert f"{NAMES[0]}: others can read it" in shown.err
    assert NAMES[1] not in shown.err


def test_without_keys_there_is_nothing_to_show(newsletter: Program, project: Path) -> None:
    done = newsletter("dkim", "show", "--project", project)
    assert (done.code, done.out) == (1, "")
    assert "no transport.dkim" in done.err
    assert "newsletter dkim make" in done.err


def test_a_broken_key_stops_the_run_before_anything_is_sent(
    newsletter: Program, project: Path, server: SmtpServer
) -> None:
    made(newsletter, project)
    (project / NAMES[1]).write_text("broken", "utf-8")
    done = newsletter("send", "daily", "--slot", "2031-05-02T07:00", "--project", project)
    assert done.code == 1
    assert f"{NAMES[1]}: expected a private key in PEM" in done.err
    assert server.taken == []
    assert newsletter("status", "--project", project, "--json").json["editions"] == []


def test_without_the_package_it_says_how_to_get_it(
    newsletter: Program, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    done = newsletter("dkim", "make", "--project", project)
    assert (done.code, done.out) == (1, "")
    assert "pip install 'newsletter-composer[dkim]'" in done.err


def test_who_does_not_sign_does_without_the_package(project: Path) -> None:
    code = (
        "import sys\nsys.modules['cryptography'] = None\nfrom newsletter.cli import main\n"
        f"main(['send', '--test', 'me@example.com', '--project', {str(project)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
