"""What a contestant hands back: enough to see that it simulated the same system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FIGURES = ("included", "shared", "metered", "blocked")


@dataclass(frozen=True)
class Outcome:
    """Calls of one run.

    served : all calls that were simulated, those of the warm-up too: what a contestant is timed for.
    counts : calls that were counted, by what became of them, in the order of ``FIGURES``; all 0 for one that
        simulates nothing.
    """

    served: float
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def offered(self) -> int:
        """Calls that were counted."""
        return sum(self.counts)

    @property
    def overflow(self) -> float:
        """Share of calls that found no channel of their DID free."""
        return 1 - self.counts[0] / self.offered

    @property
    def blocking(self) -> float:
        """Share of calls that found no channel free."""
        return self.counts[-1] / self.offered


def total(several: Iterable[Outcome]) -> Outcome:
    """Several runs as one."""
    outcomes = list(several)
    columns = zip(*(outcome.counts for outcome in outcomes), strict=True)
    included, shared, metered, blocked = (sum(column) for column in columns)
    return Outcome(sum(outcome.served for outcome in outcomes), (included, shared, metered, blocked))
