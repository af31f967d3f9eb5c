"""Whatever a server does, what we think of a message agrees with what the server has of it."""

import random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.delivery.transport import Transport, TransportFault
from newsletter.model.delivery import (
    Accepted,
    Deferred,
    InDoubt,
    Message,
    Outcome,
    Refused,
    Untouched,
)
from tests.delivery.letters import a_message, transport_to
from tests.scripted_smtp import Choice, ScriptedServer, Stage
from tests.smtp_script import DROP, STALL

READERS = tuple(f"reader{number}@example.com" for number in range(12))
TIMES_TAKEN: dict[type, set[int]] = {
    Accepted: {1},
    InDoubt: {0, 1},
    Deferred: {0},
    Refused: {0},
    Untouched: {0},
    TransportFault: {0},
}
MISHAPS = (
    "450 4.7.1 Later",
    "451 4.4.2 Timeout waiting for data from client.",
    "454 4.7.0 Maximum sending rate exceeded",
    "550 5.1.1 No such user",
    "550-5.7.1 Blocked\n550 5.7.1 for good",
    "421 4.3.2 Shutting down",
    "no reply at all",
    "250 Ok\r\n250 Ok",
    DROP,
)
SETTINGS = settings(max_examples=60, deadline=None)


def misbehaving(seed: int, often: float, *mishaps: str) -> Choice:
    """Something goes wrong this often, at random, where a message is concerned."""
    chance = random.Random(seed)

    def choose(stage: Stage, to: str) -> str | None:
        if stage in ("CONNECT", "EHLO", "HELO") or chance.random() > often:
            return None
        mishap = chance.choice(mishaps)
        # Who says yes in the middle of the content lies: no client could know.
        return None if stage == "BODY" and mishap.startswith("2") else mishap

    return choose


def handed_over(transport: Transport, message: Message, following: Message | None) -> object:
    try:
        transport.offer(message)
        return transport.hand_over(message, following)
    except TransportFault as fault:
        return fault


@given(
    seed=st.integers(0, 2**32),
    often=st.sampled_from([0.02, 0.1, 0.3]),
    offers=st.sampled_from([("PIPELINING", "SIZE 1000000"), ("8BITMIME",), (), None]),
    fast=st.booleans(),
    per_connection=st.sampled_from([None, 1, 3]),
    greylist=st.booleans(),
    lenient=st.booleans(),
)
@SETTINGS
def test_what_is_told_of_a_message_is_what_became_of_it(
    seed: int,
    often: float,
    offers: tuple[str, ...] | None,
    fast: bool,
    per_connection: int | None,
    greylist: bool,
    lenient: bool,
) -> None:
    server = ScriptedServer(
        offers=offers,
        per_connection=per_connection,
        greylist=greylist,
        lenient=lenient,
        choice=misbehaving(seed, often, *MISHAPS),
    )
    messages = [a_message(reader) for reader in READERS]
    # Who says two words for one may then wait for ever. Whoever gives up early is right as well.
    timeouts = {"timeout": 5, "dot_timeout": 5}
    with server, transport_to(server.spec(fast=fast), **timeouts) as transport:
        outcomes = [
            handed_over(transport, message, following)
            for message, following in zip(messages, (*messages[1:], None), strict=True)
        ]
    for reader, outcome in zip(READERS, outcomes, strict=True):
        assert server.counted[reader] in TIMES_TAKEN[type(outcome)], (reader, outcome)
    assert server.complaints == []


def test_every_outcome_is_judged() -> None:
    assert set(get_args(Outcome)) < set(TIMES_TAKEN)


@given(seed=st.integers(0, 2**32), fast=st.booleans())
@settings(max_examples=3, deadline=None)
def test_a_server_that_falls_silent_at_times_is_told_of_truly(seed: int, fast: bool) -> None:
    server = ScriptedServer(choice=misbehaving(seed, 0.03, STALL))
    with (
        server,
        transport_to(server.spec(fast=fast), timeout=0.2, dot_timeout=0.2) as transport,
    ):
        outcomes = [handed_over(transport, a_message(reader), None) for reader in READERS]
    for reader, outcome in zip(READERS, outcomes, strict=True):
        assert server.counted[reader] in TIMES_TAKEN[type(outcome)], (reader, outcome)
