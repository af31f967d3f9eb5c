import mailbox
import shutil
from pathlib import Path

import pytest

from newsletter.delivery.maildir import MaildirTransport, file_name
from newsletter.delivery.transport import Transport, TransportFault, send
from newsletter.model.delivery import Accepted, Message


def a_message(
    *,
    recipient: str = "ann@example.com",
    message_id: str = "daily-2026-11-22T0700-en.tok@news.example",
    content: bytes = b"Subject: Hello\r\n\r\nHi\r\n",
) -> Message:
    return Message(
        sender="news@news.example", recipient=recipient, content=content, message_id=message_id
    )


def letters_in(path: Path) -> list[str]:
    return sorted(file.name for file in (path / "new").iterdir())


def test_a_letter_is_a_file_that_says_what_it_is(tmp_path: Path) -> None:
    outcome = send(MaildirTransport(tmp_path / "outbox"), a_message())
    assert isinstance(outcome, Accepted)
    (name,) = letters_in(tmp_path / "outbox")
    assert name.startswith("daily-2026-11-22T0700-en.ann@example.com.")
    assert name.endswith(".eml")


def test_the_outbox_is_a_maildir(tmp_path: Path) -> None:
    with MaildirTransport(tmp_path) as transport:
        send(transport, a_message())
    (letter,) = mailbox.Maildir(tmp_path, create=False)
    assert letter["Subject"] == "Hello"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_is_a_transport(tmp_path: Path) -> None:
    transport: Transport = MaildirTransport(tmp_path)
    transport.close()


def test_what_is_offered_or_withdrawn_is_not_there_yet(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    transport.offer(a_message())
    transport.withdraw()
    assert letters_in(tmp_path) == []
    transport.offer(a_message())
    transport.hand_over(a_message(), a_message(recipient="ben@example.com"))
    assert len(letters_in(tmp_path)) == 1


def test_an_outbox_that_goes_before_the_letter_is_a_fault(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path / "outbox")
    transport.offer(a_message())
    shutil.rmtree(tmp_path / "outbox")
    with pytest.raises(TransportFault, match=r"the letter to ann@example\.com cannot be written"):
        transport.hand_over(a_message())


def test_the_bytes_are_kept_as_they_are(tmp_path: Path) -> None:
    content = b"Subject: x\r\n\r\n.\r\n\r\nFrom here\r\n"
    send(MaildirTransport(tmp_path), a_message(content=content))
    assert (tmp_path / "new" / letters_in(tmp_path)[0]).read_bytes() == content


def test_the_same_message_again_replaces_the_first(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    send(transport, a_message())
    send(transport, a_message(content=b"Subject: Again\r\n\r\n"))
    (name,) = letters_in(tmp_path)
    assert (tmp_path / "new" / name).read_bytes().startswith(b"Subject: Again")


def test_a_leftover_of_a_crash_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / file_name(a_message())).write_bytes(b"half a let" * 100)
    send(MaildirTransport(tmp_path), a_message())
    assert (tmp_path / "new" / letters_in(tmp_path)[0]).read_bytes() == a_message().content


def test_two_readers_whose_addresses_look_alike_get_a_letter_each(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    for number in "12":
        send(
            transport,
            a_message(recipient="x" * 120 + "@example.com", message_id=f"d.{number}@news.example"),
        )
    assert len(letters_in(tmp_path)) == 2


@pytest.mark.parametrize("recipient", ["../../etc/x@example.com", "a/b:2,S@example.com", ".@a"])
def test_no_address_leaves_the_folder_or_sets_a_flag(tmp_path: Path, recipient: str) -> None:
    send(MaildirTransport(tmp_path), a_message(recipient=recipient, message_id="/../x"))
    (name,) = letters_in(tmp_path)
    assert ":" not in name
    assert not name.startswith(".")


def test_letters_are_for_their_owner_only(tmp_path: Path) -> None:
    send(MaildirTransport(tmp_path / "outbox"), a_message())
    (letter,) = (tmp_path / "outbox" / "new").iterdir()
    assert letter.stat().st_mode & 0o077 == 0


def test_an_outbox_that_cannot_be_written_is_a_fault_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    with pytest.raises(TransportFault, match=r"outbox .*outbox: the letter to ann@example\.com"):
        send(MaildirTransport(tmp_path / "outbox"), a_message())


def test_there_is_room_for_a_few_letters_before_the_folder_exists(tmp_path: Path) -> None:
    assert MaildirTransport(tmp_path / "not" / "yet").room_for(8, 60_000) is None


def test_a_disk_that_cannot_hold_the_letters_says_so(tmp_path: Path) -> None:
    reason = MaildirTransport(tmp_path).room_for(10**12, 10**6)
    assert reason is not None
    assert "1000000000000 letters need" in reason
