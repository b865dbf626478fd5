"""Whether blocked callers tried again, by the callers of the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capsim import cdr
from capsim.records import Int64
from capsim.scenario.model.traffic import MOST_ATTEMPTS
from capsim.units import MINUTE, SECOND

WINDOW = 30 * MINUTE
"""Longest time after which a call to the same number is a redial; later it is another call."""
LEAST_BLOCKED = 30
"""Fewest callers blocked at their first attempt for a statement on redials."""
MOST_CALLS = 5_000_000
"""Largest number of calls of blocked callers looked at: the first ones."""


@dataclass(frozen=True, slots=True)
class Redialling:
    """What the blocked callers of a number did.

    Attributes
    ----------
    blocked : int
        Known callers who were blocked at their first attempt.
    again : int
        Those of them who tried again.
    redials : int
        All further attempts.
    delay : float
        Mean time from one attempt to the next, seconds.
    attempts : int
        Most attempts of one call.
    """

    blocked: int
    again: int
    redials: int
    delay: float
    attempts: int

    @property
    def spec(self) -> dict[str, Any]:
        """As a scenario has it."""
        delay = {"distribution": "exponential", "mean": f"{max(self.delay, 1):.0f} s"}
        attempts = min(max(self.attempts, 2), MOST_ATTEMPTS)
        return {"probability": round(self.again / self.blocked, 2), "delay": delay, "attempts": attempts}


def find_redials(records: cdr.CallRecords) -> list[Redialling | None]:
    """By number: what its blocked callers did; None where the records do not show it."""
    several = [np.unique(batch.caller[batch.blocked & (batch.caller > 0)]) for batch in records.batches()]
    callers = np.unique(np.concatenate([np.zeros(0, np.uint64), *several]))
    none: list[Redialling | None] = [None] * len(records.names)
    if not len(callers):
        return none
    columns: list[tuple[np.ndarray, ...]] = []
    kept = 0
    for batch in records.batches():
        rows = np.flatnonzero(np.isin(batch.caller, callers))[: MOST_CALLS - kept]
        kept += len(rows)
        columns.append(tuple(column[rows] for column in (batch.number, batch.caller, batch.start, batch.blocked)))
    number, caller, start, blocked = (np.concatenate(column) for column in zip(*columns, strict=True))
    in_order = np.lexsort((start, caller, number))
    number, caller, start, blocked = number[in_order], caller[in_order], start[in_order], blocked[in_order]
    gap = np.append(np.diff(start), WINDOW + 1)
    same = np.append((number[1:] == number[:-1]) & (caller[1:] == caller[:-1]), False)
    again = same & blocked & (gap <= WINDOW)
    first = np.append(True, ~again[:-1])
    return [_of_number(number == row, blocked, again, first, gap) for row in range(len(none))]


def _of_number(
    which: np.ndarray, blocked: np.ndarray, again: np.ndarray, first: np.ndarray, gap: Int64
) -> Redialling | None:
    blocked, again, first, gap = blocked[which], again[which], first[which], gap[which]
    refused = int((first & blocked).sum())
    if refused < LEAST_BLOCKED:
        return None
    call = np.cumsum(first) - 1
    return Redialling(
        blocked=refused,
        again=int((first & again).sum()),
        redials=int(again.sum()),
        delay=float(gap[again].mean()) / SECOND if again.any() else 0.0,
        attempts=int(np.bincount(call).max()),
    )
