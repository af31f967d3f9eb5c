"""The ticker: wakes the service every so often; what is due is computed by us, from the ledger.

APScheduler's own cron triggers skip or double days around clock changes, so it only ticks.
"""

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

TICK_SECONDS = 20


def start(tick: Callable[[], None], seconds: int = TICK_SECONDS) -> BackgroundScheduler:
    """Call `tick` now and then every so many seconds, never twice at a time; returns the running
    scheduler, whose `shutdown` waits for a tick under way."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        "interval",
        seconds=seconds,
        coalesce=True,  # ticks that were missed are made up for by one
        max_instances=1,
        misfire_grace_time=None,  # a late tick is still welcome
    )
    scheduler.start()
    return scheduler
