"""How a verb that takes its time is asked to end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.app import App


@contextmanager
def stopping(app: App) -> Iterator[None]:
    """Turn SIGTERM and SIGINT into a wish: messages begun are finished, then the run ends."""

    def stop(number: int, frame: object) -> None:
        app.stop.set()
        app.patience.hurry()

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
