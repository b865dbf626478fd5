"""Logs that wait: with a prepaid account a metered call may be torn down long after its table was served (R10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from capsim.engines.carry_over import carry_over
from capsim.records import METERED, CallLog, InProgress, Int64

Finish = Callable[[CallLog], CallLog]


class Pending:
    """Logs in the order of time, passed on once the ends of all their calls are settled.

    Until then their arrays are written to, so they must not be shared.
    """

    def __init__(self, dids: int) -> None:
        self.waiting: deque[tuple[CallLog, int, Int64, Finish | None]] = deque()
        self.calls = 0
        self.before, self.calls_before = InProgress.none(dids), 0

    def add(self, log: CallLog, finish: Finish | None = None) -> None:
        """Let a log wait; ``finish`` completes it once its ends are settled."""
        self.waiting.append((log, self.calls, np.flatnonzero(log.outcome == METERED), finish))
        self.calls += len(log)

    def tear_down(self, calls: Int64, ends: Int64) -> None:
        """Note that calls, numbered over all tables, ended early at these instants."""
        for call, end in zip(calls.tolist(), ends.tolist(), strict=True):
            log, first, _, _ = next(one for one in reversed(self.waiting) if one[1] <= call)
            log.end[call - first], log.torn_down[call - first] = end, True

    def settled(self, until: int | None) -> Iterator[CallLog]:
        """Yield the logs without a metered call in progress at an instant; all logs if that is None."""
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
