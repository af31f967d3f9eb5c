"""One process: who makes an edition deliverable delivers it, and the service looks for the rest."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.jobs.port import nobody
from newsletter.lib.errors import NewsletterError
from newsletter.store.database import Tx


@dataclass(frozen=True, slots=True)
class InProcessJobs:
    """`lacking` says what it would take to have workers."""

    lacking: str

    def wake(self, tx: Tx, edition: int) -> None:
        """Nobody waits to be woken."""
        nobody(tx, edition)

    def work(self, run: Callable[[], object], stop: threading.Event) -> None:
        raise NewsletterError(
            f"newsletter worker: {self.lacking}. Until then `newsletter serve` or `newsletter "
            "send` does the sending"
        )
