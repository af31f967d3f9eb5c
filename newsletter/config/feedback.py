"""What the mailboxes and webhooks of a configuration are completed by, and what can be wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from newsletter.config.faults import Fault, Key
from newsletter.config.secret import is_loopback, secret_in
from newsletter.model.specs import (
    InboxSpec,
    MailboxSpec,
    MaildirInboxSpec,
    SendGridSpec,
    SesSpec,
    WebhookSpec,
)


def complete_inboxes(
    inboxes: Sequence[InboxSpec], folder: Path
) -> tuple[tuple[InboxSpec, ...], list[Fault]]:
    """With absolute paths, and the passwords that lie in files."""
    faults: list[Fault] = []
    completed = tuple(
        _complete_inbox(inbox, folder, ("inboxes", index), faults)
        for index, inbox in enumerate(inboxes)
    )
    return completed, faults


def _complete_inbox(inbox: InboxSpec, folder: Path, key: Key, faults: list[Fault]) -> InboxSpec:
    if isinstance(inbox, MaildirInboxSpec):
        return replace(inbox, path=folder / inbox.path)
    password = _read(inbox.password, inbox.password_file, folder, (*key, "password_file"), faults)
    ca_file = folder / inbox.ca_file if inbox.ca_file else None
    return replace(inbox, password=password, ca_file=ca_file)


def complete_webhooks(
    webhooks: Sequence[WebhookSpec], folder: Path
) -> tuple[tuple[WebhookSpec, ...], list[Fault]]:
    """With the secrets that lie in files."""
    faults: list[Fault] = []
    completed = tuple(
        _complete_webhook(hook, folder, ("webhooks", index), faults)
        for index, hook in enumerate(webhooks)
    )
    return completed, faults


def _complete_webhook(
    hook: WebhookSpec, folder: Path, key: Key, faults: list[Fault]
) -> WebhookSpec:
    if isinstance(hook, SesSpec | SendGridSpec):
        return hook
    secret = _read(hook.secret, hook.secret_file, folder, (*key, "secret_file"), faults)
    return replace(hook, secret=secret)


def _read(
    given: str | None, file: Path | None, folder: Path, key: Key, faults: list[Fault]
) -> str | None:
    """The secret that is given, or lies in the file; what is wrong there is put to the faults."""
    if file is None:
        return given
    name = str(key[-1]).removesuffix("_file")
    secret, wrong = secret_in(folder / file, f"a {name}")
    if given is not None:
        wrong = f"expected no such file, because `{name}` is given as well"
    if wrong:
        faults.append(Fault(key, wrong))
    return given or secret


def feedback_faults(
    inboxes: Sequence[InboxSpec], webhooks: Sequence[WebhookSpec]
) -> Iterator[Fault]:
    """What is wrong between keys that are each right."""
    for index, inbox in enumerate(inboxes):
        if not isinstance(inbox, MaildirInboxSpec):
            yield from _mailbox_faults(("inboxes", index), inbox)
    for index, hook in enumerate(webhooks):
        if isinstance(hook, SesSpec | SendGridSpec) or hook.secret or hook.secret_file:
            continue
        yield Fault(
            ("webhooks", index, "secret"),
            "expected, here or in `secret_file`: without it nobody's calls could be believed",
        )


def _mailbox_faults(key: Key, inbox: MailboxSpec) -> Iterator[Fault]:
    if inbox.port is not None and not 1 <= inbox.port <= 65535:
        yield Fault((*key, "port"), "expected a number from 1 to 65535")
    if inbox.password is None and inbox.password_file is None:
        yield Fault((*key, "password"), "expected, here or in `password_file`")
    if inbox.tls == "none" and not is_loopback(inbox.host):
        yield Fault(
            (*key, "tls"),
            'expected "tls" or "starttls": a password is not sent in the clear to another machine',
        )
