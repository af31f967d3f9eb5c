"""Whatever happens in whatever order, and wherever the program dies: nobody who left, is suppressed
or never said yes is mailed, each letter comes once at most, and no reader is told a story twice."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from newsletter.model.feedback import ReportKind
from newsletter.model.subscriber import Cadence
from tests.journeys.any_order import DIGESTS, World

PEOPLE = st.sampled_from(["ann@example.com", "Bob@example.com", "eva@example.com"])
NAMES = st.sampled_from(DIGESTS)
LANGUAGES = st.sampled_from([("en",), ("es",), ("en", "es"), ("es", "en")])


class AnyOrder(RuleBasedStateMachine):
    """Acts of readers, of operators and of the publisher."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(f"sqlite:///{self.folder / 'newsletter.db'}")

    def teardown(self) -> None:
        self.world.database.close()
        shutil.rmtree(self.folder)

    @initialize(known=st.sets(PEOPLE), languages=LANGUAGES)
    def begin(self, known: set[str], languages: tuple[str, ...]) -> None:
        """A town with readers in it: from nothing, most of what can happen would not."""
        for email in sorted(known):
            for name in DIGESTS:
                self.world.import_row(email, name, "active")
            self.world.choose(email, languages, Cadence.EVERY)

    @rule(email=PEOPLE, name=NAMES, language=st.sampled_from(["en", "es"]))
    def sign_up(self, email: str, name: str, language: str) -> None:
        self.world.sign_up(email, name, language)

    @rule(email=PEOPLE)
    def confirm(self, email: str) -> None:
        self.world.confirm(email)

    @rule(email=PEOPLE, name=NAMES)
    def leave(self, email: str, name: str) -> None:
        self.world.leave(email, name)

    @rule(email=PEOPLE, languages=LANGUAGES, cadence=st.sampled_from(Cadence))
    def choose(self, email: str, languages: tuple[str, ...], cadence: Cadence) -> None:
        self.world.choose(email, languages, cadence)

    @rule(email=PEOPLE, name=NAMES, status=st.sampled_from(["active", "unsubscribed", "bounced"]))
    def import_row(self, email: str, name: str, status: str) -> None:
        self.world.import_row(email, name, status)

    @rule(email=PEOPLE, kind=st.sampled_from([ReportKind.HARD, ReportKind.COMPLAINT]))
    def bounce_or_complain(self, email: str, kind: ReportKind) -> None:
        self.world.came_back(email, kind)

    @rule(email=PEOPLE)
    def erase(self, email: str) -> None:
        self.world.erase(email)

    @rule(
        languages=st.sampled_from([("en",), ("es",), ("en", "es")]),
        names=st.permutations(DIGESTS),
        dies=st.none() | st.integers(0, 12),
        before=st.booleans(),
    )
    def publish_and_send(
        self, languages: tuple[str, ...], names: list[str], dies: int | None, before: bool
    ) -> None:
        self.world.publish(languages)
        for name in names:
            self.world.send(name, dies_after=dies, before=before)

    @invariant()
    def nothing_happened_that_must_not(self) -> None:
        assert self.world.faults == []


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(sqlite_url: str) -> Any:
    made = World(sqlite_url)
    yield made
    made.database.close()


def test_who_said_yes_gets_every_letter_or_is_listed_as_in_doubt(
    world: World,
) -> None:
    world.import_row("ann@example.com", "daily", "active")
    world.sign_up("eva@example.com", "daily", "es")
    world.confirm("eva@example.com")
    for dies_after in range(12):
        world.publish(("en", "es"))
        world.send("daily", dies_after=dies_after, before=dies_after % 2 == 0)
    assert world.faults == []
    for email, person in world.people.items():
        assert 12 - world.held(email) <= len(person.told) <= 12


def test_the_account_would_tell_of_a_letter_that_nobody_wanted(world: World) -> None:
    world.import_row("ann@example.com", "daily", "active")
    world.reader("ann@example.com").welcome.clear()
    world.publish(("en",))
    world.send("daily", dies_after=None, before=True)
    assert world.faults == ["ann@example.com was mailed daily"]
