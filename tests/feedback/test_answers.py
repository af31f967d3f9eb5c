"""What readers and their programs answer: absences, wishes to leave, and everything else."""

import pytest

from newsletter.feedback.classify import classify
from newsletter.model.feedback import ReportKind
from tests.feedback.mails import LETTER, READER, TOKEN, VERP, answer, dsn, failed, multipart

QUOTED = "\n".join(f"> {line}" for line in LETTER.splitlines())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto_Submitted", "auto-replied"),
        ("Auto_Submitted", "auto-replied (vacation)"),
        ("X_Autoreply", "yes"),
        ("X_Apple_Action", "VACATION"),
        ("X_Autorespond", "absence"),
        ("Precedence", "auto_reply"),
        ("X_MS_Exchange_Generated_Message_Source", "Mailbox Rules Agent"),
    ],
)
def test_a_field_tells_that_a_machine_answered(name: str, value: str) -> None:
    (report,) = classify(answer("I am away until Monday.", **{name: value}))
    assert (report.kind, report.recipient) == (ReportKind.AUTO_REPLY, READER)


def test_a_program_that_opens_a_ticket_answers() -> None:
    ticket = {"Auto_Submitted": "auto-generated", "In_Reply_To": "<e42@meridian.example>"}
    (report,) = classify(answer("We look into it.", subject="Ticket 12", **ticket))
    assert report.kind is ReportKind.AUTO_REPLY


def test_a_program_that_answers_nothing_is_left_to_a_person() -> None:
    assert classify(answer("Done.", subject="Backup", Auto_Submitted="auto-generated")) == ()


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: Five stories of the week",
        "Automatic reply: Five stories",
        "Automatische Antwort: Five stories",
        "Réponse automatique : Five stories",
        "Respuesta automática: Five stories",
        "Odpowiedź automatyczna: Five stories",
        "Automatický odpoveď: Five stories",
        "Samodejni odgovor: Five stories",
        "Автоматичен отговор: Five stories",
        "תשובה אוטומטית: Five stories",
        "自动答复: Five stories",
        "自動返信: Five stories",
        "Vacation: Five stories",
        "[EXTERNAL] Automatic reply: Five stories",
        "=?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?=",
    ],
)
def test_a_subject_tells_that_a_machine_answered(subject: str) -> None:
    (report,) = classify(answer("I am away.", subject=subject))
    assert report.kind is ReportKind.AUTO_REPLY


def test_an_absence_that_quotes_an_error_is_an_absence() -> None:
    away = answer(
        f"550 5.1.1 <{READER}>: user unknown\n\n{QUOTED}",
        subject="Your message was not read: out of office",
        Return_Path="<>",
        Auto_Submitted="auto-replied",
    )
    (report,) = classify(away)
    assert report.kind is ReportKind.AUTO_REPLY


@pytest.mark.parametrize(
    "letter",
    [
        answer(f"550 5.1.1 user unknown\n<{READER}>: mailbox does not exist"),
        answer(f"Why do you write that the user is unknown?\n\n{QUOTED}"),
        answer("Undelivered mail? 550 5.1.1 user unknown", subject="Undelivered Mail"),
        answer("550 5.1.1", subject="Re: failure notice", In_Reply_To="<x@reader.example>"),
        answer(f"550\n\n{QUOTED}", From="Postmaster <postmaster@reader.example>"),
        answer("", Subject=""),
        b"",
    ],
)
def test_a_letter_that_speaks_of_errors_says_nothing(letter: bytes) -> None:
    assert classify(letter) == ()


def test_a_report_that_a_reader_passes_on_says_nothing() -> None:
    inner = dsn(failed()).decode()
    passed_on = multipart(
        "Content-Type: text/plain\n\nI got this, what is it?\n",
        f"Content-Type: message/rfc822\n\n{inner}",
        kind="mixed",
        From=f"Jane <{READER}>",
        Return_Path=f"<{READER}>",
        Subject="Fwd: Undelivered Mail Returned to Sender",
    )
    assert classify(passed_on) == ()


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (f"unsubscribe {TOKEN}", ""),
        (f"Unsubscribe: {TOKEN}", "This message was made by a mail program."),
        ("Five stories", f"unsubscribe {TOKEN}\n"),
        (f"Re: unsubscribe {TOKEN}", ""),
    ],
)
def test_a_wish_to_leave_carries_its_token(subject: str, body: str) -> None:
    (report,) = classify(answer(body, subject=subject))
    assert (report.kind, report.token) == (ReportKind.UNSUBSCRIBE, TOKEN)
    assert report.recipient == READER


@pytest.mark.parametrize(
    "words",
    ["Unsubscribe", "unsubscribe me please", "STOP", "Darme de baja", "Por favor, baja", "Abmelden",
     "Désabonnement", "Отписаться", "配信停止", "退订"],
)  # fmt: skip
def test_a_word_in_the_readers_language_is_a_wish_to_leave(words: str) -> None:
    by_subject, by_line = answer("", subject=words), answer(f"{words}\n\n{QUOTED}")
    assert [each.kind for each in classify(by_subject)] == [ReportKind.UNSUBSCRIBE]
    assert [each.kind for each in classify(by_line)] == [ReportKind.UNSUBSCRIBE]


def test_a_wish_to_leave_takes_the_token_of_the_letter_it_answers() -> None:
    (report,) = classify(answer("", subject="Unsubscribe daily-news", To=VERP))
    assert (report.kind, report.token) == (ReportKind.UNSUBSCRIBE, TOKEN)


@pytest.mark.parametrize(
    "body",
    [
        "How do I unsubscribe?",
        "I do not want to unsubscribe, I want the Spanish edition.",
        f"> unsubscribe\n\n{QUOTED}",
        QUOTED,
    ],
)
def test_who_speaks_of_leaving_has_not_left(body: str) -> None:
    assert classify(answer(body)) == ()
