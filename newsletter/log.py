"""Logging: one line an event on stderr, readable in a terminal and in a journal."""

import logging
import sys

import structlog


def configure(*, verbose: bool = False) -> None:
    """Send structlog and the standard library's loggers to stderr, in one form."""
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s", force=True)
    for name in ("apscheduler", "httpx2", "httpcore2", "trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # What goes wrong there is told by newsletter/jobs, in a line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
