import csv
import io
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.subscriber import ListRow, SubscriptionStatus
from newsletter.subscribers.faults import ListFault
from newsletter.subscribers.lists import ListScope, list_scope
from tests.subscribers.reading import SubscriberList, read_list

UNSUBSCRIBED = SubscriptionStatus.UNSUBSCRIBED


def read(text: str, encoding: str = "utf-8") -> SubscriberList:
    return read_list(text.encode(encoding), name="subscribers/en.csv")


def emails(found: SubscriberList) -> list[str]:
    return [row.email for row in found.rows]


def faults(found: SubscriberList) -> dict[int, str]:
    return {fault.line: fault.reason for fault in found.faults}


def test_a_full_row_is_read() -> None:
    found = read(
        "email,name,language,digest,status,consent_source,consent_at\n"
        "Ann@Example.com,Ann Lee,pt-br,daily,Unsubscribed,form,2026-11-22T07:00:00+01:00\n"
    )
    assert found.rows == (
        ListRow(
            line=2,
            email="Ann@example.com",
            name="Ann Lee",
            language="pt-BR",
            digest="daily",
            status=UNSUBSCRIBED,
            consent_source="form",
            consent_at=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
        ),
    )


def test_an_address_alone_is_enough() -> None:
    found = read("email\nann@example.com\n\nben@example.com")
    assert found.rows == (
        ListRow(line=2, email="ann@example.com"),
        ListRow(line=4, email="ben@example.com"),
    )
    assert found.faults == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(delimiter: str, line_end: str) -> None:
    rows = (("Name ", " EMAIL"), ("Lee, Ann" if delimiter != "," else "Ann", "ann@example.com"))
    found = read(line_end.join(delimiter.join(row) for row in rows))
    assert emails(found) == ["ann@example.com"]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_recognised_and_named(encoding: str, named: str) -> None:
    found = read("email,name\nann@example.com,Ñandú\n", encoding)
    assert found.rows[0].name == "Ñandú"
    assert found.encoding == named


def test_bytes_that_windows_does_not_know_are_latin_1() -> None:
    found = read_list(b"email,name\nann@example.com,\xd1and\xfa \x81\n", name="en.csv")
    assert found.encoding == "latin-1"
    assert found.rows[0].name is not None


def test_half_a_character_is_a_fault() -> None:
    with pytest.raises(ListFault, match=r"en\.csv cannot be read as utf-16 .* save it as UTF-8"):
        read_list("email\nann@example.com".encode("utf-16") + b"x", name="en.csv")


def test_broken_rows_are_named_and_the_rest_is_taken() -> None:
    found = read(
        "email,name,status,consent_at,language\n"
        "ann@example.com,Ann\n"
        "Ben <ben@example.com>,Ben\n"
        ",Nobody\n"
        "cid@example.com,Cid,gone\n"
        "dan@example.com,Dan,active,yesterday\n"
        "eve@example.com,Eve,,,Spanish\n"
        "fay@example.com,Fay,,,,,more\n"
        "gil@example.com,Gil\n"
    )
    assert emails(found) == ["ann@example.com", "gil@example.com"]
    assert list(faults(found)) == [3, 4, 5, 6, 7, 8]
    assert "is not one plain address" in faults(found)[3]
    assert "status 'gone' is not one of: pending, active" in faults(found)[5]


def test_a_quoted_line_end_keeps_the_numbers_of_the_lines_right() -> None:
    found = read('email,name\nann@example.com,"Ann\nLee"\r\nbroken\nben@example.com,Ben\n')
    assert [(row.line, row.name) for row in found.rows] == [(2, "Ann Lee"), (5, "Ben")]
    assert list(faults(found)) == [4]


def test_an_open_quote_costs_one_reader_and_not_the_rest() -> None:
    found = read('email,name\nann@example.com,"Ann\nben@example.com,Ben\ncid@example.com,"Cid"\n')
    assert emails(found) == ["ben@example.com", "cid@example.com"]
    assert faults(found) == {2: "a quote is not closed, or closed in the middle of a cell"}


def test_a_list_full_of_open_quotes_is_read_all_the_same() -> None:
    found = read("email,name\n" + 'ann@example.com,"Ann\n' * 3 + "ben@example.com,Ben\n")
    assert emails(found) == ["ben@example.com"]
    assert list(faults(found)) == [2, 3, 4]


def test_the_apostrophe_of_an_export_is_taken_away_once() -> None:
    found = read(
        "email,name\n'+ann@example.com,'=Ann\nben@example.com,''=Ben\nc@example.com,O'Hara\n"
    )
    assert emails(found) == ["+ann@example.com", "ben@example.com", "c@example.com"]
    assert [row.name for row in found.rows] == ["=Ann", "'=Ben", "O'Hara"]


def test_what_excel_writes_about_the_delimiter_is_no_header() -> None:
    assert emails(read("sep=;\r\nname;email\r\nAnn;ann@example.com\r\n")) == ["ann@example.com"]


def test_tags_zone_and_attributes_have_columns_of_their_own() -> None:
    found = read(
        "email,tags,timezone,attribute.City,attribute.age\n"
        'ann@example.com,"vip; press, vip",europe/madrid,León,41\n'
    )
    (row,) = found.rows
    assert (row.tags, row.timezone) == (("vip", "press"), "Europe/Madrid")
    assert row.attributes == (("age", "41"), ("city", "León"))


def test_a_tag_may_have_a_comma_in_it() -> None:
    found = read('email,tags\nann@example.com,"""Rock, Pop"",vip"\n')
    assert found.rows[0].tags == ("Rock, Pop", "vip")


def test_a_line_without_end_costs_one_row() -> None:
    found = read("email,name\n" + "x" * 3_000_000 + "\nben@example.com,Ben\n")
    assert emails(found) == ["ben@example.com"]
    assert faults(found) == {2: "the line has more than 100,000 characters"}


@pytest.mark.parametrize(
    "cell",
    [
        "Ann <ann@example.com>",
        "ann@example.com, ben@example.com",
        '"ann@example.com <ben@example.com>"',
        "ann@example.com\u202emoc",
        "jos\u00e9@example.com",
        "ann@[127.0.0.1]",
    ],
)
def test_nothing_is_picked_out_of_a_cell_that_is_no_plain_address(cell: str) -> None:
    found = read(f"name\temail\nAnn\t{cell}\n")
    assert (emails(found), list(faults(found))) == ([], [2])


def test_a_domain_of_other_letters_is_kept_as_idna_2008_has_it() -> None:
    assert emails(read("email\nann@faß.de\nben@MÜNCHEN.example\n")) == [
        "ann@xn--fa-hia.de",
        "ben@xn--mnchen-3ya.example",
    ]


def test_a_column_that_is_not_read_is_named() -> None:
    found = read("email,statuss\nann@example.com,unsubscribed\n")
    assert faults(found) == {1: "columns that are not read: 'statuss'"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "subscribers/en.csv is empty"),
        ("mail,name\na@example.com,A\n", 'is: mail, name; call the column .* "email"'),
        ("ann@example.com,Ann\n", "put a line above it that names the columns"),
    ],
)
def test_a_list_without_an_email_column_says_the_way_out(text: str, words: str) -> None:
    with pytest.raises(ListFault, match=words):
        read(text)


@pytest.mark.parametrize(
    ("filename", "scope"),
    [
        ("en.csv", ListScope("en")),
        ("daily.es.csv", ListScope("es", "daily")),
        ("a.b.EN.csv", ListScope("en", "a.b")),
        ("pt-br.csv", ListScope("pt-BR")),
    ],
)
def test_the_name_of_a_list_says_whose_it_is(filename: str, scope: ListScope) -> None:
    assert list_scope(filename, languages=["en", "es", "pt-BR"], digests=["daily", "a.b"]) == scope


@pytest.mark.parametrize("filename", ["fr.csv", "weekly.en.csv", "subscribers.csv", ".csv"])
def test_a_list_of_an_unknown_name_is_a_fault_that_says_the_known_ones(filename: str) -> None:
    with pytest.raises(ListFault, match=r"\((en, es|daily)\)"):
        list_scope(filename, languages=["en", "es"], digests=["daily"])


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=10))
def test_every_row_that_a_csv_writer_wrote_is_taken_or_named(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["email", "name"])
    writer.writerows(rows)
    content = file.getvalue().encode("utf-8", "replace")
    found = read_list(content, name="en.csv")
    written = sum(any(cell.strip() for cell in row) for row in rows)
    assert len(found.rows) + len(found.faults) == written


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_a_fault(content: bytes) -> None:
    with suppress(ListFault):
        found = read_list(b"email,name\n" + content, name="en.csv")
        assert all("@" in row.email for row in found.rows)
