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

import numpy as np

from capsim.capacity import UNLIMITED, Schedule, Step
from capsim.cost import Biller, Charges
from capsim.engines import get_engine
from capsim.measures import Hunt, Hunted, Meter, Tally
from capsim.records import CallLog, CallTable
from capsim.scenario import Scenario
from capsim.study.progress import Progress, Silence
from capsim.study.replication import Setting
from capsim.study.workers import run_in_threads
from capsim.tariff import Prices
from capsim.units import HOUR

MOST_UNITS = 2**61
LONGEST = 1000 * HOUR
"""Microseconds of a call that sums of prices must have room for."""


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What one replication gave without the channels of the groups asked about, and what those would have carried."""

    number: int
    tally: Tally
    charges: Charges
    hunted: tuple[Hunted, ...]


def obstacle(setting: Setting, group: int) -> str | None:
    """Why one pass cannot tell what a group of any size does; None where it can."""
    if setting.account is not None:
        return "an account's balance refuses and ends calls (R10)"
    if setting.traffic.redials:
        return "callers who are blocked try again"
    first = (-1, -1)
    for row, (_, capacity) in enumerate(setting.schedule.in_turn()):
        limited = (capacity.did_limit < UNLIMITED) & (capacity.group == group)
        if limited.any():
            return f"{capacity.did_names[int(np.flatnonzero(limited)[0])]} has a capacity limit (R9)"
        if capacity.group_limit[group] < UNLIMITED:
            return "the group has a capacity limit (R9)"
        sizes = int(capacity.shared[group]), int(capacity.metered[group])
        if row == 0:
            first = sizes
        elif sizes != first:
            return "the group's own channels change in the course of the horizon (R11)"
    if _too_dear(setting.prices, group, setting.traffic.expected_calls(setting.traffic.begin, setting.traffic.end)):
        return "prices are so high that their sums do not fit"
    return None


def _too_dear(prices: Prices, group: int, calls: float) -> bool:
    for one in (prices.groups[group], *prices.dids):
        if one.call is None:
            continue
        longest = (one.call.base + (LONGEST // one.call.next_interval + 1) * one.call.step) / one.call.denominator
        if one.call.row()[-1] < 0 or longest * (2 * calls + 100) > MOST_UNITS:
            return True
    return False


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
class Asked:
    """One way in which DIDs' own channels could be, and what is asked about, with the most channels of each.

    groups : rows of groups. most : (groups + alone,) channels. alone : positions of DIDs without a group, whose own
    channels are asked about. No change touches the channels of what is asked about. schedule : in place of the
    setting's.
    """

    setting: Setting
    groups: tuple[int, ...]
    most: tuple[int, ...]
    alone: tuple[int, ...] = ()
    schedule: Schedule | None = None

    @property
    def run_with(self) -> Schedule:
        """The schedule that is run, in which nobody who is asked about has a channel."""
        return without_channels(self.schedule or self.setting.schedule, self.groups, self.alone)


def pass_through(
    asked: Sequence[Asked],
    seed: int,
    numbers: Sequence[int],
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> list[list[Passed]]:
    """For each way asked about, what the replications of these numbers gave, in their order.

    All of them face the same calls, which are drawn once.
    """
    traffic = asked[0].setting.traffic
    cuts = tuple(sorted({cut for one in asked for cut in one.setting.cuts}))
    each = traffic.expected_calls(traffic.begin, traffic.end) * len(asked)
    work = partial(_pass, asked, partial(traffic.tables, seed, cuts=cuts))
    done = dict(run_in_threads(work, numbers, n_jobs, each, progress or Silence()))
    return [[done[number][row] for number in numbers] for row in range(len(asked))]


def _pass(
    asked: Sequence[Asked],
    tables_of: Callable[[int], Iterator[CallTable]],
    number: int,
    served: Callable[[int], None],
) -> tuple[int, list[Passed]]:
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

    def __init__(self, asked: Asked) -> None:
        setting = asked.setting
        prices, horizon = setting.prices, setting.horizon
        self.schedule = asked.run_with
        self.meter = Meter(self.schedule, horizon)
        self.biller = Biller(prices, horizon)
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

    def result(self, number: int) -> Passed:
        hunted = tuple(hunt.result() for hunt in self.hunts)
        return Passed(number, self.meter.result(), self.biller.result(), hunted)
