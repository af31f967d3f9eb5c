"""The exports of other programs are told by their columns, and read as they were meant."""

from datetime import UTC, datetime
from functools import partial
from io import BytesIO

import pytest

from newsletter.model.subscriber import SubscriptionStatus as S
from newsletter.subscribers.archive import parts_of
from newsletter.subscribers.faults import ListFault
from tests.subscribers import exports
from tests.subscribers.reading import SubscriberList, read_list

MARCH = datetime(2024, 3, 14, 9, 14, tzinfo=UTC)


def read(content: str | bytes, name: str = "export.csv") -> SubscriberList:
    return read_list(content.encode() if isinstance(content, str) else content, name=name)


def statuses(found: SubscriberList) -> dict[str, S]:
    return {row.email: row.status for row in found.rows}


def test_mailchimps_zip_is_read_as_it_is_downloaded() -> None:
    found = read(exports.mailchimp_zip(), "mailchimp.zip")
    assert statuses(found) == {
        "ann@example.com": S.ACTIVE,
        "ben@example.com": S.UNSUBSCRIBED,
        "c@example.com": S.BOUNCED,
    }
    assert all(row.whole for row in found.rows)


def test_mailchimps_columns_become_ours() -> None:
    row = read(exports.mailchimp_zip(), "mailchimp.zip").rows[0]
    assert (row.name, row.timezone, row.tags) == (
        "Ann Lee",
        "America/New_York",
        ("vip", "press club"),
    )
    assert (row.consent_source, row.consent_at) == ("Mailchimp", MARCH)
    assert row.attributes == (("city", "León"),)


def test_who_never_subscribed_in_mailchimp_is_told_and_not_taken() -> None:
    (fault,) = read(exports.mailchimp_zip(), "mailchimp.zip").faults
    assert fault.reason.startswith("shop@example.com never asked for mail")


@pytest.mark.parametrize("name", ["unsubscribed_members_export_1.csv", "mine.csv"])
def test_an_unpacked_file_of_those_who_left_is_told_by_its_name_or_its_columns(name: str) -> None:
    more = {"more": "UNSUB_TIME,", "filled": "2024-05-01 10:00:00,"} if name == "mine.csv" else {}
    found = read(exports.mailchimp_rows("ben@example.com", **more), name)
    assert statuses(found) == {"ben@example.com": S.UNSUBSCRIBED}


@pytest.mark.parametrize(
    ("country", "zone"),
    [("FR", "Europe/Paris"), ("de", "Europe/Berlin"), ("ES", None), ("US", None)],
)
def test_a_country_gives_the_time_zone_where_it_has_one_clock(
    country: str, zone: str | None
) -> None:
    (row,) = read(exports.mailchimp_rows("ann@example.com", country=country)).rows
    assert row.timezone == zone


def test_mailpoets_export_is_read() -> None:
    found = read(exports.MAILPOET)
    assert (found.format, found.faults) == ("MailPoet", ())
    assert found.rows[0].name == 'Ann "A." Lee'
    assert [row.tags for row in found.rows[:2]] == [("list:News",), ("list:Art",)]
    assert [row.status for row in found.rows[2:]] == [S.UNSUBSCRIBED, S.PENDING, S.BOUNCED]
    assert found.rows[0].attributes == (("shoe_size", "38"),)


def test_listmonks_export_is_read() -> None:
    found = read(exports.LISTMONK)
    assert [*statuses(found).values()] == [S.ACTIVE, S.UNSUBSCRIBED, S.UNSUBSCRIBED]
    assert found.rows[0].attributes == (("age", "41"), ("city", "León"))
    assert (found.rows[0].tags, found.rows[0].consent_at) == (("vip",), MARCH)


def test_ghosts_export_is_read() -> None:
    found = read(exports.GHOST)
    assert [*statuses(found).values()] == [S.ACTIVE, S.UNSUBSCRIBED]
    assert found.rows[0].tags == ("vip", "press", "tier:Gold")
    assert (found.rows[0].consent_at, found.rows[0].attributes) == (MARCH, ())


def test_substacks_export_is_read_and_who_does_not_pay_is_a_reader_too() -> None:
    found = read(exports.SUBSTACK)
    assert [*statuses(found).values()] == [S.ACTIVE, S.UNSUBSCRIBED]
    assert dict(found.rows[1].attributes) == {"active_subscription": "true", "plan": "yearly"}


def test_the_export_of_substacks_page_is_read() -> None:
    (row,) = read(exports.SUBSTACK_PAGE).rows
    assert (row.name, row.consent_at, row.timezone) == ("Ann Lee", MARCH, "Europe/Paris")


def test_keilas_export_is_read() -> None:
    found = read(exports.KEILA)
    assert [*statuses(found).values()] == [S.ACTIVE, S.UNSUBSCRIBED, S.BOUNCED]
    assert found.rows[0].attributes == (("city", "León"),)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mailchimp", exports.mailchimp_rows("ann@example.com")),
        ("MailPoet", exports.MAILPOET),
        ("listmonk", exports.LISTMONK),
        ("Ghost", exports.GHOST),
        ("Substack", exports.SUBSTACK),
        ("Substack", exports.SUBSTACK_PAGE),
        ("Keila", exports.KEILA),
        (None, "email,name,status\nann@example.com,Ann,active\n"),
    ],
)
def test_an_export_is_told_by_its_columns(name: str | None, text: str) -> None:
    assert read(text).format == name


def test_a_word_that_a_program_is_not_known_to_say_is_no_yes() -> None:
    found = read(exports.LISTMONK.replace("enabled", "dormant"))
    assert "ann@example.com" not in statuses(found)
    assert found.faults[0].reason == (
        "status 'dormant' is not one of: enabled, disabled, blocklisted"
    )


def test_substacks_whole_export_holds_the_list() -> None:
    files = {"posts.csv": "post_id,title\n1,A\n", "email_list.mine.csv": exports.SUBSTACK}
    assert len(read(exports.zipped(files), "export.zip").rows) == 2


def test_a_zip_that_may_be_anything_is_a_fault() -> None:
    with pytest.raises(ListFault, match=r"which file of it is the list: there is a\.csv, b\.csv"):
        read(exports.zipped({"a.csv": "email\n", "b.csv": "email\n"}), "x.zip")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = exports.zipped({"subscribed_members_export_1.csv": "email\n" + "\n" * (11 << 20)})
    with pytest.raises(ListFault, match="times its size; no list does"):
        read(bomb, "x.zip")


def test_a_zip_that_lies_about_its_size_is_a_fault() -> None:
    content = bytearray(exports.zipped({"a.csv": "email\nann@example.com\n" * 50}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (40).to_bytes(4, "little")
    with pytest.raises(ListFault, match="a broken ZIP"):
        read(bytes(content), "x.zip")


def test_a_cut_zip_is_a_fault() -> None:
    with pytest.raises(ListFault, match=r"x\.zip: a broken ZIP .* download it again"):
        read(exports.mailchimp_zip()[:-40], "x.zip")


def test_a_zip_opens_as_often_as_it_is_asked_to() -> None:
    (part, *_) = parts_of("x.zip", partial(BytesIO, exports.mailchimp_zip()))
    for _ in range(2):
        with part.open() as file:
            assert file.read(7) == b'"Email '
