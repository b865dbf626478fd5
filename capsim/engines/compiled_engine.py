"""The compiled engine: the reference engine's log, by kernels that go through a window of calls at once.

Windows follow each other; between them the only state is the calls in progress. How the calls of a window are served
is told in `capsim.kernels.ladder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from capsim.capacity import UNLIMITED, CapacityPlan
from capsim.engines.progress import still_in_progress
from capsim.kernels.channels import number_channels
from capsim.kernels.ladder import serve
from capsim.records import CallLog, CallTable, InProgress, constant


def run(tables: Iterable[CallTable], plan: CapacityPlan, numbered: bool = False) -> Iterator[CallLog]:
    """What becomes of the calls of tables that follow each other in time; a log for each table.

    Channels are numbered only where they are asked for: nothing else depends on which one of a tier a call takes.
    """
    systems = Systems(plan)
    scratch = Scratch(len(plan.did_names))
    before = InProgress.none(len(plan.did_names))
    for table in tables:
        outcome, end = np.empty(len(table), np.int8), np.empty(len(table), np.int64)
        serve(
            table.begin, table.end, systems.members, systems.first, systems.group, systems.coupled, systems.ruled,
            plan.included, plan.dedicated, plan.did_limit, plan.shared, plan.metered, plan.group_limit,
            table.first, table.arrival, table.ring, table.holding, before.first, before.tier, before.end,
            outcome, end, *scratch.of(len(table), len(before.end)),
        )  # fmt: skip
        channel = constant(len(table), np.int32)
        if numbered:
            channel = np.zeros(len(table), np.int32)
            number_channels(
                systems.members, systems.first, table.first, table.arrival, outcome, end,
                before.first, before.tier, before.end, before.channel, channel,
            )  # fmt: skip
        log = CallLog(table, outcome, end, channel, constant(len(table), np.bool_), before)
        before = still_in_progress(log)
        yield log


class Systems:
    """DIDs whose calls can meet on a channel or at a limit: a group's, and each limited DID without a group.

    The arrays are those of `capsim.kernels.ladder`.
    """

    def __init__(self, plan: CapacityPlan) -> None:
        limited = plan.did_limit < UNLIMITED
        self.coupled = limited | (plan.group_limit < UNLIMITED)[plan.group]
        system = plan.group.astype(np.int64)
        alone = np.flatnonzero((plan.group == plan.no_group) & limited)
        system[alone] = plan.no_group + np.arange(len(alone))
        count = plan.no_group + len(alone)
        system[(plan.group == plan.no_group) & ~limited] = count
        self.members = np.argsort(system, kind="stable")
        self.first = np.searchsorted(system[self.members], np.arange(count + 1))
        self.group = np.minimum(np.arange(count), plan.no_group)
        self.ruled = np.bincount(system[self.coupled], minlength=count + 1)[:count] > 0


class Scratch:
    """Arrays that the kernel works in, kept from window to window."""

    def __init__(self, dids: int) -> None:
        self.busy = np.zeros((dids, 3), np.int64)
        self.calls, self.ends = -1, -1

    def of(self, calls: int, going_on: int) -> tuple[np.ndarray, ...]:
        """``over``, ``line``, ``start``, ``leaving``, ``heap``, ``busy`` for so many calls, new and going on."""
        if calls > self.calls:
            self.calls = calls + calls // 8
            self.over, self.line = (np.empty((3, self.calls), np.int64) for _ in range(2))
            self.start, self.leaving = np.empty(2 * self.calls + 12, np.int64), np.empty(self.calls + 1, np.int64)
        if calls + going_on > self.ends:
            self.ends = (calls + going_on) * 9 // 8
            self.heap = np.empty((2, self.ends), np.int64)
        return self.over, self.line, self.start, self.leaving, self.heap, self.busy
