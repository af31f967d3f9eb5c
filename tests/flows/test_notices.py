"""A notice goes out once it is written: at least once, under one Message-ID, or is given up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from newsletter.delivery.notice import NoticeHeaders, notice_message
from newsletter.delivery.transport import TransportFault
from newsletter.flows.notices import Post, Writing, any_waiting, letter_of, send_notices
from newsletter.flows.press import Press
from newsletter.lib.errors import NewsletterError
from newsletter.model.delivery import Message
from newsletter.model.notice import Notice, NoticeKind, NoticeState
from newsletter.model.specs import Publication
from newsletter.store import notices
from newsletter.store.database import Database
from tests.delivery.letters import transport_to
from tests.flows.mailings import NOW
from tests.flows.persons import ANN, Town
from tests.rendering.editions import SHIPPED
from tests.smtp_script import DROP
from tests.smtp_server import SmtpServer

PUBLICATION = Publication(
    name={"en": "The Tideway", "ar": "ضفاف"}, url="https://tideway.example", contact="we@t.example"
)
HEADERS = NoticeHeaders(
    sender_name="The Tideway",
    sender_address="news@tideway.example",
    message_domain="tideway.example",
    bounces="bounces@tideway.example",
)
LANGUAGES = ["en", "es", "fr", "de", "it", "pt", "ca", "ar"]


def no_picture(image: object) -> bytes:
    raise NewsletterError("no notice shows one")


WRITING = Writing(
    press=Press(
        publication=PUBLICATION,
        base_url="https://news.tideway.example",
        folders=(SHIPPED,),
        read_picture=no_picture,
    ),
    button=lambda notice: (
        None if notice.kind is NoticeKind.MOVED else "https://news.tideway.example/c/token"
    ),
    life=timedelta(days=7),
)


def written(notice: Notice) -> Message:
    return notice_message(
        letter_of(WRITING, notice),
        HEADERS,
        email=notice.email,
        number=notice.id,
        token=f"t{notice.id}",
        date=notice.created_at,
    )


@pytest.fixture
def town(database: Database) -> Town:
    town = Town(database)
    town.sign_up()
    return town


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def post(town: Town, server: SmtpServer, **changes: Any) -> Post:
    known: dict[str, Any] = {
        "message": written,
        "open_transport": lambda: transport_to(server.spec()),
        "clock": lambda: town.now,
    }
    return Post(**known | changes)


def sent(town: Town, server: SmtpServer, **changes: Any) -> Notice:
    """Send what waits; how Ann's notice stands then."""
    send_notices(town.database, post(town, server, **changes))
    return town.notices()[-1]


def test_a_notice_is_sent_once(town: Town, server: SmtpServer) -> None:
    assert any_waiting(town.database, town.now)
    assert sent(town, server).state is NoticeState.SENT
    assert not any_waiting(town.database, town.now + timedelta(days=2))
    sent(town, server)
    assert server.recipients == [ANN]


def test_a_notice_is_marked_as_made_by_a_program(town: Town, server: SmtpServer) -> None:
    sent(town, server)
    taken = server.taken[0]
    assert taken.message["Auto-Submitted"] == "auto-generated"
    assert taken.message["Precedence"] is None
    assert taken.message["List-Unsubscribe"] is None
    assert taken.sender == "bounces+t1@tideway.example"


def test_a_server_that_asks_for_patience_is_tried_again(town: Town, server: SmtpServer) -> None:
    server.say("RCPT", "450 4.7.1 Greylisted", times=1)
    waiting = sent(town, server)
    assert (waiting.state, waiting.reply) == (NoticeState.QUEUED, "450 4.7.1 Greylisted")
    assert sent(town, server).state is NoticeState.QUEUED
    town.now += timedelta(minutes=6)
    assert sent(town, server).state is NoticeState.SENT
    assert server.taken[0].message["Date"].datetime == NOW


def test_a_notice_is_given_up_after_a_day(town: Town, server: SmtpServer) -> None:
    server.say("RCPT", "450 4.2.2 Over quota")
    for _ in range(20):
        sent(town, server)
        town.now += timedelta(hours=2)
    assert town.notices()[0].state is NoticeState.REFUSED


def test_a_refusal_is_kept_with_its_words(town: Town, server: SmtpServer) -> None:
    server.say("RCPT", "550 5.1.1 No such user")
    refused = sent(town, server)
    assert (refused.state, refused.reply) == (NoticeState.REFUSED, "550 5.1.1 No such user")


def test_a_lost_answer_is_asked_for_again_under_the_same_name(
    town: Town, server: SmtpServer
) -> None:
    server.say("DOT", DROP, times=1)
    assert sent(town, server).state is NoticeState.QUEUED
    town.now += notices.LEASE
    assert sent(town, server).state is NoticeState.SENT
    assert len({taken.message["Message-ID"] for taken in server.taken}) == 1
    assert len(server.taken) == 2


def test_two_senders_do_not_take_the_same_notice(town: Town, server: SmtpServer) -> None:
    (notice,) = town.notices()
    with town.database.begin() as tx:
        assert notices.claim(tx, notice, town.now)
        assert not notices.claim(tx, notice, town.now)
    sent(town, server)
    assert server.taken == []


def test_what_a_killed_sender_had_in_hand_is_sent_by_another(
    town: Town, server: SmtpServer
) -> None:
    (notice,) = town.notices()
    with town.database.begin() as tx:
        notices.claim(tx, notice, town.now)
    town.now += notices.LEASE
    assert sent(town, server).state is NoticeState.SENT


def test_a_way_that_is_wrong_marks_nobody(town: Town, server: SmtpServer) -> None:
    server.say("CONNECT", "554 5.7.1 Not you", times=1)
    with pytest.raises(TransportFault):
        sent(town, server)
    assert (town.notices()[0].attempts, town.notices()[0].state) == (0, NoticeState.QUEUED)
    assert sent(town, server).state is NoticeState.SENT


def test_a_layout_that_is_broken_for_now_loses_no_notice(town: Town, server: SmtpServer) -> None:
    def broken(notice: Notice) -> Message:
        raise NewsletterError("layout.mjml.j2, line 3: unknown name")

    waiting = sent(town, server, message=broken)
    assert (waiting.state, waiting.reply) == (
        NoticeState.QUEUED,
        "layout.mjml.j2, line 3: unknown name",
    )


# --- what it says --------------------------------------------------------------------------------


def a_notice(kind: NoticeKind = NoticeKind.CONFIRM, **changes: Any) -> Notice:
    known: dict[str, Any] = {
        "id": 7,
        "kind": kind,
        "email": ANN,
        "address_hash": "#",
        "language": "en",
        "created_at": NOW,
        "content": {"titles": "Morning edition\nSunday", "link": "1:1:1:"},
    }
    return Notice(**known | changes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_is_written_in_every_language(kind: NoticeKind, language: str) -> None:
    letter = letter_of(WRITING, a_notice(kind, language=language))
    assert f'lang="{language}"' in letter.html
    assert "{" not in letter.text + letter.subject
    assert letter.html.count("/c/token") == (0 if kind is NoticeKind.MOVED else 1)


def test_a_confirmation_names_what_would_come_and_how_to_do_nothing() -> None:
    letter = letter_of(WRITING, a_notice())
    assert letter.subject == "Please confirm: Morning edition and Sunday"
    for words in ("Morning edition", "Sunday", "do nothing", "November 29, 2026"):
        assert words in letter.html
        assert words in letter.text.replace("\n", " ")


def test_a_title_cannot_bring_markup_or_another_place_along() -> None:
    letter = letter_of(WRITING, a_notice(content={"titles": "<b>{email}</b>\r\nX"}))
    assert "<b>{email}" not in letter.html
    assert "{email}" in letter.html


def test_the_old_address_is_not_told_the_whole_new_one() -> None:
    moved = a_notice(NoticeKind.MOVED, content={"email": "ann.lee@new.example"})
    letter = letter_of(WRITING, moved)
    assert "a…@new.example" in letter.text
    assert "ann.lee" not in letter.html + letter.text


def test_a_language_that_nobody_wrote_notices_in_has_them_in_english() -> None:
    words = letter_of(WRITING, a_notice(language="es-MX")).subject
    assert words.startswith("Por favor, confirme")


def test_a_message_is_the_same_at_every_try() -> None:
    assert written(a_notice()).content == written(a_notice()).content
