"""When somebody has to look before more letters go out."""

from newsletter.delivery.watch import Watch
from newsletter.model.delivery import Accepted, Deferred, Refusal, Refused, Untouched

GONE = Refused("550 5.1.1 No such user", Refusal.GONE)


def test_a_few_readers_who_are_gone_are_nothing_to_look_at() -> None:
    watch = Watch()
    assert [watch.look(GONE) for _ in range(25)] == [None] * 25


def test_more_than_one_refusal_in_twenty_of_the_last_five_hundred_is_told_with_the_reply() -> None:
    watch = Watch()
    for number in range(475):
        assert watch.look(GONE if number % 19 == 0 else Accepted("250")) is None
    assert "26 of the last 476 letters were refused: 550 5.1.1" in (watch.look(GONE) or "")


def test_refusals_of_long_ago_count_no_more() -> None:
    watch = Watch()
    for _ in range(25):
        watch.look(GONE)
    for _ in range(500):
        watch.look(Accepted("250"))
    assert watch.look(GONE) is None


def test_a_letter_that_is_refused_for_itself_is_told_at_once() -> None:
    told = Watch().look(Refused("552 5.3.4 Message too big", Refusal.LETTER))
    assert told == "the letter itself was refused: 552 5.3.4 Message too big"


def test_what_is_tried_again_is_no_refusal() -> None:
    watch = Watch()
    for _ in range(100):
        assert watch.look(Deferred("450")) is None
        assert watch.look(Untouched("lost")) is None
