"""Door: a folder of a mailbox, over IMAP (RFC 9051 and 3501)."""

import imaplib
import re
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from newsletter.feedback.port import LONGEST, InboxFault, Mail
from newsletter.feedback.servers import TIMEOUT, context_of, name_of, port_of, told
from newsletter.model.specs import ImapSpec

_BATCH = 50  # mails in one command
# Mails at one look: the answer that lists them is one line, and imaplib's have a limit.
_MOST = 50_000
_UID = re.compile(rb"\bUID (\d+)")

Answer = tuple[str, list[Any]]


class ImapInbox:
    """The folder of `spec`; connected from the first batch on."""

    def __init__(self, spec: ImapSpec) -> None:
        self._spec = spec
        self._imap: imaplib.IMAP4 | None = None
        self._count = 0
        self._offers: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._imap is not None:
            try:
                self._imap.logout()
            except (imaplib.IMAP4.error, OSError):
                self._imap.shutdown()
            self._imap = None

    def batches(self) -> Iterator[Sequence[Mail]]:
        with told(self._spec, imaplib.IMAP4.error):
            uids = self._listed()
        for start in range(0, len(uids), _BATCH):
            with told(self._spec, imaplib.IMAP4.error):
                mails = self._fetched(uids[start : start + _BATCH])
            yield mails

    def finish(self, understood: Sequence[Mail], others: Sequence[Mail]) -> None:
        with told(self._spec, imaplib.IMAP4.error):
            self._move(others, self._spec.aside)
            if self._spec.done:
                self._move(understood, self._spec.done)
            else:
                self._delete(understood)

    # --- the session ----------------------------------------------------------------------------

    def _session(self) -> imaplib.IMAP4:
        if self._imap is None:
            self._imap = self._connected()
        return self._imap

    def _connected(self) -> imaplib.IMAP4:
        """Logged in, with the folder selected."""
        spec = self._spec
        where = (spec.host, port_of(spec))
        if spec.tls == "tls":
            context = context_of(spec.ca_file, name_of(spec))
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(*where, ssl_context=context, timeout=TIMEOUT)
        else:
            imap = imaplib.IMAP4(*where, timeout=TIMEOUT)
        try:
            if spec.tls == "starttls":
                imap.starttls(context_of(spec.ca_file, name_of(spec)))
            imap.login(spec.username, spec.password or "")
            # What it offers is told anew once we are known, and imaplib does not ask again.
            self._offers = (
                self._expect(imap.capability(), "capabilities")[0].decode("ascii").split()
            )
            (count,) = self._expect(imap.select(_quoted(spec.folder)), f"folder {spec.folder!r}")
            self._count = int(count)
        except BaseException:
            imap.shutdown()
            raise
        return imap

    def _expect(self, answer: Answer, what: str) -> list[Any]:
        kind, said = answer
        if kind != "OK":
            words = b" ".join(each for each in said if isinstance(each, bytes))
            raise InboxFault(f"{name_of(self._spec)}: {what}: {words.decode('utf-8', 'replace')}")
        return said

    # --- reading --------------------------------------------------------------------------------

    def _listed(self) -> list[str]:
        """The mails of the folder, but for those that somebody is deleting."""
        imap = self._session()
        if self._count == 0:
            return []
        some = f"1:{min(self._count, _MOST)}"
        (found,) = self._expect(imap.uid("SEARCH", some, "UNDELETED"), "search")
        return [uid.decode("ascii") for uid in (found or b"").split()]

    def _fetched(self, uids: Sequence[str]) -> list[Mail]:
        """Without a mark that they were read; those that have gone since are left out."""
        answer = self._session().uid("FETCH", ",".join(uids), f"(BODY.PEEK[]<0.{LONGEST}>)")
        items = self._expect(answer, "fetch")
        mails = []
        for at, item in enumerate(items):
            if isinstance(item, tuple):
                head, content = item
                behind = items[at + 1] if at + 1 < len(items) else b""
                # The UID may stand on either side of the content (RFC 9051 §7.5.2).
                named = _UID.search(head) or _UID.search(behind if type(behind) is bytes else b"")
                if named:
                    mails.append(Mail(named[1].decode("ascii"), content))
        return mails

    # --- taking away ----------------------------------------------------------------------------

    def _move(self, mails: Sequence[Mail], folder: str) -> None:
        """In one step where the server can (RFC 6851): a crash leaves no second copy then."""
        if not mails:
            return
        imap = self._session()
        imap.create(_quoted(folder))  # NO when it is there
        command = "MOVE" if "MOVE" in self._offers else "COPY"
        answer = imap.uid(command, _set_of(mails), _quoted(folder))
        if answer[0] == "NO" and b"[EXPUNGEISSUED]" in answer[1][0]:
            return  # RFC 5530: another listener is at them
        self._expect(answer, f"{command.lower()} to {folder!r}")
        if command == "COPY":
            self._delete(mails)

    def _delete(self, mails: Sequence[Mail]) -> None:
        if not mails:
            return
        imap = self._session()
        self._expect(imap.uid("STORE", _set_of(mails), "+FLAGS.SILENT", r"(\Deleted)"), "delete")
        if "UIDPLUS" in self._offers:  # RFC 4315: nothing that others are deleting
            self._expect(imap.uid("EXPUNGE", _set_of(mails)), "expunge")
        else:
            self._expect(imap.expunge(), "expunge")


def _set_of(mails: Sequence[Mail]) -> str:
    return ",".join(mail.id for mail in mails)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
