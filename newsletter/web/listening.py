"""Where our servers listen: the socket is taken before anything else begins."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.lib.errors import NewsletterError


@contextmanager
def listening(host: str, port: int, *, setting: str) -> Iterator[socket.socket]:
    """A socket that answers at the address from now on; port 0 takes a free one.

    `setting` is what chooses the address, for the NewsletterError where it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise _fault(host, port, setting, error) from None
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise _fault(host, port, setting, error) from None
        yield listener


def _fault(host: str, port: int, setting: str, error: Exception) -> NewsletterError:
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return NewsletterError(
        f"nothing can be served at {host}:{port} ({reason.lower()}); choose another with {setting}"
    )
