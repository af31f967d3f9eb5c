"""Copies of pictures as readers' mail programs fetch them."""

from collections.abc import Iterator
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.model.letter import PictureCopy
from newsletter.store import pictures
from newsletter.web.public import public_app
from tests.web.serving import Client, new_project, serving

CONTENT = b"\xff\xd8\xff" + bytes(range(256))
KEY = sha256(CONTENT).hexdigest()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    copy = PictureCopy(key=KEY, mime="image/jpeg", width=8, height=8, content=CONTENT)
    with open_app(new_project(tmp_path / "paper")) as app:
        with app.database.begin() as tx:
            pictures.keep(tx, [copy], app.clock())
        yield app


@pytest.fixture
def client(app: App) -> Iterator[Client]:
    with serving(public_app(app)) as client:
        yield client


def body(client: Client, method: str, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", client.port, timeout=30)
    connection.request(method, path)
    found = connection.getresponse().read()
    connection.close()
    return found


def test_a_copy_is_served_as_it_is_and_may_be_kept_for_ever(client: Client) -> None:
    answer = client.ask("GET", f"/p/{KEY}.jpg")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert body(client, "GET", f"/p/{KEY}.jpg") == CONTENT


def test_who_only_asks_after_it_gets_its_size(client: Client) -> None:
    answer = client.ask("HEAD", f"/p/{KEY}.jpg")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(CONTENT)))
    assert body(client, "HEAD", f"/p/{KEY}.jpg") == b""


@pytest.mark.parametrize(
    "name",
    [
        "", f"{KEY}", f"{KEY}.png", f"{KEY}.jpeg", f"{KEY}.JPG", f"{KEY.upper()}.jpg",
        f"{KEY}.jpg/", f"{KEY}.jpg.jpg", f"{KEY}%0A.jpg", f"{KEY}.jpg%0A", f"{KEY[:63]}.jpg",
        f"{'0' * 64}.jpg", f"../p/{KEY}.jpg", f"%2e%2e/{KEY}.jpg", "%FF", "%00",
    ],
)  # fmt: skip
def test_there_is_nothing_under_another_name(client: Client, name: str) -> None:
    answer = client.ask("GET", f"/p/{name}")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_copy_can_only_be_looked_at(client: Client, method: str) -> None:
    assert client.ask(method, f"/p/{KEY}.jpg").status == 405
    assert client.ask("GET", f"/p/{KEY}.jpg").status == 200
