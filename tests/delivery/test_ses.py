from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.delivery.smtp import SmtpTransport
from newsletter.delivery.transport import TransportFault, send
from newsletter.model.delivery import Accepted, Deferred, Slow
from tests.delivery.letters import a_message, transport_to
from tests.fake_ses import DATE, PASSWORD, TOO_FAST, FakeSes

LETTER = (
    b"Date: Sun, 22 Nov 2026 07:00:00 +0000\r\nSubject: x\r\nMessage-ID:\r\n <a@news.example>\r\n"
    b"\r\nDate: is also a word\r\n"
)


@pytest.fixture
def ses() -> Iterator[FakeSes]:
    with FakeSes() as server:
        yield server


def transport_of(server: FakeSes, folder: Path) -> SmtpTransport:
    assert server.authority is not None
    ca_file = folder / "ca.pem"
    server.authority.cert_pem.write_to_path(str(ca_file))
    return transport_to(server.spec(ca_file=ca_file, fast=True), password=PASSWORD)


def test_the_id_that_events_will_carry_is_kept_from_the_reply(ses: FakeSes, tmp_path: Path) -> None:
    with transport_of(ses, tmp_path) as transport:
        outcome = send(transport, a_message(content=LETTER))
    assert isinstance(outcome, Accepted)
    message = ses.taken[0].message
    assert (
        message["Message-ID"]
        == f"<{outcome.reply.removeprefix('250 Ok ')}@eu-west-1.amazonses.com>"
    )
    assert message["Date"] == DATE.decode()
    assert message.get_content().strip() == "Date: is also a word"


def test_idleness_costs_a_new_connection_and_defers_nobody(tmp_path: Path) -> None:
    with FakeSes(idle=0.2) as server, transport_of(server, tmp_path) as transport:
        assert isinstance(send(transport, a_message()), Accepted)
        assert server.idled.wait(60)
        assert isinstance(send(transport, a_message("ben@example.com")), Accepted)
    assert server.recipients == ["ann@example.com", "ben@example.com"]
    assert server.connections == 2


def test_too_high_a_rate_slows_the_relay_and_keeps_the_connection(
    ses: FakeSes, tmp_path: Path
) -> None:
    ses.say("DOT", TOO_FAST, times=1)
    with transport_of(ses, tmp_path) as transport:
        assert send(transport, a_message()) == Deferred(TOO_FAST, Slow.RELAY)
        assert isinstance(send(transport, a_message()), Accepted)
    assert ses.connections == 1


def test_a_spent_quota_is_a_fault_and_marks_nobody(tmp_path: Path) -> None:
    with FakeSes(daily=1) as server, transport_of(server, tmp_path) as transport:
        assert isinstance(send(transport, a_message()), Accepted)
        with pytest.raises(TransportFault, match="Daily message quota exceeded"):
            send(transport, a_message("ben@example.com"))
    assert server.recipients == ["ann@example.com"]
