"""`newsletter serve`: the scheduler in a thread, the public pages in front."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from newsletter import scheduler
from newsletter.app import App
from newsletter.web.listening import listening
from newsletter.web.public import public_app

log = structlog.get_logger()

_GRACE_SECONDS = 5  # for answers under way when the service is asked to stop


class _Server(uvicorn.Server):
    """A server that leaves signals to the program, which sets `app.stop`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(app: App) -> None:
    """Serve until `app.stop` is set; messages under way are finished, then it returns.

    NewsletterError when `public.listen` cannot be had: then nothing was begun.
    """
    address = app.settings.public.listen
    host, _, port = address.rpartition(":")
    with listening(host.strip("[]"), int(port), setting="public.listen") as listener:
        server = _server(app)
        service = scheduler.Service(app)
        ticking = scheduler.start(service.tick)
        notices = threading.Thread(target=service.keep_notices, name="notices")
        notices.start()
        threading.Thread(target=_end_with, args=(app, server), daemon=True).start()
        inboxes = threading.Thread(target=scheduler.listen, args=(app,), daemon=True)
        inboxes.start()
        log.info("serving", listen=address, rehearsal=app.rehearsal)
        try:
            server.run(sockets=[listener])
        finally:
            app.stop.set()
            ticking.shutdown(wait=True)
            notices.join()
            # Mails that are begun are finished; a server that does not answer keeps nobody waiting.
            inboxes.join(_GRACE_SECONDS)
    log.info("stopped")


def _server(app: App) -> _Server:
    config = uvicorn.Config(
        public_app(app),
        log_level="warning",
        access_log=False,  # the paths hold readers' tokens
        server_header=False,
        ws="none",
        proxy_headers=False,  # whom to believe is for public.trusted_proxies to say
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return _Server(config)


def _end_with(app: App, server: uvicorn.Server) -> None:
    app.stop.wait()
    server.should_exit = True
