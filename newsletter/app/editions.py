"""What is made of it: the next editions of a project, planned, proofed and composed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.app.newsroom import Newsroom
from newsletter.app.post import SPECIMEN, Post
from newsletter.articles.proposals import Proposal
from newsletter.config import Settings
from newsletter.delivery.pace import rates_of
from newsletter.delivery.transport import send
from newsletter.flows import compose, preview
from newsletter.flows.choosing import Run
from newsletter.flows.forecast import Route
from newsletter.flows.freeze import Composed
from newsletter.jobs.port import Wake
from newsletter.model.delivery import Message
from newsletter.model.edition import Slot
from newsletter.model.specs import Digest
from newsletter.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """The composing room. `wake` hears of editions that can be sent."""

    database: Database
    settings: Settings
    newsroom: Newsroom
    post: Post
    wake: Wake
    clock: Callable[[], datetime]

    def plan(self) -> list[preview.Planned]:
        """What each digest would send next."""
        return preview.plan(
            self.database,
            self.settings.digests,
            rehearsal=self._rehearsal,
            now=self.clock(),
            route=Route(rates=rates_of(self.settings.transport), sender=self.settings.sender),
        )

    def proposed_pairs(self) -> list[Proposal]:
        """Articles that may be one story."""
        return preview.proposed_pairs(self.database, self.clock())

    def proofs(self) -> list[preview.Proof]:
        """Letters of the next editions, to be looked at."""
        with self.post.press() as press:
            return preview.proofs(
                self.database,
                press,
                self.settings.digests,
                rehearsal=self._rehearsal,
                now=self.clock(),
            )

    def specimen(self, proof: preview.Proof, address: str = SPECIMEN) -> Message | None:
        """The message of a proof as one reader would get it, with links that do nothing."""
        if proof.letter is None:
            return None
        digest = self.settings.digest_named(proof.digest)
        return self.post.specimen(proof.letter, digest, proof.language, address)

    def send_test(self, digest: Digest, address: str) -> list[tuple[str, str, str, str]]:
        """Send the next edition of every language to one address; the ledger knows nothing of it.
        Returns digest, language, address and the server's answer for each."""
        sent = []
        with self.post.open_transport() as transport:
            for proof in self.proofs():
                if proof.digest == digest.name and (message := self.specimen(proof, address)):
                    preview.keep_copies(self.database, proof, self.clock())
                    answer = send(transport, self.post.signed(message))
                    words = f"{type(answer).__name__.lower()}: {getattr(answer, 'reply', answer)}"
                    sent.append((proof.digest, proof.language, address, words))
        return sent

    def due(self, digest: Digest) -> Slot | None:
        """The slot of a digest that is to be run now."""
        slot, _ = compose.due(self.database, digest, rehearsal=self._rehearsal, now=self.clock())
        return slot

    def compose(self, digest: Digest, slot: Slot) -> list[Composed]:
        """Compose and freeze the editions of a slot."""
        self.post.check_may_send()
        run = Run(
            digest=digest,
            slot=slot,
            rehearsal=self._rehearsal,
            now=self.clock(),
            lacking=tuple(name for name, _ in self.newsroom.troubles(digest)),
        )
        with self.post.press() as press, self.newsroom.asking() as withdrawn:
            return compose.compose(self.database, press, run, withdrawn, self.wake)

    @property
    def _rehearsal(self) -> bool:
        return self.settings.transport.rehearsal
