"""A real relay, Debian's Postfix: its own bounces come back, and suppress exactly those readers."""

from pathlib import Path

from newsletter.app import open_app
from tests.journeys.project import newsletter, newsletter_json
from tests.journeys.returned import suppressed
from tests.journeys.sending_project import SEND, sending_project
from tests.postfix import PostfixRelay
from tests.smtp_server import SmtpServer
from tests.waiting import until

READERS = 30
# What the server behind the relay answers, by the reader's number.
GONE = {
    3: "550 5.1.1 No such user here",
    7: "550 5.2.1 The email account that you tried to reach is disabled",
    11: "550 user unknown",
}
NOT_GONE = {
    2: "554 5.7.1 Message rejected as spam",
    5: "552 5.2.2 mailbox full",
    13: "450 4.2.2 mailbox full",  # until the relay gives up
    17: "550 5.7.26 Unauthenticated mail is not accepted",
    19: "550 5.4.4 domain not found",  # today
}


def returning_project(folder: Path, relay: PostfixRelay) -> tuple[str, ...]:
    """A project that sends through the relay, and reads what comes back; its readers."""
    project = sending_project(
        folder, readers=READERS, port=relay.port, database="sqlite:///newsletter.db", connections=2
    )
    config = folder / "newsletter.toml"
    text = config.read_text("utf-8").replace(
        "[sender]", '[sender]\nbounces = "bounces@example.com"'
    )
    inbox = f'[[inboxes]]\nname = "bounces"\nkind = "maildir"\npath = "{relay.maildir}"\n'
    config.write_text(f"{text}\n{inbox}", "utf-8")
    return project.readers


def test_bounces_of_a_relay_suppress_exactly_the_readers_who_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    with SmtpServer() as server, PostfixRelay(onward=server.port) as relay:
        readers = returning_project(folder, relay)
        for number, answer in {**GONE, **NOT_GONE}.items():
            server.say("RCPT", answer, to=readers[number])
        newsletter(folder, *SEND)
        refused = len(GONE) + len(NOT_GONE)
        until(lambda: len(relay.returned()) == refused, f"bounces: {relay.dir}/mail.log")
        (heard,) = newsletter_json(folder, "listen", "--once")["inboxes"]
        assert (heard["counted"], heard["aside"], heard["fault"]) == (refused, 0, None)
        assert relay.returned() == []
    with open_app(folder) as app:
        assert set(suppressed(app)) == {readers[number] for number in GONE}
    status = newsletter_json(folder, "status")
    assert {alarm["reason"] for alarm in status["alarms"]} == {"spam", "authentication"}
