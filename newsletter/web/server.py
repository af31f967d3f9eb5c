"""`newsletter serve`: the scheduler in a thread, the public pages in front."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from newsletter import scheduler
from newsletter.app import App
from newsletter.web.public import public_app

log = structlog.get_logger()

_LOOK_SECONDS = 0.2


class _Server(uvicorn.Server):
    """A server that leaves signals to the program, which sets `app.stop`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(app: App) -> None:
    """Serve until `app.stop` is set; messages under way are finished, then it returns."""
    host, _, port = app.settings.public.listen.rpartition(":")
    config = uvicorn.Config(
        public_app(app),
        host=host.strip("[]"),
        port=int(port),
        log_level="warning",
        access_log=False,  # the paths hold readers' tokens
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    ticking = scheduler.start(scheduler.Service(app).tick)
    watch = threading.Thread(target=_end_with, args=(app, server), daemon=True)
    watch.start()
    log.info("serving", listen=app.settings.public.listen, rehearsal=app.rehearsal)
    try:
        server.run()
    finally:
        app.stop.set()
        ticking.shutdown(wait=True)
    log.info("stopped")


def _end_with(app: App, server: uvicorn.Server) -> None:
    while not app.stop.is_set():
        time.sleep(_LOOK_SECONDS)
    server.should_exit = True
