"""Where mails come back to: which door stands behind which kind of inbox."""

from pathlib import Path
from typing import assert_never

from newsletter.feedback.imap import ImapInbox
from newsletter.feedback.maildir import MaildirInbox
from newsletter.feedback.pop import PopInbox
from newsletter.feedback.port import Inbox
from newsletter.model.specs import ImapSpec, InboxSpec, MaildirInboxSpec, PopSpec


def opened(spec: InboxSpec, aside: Path) -> Inbox:
    """The inbox; what an inbox without folders cannot keep lies in the folder `aside`."""
    match spec:
        case ImapSpec():
            return ImapInbox(spec)
        case PopSpec():
            return PopInbox(spec, aside)
        case MaildirInboxSpec():
            return MaildirInbox(spec)
        case _:
            assert_never(spec)
