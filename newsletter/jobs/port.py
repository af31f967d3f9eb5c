"""The port: wake workers, and be one."""

import threading
from collections.abc import Callable
from typing import Protocol

from newsletter.store.database import Tx

Wake = Callable[[Tx, int], object]
"""Called with the number of an edition that can be delivered once the transaction is committed."""


def nobody(tx: Tx, edition: int) -> None:
    """Wake nobody: whoever looks for work finds it."""


class Jobs(Protocol):
    def wake(self, tx: Tx, edition: int) -> None:
        """Once the transaction is committed, let as many workers know as could share the edition;
        when it is rolled back nobody hears of it. Costs the transaction nothing but time: what
        cannot be told is found by those who look."""

    def work(self, run: Callable[[], object], stop: threading.Event) -> None:
        """Be a worker until `stop` is set: call `run` whenever there may be something to deliver,
        never twice at a time. NewsletterError when there cannot be workers here."""
