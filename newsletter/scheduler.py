"""The ticker: wakes the service every so often; what is due is computed by us, from the ledger.

APScheduler's own cron triggers skip or double days around clock changes, so it only ticks. A tick
that comes late, or twice, or in two processes at once does no harm: a slot is unique.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from newsletter.app import App
from newsletter.lib.errors import NewsletterError
from newsletter.model.edition import Slot
from newsletter.model.notice import Notice, NoticeState
from newsletter.model.specs import Digest, InboxSpec, SourceSpec

if TYPE_CHECKING:  # a worker, which only delivers, needs neither
    from newsletter.flows.collect import Collected
    from newsletter.flows.freeze import Composed

TICK_SECONDS = 20
_LOOK_SECONDS = 0.2  # between two looks whether to stop

log = structlog.get_logger()


def start(tick: Callable[[], None], seconds: int = TICK_SECONDS) -> BackgroundScheduler:
    """Call `tick` now and then every so many seconds, never twice at a time; returns the running
    scheduler, whose `shutdown` waits for a tick under way."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        "interval",
        seconds=seconds,
        next_run_time=datetime.now(scheduler.timezone),
        coalesce=True,  # ticks that were missed are made up for by one
        max_instances=1,
        misfire_grace_time=None,  # a late tick is still welcome
    )
    scheduler.start()
    return scheduler


def _tell_of_source(result: "Collected") -> None:
    for note in result.notes:
        log.error("source", source=result.source, note=note)
    if result.fault:
        log.warning("source", source=result.source, fault=result.fault)
    elif result.new or result.changed or result.baseline:
        log.info("source", source=result.source, new=result.new, changed=result.changed)


def _tell_of_notice(notice: Notice, state: NoticeState, reply: str) -> None:
    """Without the address: logs are read by more people than the store."""
    if state is NoticeState.SENT:
        log.info("notice", number=notice.id, kind=notice.kind.value)
    else:
        log.warning("notice", number=notice.id, kind=notice.kind.value, state=state, reply=reply)


@dataclass(slots=True)
class Service:
    """What `newsletter serve` does at every tick. Lives as long as the process."""

    app: App

    def tick(self) -> None:
        """Notices, lists, sources, what is due, deliveries. One that fails is logged and stops no
        other."""
        self.send_notices()
        with self._logged("lists"):
            self._enrol()
        due: list[tuple[Digest, Slot]] = []
        for digest in self.app.settings.digests:
            with self._logged("schedule", digest=digest.name):
                if slot := self.app.editions.due(digest):
                    due.append((digest, slot))
        with self._logged("sources"):
            self._collect(self.app.newsroom.due())
        if self.app.stop.is_set():
            return
        for digest, slot in due:
            with self._logged("edition", digest=digest.name, slot=slot.key):
                self._compose(digest, slot)
        self.deliver()
        with self._logged("retention"):
            if purged := self.app.purge():
                log.info("retention", **asdict(purged))

    def deliver(self) -> None:
        """All that can be delivered now; what goes wrong is logged."""
        with self._logged("deliveries"):
            self._deliver()

    def send_notices(self) -> None:
        """The mails to single persons that wait."""
        with self._logged("notices"):
            self.app.post.send_notices(_tell_of_notice)

    def keep_notices(self) -> None:
        """Send notices as they are written, until `app.stop` is set: who has just signed up looks
        into their inbox."""
        while not self.app.stop.is_set():
            if self.app.notified.wait(_LOOK_SECONDS):
                self.send_notices()

    @contextmanager
    def _logged(self, what: str, **context: str) -> Iterator[None]:
        """The service outlives whatever happens in a tick; the next one tries again."""
        try:
            yield
        except NewsletterError as fault:
            log.error(what, fault=str(fault), **context)
        except Exception:
            log.exception(what, **context)

    def _enrol(self) -> None:
        for report in self.app.lists.enrol():
            if report.fault:
                log.warning("list", name=report.name, fault=report.fault)
            elif not report.unchanged:
                log.info("list", name=report.name, rows=report.rows, people=report.synced.people)
            for fault in report.faults:
                log.warning("list", name=report.name, line=fault.line, reason=fault.reason)

    def _collect(self, specs: tuple[SourceSpec, ...]) -> None:
        """Read the sources; those that still answer when the service is asked to stop are left
        behind. They may take half a minute each, and nothing of a half reading is kept."""
        if not specs:
            return
        reading = threading.Thread(target=self._read_sources, args=(specs,), daemon=True)
        reading.start()
        while reading.is_alive() and not self.app.stop.is_set():
            reading.join(_LOOK_SECONDS)

    def _read_sources(self, specs: tuple[SourceSpec, ...]) -> None:
        with self._logged("sources"):
            self.app.newsroom.collect(specs, told=_tell_of_source)

    def _compose(self, digest: Digest, slot: Slot) -> None:
        for source, trouble in self.app.newsroom.troubles(digest):
            log.warning("without", digest=digest.name, slot=slot.key, source=source, fault=trouble)
        for edition in self.app.editions.compose(digest, slot):
            log.info(
                "edition",
                edition=edition.number,
                digest=edition.digest,
                language=edition.language,
                slot=edition.slot.key,
                state=edition.state.value,
                stories=edition.stories,
                readers=edition.owed,
                reason=edition.reason,
            )
            self._tell(edition)

    def _tell(self, edition: "Composed") -> None:
        """What it does without, and what is wrong with it."""
        for missing in edition.missing:
            log.warning("picture", edition=edition.number, fault=missing)
        for left in edition.set_aside:
            log.warning(
                "story", edition=edition.number, title=left.title,
                rule=left.rule.value, reason=left.reason,
            )  # fmt: skip
        for finding in edition.remarks:
            level, found = finding.level.value, finding.message
            log.warning("check", edition=edition.number, level=level, found=found)

    def _deliver(self) -> None:
        for edition in self.app.post.deliver(
            alarm=lambda words: log.error("deliveries", alarm=words)
        ):
            log.info("delivered", edition=edition.id, digest=edition.digest)


def listen(app: App) -> None:
    """Read every inbox as often as it wants, until `app.stop` is set."""
    due = dict.fromkeys(app.settings.inboxes, 0.0)
    while due and not app.stop.is_set():
        for inbox, at in due.items():
            if at <= time.monotonic() and not app.stop.is_set():
                _listen_to(app, inbox)
                due[inbox] = time.monotonic() + inbox.every.total_seconds()
        app.stop.wait(max(0.0, min(due.values()) - time.monotonic()))


def _listen_to(app: App, inbox: InboxSpec) -> None:
    """Log what came in, and what went wrong; the next look tries again."""
    try:
        heard = app.returns.listen(inbox, lambda words: log.error("feedback", alarm=words))
    except Exception:
        log.exception("inbox", inbox=inbox.name)
        return
    told = asdict(heard)
    if heard.fault:
        log.warning("inbox", **told)
    elif heard.counted or heard.aside:
        del told["fault"]
        log.info("inbox", **told)


def work(app: App) -> None:
    """Deliver whenever there is something to deliver, until `app.stop` is set. NewsletterError when
    this project must not send, or has no workers."""
    app.post.check_may_send()
    app.jobs.work(Service(app).deliver, app.stop)
    log.info("stopped")
