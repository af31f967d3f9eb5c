"""How a destination stands: what it asked for when letters came too fast."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was learned of the relay, or of a domain. Times in seconds since 1970.

    `factor` is what may go of `base`, in letters a second: its configured rate, or what it was
    given when it first complained. 1.0: nothing is held back. `strikes` counts complaints not yet
    made up for, `changed_at` is when the last step up or down was taken.
    """

    paused_until: float = 0.0
    factor: float = 1.0
    base: float = 0.0
    strikes: int = 0
    changed_at: float = 0.0
    reply: str = ""


CLEAN = Standing()
