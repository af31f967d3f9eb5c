import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.delivery.smtp import SmtpTransport
from newsletter.delivery.transport import Transport, TransportFault, send
from newsletter.model.delivery import (
    Accepted,
    Deferred,
    InDoubt,
    Refusal,
    Refused,
    Untouched,
)
from tests.delivery.letters import NoPauses, a_message
from tests.smtp_script import DROP, STALL
from tests.smtp_server import HOST, SmtpServer

SECRET = "correct horse battery"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def transport_to(
    server: SmtpServer, *, ca_file: Path | None = None, **changes: Any
) -> SmtpTransport:
    return SmtpTransport(
        server.spec(ca_file=ca_file),
        local_hostname="client.example",
        **{"patience": NoPauses(), **changes},
    )


def ca_file_of(server: SmtpServer, folder: Path) -> Path:
    assert server.authority is not None
    path = folder / "ca.pem"
    server.authority.cert_pem.write_to_path(str(path))
    return path


def test_a_message_arrives_as_its_bytes_in_its_envelope(server: SmtpServer) -> None:
    message = a_message(content=b".Subject: x\r\n\r\n.dots\r\n..more\r\nlast\r\n")
    with transport_to(server) as transport:
        assert send(transport, message) == Accepted("250 2.0.0 Ok: queued as 000001")
    (taken,) = server.taken
    assert (taken.sender, taken.recipient) == (message.sender, message.recipient)
    assert taken.content == message.content


def test_it_is_a_transport(server: SmtpServer) -> None:
    transport: Transport = transport_to(server)
    assert transport.room_for(10**9, 10**6) is None


def test_one_connection_is_kept_for_all_messages(server: SmtpServer) -> None:
    with transport_to(server) as transport:
        for number in range(5):
            send(transport, a_message(f"reader{number}@example.com"))
    assert len(server.taken) == 5
    assert server.connections == 1


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "DOT"])
def test_a_refused_reader_carries_the_servers_words_and_spoils_nothing(
    server: SmtpServer, stage: Any
) -> None:
    server.say(stage, "550 5.1.1 No such user", to="gone@example.com")
    with transport_to(server) as transport:
        assert send(transport, a_message("gone@example.com")) == Refused(
            "550 5.1.1 No such user", Refusal.GONE
        )
        assert isinstance(send(transport, a_message()), Accepted)
    assert server.recipients == ["ann@example.com"]
    assert server.connections == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_4xx_is_for_later_and_spoils_nothing(server: SmtpServer, stage: Any) -> None:
    server.say(stage, "450 4.7.1 Greylisted", times=1)
    with transport_to(server) as transport:
        assert send(transport, a_message()) == Deferred("450 4.7.1 Greylisted")
        assert isinstance(send(transport, a_message()), Accepted)
    assert server.connections == 1


@pytest.mark.parametrize("reply", [DROP, "500 What?"])
def test_a_connection_that_cannot_be_reset_is_left(server: SmtpServer, reply: str) -> None:
    server.say("RCPT", "450 4.7.1 Greylisted", times=1)
    server.say("RSET", reply)
    with transport_to(server) as transport:
        assert isinstance(send(transport, a_message()), Deferred)
        assert isinstance(send(transport, a_message()), Accepted)
    assert server.connections == 2


def test_a_refused_sender_is_a_fault_and_marks_nobody(server: SmtpServer) -> None:
    server.say("MAIL", "550 5.7.1 Sender rejected", times=1)
    with transport_to(server) as transport:
        with pytest.raises(TransportFault, match="does not take mail from us: 550 5"):
            send(transport, a_message())
        assert isinstance(send(transport, a_message()), Accepted)


def test_a_login_asked_for_at_the_recipient_is_a_fault(server: SmtpServer) -> None:
    server.say("RCPT", "530 5.7.0 Authentication required")
    with transport_to(server) as transport, pytest.raises(TransportFault, match="530"):
        send(transport, a_message())


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [DROP, "421 4.3.2 Shutting down", "451 4.4.2 Timeout"])
def test_a_new_connection_is_left_untouched_when_it_goes_before_the_dot(
    server: SmtpServer, stage: Any, reply: str
) -> None:
    server.say(stage, reply, times=1)
    with transport_to(server) as transport:
        assert isinstance(send(transport, a_message()), Untouched)
        assert isinstance(send(transport, a_message()), Accepted)
    assert server.recipients == ["ann@example.com"]


@pytest.mark.parametrize("reply", [DROP, "451 4.4.2 Timeout waiting for data from client."])
def test_a_kept_connection_that_went_stale_is_opened_again_at_once(
    server: SmtpServer, reply: str
) -> None:
    with transport_to(server) as transport:
        send(transport, a_message())
        server.say("MAIL", reply, times=1)
        assert isinstance(send(transport, a_message("ben@example.com")), Accepted)
    assert server.recipients == ["ann@example.com", "ben@example.com"]
    assert server.connections == 2


def test_a_connection_lost_after_the_dot_leaves_a_doubt_and_is_not_tried_again(
    server: SmtpServer,
) -> None:
    with transport_to(server) as transport:
        send(transport, a_message())
        server.say("DOT", DROP, times=1)
        assert isinstance(send(transport, a_message("ben@example.com")), InDoubt)
        assert isinstance(send(transport, a_message("cid@example.com")), Accepted)
    assert server.recipients == ["ann@example.com", "ben@example.com", "cid@example.com"]


def test_silence_after_the_dot_leaves_a_doubt(server: SmtpServer) -> None:
    server.say("DOT", STALL)
    with transport_to(server, dot_timeout=0.1) as transport:
        outcome = send(transport, a_message())
    assert isinstance(outcome, InDoubt)
    assert "timed out" in outcome.reason


def test_silence_before_the_dot_leaves_the_reader_untouched(server: SmtpServer) -> None:
    server.say("RCPT", STALL)
    with transport_to(server, timeout=0.1) as transport:
        assert isinstance(send(transport, a_message()), Untouched)


def test_a_421_to_the_dot_is_for_later_on_another_connection(server: SmtpServer) -> None:
    server.say("DOT", "421 4.7.0 Try again later", times=1)
    with transport_to(server) as transport:
        assert isinstance(send(transport, a_message()), Deferred)
        assert isinstance(send(transport, a_message()), Accepted)
    assert server.connections == 2


def test_a_letter_that_the_server_finds_too_large_is_a_fault() -> None:
    with SmtpServer(size_limit=1000) as server, transport_to(server) as transport:
        with pytest.raises(TransportFault, match="at most 1000 bytes"):
            send(transport, a_message(content=b"x" * 1001))
        assert isinstance(send(transport, a_message()), Accepted)


def test_a_busy_greeting_is_tried_again(server: SmtpServer) -> None:
    server.say("CONNECT", "421 4.3.2 Too busy", times=2)
    with transport_to(server) as transport:
        assert isinstance(send(transport, a_message()), Accepted)


def test_a_server_that_is_not_there_is_a_fault_after_three_tries() -> None:
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    with SmtpServer() as server:
        spec = server.spec(port=port)
    patience = NoPauses()
    transport = SmtpTransport(spec, local_hostname="client.example", patience=patience)
    with pytest.raises(TransportFault, match=f":{port} could not be reached in 3 tries"):
        send(transport, a_message())
    assert patience.pauses == [2.0, 4.0]


def test_starttls_is_used_and_verified(tmp_path: Path) -> None:
    with SmtpServer(tls="starttls") as server:
        with transport_to(server, ca_file=ca_file_of(server, tmp_path)) as transport:
            assert isinstance(send(transport, a_message()), Accepted)
        assert server.taken[0].tls


def test_tls_from_the_first_byte_is_used_and_verified(tmp_path: Path) -> None:
    with SmtpServer(tls="tls") as server:
        with transport_to(server, ca_file=ca_file_of(server, tmp_path)) as transport:
            assert isinstance(send(transport, a_message()), Accepted)
        assert server.taken[0].content == a_message().content


def test_a_large_letter_arrives_whole_under_tls(tmp_path: Path) -> None:
    content = b"Subject: x\r\n\r\n" + b"".join(b"This is line %d.\r\n" % n for n in range(300_000))
    with SmtpServer(tls="tls") as server:
        with transport_to(server, ca_file=ca_file_of(server, tmp_path)) as transport:
            assert isinstance(send(transport, a_message(content=content)), Accepted)
            assert isinstance(send(transport, a_message()), Accepted)
        assert [taken.content for taken in server.taken] == [content, a_message().content]
        assert server.connections == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_unknown_certificate_is_a_fault(tls: Any) -> None:
    with SmtpServer(tls=tls) as server, transport_to(server) as transport:
        with pytest.raises(TransportFault, match=r"not to be trusted.*transport\.ca_file"):
            send(transport, a_message())
        assert server.taken == []


def test_a_server_without_starttls_gets_nothing_in_plain_text(server: SmtpServer) -> None:
    spec = server.spec(tls="starttls")
    transport = SmtpTransport(spec, local_hostname="client.example")
    with pytest.raises(TransportFault, match="no going on in plain text"):
        send(transport, a_message())
    assert server.taken == []


def test_a_ca_file_that_cannot_be_read_is_named(server: SmtpServer) -> None:
    spec = server.spec(tls="tls", ca_file=Path("missing.pem"))
    with pytest.raises(TransportFault, match=r"transport\.ca_file missing\.pem"):
        send(SmtpTransport(spec), a_message())


def test_tls_to_a_port_that_speaks_plain_text_is_a_fault(server: SmtpServer) -> None:
    transport = SmtpTransport(server.spec(tls="tls"), local_hostname="client.example")
    with pytest.raises(TransportFault, match=r"check transport\.port and transport\.tls"):
        send(transport, a_message())


def test_a_greeting_that_refuses_us_is_a_fault_at_once(server: SmtpServer) -> None:
    server.say("CONNECT", "554 5.7.1 Go away")
    with pytest.raises(TransportFault, match=r"554 5\.7\.1 Go away"):
        send(transport_to(server), a_message())


def test_the_login_is_made_under_tls(tmp_path: Path) -> None:
    with SmtpServer(tls="starttls", users={"desk": SECRET}) as server:
        ca_file = ca_file_of(server, tmp_path)
        with transport_to(server, ca_file=ca_file, password=SECRET) as transport:
            send(transport, a_message())
        assert (server.taken[0].user, server.taken[0].tls) == ("desk", True)


def test_a_wrong_password_is_a_fault_that_does_not_tell_it(tmp_path: Path) -> None:
    with SmtpServer(tls="starttls", users={"desk": SECRET}) as server:
        ca_file = ca_file_of(server, tmp_path)
        transport = transport_to(server, ca_file=ca_file, password="wrong one")
        with pytest.raises(TransportFault, match=r"login was refused: 535") as caught:
            send(transport, a_message())
    assert "wrong one" not in str(caught.value) + repr(transport)


def test_a_login_without_tls_is_for_the_loopback_address_only(server: SmtpServer) -> None:
    spec = server.spec(host="mail.example.com", username="desk")
    with pytest.raises(TransportFault, match="not sent in the clear"):
        send(SmtpTransport(spec, password=SECRET), a_message())


def test_a_login_without_tls_works_on_the_loopback_address() -> None:
    with SmtpServer(users={"desk": SECRET}) as server:
        with transport_to(server, password=SECRET) as transport:
            assert isinstance(send(transport, a_message()), Accepted)
        assert server.taken[0].user == "desk"


def test_closing_is_fine_when_the_server_has_gone() -> None:
    with SmtpServer() as server:
        transport = transport_to(server)
        send(transport, a_message())
    transport.close()


def test_closing_twice_and_sending_again_is_fine(server: SmtpServer) -> None:
    transport = transport_to(server)
    send(transport, a_message())
    transport.close()
    transport.close()
    assert isinstance(send(transport, a_message()), Accepted)
    transport.close()
    assert server.connections == 2


def test_smtplibs_exceptions_are_os_errors() -> None:
    assert issubclass(smtplib.SMTPException, OSError)
