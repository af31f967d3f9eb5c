"""Mailboxes and webhooks as they are configured: complete, and with secrets that nobody is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.model.specs import ImapSpec, MaildirInboxSpec, MailgunSpec
from tests.config.written import faults, settings

IMAP = '[[inboxes]]\nname = "bounces"\nkind = "imap"\nhost = "imap.example.com"\nusername = "b"\n'
PASSWORD = 'password = "planted"\n'
MAILGUN = '[[webhooks]]\nname = "mg"\nkind = "mailgun"\n'
SES = '[[webhooks]]\nname = "ses"\nkind = "ses"\n'
TOPIC = 'topic = "arn:aws:sns:eu-west-1:123456789012:news"\n'


def test_a_mailbox_needs_little(tmp_path: Path) -> None:
    (inbox,) = settings(tmp_path, IMAP + PASSWORD).inboxes
    assert isinstance(inbox, ImapSpec)
    assert (inbox.tls, inbox.folder, inbox.aside, inbox.done) == ("tls", "INBOX", "aside", None)
    assert inbox.every == timedelta(minutes=5)


def test_secrets_may_come_from_files_and_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n", "utf-8")
    filed = settings(tmp_path, IMAP + 'password_file = "secret"\n').inboxes[0]
    given = settings(tmp_path, IMAP, NEWSLETTER_INBOXES__BOUNCES__PASSWORD="hush").inboxes[0]
    hook = settings(tmp_path, MAILGUN, NEWSLETTER_WEBHOOKS__MG__SECRET="hush").webhooks[0]
    assert isinstance(filed, ImapSpec)
    assert isinstance(given, ImapSpec)
    assert isinstance(hook, MailgunSpec)
    assert (filed.password, given.password, hook.secret) == ("hush", "hush", "hush")


def test_a_maildir_is_found_beside_the_configuration(tmp_path: Path) -> None:
    text = '[[inboxes]]\nname = "local"\nkind = "maildir"\npath = "mail"\nevery = "1m"\n'
    (inbox,) = settings(tmp_path, text).inboxes
    assert isinstance(inbox, MaildirInboxSpec)
    assert (inbox.path, inbox.every) == (tmp_path / "mail", timedelta(minutes=1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (IMAP, "inboxes[1].password: expected, here or in `password_file`"),
        (IMAP + PASSWORD + 'tls = "none"\n', "inboxes[1].tls: expected"),
        (IMAP + PASSWORD + "port = 0\n", "inboxes[1].port: expected a number"),
        (IMAP + PASSWORD + 'every = "soon"\n', "inboxes[1].every: expected a duration"),
        (IMAP + PASSWORD + 'folder = "Ordner ä"\n', "inboxes[1].folder: expected the name"),
        (IMAP + PASSWORD + 'pasword = "x"\n', "no such key; did you mean 'password'?"),
        (IMAP + PASSWORD + IMAP + PASSWORD, "expected another: 'bounces' is there already"),
        (
            IMAP + PASSWORD + 'password_file = "none"\n',
            "inboxes[1].password_file: expected no such",
        ),
        (IMAP.replace('imap"', 'pigeon"', 1), "inboxes[1].kind: expected one of"),
        (MAILGUN, "webhooks[1].secret: expected"),
        (MAILGUN + 'secret_file = "none"\n', "webhooks[1].secret_file: cannot be read"),
        (SES, "webhooks[1].topic: expected, but missing"),
        (SES + 'topic = "news"\n', "webhooks[1].topic: expected the ARN of a topic"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, expected: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert expected in fault


def test_no_secret_is_shown(tmp_path: Path) -> None:
    text = IMAP + PASSWORD + MAILGUN + 'secret = "planted"\n'
    assert "planted" not in repr(settings(tmp_path, text))
    for wrong in (IMAP + 'password = ["planted"]\n', MAILGUN + 'secret = ["planted"]\n'):
        assert "planted" not in "".join(faults(tmp_path, wrong))
