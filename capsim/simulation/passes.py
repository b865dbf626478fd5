"""One pass over the calls for every size of a group: when that is allowed, and how it is done.

The groups that are asked about get no channel at all; each call that overflows to one is then given the idle channel
with the lowest number (`capsim.kernels.hunting`). Whatever the sizes, a run with them carries call by call what the
pass says, as long as nothing but the lack of channels refuses a call, and the sizes stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import tee
from typing import Literal

import numpy as np

from capsim.capacity import UNLIMITED, Schedule, Step
from capsim.cost import Biller, Charges
from capsim.engines import get_engine
from capsim.measures import Hunt, Hunted, Meter, Tally
from capsim.records import CallLog, CallTable
from capsim.scenario import Scenario
from capsim.simulation.progress import Progress, Silence
from capsim.simulation.replication import CompiledScenario
from capsim.simulation.workers import run_in_threads


@dataclass(frozen=True, slots=True, eq=False)
class PassResult:
    """What one replication gave without the channels of the groups asked about, and what those would have carried."""

    number: int
    tally: Tally
    charges: Charges
    hunted: tuple[Hunted, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps one pass from being exact.

    Attributes
    ----------
    kind : str
        A prepaid account, redials, the capacity limit of a DID or of the group, changes of the group's channels, or a
        price.
    detail : str
        The DID that has a limit, or what the price says.
    """

    kind: Literal["account", "redials", "DID limit", "group limit", "changes", "price"]
    detail: str = ""


def find_obstacle(compiled: CompiledScenario, group: int) -> Obstacle | None:
    """Find what keeps one pass from telling what a group (by row) of any size does; None if nothing does."""
    if compiled.account is not None:
        return Obstacle("account")
    if compiled.traffic.redials:
        return Obstacle("redials")
    first = (-1, -1)
    for row, (_, capacity) in enumerate(compiled.schedule.in_turn()):
        limited = (capacity.did_limit < UNLIMITED) & (capacity.group == group)
        if limited.any():
            return Obstacle("DID limit", capacity.did_names[int(np.flatnonzero(limited)[0])])
        if capacity.group_limit[group] < UNLIMITED:
            return Obstacle("group limit")
        sizes = int(capacity.shared[group]), int(capacity.metered[group])
        if row == 0:
            first = sizes
        elif sizes != first:
            return Obstacle("changes")
    calls = compiled.traffic.expected_calls(compiled.traffic.begin, compiled.traffic.end)
    reasons = (charge.obstacle(group, calls) for charge in compiled.prices.charges.values())
    return next((Obstacle("price", reason) for reason in reasons if reason is not None), None)


def priced(scenario: Scenario, groups: Sequence[str]) -> Scenario:
    """The scenario with a metered channel in some groups that have none, so that it has a price for such calls."""
    values = {
        f"groups.{name}.metered": 1
        for name in groups
        if not scenario.all_groups[name].metered and scenario.pools[scenario.all_groups[name].pool].metered is not None
    }
    return scenario.override(values) if values else scenario


def without_channels(schedule: Schedule, groups: Sequence[int], alone: Sequence[int] = ()) -> Schedule:
    """The schedule with no shared and no metered channel in some groups, and no channel of some DIDs' own."""
    rows, dids = list(groups), list(alone)
    first = schedule.first
    shared, metered, included, dedicated = (
        getattr(first, name).copy() for name in ("shared", "metered", "included", "dedicated")
    )
    shared[rows], metered[rows], included[dids], dedicated[dids] = 0, 0, 0, 0
    capacity = replace(first, shared=shared, metered=metered, included=included, dedicated=dedicated)
    return Schedule(capacity, tuple(_emptied(schedule.steps, rows)))


def _emptied(steps: Sequence[Step], groups: Sequence[int]) -> Iterator[Step]:
    for step in steps:
        values = step.group_values.copy()
        values[np.isin(step.groups, list(groups)), :2] = 0
        yield replace(step, group_values=values)


@dataclass(frozen=True, slots=True, eq=False)
class PassRequest:
    """One way in which DIDs' own channels could be, and what is asked about, with the most channels of each.

    groups : rows of groups. most : (groups + alone,) channels. alone : positions of DIDs without a group, whose own
    channels are asked about. No change touches the channels of what is asked about. schedule : in place of that of
    ``compiled``.
    """

    compiled: CompiledScenario
    groups: tuple[int, ...]
    most: tuple[int, ...]
    alone: tuple[int, ...] = ()
    schedule: Schedule | None = None

    @property
    def run_with(self) -> Schedule:
        """The schedule that is run, in which nobody who is asked about has a channel."""
        return without_channels(self.schedule or self.compiled.schedule, self.groups, self.alone)


def pass_through(
    asked: Sequence[PassRequest],
    seed: int,
    numbers: Sequence[int],
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> list[list[PassResult]]:
    """For each way asked about, what the replications of these numbers gave, in their order.

    All of them face the same calls, which are drawn once.
    """
    traffic = asked[0].compiled.traffic
    cuts = tuple(sorted({cut for one in asked for cut in one.compiled.cuts}))
    each = traffic.expected_calls(traffic.begin, traffic.end) * len(asked)
    work = partial(_pass, asked, partial(traffic.tables, seed, cuts=cuts))
    done = dict(run_in_threads(work, numbers, n_jobs, each, progress or Silence()))
    return [[done[number][row] for number in numbers] for row in range(len(asked))]


def _pass(
    asked: Sequence[PassRequest],
    tables_of: Callable[[int], Iterator[CallTable]],
    number: int,
    served: Callable[[int], None],
) -> tuple[int, list[PassResult]]:
    run, listening, logs = get_engine("compiled"), [], []
    for one, tables in zip(asked, tee(tables_of(number), len(asked)), strict=True):
        listening.append(_Listening(one))
        logs.append(run(tables, listening[-1].schedule, numbered=False, ledger=None))
    for of_window in zip(*logs, strict=True):  # in step, so that no table waits for long
        for log, listener in zip(of_window, listening, strict=True):
            listener.add(log)
        served(sum(map(len, of_window)))
    return number, [listener.result(number) for listener in listening]


class _Listening:
    """What listens to one run."""

    def __init__(self, asked: PassRequest) -> None:
        compiled = asked.compiled
        prices, horizon = compiled.prices, compiled.horizon
        self.schedule = asked.run_with
        self.meter = Meter(self.schedule, horizon)
        self.biller = Biller(prices)
        whose = [*((group, -1) for group in asked.groups), *((None, did) for did in asked.alone)]
        self.hunts = [
            Hunt(self.schedule, group, did, most, prices, horizon)
            for (group, did), most in zip(whose, asked.most, strict=True)
        ]

    def add(self, log: CallLog) -> None:
        self.meter.add(log)
        self.biller.add(log)
        for hunt in self.hunts:
            hunt.add(log)

    def result(self, number: int) -> PassResult:
        hunted = tuple(hunt.result() for hunt in self.hunts)
        return PassResult(number, self.meter.result(), self.biller.result(), hunted)
