"""The door to a mail server: SMTP with kept connections, one transaction a message.

The transaction is ours, not smtplib's: only who reads each reply at its stage knows whether a
reader was refused, is untouched, or is in doubt. Where the server offers PIPELINING (RFC 2920) the
envelope is one write; in the fast mode the next envelope goes behind the final dot, so that a
letter takes a single round trip. (BDAT, RFC 3030, would reach the same number of round trips, but
nothing could be committed between the server's yes to the reader and the last byte.)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from newsletter.delivery.connect import Connector, Server, words_of
from newsletter.delivery.patience import Patience
from newsletter.delivery.replies import (
    GoOn,
    Meaning,
    RelayWrong,
    Reply,
    Stage,
    ends_connection,
    meaning,
)
from newsletter.delivery.transport import TransportFault, always
from newsletter.delivery.wire import CutOff
from newsletter.model.delivery import InDoubt, Message, Outcome, Untouched
from newsletter.model.specs import SmtpSpec

# Seconds in which a whole reply has to be there, RFC 5321 §4.5.3.2: five minutes for most; who
# gives up earlier after the dot makes doubles.
_TIMEOUT = 300.0
_DOT_TIMEOUT = 600.0
_GOODBYE = 2.0  # nobody has to wait for the answer to QUIT
_UNASKED = "the server spoke unasked: what it says next may be about anything"
_DOT = b".\r\n"
# Once a letter, over all of it: for so short a needle a search takes half the time of `in`.
_DOT_LINE = re.compile(rb"\n\.")
_ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)
_AFTER_REFUSAL = (Stage.RSET, *_ENVELOPE)
_OUT_OF_STEP = 503  # RFC 5321 §4.2.3: a bad sequence of commands


@dataclass(slots=True)
class _Connection:
    """A server, and where the dialogue with it stands."""

    server: Server
    ahead: Message | None = None  # whose envelope is out, its replies unread
    unclean: bool = False  # a transaction was begun and refused: RSET before the next
    used: bool = False  # a transaction came to its end on it


class SmtpTransport:
    """One connection at a time to the server of `spec`, opened when needed and kept.

    `password` is the secret itself, wherever it was configured. `timeout` in seconds holds for
    every reply but the one to the final dot. `patience` is shared by the transports of a process:
    when it is made to hurry no wait lasts, and who had sent the dot is in doubt. One thread at a
    time.
    """

    def __init__(
        self,
        spec: SmtpSpec,
        *,
        password: str | None = None,
        local_hostname: str | None = None,
        timeout: float = _TIMEOUT,
        dot_timeout: float = _DOT_TIMEOUT,
        patience: Patience | None = None,
    ) -> None:
        self._fast = spec.fast
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._patience = patience or Patience()
        self._connection: _Connection | None = None
        self._connector = Connector(
            spec,
            password=password,
            local_hostname=local_hostname,
            limit=timeout,
            patience=self._patience,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def offer(self, message: Message) -> None:
        """Connect where needed; with PIPELINING the whole envelope goes out."""
        connection = self._connection
        if connection and connection.ahead == message:
            return
        self.withdraw()
        connection = self._at_rest()
        if wrong := self._too_large(connection, message):
            raise TransportFault(wrong)
        if connection.server.pipelining:
            try:
                connection.server.wire.send(
                    b"".join(_envelope(connection, message).values()), within=self._timeout
                )
                connection.ahead = message
            except OSError:
                self._drop()
            except BaseException:
                self._drop()  # half an envelope may be out
                raise

    def hand_over(
        self,
        message: Message,
        following: Message | None = None,
        *,
        still: Callable[[], bool] = always,
    ) -> Outcome:
        """Hand the offered message to the server and read what becomes of it.

        TransportFault when the server cannot be reached or does not want us: nothing was sent.
        """
        kept = self._connection is not None and self._connection.used
        outcome = self._attempt(message, following, still)
        if kept and isinstance(outcome, Untouched) and not self._patience.hurried and still():
            # A kept connection may have gone stale, or have had its last message: a new one has
            # not, and nothing was handed over yet.
            return self._attempt(message, following, still)
        return outcome

    def withdraw(self) -> None:
        """Leave the connection without a dot: after DATA there is no other way back."""
        if self._connection and self._connection.ahead:
            self._drop()

    def room_for(self, letters: int, size: int) -> str | None:
        """A server takes letters one by one: there is no room to be short of."""
        return None

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        self.withdraw()
        if self._connection is None:
            return
        wire = self._connection.server.wire
        try:
            wire.send(b"QUIT\r\n", within=_GOODBYE)
            wire.reply(_GOODBYE)
        except OSError:
            pass  # it is over either way
        finally:
            self._drop()

    def _attempt(
        self, message: Message, following: Message | None, still: Callable[[], bool]
    ) -> Outcome:
        self.offer(message)
        connection = self._connection
        if connection is None:
            return Untouched("the connection was lost when the envelope was sent")
        try:
            verdict = self._opened(connection, message)
            if isinstance(verdict, GoOn):
                if not still():
                    self._drop()
                    return Untouched("it was no longer to be sent")
                verdict = self._handed_over(connection, message, following)
        except OSError as error:
            self._drop()
            return Untouched(f"the connection was lost: {words_of(error)}")
        except BaseException:
            self._drop()  # in the middle of a transaction: fit for nothing more
            raise
        connection.used = True
        if isinstance(verdict, Untouched | InDoubt | RelayWrong):
            self._drop()
        if isinstance(verdict, RelayWrong):
            raise TransportFault(
                f"{self._connector.name} does not take mail from us: {verdict.reply}"
            )
        return verdict

    def _opened(self, connection: _Connection, message: Message) -> GoOn | Outcome | RelayWrong:
        """MAIL, RCPT, DATA up to the server's word to go on: an OSError means nothing was sent.

        Every reply of a pipelined envelope is read (RFC 2920 §3.1): the first that is no yes
        says what becomes of the message.
        """
        verdict: Meaning = GoOn()
        wire = connection.server.wire
        commands = {} if connection.ahead else _envelope(connection, message)
        connection.ahead = None
        for stage in _stages(connection):
            refused = not isinstance(verdict, GoOn)
            try:
                if commands:
                    if refused:
                        break
                    if wire.has_unread():
                        return Untouched(_UNASKED)
                    wire.send(commands[stage], within=self._timeout)
                reply = wire.reply(self._timeout)
            except OSError:
                if refused:
                    self._drop()
                    return verdict
                raise
            if not refused:
                verdict = self._read(connection, stage, reply)
            elif stage is Stage.DATA and reply.code < 400:
                # It waits for a content for nobody, whatever kind of yes that was. The lone dot of
                # RFC 2920 §3.1 would hand over an empty letter should the server mean it.
                self._drop()
            if ends_connection(reply):
                self._drop()
                break
        connection.unclean = not isinstance(verdict, GoOn)
        if connection.unclean:
            return verdict
        # The last look before the content: who has hung up, or says more than it was asked, will
        # not answer the dot.
        return Untouched(_UNASKED) if wire.has_unread() else verdict

    def _handed_over(
        self, connection: _Connection, message: Message, following: Message | None
    ) -> Outcome | RelayWrong:
        """The content, the dot and its reply: from the dot on a lost connection leaves a doubt."""
        wire = connection.server.wire
        content = message.content if message.dotless else _stuffed(message.content)
        behind = self._behind_the_dot(connection, following)
        try:
            wire.send(content, _DOT, behind, within=self._dot_timeout)
            connection.ahead = following if behind else None
        except CutOff as cut:
            if cut.sent < len(content) + len(_DOT):
                return self._broken_off(connection, cut)
        try:
            reply = wire.reply(self._dot_timeout)
        except OSError as error:
            return InDoubt(f"the connection was lost after the final dot: {words_of(error)}")
        if ends_connection(reply) or (behind and not connection.ahead):
            self._drop()
        verdict = meaning(Stage.DOT, reply)
        assert not isinstance(verdict, GoOn)
        return verdict

    def _behind_the_dot(self, connection: _Connection, following: Message | None) -> bytes:
        """RFC 2920 §3.1: the content may be the first of a group, an envelope follow in it."""
        if not (self._fast and following and connection.server.pipelining):
            return b""
        if self._too_large(connection, following):
            return b""  # its own `offer` will say so
        return b"".join(_envelope(connection, following).values())

    def _broken_off(self, connection: _Connection, cut: CutOff) -> Outcome | RelayWrong:
        """The dot never went out. A server that hangs up in mid-content may have said why."""
        try:
            reply = connection.server.wire.reply(_GOODBYE)
        except OSError:
            raise cut from None
        finally:
            self._drop()
        verdict = meaning(Stage.DATA, reply)
        return Untouched(f"it hung up: {reply}") if isinstance(verdict, GoOn) else verdict

    def _read(self, connection: _Connection, stage: Stage, reply: Reply) -> Meaning:
        if connection.used and reply.code == _OUT_OF_STEP:
            return Untouched(f"out of step: {reply}")  # with a new connection it is in step again
        return meaning(stage, reply)

    def _at_rest(self) -> _Connection:
        """The connection, between two transactions; a new one where there is none fit for use."""
        if self._connection and _is_stale(self._connection):
            self._drop()
        if self._connection is None:
            self._connection = _Connection(self._connector.connected())
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.server.wire.close()
            self._connection = None

    def _too_large(self, connection: _Connection, message: Message) -> str | None:
        largest = connection.server.largest
        if largest is None or len(message.content) <= largest:
            return None
        return (
            f"{self._connector.name} takes letters of at most {largest} bytes; this edition's have"
            f" {len(message.content)}: fewer stories, or pictures linked instead of attached"
        )


def _is_stale(connection: _Connection) -> bool:
    """Whether the server hung up, or said something unasked: that it is about to, as a rule."""
    try:
        return connection.server.wire.has_unread()
    except OSError:
        return True


def _stages(connection: _Connection) -> tuple[Stage, ...]:
    """The commands before the content, in their order."""
    return _AFTER_REFUSAL if connection.unclean else _ENVELOPE


def _envelope(connection: _Connection, message: Message) -> dict[Stage, bytes]:
    """The same as bytes."""
    server = connection.server
    size = b" SIZE=%d" % len(message.content) if server.size else b""
    # RFC 6152 §2. Our own letters are 7-bit: no relay has to change them.
    body = b" BODY=8BITMIME" if server.eight_bit and not message.content.isascii() else b""
    commands = {Stage.RSET: b"RSET\r\n"} if connection.unclean else {}
    commands[Stage.MAIL] = b"MAIL FROM:<%b>%b%b\r\n" % (_path(message.sender), size, body)
    commands[Stage.RCPT] = b"RCPT TO:<%b>\r\n" % _path(message.recipient)
    commands[Stage.DATA] = b"DATA\r\n"
    return commands


def _path(address: str) -> bytes:
    if not (address.isascii() and address.isprintable()):
        raise ValueError(f"not an address that a server without SMTPUTF8 takes: {address!r}")
    return address.encode("ascii")


def _stuffed(content: bytes) -> bytes:
    """The content as DATA wants it (RFC 5321 §4.5.2)."""
    if content.startswith(b"."):
        content = b"." + content
    if _DOT_LINE.search(content):
        content = content.replace(b"\r\n.", b"\r\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"
