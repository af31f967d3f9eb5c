"""One measurement beside what it is compared with, as `make bench` shows it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of both sides, in `unit`, and how many times the second the first is."""

    what: str
    amount: float
    compared_with: str
    compared_amount: float
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.amount / self.compared_amount

    def __str__(self) -> str:
        return (
            f"{self.what:44} {self.amount:10.3f} {self.unit:9} =  {self.ratio:8.2f} x  "
            f"{self.compared_with} ({self.compared_amount:.3f} {self.unit})"
        )

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be measured here, and for want of what."""

    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what:44} skipped: {self.reason}"

    def as_json(self) -> dict[str, object]:
        return asdict(self)


Measure = Figure | Skipped
