"""A CMS announces an article: signed, or nothing happens."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.app import App, open_app
from newsletter.model.poll import Poll
from newsletter.store import polls
from newsletter.subscribers.tokens import KeyRing, Purpose, new_key_line, read_key_ring
from newsletter.web.ping import signed
from newsletter.web.public import public_app
from tests.web.serving import Answer, Client, new_project, serving

NOW = datetime(2031, 5, 1, 20, 0, tzinfo=UTC)
BODY = '{"post": {"title": "Quay"}}'


@pytest.fixture
def times() -> list[datetime]:
    """The clock of the program: the last one is now."""
    return [NOW]


@pytest.fixture
def app(tmp_path: Path, times: list[datetime]) -> Iterator[App]:
    with open_app(new_project(tmp_path / "paper"), clock=lambda: times[-1]) as app:
        yield app


@pytest.fixture
def client(app: App) -> Iterator[Client]:
    with serving(public_app(app)) as client:
        yield client


def header(
    ring: KeyRing, source: str = "articles", *, at: datetime = NOW, body: str = BODY
) -> dict[str, str]:
    (secret, *_) = ring.shared_secrets(Purpose.PING, source)
    t = str(int(at.timestamp()))
    return {"X-Newsletter-Signature": f"sha256={signed(secret, body.encode(), t)}, t={t}"}


def ping(client: Client, headers: dict[str, str], path: str = "/ping/articles") -> Answer:
    return client.ask("POST", path, headers, BODY)


def announced(app: App) -> datetime | None:
    with app.database.read() as tx:
        return (polls.poll_of(tx, "articles") or Poll()).pinged_at


def test_a_signed_ping_makes_a_source_due(app: App, client: Client, times: list[datetime]) -> None:
    app.newsroom.collect()
    times.append(NOW + timedelta(minutes=2))
    assert app.newsroom.due() == ()
    assert ping(client, header(app.ring)).status == 202
    assert app.newsroom.due() == app.settings.sources
    app.newsroom.collect(app.newsroom.due())
    assert app.newsroom.due() == ()


def test_the_webhook_of_a_ghost_is_understood(app: App, client: Client) -> None:
    (secret,) = app.ring.shared_secrets(Purpose.PING, "articles")
    t = str(int(NOW.timestamp() * 1000))
    signature = f"sha256={signed(secret, BODY.encode(), t)}, t={t}"
    assert ping(client, {"X-Ghost-Signature": signature}).status == 202
    assert announced(app) == NOW


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_nothing_but_a_post_announces(app: App, client: Client, method: str) -> None:
    assert client.ask(method, "/ping/articles", header(app.ring), BODY).status == 405
    assert announced(app) is None


def test_who_cannot_sign_learns_nothing(app: App, client: Client) -> None:
    good = header(app.ring)["X-Newsletter-Signature"]
    stranger = read_key_ring(new_key_line(), name="other")
    wrong = {
        "unsigned": ({}, "/ping/articles"),
        "empty": ({"X-Newsletter-Signature": ""}, "/ping/articles"),
        "cut": ({"X-Newsletter-Signature": good[:-14]}, "/ping/articles"),
        "other time": (
            {"X-Newsletter-Signature": good[:-1] + str((int(good[-1]) + 1) % 10)},
            "/ping/articles",
        ),
        "other key": (header(stranger), "/ping/articles"),
        "other source": (header(app.ring, "feed"), "/ping/articles"),
        "other body": (header(app.ring, body="{}"), "/ping/articles"),
        "unknown source": (header(app.ring, "nowhere"), "/ping/nowhere"),
        "unknown and unsigned": ({}, "/ping/nowhere"),
        "odd name": ({}, "/ping/%00%ff'"),
    }
    answers = {name: ping(client, *asked) for name, asked in wrong.items()}
    assert {(each.status, each.body) for each in answers.values()} == {(403, "not accepted\n")}
    assert announced(app) is None


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_ping_of_another_time_is_refused(app: App, client: Client, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert ping(client, header(app.ring, at=at)).status == 403


def test_a_ping_that_comes_again_has_no_effect(
    app: App, client: Client, times: list[datetime]
) -> None:
    headers = header(app.ring)
    assert ping(client, headers).status == 202
    times.append(NOW + timedelta(minutes=4))
    assert ping(client, headers).status == 202
    assert announced(app) == NOW


def test_a_source_is_announced_ten_times_a_minute_and_no_more(
    app: App, client: Client, times: list[datetime]
) -> None:
    statuses = [
        ping(client, header(app.ring, at=NOW + timedelta(seconds=n))).status for n in range(12)
    ]
    assert statuses == [202] * 10 + [429] * 2
    times.append(NOW + timedelta(minutes=2))
    assert ping(client, header(app.ring, at=times[-1])).status == 202


def test_what_strangers_send_does_not_use_up_what_the_cms_may(app: App, client: Client) -> None:
    for _ in range(20):
        ping(client, {})
    assert ping(client, header(app.ring)).status == 202


def test_a_body_above_a_megabyte_is_refused(app: App, client: Client) -> None:
    body = "x" * 1_000_001
    answer = client.ask("POST", "/ping/articles", header(app.ring, body=body), body)
    assert answer.status == 413
    assert announced(app) is None


def test_secrets_of_an_older_key_stay_good(app: App) -> None:
    newer = read_key_ring(f"{new_key_line()}\n", name="newer")
    both = KeyRing((*newer.keys, *app.ring.keys))
    assert both.shared_secrets(Purpose.PING, "articles") == (
        *newer.shared_secrets(Purpose.PING, "articles"),
        *app.ring.shared_secrets(Purpose.PING, "articles"),
    )
    with serving(public_app(replace(app, ring=both))) as client:
        assert ping(client, header(app.ring)).status == 202


def test_a_secret_of_one_purpose_or_source_is_none_of_another(app: App) -> None:
    secrets = {
        app.ring.shared_secrets(purpose, source)[0]
        for purpose in Purpose
        for source in ("articles", "feed")
    }
    assert len(secrets) == 2 * len(Purpose)


def test_the_ping_of_this_very_moment_is_fresh(tmp_path: Path) -> None:
    with open_app(new_project(tmp_path / "paper")) as app, serving(public_app(app)) as client:
        at = datetime.fromtimestamp(time.time(), UTC)
        assert ping(client, header(app.ring, at=at)).status == 202
