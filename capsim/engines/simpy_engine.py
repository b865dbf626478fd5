"""The reference engine: a call's story, told with SimPy.

Each DID is a process that receives its calls; each tier of each DID and group is a resource that holds its
channels. A call that arrives asks the admission rule, takes a channel of the tier that the rule names, and
gives it back when it ends. What happens at one instant happens in the order of R13: SimPy takes events of
equal time by priority, and each kind of event here has its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from simpy.events import EventPriority
from simpy.resources.base import BaseResource

from capsim.capacity import CapacityPlan
from capsim.engines.progress import still_in_progress
from capsim.kernels.admission import admit
from capsim.records import CAPACITY_EXCEEDED, TIERS, CallLog, CallTable, InProgress

CALL_ENDS = EventPriority(0)
FIRST_ARRIVAL = 4
"""Priorities at one instant (R13). Calls end first; 1, 2 and 3 are kept for charges, fees and changes; the
arrivals of the DID at position d have FIRST_ARRIVAL + d."""


def run(tables: Iterable[CallTable], plan: CapacityPlan, numbered: bool = True) -> Iterator[CallLog]:  # noqa: ARG001
    """What becomes of the calls of tables that follow each other in time; a log for each table.

    Its channels are numbered, whether they are asked for or not.
    """
    exchange: Exchange | None = None
    before = InProgress.none(len(plan.did_names))
    for table in tables:
        exchange = exchange or Exchange(plan, table.begin)
        log = _log(table, *exchange.serve(table), before)
        before = still_in_progress(log)
        yield log


class Tier(BaseResource[Any, Any]):
    """The channels of one tier of one DID or group: a SimPy resource for a system without a queue.

    A call is sent here by the admission rule only while a channel is free, and takes the free one with the
    lowest number. SimPy's own resources schedule an event to tell a waiting process that its turn has come;
    here nobody waits, so nothing is scheduled.
    """

    def __init__(self, env: simpy.Environment, channels: int) -> None:
        super().__init__(env, channels)
        self.free = channels
        self.idle: list[int] = []  # channels that calls gave back, a heap
        self.never_used = 1  # this one, and those above it

    def seize(self) -> int:
        """Take the idle channel with the lowest number, and say which."""
        self.free -= 1
        if self.idle:
            return heappop(self.idle)
        self.never_used += 1
        return self.never_used - 1

    def release(self, channel: int) -> None:
        """Give a channel back."""
        heappush(self.idle, channel)
        self.free += 1


class Group:
    """The shared and metered channels of a group, and how many more calls its limit allows (R9)."""

    def __init__(self, env: simpy.Environment, shared: int, metered: int, limit: int) -> None:
        self.shared = Tier(env, shared)
        self.metered = Tier(env, metered)
        self.room = limit


class Did:
    """A DID with its own channels, its limit, and the group whose channels it may use."""

    def __init__(
        self, env: simpy.Environment, position: int, included: int, dedicated: int, limit: int, group: Group
    ) -> None:
        self.arrival_priority = EventPriority(FIRST_ARRIVAL + position)
        self.group = group
        self.room = limit
        self.included = Tier(env, included)
        self.dedicated = Tier(env, dedicated)
        self.ladder = (self.included, self.dedicated, group.shared, group.metered)

    def admit(self) -> int:
        """What becomes of a call that arrives now (R1, R9)."""
        group = self.group
        return admit(
            self.included.free,
            self.dedicated.free,
            group.shared.free,
            group.metered.free,
            self.room,
            group.room,
        )


class Arrives(simpy.Event):
    """A call reaches its DID, after all else that happens at that instant, in the DIDs' order (R13)."""

    def __init__(self, env: simpy.Environment, at: int, did: Did) -> None:
        self.env = env
        self.callbacks = []
        self._value = None
        self._ok = True
        env.schedule(self, did.arrival_priority, at - env.now)


class Ends(simpy.Event):
    """A call is over and leaves its channel, before all else that happens at that instant (R13)."""

    def __init__(self, env: simpy.Environment, after: int, did: Did, tier: Tier, channel: int) -> None:
        self.env = env
        self.callbacks = [hang_up]
        self._value = None
        self._ok = True
        self.did, self.group, self.tier, self.channel = did, did.group, tier, channel
        env.schedule(self, CALL_ENDS, after)


def hang_up(call: Ends) -> None:
    """The call's channel is free again, and its DID and group have room for one more."""
    call.tier.release(call.channel)
    call.did.room += 1
    call.group.room += 1


class Exchange:
    """All DIDs and groups of a plan, as time passes."""

    def __init__(self, plan: CapacityPlan, begin: int) -> None:
        self.env = env = simpy.Environment(begin)
        self.groups = [
            Group(env, *row)
            for row in zip(*(_ints(plan.shared), _ints(plan.metered), _ints(plan.group_limit)), strict=True)
        ]
        self.dids = [
            Did(env, position, included, dedicated, limit, self.groups[group])
            for position, (included, dedicated, limit, group) in enumerate(
                zip(
                    _ints(plan.included),
                    _ints(plan.dedicated),
                    _ints(plan.did_limit),
                    _ints(plan.group),
                    strict=True,
                )
            )
        ]

    def serve(self, table: CallTable) -> tuple[list[int], list[int]]:
        """Let the calls of a table arrive: outcome and channel of each. Calls in progress at its end go on."""
        outcome, channel = [0] * len(table), [0] * len(table)
        arrival, duration = table.arrival.tolist(), (table.ring + table.holding).tolist()
        for did, begin, end in zip(self.dids, _ints(table.first), _ints(table.first[1:]), strict=False):
            if end > begin:
                self.env.process(self.receive(did, range(begin, end), arrival, duration, outcome, channel))
        self.env.run(until=table.end)
        return outcome, channel

    def receive(
        self,
        did: Did,
        rows: range,
        arrival: list[int],
        duration: list[int],
        outcome: list[int],
        channel: list[int],
    ) -> Generator[simpy.Event]:
        """The process of a DID: wait for the next call, admit it, and let it hold its channel."""
        env = self.env
        for row in rows:
            yield Arrives(env, arrival[row], did)
            outcome[row] = verdict = did.admit()
            if verdict < CAPACITY_EXCEEDED:
                tier = did.ladder[verdict]
                channel[row] = number = tier.seize()
                did.room -= 1
                did.group.room -= 1
                Ends(env, duration[row], did, tier, number)


def _log(table: CallTable, outcome: list[int], channel: list[int], before: InProgress) -> CallLog:
    outcomes = np.array(outcome, np.int8)
    end = table.arrival + np.where(outcomes < len(TIERS), table.ring + table.holding, 0)
    return CallLog(table, outcomes, end, np.array(channel, np.int32), np.zeros(len(table), np.bool_), before)


def _ints(values: np.ndarray) -> list[int]:
    numbers: list[int] = values.tolist()
    return numbers
