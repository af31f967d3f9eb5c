"""An application of ours behind a real server, and a client without manners of its own."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from newsletter.starter.project import create_project
from newsletter.subscribers.tokens import new_key_line


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one server; headers are exactly those given, besides Host."""

    port: int

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        found = Answer(answer.status, named, answer.read().decode("utf-8", "replace"))
        connection.close()
        return found


@contextmanager
def serving(application: ASGIApp, port: int = 0) -> Iterator[Client]:
    """The application on a loopback port (0: a free one), in a thread."""
    config = uvicorn.Config(
        application, port=port, log_level="error", ws="none", lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    (listening,) = [sock for each in server.servers for sock in each.sockets]
    try:
        yield Client(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


def new_project(folder: Path, *, first_run: str = "all") -> Path:
    """What `newsletter init` makes; its samples are news unless `first_run` says otherwise."""
    create_project(folder, key_line=new_key_line())
    config = folder / "newsletter.toml"
    text = config.read_text("utf-8").replace('"baseline"', f'"{first_run}"', 1)
    config.write_text(text, "utf-8")
    return folder
