"""Logs that wait: with a prepaid account, a metered call may be torn down long after its table was served (R10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from capsim.engines.carry_over import carry_over
from capsim.records import METERED, CallLog, InProgress, Int64

Finish = Callable[[CallLog], CallLog]


class Pending:
    """Logs in the order of time, given on once the ends of all their calls are settled.

    Their arrays are written to until then; so they must be theirs alone.
    """

    def __init__(self, dids: int) -> None:
        self.waiting: deque[tuple[CallLog, int, Int64, Finish | None]] = deque()
        self.calls = 0
        self.before, self.calls_before = InProgress.none(dids), 0

    def add(self, log: CallLog, finish: Finish | None = None) -> None:
        """Let a log wait; ``finish`` does what remains to be done once its ends are settled."""
        self.waiting.append((log, self.calls, np.flatnonzero(log.outcome == METERED), finish))
        self.calls += len(log)

    def tear_down(self, calls: Int64, ends: Int64) -> None:
        """Calls, counted through over all tables, have been ended at these moments."""
        for call, end in zip(calls.tolist(), ends.tolist(), strict=True):
            log, first, _, _ = next(one for one in reversed(self.waiting) if one[1] <= call)
            log.end[call - first], log.torn_down[call - first] = end, True

    def settled(self, until: int | None) -> Iterator[CallLog]:
        """The logs of which no metered call goes on at an instant; all of them, if that is None."""
        while self.waiting:
            log, _, metered, finish = self.waiting[0]
            if until is not None and len(metered) and log.end[metered].max() > until:
                return
            self.waiting.popleft()
            log = replace(log, before=self.before)
            log = finish(log) if finish is not None else log
            self.before = carry_over(log, self.calls_before)
            self.calls_before += len(log)
            yield log
