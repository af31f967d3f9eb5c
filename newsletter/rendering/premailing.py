"""premailer as we want it. Apart from what uses it, for it brings 15 MB of others: it is loaded
where letters are set, and not where they are only sent."""

import os
from functools import lru_cache
from typing import Any

# One process-wide cache of parsed CSS; its default of 128 entries is less than one letter needs.
os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")

import premailer


class Premailer(premailer.Premailer):  # type: ignore[misc, unused-ignore] # it has no types
    """It remembers the rules of a style sheet: all letters of a layout have the same one, and to
    write them out anew takes a fifth of the time of a letter. Should premailer lose the method
    below, only the memory is lost."""

    def _parse_style_rules(self, *asked: Any) -> Any:
        return _rules(self.strip_important, self.disable_validation, *asked)


@lru_cache(maxsize=64)
def _rules(strip_important: bool, disable_validation: bool, *asked: Any) -> Any:
    """The rules to be inlined and those left over, neither of which premailer changes."""
    plain = premailer.Premailer(
        "", strip_important=strip_important, disable_validation=disable_validation
    )
    return plain._parse_style_rules(*asked)
