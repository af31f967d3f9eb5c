"""premailer as we want it. Apart from what uses it, for it brings 15 MB of others: it is loaded
where letters are set, and not where they are only sent."""

import os

# One process-wide cache of parsed CSS; its default of 128 entries is less than one letter needs.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")

from premailer import Premailer

__all__ = ["Premailer"]
