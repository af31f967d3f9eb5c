"""Providers that call: nothing counts that does not prove where it comes from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Route

from newsletter.app import App
from newsletter.feedback.esp.call import Call
from newsletter.web.public import public_app
from newsletter.web.webhooks import webhook_endpoint
from tests.feedback.calls import (
    HOST,
    MAILGUN,
    NOW,
    POSTMARK,
    SENDGRID,
    SES,
    Sns,
    call,
    mailgun_call,
    postmark_call,
    sendgrid_call,
    sendgrid_event,
    ses_bounce,
)
from tests.journeys.returned import counted, mailed_project, suppressed
from tests.web.serving import Answer, Client, serving

ANN, BOB = "ann@example.com", "bob@example.com"


class Amazon(Sns):
    """A topic, and what was fetched of its host."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        return self.pem


@pytest.fixture
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with mailed_project(tmp_path / "paper", (ANN, BOB)) as (opened, _):
        settings = replace(opened.settings, webhooks=(SES, MAILGUN, POSTMARK, SENDGRID))
        yield replace(opened, settings=settings, clock=lambda: NOW)


@pytest.fixture
def client(app: App, amazon: Amazon) -> Iterator[Client]:
    """The route as the public pages have it, with another way to Amazon."""
    hooks = replace(app.returns.hooks, fetch=amazon.fetch)
    route = Route("/hooks/{name}", webhook_endpoint(hooks), methods=["POST"])
    with serving(Starlette(routes=[route])) as client:
        yield client


def post(client: Client, name: str, made: Call) -> Answer:
    return client.ask("POST", f"/hooks/{name}", made.headers, made.body.decode("latin-1"))


def test_every_provider_is_heard_of_those_who_had_a_letter(
    client: Client, app: App, amazon: Amazon
) -> None:
    unknown = {**ses_bounce(), "mail": {}}
    told = {
        "ses": call(amazon.message(unknown)),
        "mailgun": mailgun_call(message={}),
        "postmark": postmark_call(),
        "sendgrid": sendgrid_call(sendgrid_event(**{"smtp-id": ""})),
    }
    assert [post(client, name, made).status for name, made in told.items()] == [200] * 4
    assert counted(app) == {ANN: ["bounce"] * 4}
    assert suppressed(app) == {ANN: "hard"}


def test_what_is_called_again_has_no_effect(client: Client, app: App) -> None:
    calls = [mailgun_call(message={})] * 3 + [postmark_call()] * 3
    for made in calls:
        name = "postmark" if "authorization" in made.headers else "mailgun"
        assert post(client, name, made).status == 200
    assert counted(app) == {ANN: ["bounce"] * 2}


def test_a_token_of_mailgun_is_good_once_whatever_is_put_under_it(client: Client, app: App) -> None:
    post(client, "mailgun", mailgun_call("opened", message={}))
    post(client, "mailgun", mailgun_call(message={}))
    other = mailgun_call(message={}, id="other", recipient=BOB)
    assert post(client, "mailgun", other).status == 200
    assert suppressed(app) == {ANN: "hard"}


def test_an_event_about_somebody_who_was_never_mailed_suppresses_nobody(
    client: Client, app: App
) -> None:
    stranger = "eve@example.com"
    with app.database.begin() as tx:
        tx.connection.execute(sa.text("update deliveries set state = 'queued'"))
    told = [
        ("postmark", postmark_call(Email=stranger)),
        ("postmark", postmark_call(Email=BOB)),
        ("mailgun", mailgun_call()),  # with the token of another store
    ]
    assert {post(client, name, made).status for name, made in told} == {200}
    assert (counted(app), suppressed(app)) == ({}, {})


def test_who_cannot_sign_learns_nothing(client: Client, app: App, amazon: Amazon) -> None:
    wrong = [
        ("nowhere", postmark_call()),
        ("postmark", postmark_call(secret="wrong")),
        ("postmark", mailgun_call()),
        ("mailgun", mailgun_call(secret="wrong")),
        ("mailgun", Call({}, b"")),
        ("sendgrid", Call({}, b"[]")),
        ("ses", call({**amazon.message(ses_bounce()), "MessageId": "other"})),
        ("ses", call(amazon.message(ses_bounce(), TopicArn="arn:aws:sns:eu-west-1:1:x"))),
    ]
    answers = {(each.status, each.body) for each in (post(client, *one) for one in wrong)}
    assert answers == {(403, "not accepted\n")}
    assert (counted(app), suppressed(app)) == ({}, {})


def test_a_body_above_a_megabyte_is_refused(client: Client) -> None:
    assert post(client, "postmark", Call({}, b"x" * 1_000_001)).status == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_nothing_but_a_post_tells(client: Client, app: App, method: str) -> None:
    made = postmark_call()
    answer = client.ask(method, "/hooks/postmark", made.headers, made.body.decode())
    assert answer.status == 405
    assert counted(app) == {}


def test_a_subscription_is_confirmed_once_it_is_proven(client: Client, amazon: Amazon) -> None:
    url = f"{HOST}/?Action=ConfirmSubscription&Token=2336"
    asking = {"Type": "SubscriptionConfirmation", "Token": "2336", "SubscribeURL": url}
    forged = {**amazon.message("", **asking), "Signature": "AAAA"}
    assert post(client, "ses", call(forged)).status == 403
    assert url not in amazon.asked
    assert post(client, "ses", call(amazon.message("", **asking))).status == 200
    assert amazon.asked[-1] == url
    assert len(amazon.asked) == 2  # the certificate was asked for once


def test_a_provider_calls_again_when_the_store_is_away(client: Client, app: App) -> None:
    with app.database.begin() as tx:
        tx.connection.execute(sa.text("alter table reports rename to away"))
    assert post(client, "postmark", postmark_call()).status == 503
    with app.database.begin() as tx:
        tx.connection.execute(sa.text("alter table away rename to reports"))
    assert post(client, "postmark", postmark_call()).status == 200
    assert counted(app) == {ANN: ["bounce"]}


def test_the_public_pages_have_the_hooks(app: App) -> None:
    with serving(public_app(app)) as client:
        assert post(client, "postmark", postmark_call()).status == 200
        assert post(client, "postmark", Call({}, b"{}")).status == 403
    assert counted(app) == {ANN: ["bounce"]}
