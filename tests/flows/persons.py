"""People who sign up, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from newsletter.app.readers import Readers
from newsletter.flows.consent import Readership
from newsletter.model.consent import Consent, How, Origin, SignUp, What
from newsletter.model.notice import Notice, NoticeKind
from newsletter.model.subscriber import Subscription, SubscriptionStatus
from newsletter.store import audience, consents, listed, notices, readers, subscribers
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.listed import Listed
from newsletter.store.readers import Person
from newsletter.subscribers.address import key
from newsletter.subscribers.tokens import Key, KeyRing, Purpose
from tests.flows.mailings import NOW
from tests.flows.printing import digest

RING = KeyRing((Key("k1", b"1" * 32),))
ANN = "ann@example.com"
DAY = timedelta(days=1)

_numbers = count()


@dataclass
class Town:
    """A store with its readers, and a clock that is put on by hand."""

    database: Database
    now: datetime = NOW
    woken: int = 0
    digests: tuple[Any, ...] = field(
        default_factory=lambda: (digest(), digest(name="weekly", title="Sunday", languages=("en",)))
    )

    @property
    def readers(self) -> Readers:
        return Readers(RING, self.readership)

    @property
    def readership(self) -> Readership:
        return Readership(
            database=self.database,
            digests=self.digests,
            address_hash=RING.address_hash,
            new_token=lambda: f"token-{next(_numbers)}",
            preferences=lambda number, name: RING.sign(Purpose.PREFERENCES, f"{number}:{name}"),
            life=timedelta(days=7),
            clock=lambda: self.now,
            woken=self.wake,
        )

    def wake(self) -> None:
        self.woken += 1

    # --- what people do ---

    def sign_up(self, email: str = ANN, *digests: str, **changes: Any) -> object:
        known: dict[str, Any] = {"language": "en", "digests": digests or ("daily",), "name": "Ann"}
        return self.readers.sign_up(SignUp(email=email, **known | changes), origin())

    def confirm(self, email: str = ANN, which: int = -1) -> object:
        return self.readers.confirm(self.link(email, which), origin(wording="Yes, please"))

    def joined(self, email: str = ANN, *digests: str) -> None:
        """Somebody who signed up and confirmed."""
        self.sign_up(email, *digests)
        self.confirm(email)

    def leave(self, email: str = ANN, name: str = "daily") -> object:
        token = RING.sign(Purpose.UNSUBSCRIBE, f"{self.person(email).id}:{name}")
        return self.readers.leave(token, origin(how=How.ONE_CLICK))

    def listed(self, email: str = ANN, status: str = "active", name: str = "daily") -> None:
        """Somebody whom a list brought in."""
        row = Listed(
            email=email,
            key=key(email),
            name=None,
            language="en",
            digest=name,
            status=SubscriptionStatus(status),
        )
        with self.database.begin() as tx:
            listed.sync(
                tx,
                [row],
                address_hash=RING.address_hash,
                new_token=lambda: f"token-{next(_numbers)}",
                now=self.now,
            )

    def suppress(self, email: str = ANN, reason: str = "complaint") -> None:
        with self.database.begin() as tx:
            subscribers.suppress(tx, RING.address_hash(email), reason, self.now)

    # --- what there is ---

    def person(self, email: str = ANN) -> Person:
        with self.database.read() as tx:
            found = readers.by_key(tx, key(email))
        assert found, f"nobody has {email}"
        return found

    def standings(self, email: str = ANN) -> dict[str, Subscription]:
        with self.database.read() as tx:
            return readers.standings(tx, self.person(email).id)

    def status(self, email: str = ANN, name: str = "daily") -> str:
        return self.standings(email)[name].status.value

    def notices(self, email: str = ANN) -> list[Notice]:
        with self.database.read() as tx:
            return notices.of_address(tx, RING.address_hash(email))

    def log(self, email: str = ANN) -> list[Consent]:
        """What is written down of what somebody said; not what a list said of them."""
        with self.database.read() as tx:
            rows = consents.of_person(tx, None, RING.address_hash(email))
        return [row for row in rows if row.what is not What.IMPORT]

    def mailed(self, name: str = "daily") -> int:
        """How many would get an edition now, in any language."""
        with self.database.read() as tx:
            return sum(
                audience.count(tx, Audience(digest=name, language=each)) for each in ("en", "es")
            )

    def link(self, email: str = ANN, which: int = -1) -> str:
        """The token in the button of a notice."""
        notice = self.notices(email)[which]
        purpose = Purpose.CONFIRM if notice.kind is NoticeKind.CONFIRM else Purpose.ADDRESS
        return RING.sign(purpose, notice.content["link"])

    def preferences_token(self, email: str = ANN) -> str:
        return RING.sign(Purpose.PREFERENCES, f"{self.person(email).id}:daily")


def origin(**changes: Any) -> Origin:
    known: dict[str, Any] = {
        "how": How.FORM,
        "language": "en",
        "wording": "Send me the Morning edition",
        "ip": "192.0.2.0",
    }
    return Origin(**known | changes)


def told(rows: Iterable[Consent]) -> list[tuple[str, str | None, str]]:
    """What a log says, in short."""
    return [(row.what.value, row.digest, row.detail) for row in rows]
