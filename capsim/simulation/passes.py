"""One pass over the calls for every size of a group: when that is exact, and how it is done.

The groups asked about get no channel at all. Each call that overflows to one of them is then given the idle channel
with the lowest number (`capsim.kernels.hunting`). A run with any sizes carries call by call what the pass says, as long
as nothing but the lack of channels refuses a call, and the sizes stay the same.
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
    """Outcome of one replication without the channels asked about.

    It has what these channels would have carried too.

    Attributes
    ----------
    number : int
        Number of the replication, from 0.
    tally : Tally
        Counts of the run without these channels.
    charges : Charges
        Bills of its calls.
    hunted : tuple of Hunted
        Calls that the channels would have carried, for each group and DID asked about, in the order of the request.
    """

    number: int
    tally: Tally
    charges: Charges
    hunted: tuple[Hunted, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason why one pass is not exact.

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
    """Find why one pass is not exact for a group (by row).

    None if it is exact.
    """
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
    """Give groups without a metered channel one, so that such calls have a price.

    Only groups whose pool sells metered channels get one.
    """
    values = {
        f"groups.{name}.metered": 1
        for name in groups
        if not scenario.all_groups[name].metered and scenario.pools[scenario.all_groups[name].pool].metered is not None
    }
    return scenario.override(values) if values else scenario


def without_channels(schedule: Schedule, groups: Sequence[int], alone: Sequence[int] = ()) -> Schedule:
    """Take channels away: all of some groups, and the own ones of some DIDs.

    Parameters
    ----------
    schedule : Schedule
        Channels of DIDs and groups over time.
    groups : sequence of int
        Rows of groups.
    alone : sequence of int
        Positions of DIDs.
    """
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
    """One choice of the DIDs' own channels, and what is asked about.

    No change of the scenario touches the channels that are asked about.

    Attributes
    ----------
    compiled : CompiledScenario
        The scenario.
    groups : tuple of int
        Rows of the groups asked about.
    most : tuple of int
        Largest number of channels of each group, then of each DID.
    alone : tuple of int
        Positions of DIDs without a group, whose own channels are asked about.
    schedule : Schedule or None
        Channels of DIDs and groups over time, in place of the scenario's.
    """

    compiled: CompiledScenario
    groups: tuple[int, ...]
    most: tuple[int, ...]
    alone: tuple[int, ...] = ()
    schedule: Schedule | None = None

    @property
    def run_with(self) -> Schedule:
        """The schedule that is run: without the channels that are asked about."""
        return without_channels(self.schedule or self.compiled.schedule, self.groups, self.alone)


def pass_through(
    requests: Sequence[PassRequest],
    seed: int,
    numbers: Sequence[int],
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> list[list[PassResult]]:
    """Run replications for several requests, which face the same calls.

    The calls are drawn once.

    Parameters
    ----------
    requests : sequence of PassRequest
        The requests, all with the same traffic.
    seed : int
        Seed of the calls.
    numbers : sequence of int
        Numbers of the replications.
    n_jobs : int
        Replications at the same time.
    progress : Progress or None
        Hears how many calls were served.

    Returns
    -------
    list of list of PassResult
        For each request, the replications in the order of ``numbers``.
    """
    traffic = requests[0].compiled.traffic
    cuts = tuple(sorted({cut for request in requests for cut in request.compiled.cuts}))
    calls = traffic.expected_calls(traffic.begin, traffic.end) * len(requests)
    work = partial(_pass, requests, partial(traffic.tables, seed, cuts=cuts))
    done = dict(run_in_threads(work, numbers, n_jobs, calls, progress or Silence()))
    return [[done[number][row] for number in numbers] for row in range(len(requests))]


def _pass(
    requests: Sequence[PassRequest],
    tables_of: Callable[[int], Iterator[CallTable]],
    number: int,
    served: Callable[[int], None],
) -> tuple[int, list[PassResult]]:
    run, listeners, logs = get_engine("compiled"), [], []
    for request, tables in zip(requests, tee(tables_of(number), len(requests)), strict=True):
        listeners.append(_Listener(request))
        logs.append(run(tables, listeners[-1].schedule, numbered=False, ledger=None))
    for of_window in zip(*logs, strict=True):  # in step, so that no table waits for long
        for log, listener in zip(of_window, listeners, strict=True):
            listener.add(log)
        served(sum(map(len, of_window)))
    return number, [listener.result(number) for listener in listeners]


class _Listener:
    """Counts, bills and hunts the calls of one request."""

    def __init__(self, request: PassRequest) -> None:
        compiled = request.compiled
        prices, horizon = compiled.prices, compiled.horizon
        self.schedule = request.run_with
        self.meter = Meter(self.schedule, horizon)
        self.biller = Biller(prices)
        owners = [*((group, -1) for group in request.groups), *((None, did) for did in request.alone)]
        self.hunts = [
            Hunt(self.schedule, group, did, most, prices, horizon)
            for (group, did), most in zip(owners, request.most, strict=True)
        ]

    def add(self, log: CallLog) -> None:
        """Hear a log; logs come in the order of time."""
        self.meter.add(log)
        self.biller.add(log)
        for hunt in self.hunts:
            hunt.add(log)

    def result(self, number: int) -> PassResult:
        """Return what was heard, once all logs are in."""
        hunted = tuple(hunt.result() for hunt in self.hunts)
        return PassResult(number, self.meter.result(), self.biller.result(), hunted)
