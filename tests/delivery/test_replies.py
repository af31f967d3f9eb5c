from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.replies import GoOn, RelayWrong, Reply, Stage, ends_connection, meaning
from newsletter.model.delivery import Accepted, Deferred, InDoubt, Refused, Untouched

BEFORE_THE_DOT = (Stage.MAIL, Stage.RCPT, Stage.DATA)

TABLE = [
    (Stage.MAIL, 250, "2.1.0 Ok", GoOn),
    (Stage.MAIL, 451, "4.3.0 Try again", Deferred),
    (Stage.MAIL, 454, "4.7.0 Maximum sending rate exceeded", Deferred),
    (Stage.MAIL, 530, "5.7.0 Authentication required", RelayWrong),
    (Stage.MAIL, 550, "5.7.1 Sender rejected", RelayWrong),
    (Stage.RCPT, 251, "User not local; will forward", GoOn),
    (Stage.RCPT, 252, "Cannot verify, but will accept", GoOn),
    (Stage.RCPT, 452, "4.2.2 Mailbox full", Deferred),
    (Stage.RCPT, 550, "5.1.1 No such user", Refused),
    (Stage.RCPT, 530, "5.7.0 Authentication required", RelayWrong),
    (Stage.RCPT, 421, "4.7.0 Too many connections", Untouched),
    (Stage.RCPT, 451, "4.4.2 Timeout waiting for data from client.", Untouched),
    (Stage.DATA, 354, "Go on", GoOn),
    (Stage.DATA, 250, "what?", Untouched),
    (Stage.DATA, 554, "5.5.1 No valid recipients", Refused),
    (Stage.DOT, 250, "2.0.0 Ok: queued", Accepted),
    (Stage.DOT, 421, "4.7.0 Later", Deferred),
    (Stage.DOT, 552, "5.3.4 Too large", Refused),
    (Stage.DOT, 354, "Go on", InDoubt),
    (Stage.DOT, -1, "", InDoubt),
]


@pytest.mark.parametrize(("stage", "code", "text", "expected"), TABLE)
def test_a_reply_means_what_the_table_says(
    stage: Stage, code: int, text: str, expected: Any
) -> None:
    assert type(meaning(stage, Reply(code, text))) is expected


@given(st.sampled_from(BEFORE_THE_DOT), st.integers(-1, 999))
def test_nothing_is_accepted_or_in_doubt_before_the_dot(stage: Stage, code: int) -> None:
    assert not isinstance(meaning(stage, Reply(code, "")), Accepted | InDoubt)


@given(st.integers(-1, 999))
def test_after_the_dot_nobody_is_untouched(code: int) -> None:
    assert not isinstance(meaning(Stage.DOT, Reply(code, "")), Untouched | GoOn)


@pytest.mark.parametrize(("code", "ends"), [(421, True), (-1, True), (450, False), (550, False)])
def test_some_replies_end_the_connection(code: int, ends: bool) -> None:
    assert ends_connection(Reply(code, "")) is ends
