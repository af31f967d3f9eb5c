"""A way out that signs: the same way but for the signature."""

from newsletter.delivery.dkim import Signer
from newsletter.delivery.dkim_keys import new_ed25519, record_name
from newsletter.delivery.signing import SigningTransport
from newsletter.delivery.smtp import SmtpTransport
from newsletter.model.delivery import Accepted, Message, Refused
from tests.dkim import verdicts
from tests.smtp_server import SmtpServer

CONTENT = b"From: news@example.com\r\nSubject: Today\r\n\r\n.dots\r\n  and no end of the line"
MESSAGE = Message(
    sender="bounces+t@example.com",
    recipient="ann@reader.example",
    content=CONTENT,
    message_id="m.1@example.com",
)
KEY = new_ed25519("s1")
SIGNER = Signer("example.com", (KEY,))


def test_what_arrives_is_signed_and_goes_where_it_should() -> None:
    with SmtpServer() as server, SigningTransport(SmtpTransport(server.spec()), SIGNER) as way:
        assert isinstance(way.send(MESSAGE), Accepted)
    (taken,) = server.taken
    assert (taken.sender, taken.recipient) == (MESSAGE.sender, MESSAGE.recipient)
    assert taken.content.endswith(CONTENT + b"\r\n")
    assert verdicts(taken.content, {record_name("example.com", KEY): KEY.record()}) == [True]


def test_what_the_server_says_comes_back_as_it_is() -> None:
    with SmtpServer() as server, SigningTransport(SmtpTransport(server.spec()), SIGNER) as way:
        server.say("RCPT", "550 5.1.1 No such user")
        assert isinstance(way.send(MESSAGE), Refused)
        assert way.room_for(1, 1) is None
