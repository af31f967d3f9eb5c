"""Door: a Maildir on this machine that a mail server delivers to (cr.yp.to/proto/maildir.html)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from newsletter.feedback.port import LONGEST, InboxFault, Mail
from newsletter.model.specs import MaildirInboxSpec

_BATCH = 50
_ASIDE = ".aside"  # a folder of the same Maildir, as Courier and Dovecot name them


class MaildirInbox:
    """The Maildir of `spec`. What was not understood goes into its folder `aside`."""

    def __init__(self, spec: MaildirInboxSpec) -> None:
        self._spec = spec

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is open."""

    def batches(self) -> Iterator[Sequence[Mail]]:
        try:
            files = [*(self._spec.path / "new").iterdir(), *(self._spec.path / "cur").iterdir()]
        except OSError as error:
            raise self._fault(error) from None
        files = sorted(files, key=lambda file: file.name)  # a name begins with the time
        for start in range(0, len(files), _BATCH):
            yield [mail for file in files[start : start + _BATCH] if (mail := self._read(file))]

    def finish(self, understood: Sequence[Mail], others: Sequence[Mail]) -> None:
        try:
            for mail in others:
                self._put_aside(self._spec.path / mail.id)
            for mail in understood:
                (self._spec.path / mail.id).unlink(missing_ok=True)
        except OSError as error:
            raise self._fault(error) from None

    def _read(self, file: Path) -> Mail | None:
        """None where another has taken it away, or where it is no mail."""
        try:
            with file.open("rb") as content:
                return Mail(str(file.relative_to(self._spec.path)), content.read(LONGEST))
        except (FileNotFoundError, IsADirectoryError):
            return None
        except OSError as error:
            raise self._fault(error) from None

    def _put_aside(self, file: Path) -> None:
        folder = self._spec.path / _ASIDE
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            file.rename(folder / "new" / file.name)

    def _fault(self, error: OSError) -> InboxFault:
        place = error.filename or self._spec.path
        return InboxFault(f"inbox {self._spec.name}: {place}: {error.strerror}")
