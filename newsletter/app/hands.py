"""One process or many: what stands behind the port of the jobs."""

from importlib.util import find_spec

from newsletter.jobs.inprocess import InProcessJobs
from newsletter.jobs.port import Jobs
from newsletter.store.database import Database

_INSTALL = "pip install 'newsletter-composer[workers]'"


def jobs_of(database: Database) -> Jobs:
    """Many where the database is PostgreSQL and procrastinate is installed, else one."""
    if database.embedded:
        return InProcessJobs(
            "a SQLite database lies on one machine, where one process sends as fast as many; name "
            f"a PostgreSQL database in newsletter.toml (`database`) and {_INSTALL}"
        )
    if find_spec("procrastinate") is None:
        return InProcessJobs(f"procrastinate is not installed: {_INSTALL}")
    from newsletter.jobs.procrastinate import ProcrastinateJobs  # optional, and slow to load

    return ProcrastinateJobs(database)
