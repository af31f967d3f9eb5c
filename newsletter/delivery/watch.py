"""Whether a list or a sender is so bad that somebody has to look before more letters go out."""

from collections import deque
from dataclasses import dataclass, field

from newsletter.model.delivery import Accepted, Outcome, Refusal, Refused

_LOOKED_AT = 500  # answers
_TOO_MANY = 25  # of them, refused: one in twenty


@dataclass(slots=True)
class Watch:
    """Looks at the answers of one edition, one after the other."""

    _refused: deque[bool] = field(default_factory=lambda: deque(maxlen=_LOOKED_AT))

    def look(self, outcome: Outcome) -> str | None:
        """Why the edition is to be paused after this answer; None while all is well.

        More than one refusal in twenty of the last five hundred answers is a list that nobody asked
        for, or a sender that nobody wants; a letter that is refused for itself is everybody's.
        """
        if not isinstance(outcome, Accepted | Refused):
            return None
        self._refused.append(isinstance(outcome, Refused))
        if isinstance(outcome, Refused) and outcome.why is Refusal.LETTER:
            return f"the letter itself was refused: {outcome.reply}"
        if isinstance(outcome, Refused) and (refused := sum(self._refused)) > _TOO_MANY:
            looked_at = len(self._refused)
            return f"{refused} of the last {looked_at} letters were refused: {outcome.reply}"
        return None
