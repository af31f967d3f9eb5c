"""Passwords: found where they lie, told to nobody."""

import traceback
from pathlib import Path

import pytest

from newsletter.config import ConfigError
from newsletter.model.specs import SmtpSpec
from tests.config.written import FEED, SMTP, faults, settings, smtp


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", "utf-8")
    found = settings(tmp_path, smtp('password_file = "secret"'))
    assert isinstance(found.transport, SmtpSpec)
    assert found.transport.password == "hush"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_password_file_without_a_password_is_a_fault(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    (fault,) = faults(tmp_path, smtp('password_file = "secret"'))
    assert "transport.password_file: " in fault


def test_of_two_passwords_it_does_not_choose_one(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", "utf-8")
    text = smtp('password_file = "secret"')
    (fault,) = faults(tmp_path, text, NEWSLETTER_TRANSPORT__PASSWORD="other")
    assert "transport.password_file: expected no such file" in fault


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (smtp('password = ["planted"]'), {}),
        (smtp('password = "planted"\nprot = 1'), {}),
        (smtp('pasword = "planted"'), {}),
        (smtp('headers = {X-Key = ["planted"]}'), {}),
        ('[[transport]]\nkind = "smtp"\npassword = "planted"\n', {}),
        (FEED.replace("https://", "ftp://user:planted@"), {}),
        (FEED.replace("https://", "ftp://user:a/planted @b@"), {}),
        (FEED.replace("https://", "user:planted@"), {}),
        (SMTP.replace("smtp.example", "user:planted@smtp.example"), {}),
        ('[transport]\nkind = "maildir"\npassword = "planted"\n', {}),
        ("", {"NEWSLETTER_DATABASE": "mysql://user:planted@host/name"}),
        ("", {"NEWSLETTER_DATABASE": "postgresql://user:planted@host:port/name"}),
        ("", {"NEWSLETTER_PASSWORD": "planted"}),
        ("", {"NEWSLETTER_TRANSPORT": "smtp://user:planted@host"}),
    ],
)
def test_no_fault_nor_its_traceback_repeats_a_secret(
    tmp_path: Path, text: str, environ: dict[str, str]
) -> None:
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, text, **environ)
    told = "".join(traceback.format_exception(error.value))
    assert "planted" not in told.replace('"planted"', "")


@pytest.mark.parametrize(
    "environ",
    [
        {"NEWSLETTER_TRANSPORT__PASSWORD": "planted"},
        {"NEWSLETTER_DATABASE": "postgresql+psycopg://user:planted@host/name"},
    ],
)
def test_no_settings_show_a_secret(tmp_path: Path, environ: dict[str, str]) -> None:
    assert "planted" not in repr(settings(tmp_path, SMTP, **environ))
