"""Door: a mailbox over POP (RFC 1939). What is deleted goes when the session ends in good order."""

import poplib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from newsletter.feedback.aside import keep_aside
from newsletter.feedback.port import LONGEST, Mail
from newsletter.feedback.servers import TIMEOUT, context_of, name_of, port_of, told
from newsletter.model.specs import PopSpec

_BATCH = 50
_LINES = 10_000  # of a mail that is too long to be read whole


class _LongLines:
    """poplib gives up at lines of 2,048 bytes: RFC 1939 has no such limit, and letters come back
    whose lines are longer."""

    file: Any

    def _getline(self) -> tuple[bytes, int]:
        line = self.file.readline(LONGEST + 1)
        if not line or len(line) > LONGEST:
            raise poplib.error_proto("-ERR end of the connection, or of our patience")
        return line.rstrip(b"\r\n"), len(line)


class _Plain(_LongLines, poplib.POP3):
    pass


class _Tls(_LongLines, poplib.POP3_SSL):
    pass


class PopInbox:
    """The mailbox of `spec`; what was not understood is kept in the folder `aside`."""

    def __init__(self, spec: PopSpec, aside: Path) -> None:
        self._spec = spec
        self._aside = aside
        self._pop: poplib.POP3 | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pop is None:
            return
        if kind is None:
            with told(self._spec, poplib.error_proto):
                self._pop.quit()
        else:  # what was finished may go all the same
            with suppress(poplib.error_proto, OSError, EOFError):
                self._pop.quit()
        self._pop.close()

    def batches(self) -> Iterator[Sequence[Mail]]:
        with told(self._spec, poplib.error_proto):
            self._pop = self._connected()
            sizes = [_number_and_size(line) for line in self._pop.list()[1]]
        for start in range(0, len(sizes), _BATCH):
            with told(self._spec, poplib.error_proto):
                mails = [self._fetched(*each) for each in sizes[start : start + _BATCH]]
            yield mails

    def finish(self, understood: Sequence[Mail], others: Sequence[Mail]) -> None:
        assert self._pop is not None
        for mail in others:
            keep_aside(self._aside, mail.content)
        with told(self._spec, poplib.error_proto):
            for mail in (*understood, *others):
                self._pop.dele(int(mail.id))

    def _connected(self) -> poplib.POP3:
        spec = self._spec
        where = (spec.host, port_of(spec))
        if spec.tls == "tls":
            context = context_of(spec.ca_file, name_of(spec))
            pop: poplib.POP3 = _Tls(*where, timeout=TIMEOUT, context=context)
        else:
            pop = _Plain(*where, timeout=TIMEOUT)
        try:
            if spec.tls == "starttls":
                pop.stls(context_of(spec.ca_file, name_of(spec)))
            pop.user(spec.username)
            pop.pass_(spec.password or "")
        except BaseException:
            pop.close()
            raise
        return pop

    def _fetched(self, number: int, size: int) -> Mail:
        assert self._pop is not None
        lines = self._pop.retr(number) if size <= LONGEST else self._pop.top(number, _LINES)
        return Mail(str(number), b"\r\n".join((*lines[1], b""))[:LONGEST])


def _number_and_size(line: bytes) -> tuple[int, int]:
    number, size, *_ = line.split()
    return int(number), int(size)
