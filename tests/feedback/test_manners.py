"""How servers tell it, each in its own manner: who is meant, and whether it is for good."""

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import Reason, ReportKind
from tests.feedback.mails import LETTER, OURS, READER, dsn, failed, mail, notice

HARD, SOFT = ReportKind.HARD, ReportKind.SOFT
ANN, BOB = "ann@reader.example", "bob@reader.example"
NUMBER = "5551234567@vtext.com"


@pytest.mark.parametrize(
    ("told", "kind", "reason"),
    [
        pytest.param(
            f"|------- Failed addresses follow: -------|\n <{READER}>\n   550 5.1.1 user unknown",
            HARD,
            Reason.NO_MAILBOX,
            id="Deutsche Telekom",
        ),
        pytest.param(
            f"|------- Failed addresses follow: -------|\n {READER} ... unknown host",
            HARD,
            Reason.BAD_DOMAIN,
            id="Smail 3",
        ),
        pytest.param(
            f"the following list of recipients:\n\n{READER}: Invalid domain name",
            HARD,
            Reason.BAD_DOMAIN,
            id="OpenSMTPD, no such domain",
        ),
        pytest.param(
            f"<{READER}>:\nConnected to 192.0.2.9 but my name was rejected.\n"
            "Remote host said: 550 unknown host",
            SOFT,
            Reason.POLICY,
            id="qmail, our name refused",
        ),
        pytest.param(
            f"<{READER}>: host mx[192.0.2.9] refused to talk to me: 554 user unknown",
            SOFT,
            Reason.POLICY,
            id="Postfix, the connection refused",
        ),
        pytest.param(
            f"The following address(es) failed:\n\n  {READER}\n    user not found",
            HARD,
            Reason.NO_MAILBOX,
            id="Exim, asked its own list",
        ),
        pytest.param(
            f"no se pudo entregar a:\n\n  {READER}\n\nporque:\n\n  El usuario no se encuentra "
            "en el Directorio de Domino",
            HARD,
            Reason.NO_MAILBOX,
            id="Domino, in Spanish",
        ),
        pytest.param(
            f"was not delivered to:\n\n  {READER}\n\nbecause:\n\n  Utilisateur non répertorié dans "
            "l'annuaire Domino",
            HARD,
            Reason.NO_MAILBOX,
            id="Domino, in French",
        ),
        pytest.param(
            f"{READER}\n#550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address ##",
            SOFT,
            Reason.SYSTEM,
            id="Exchange, two of that name",
        ),
        pytest.param(
            f"Delivery failed permanently:\n\n     {READER}\n\nTechnical details of permanent "
            "failure:\nDNS Error: Domain name not found",
            HARD,
            Reason.BAD_DOMAIN,
            id="Gmail, no such domain",
        ),
        pytest.param(
            "could not be delivered to:\n-- "
            + READER
            + "\n\nThe problem appears to be :\n-- 5.4.1 "
            "Recipient address rejected: Access denied. [mx.reader.example]",
            HARD,
            Reason.NO_MAILBOX,
            id="Mimecast, before Microsoft 365",
        ),
        pytest.param(
            "Error message below:\n550 - no such user here\n\nMessage details:\n  MAIL FROM: "
            f"{OURS}\n  RCPT TO: {READER}",
            SOFT,
            Reason.FILTERED,
            id="James lists commands, and shows none",
        ),
    ],
)
def test_a_manner_of_telling_is_understood(told: str, kind: ReportKind, reason: Reason) -> None:
    (report,) = classify(notice(f"It could not be delivered.\n\n{told}"))
    assert (report.recipient, report.kind, report.reason) == (READER, kind, reason)


def test_a_dialogue_that_a_server_tells_of_itself_is_read() -> None:
    told = (
        " Out: 220 mx.reader.example ESMTP\n In:  EHLO meridian.example\n Out: 250-8BITMIME\n"
        f" Out: 250 SMTPUTF8\n In:  MAIL FROM:<{OURS}>\n Out: 250 2.1.0 Ok\n"
        f" In:  RCPT TO:<{READER}>\n Out: 550 5.1.1 user unknown\n In:  QUIT\n Out: 221 2.0.0 Bye"
    )
    (report,) = classify(mail(f"Transcript of an error.\n\n{told}\n", Subject="Errors"))
    assert (report.recipient, report.kind, report.status) == (READER, HARD, "5.1.1")


def test_a_sender_refused_in_a_dialogue_is_not_held_against_the_reader() -> None:
    told = f" In:  MAIL FROM:<{OURS}>\n Out: 550 5.1.1 user unknown\n\nError for {READER}"
    (report,) = classify(mail(f"Transcript of an error.\n\n{told}\n", Subject="Errors"))
    assert report.kind is SOFT


def test_numbers_that_a_carrier_does_not_have_are_gone() -> None:
    letter = LETTER.replace(READER, NUMBER)
    (report,) = classify(notice("Error: 550 - no such user here", letter=letter))
    assert (report.recipient, report.kind) == (NUMBER, HARD)


def test_exim_tells_of_some_readers_by_a_dialogue_and_of_some_without() -> None:
    told = (
        f"The following address(es) failed:\n\n  {ANN}\n    Unrouteable address\n  {BOB}\n"
        f"    SMTP error from remote mail server after RCPT TO:<{BOB}>:\n    552 5.2.2 it is full"
    )
    ann, bob = classify(notice(told, letter=""))
    assert (ann.recipient, ann.kind) == (ANN, HARD)
    assert (bob.recipient, bob.kind) == (BOB, SOFT)


@pytest.mark.parametrize(
    "told",
    [
        f"Failed permanently:\n\n  {ANN}\n  {BOB}\n\nThey answered: 550 5.1.1 no (state 14).",
        f"User not listed in public Name & Address Book\n{ANN}\n{BOB}",
        f"Because of\n\n550 5.1.1 unknown\n\nAffected:\n  {ANN}\n  {BOB}\n\nSize: 12 kB of text",
    ],
    ids=["Gmail", "Notes", "MailMarshal"],
)
def test_readers_who_are_listed_together_share_what_is_said(told: str) -> None:
    reports = classify(notice(f"It could not be delivered.\n\n{told}", letter=""))
    assert [(each.recipient, each.kind) for each in reports] == [(ANN, HARD), (BOB, HARD)]


def test_a_gateway_names_every_reader_whom_a_server_rejected() -> None:
    told = "".join(
        f"SMTP Server <mx> rejected recipient <{each}>\n  (after RCPT): [550 unknown]\n"
        for each in (ANN, BOB)
    )
    reports = classify(notice(f"There was an error.\n\n{told}", letter=""))
    assert [each.recipient for each in reports] == [ANN, BOB]


@pytest.mark.parametrize("quoted", ["<o'hara@reader.example>:", "'o'hara@reader.example'"])
def test_a_name_with_an_apostrophe_is_whole(quoted: str) -> None:
    (report,) = classify(notice(f"{quoted}\n550 5.1.1 user unknown", letter=""))
    assert report.recipient == "o'hara@reader.example"


def test_a_code_that_says_why_is_reported_instead_of_one_that_says_when() -> None:
    (report,) = classify(dsn(failed("452 4.2.2 it is full", "4.4.7")))
    assert (report.status, report.reason) == ("4.2.2", Reason.FULL)


def test_a_server_that_wraps_anothers_answer_is_looked_behind() -> None:
    fields = failed("550 5.0.350 Remote server said -> 550 5.1.1 nobody", "5.0.350")
    (report,) = classify(dsn(fields))
    assert (report.status, report.kind) == ("5.1.1", HARD)


@pytest.mark.parametrize("command", [f"MAIL From:<{OURS}> SIZE=99", "EHLO meridian.example"])
def test_a_command_that_names_no_reader_is_not_held_against_one(command: str) -> None:
    told = f"<{READER}>\n\n... while talking to mx:\n>>> {command}\n<<< 550 unknown host"
    (report,) = classify(dsn(failed("550 unknown host", "5.0.0"), told=told))
    assert (report.kind, report.reason) == (SOFT, Reason.POLICY)


def test_a_greeting_refused_at_first_does_not_hide_the_reader_refused_later() -> None:
    told = (
        f"<{READER}>\n\n>>> EHLO meridian.example\n<<< 500 what?\n>>> HELO meridian.example\n"
        f">>> RCPT To:<{READER}>\n<<< 550 nobody of that name"
    )
    (report,) = classify(dsn(failed("550 no such user", "5.0.0"), told=told))
    assert report.kind is HARD


@pytest.mark.parametrize("words", ["unknown recipient", "no valid recipients", "no such user"])
def test_what_is_said_after_the_letter_was_sent_is_no_proof(words: str) -> None:
    told = f"<{READER}>:\n192.0.2.9 failed after I sent the message.\nRemote host said: 550 {words}"
    (report,) = classify(notice(told))
    assert report.kind is SOFT
