"""A scenario's capacity over time: the sizes at the first instant, and what differs at each step (R11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.capacity.sizes import UNLIMITED, CapacitySizes, build_sizes
from capsim.records import Int32, Int64
from capsim.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What DIDs and groups have from an instant of the clock on.

    dids : (k,) positions; did_values : (k, 4) included, dedicated, did_limit, group.
    groups : (l,) rows; group_values : (l, 3) shared, metered, group_limit.
    """

    at: int
    dids: Int64
    did_values: Int32
    groups: Int64
    group_values: Int32

    def after(self, capacity: CapacitySizes) -> CapacitySizes:
        """The sizes with this step taken. Arrays that stay the same are shared."""
        values: dict[str, Any] = {}
        for rows, columns, names in (
            (self.dids, self.did_values, ("included", "dedicated", "did_limit", "group")),
            (self.groups, self.group_values, ("shared", "metered", "group_limit")),
        ):
            for column, name in enumerate(names):
                before: Int32 = getattr(capacity, name)
                if (before[rows] != columns[:, column]).any():
                    values[name] = before.copy()
                    values[name][rows] = columns[:, column]
        return replace(capacity, **values) if values else capacity


@dataclass(frozen=True)
class Schedule:
    """Channels and limits at the first instant, warm-up included, and what differs at each step, by time."""

    first: CapacitySizes
    steps: tuple[Step, ...] = ()

    def in_turn(self) -> Iterator[tuple[int | None, CapacitySizes]]:
        """Sizes in turn, each with the clock from which they hold: None for the first."""
        capacity = self.first
        yield None, capacity
        for step in self.steps:
            capacity = step.after(capacity)
            yield step.at, capacity

    def in_force(self) -> InForce:
        return InForce(self)

    # -- over all the time --------------------------------------------------------------------------------

    @cached_property
    def limits(self) -> tuple[bool, bool]:
        """Whether a DID, and whether a group, has a limit at any time."""
        of_did = bool((self.first.did_limit < UNLIMITED).any())
        of_group = bool((self.first.group_limit < UNLIMITED).any())
        for step in self.steps:
            of_did |= bool((step.did_values[:, 2] < UNLIMITED).any())
            of_group |= bool((step.group_values[:, 2] < UNLIMITED).any())
        return of_did, of_group

    @cached_property
    def channels(self) -> Sequence[NDArray[np.int64]]:
        """(G + 1, 4) channels of each tier that a group, or the DIDs of no group, has, by ``in_turn``."""
        return [capacity.group_channels() for _, capacity in self.in_turn()]

    @cached_property
    def most_channels(self) -> NDArray[np.int64]:
        """(G + 1, 4) the most of these at any time."""
        most: NDArray[np.int64] = np.max(self.channels, axis=0)
        return most

    def over(self, horizon: int, sizes: Callable[[NDArray[np.int64]], Any]) -> SizesOverTime:
        """Some sums of ``channels`` in the horizon: their mean over time, and the least and most at any time."""
        edges = np.minimum([0, *(step.at for step in self.steps), horizon], horizon)
        values = np.array([sizes(channels) for channels in self.channels])
        lengths = np.diff(edges)
        there = values[lengths > 0]
        return SizesOverTime(np.tensordot(lengths, values, 1) / horizon, there.min(axis=0), there.max(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class SizesOverTime:
    """Sizes over the horizon: their mean over time, and the least and most at any time of it."""

    mean: NDArray[np.float64]
    least: NDArray[np.int64]
    most: NDArray[np.int64]


class InForce:
    """Sizes as time passes."""

    def __init__(self, schedule: Schedule) -> None:
        self.coming = schedule.in_turn()
        _, self.capacity = next(self.coming)
        self.next = next(self.coming, None)

    def at(self, clock: int) -> CapacitySizes:
        """The sizes in force from an instant on; instants never go back."""
        while self.next is not None and (self.next[0] or 0) <= clock:
            self.capacity = self.next[1]
            self.next = next(self.coming, None)
        return self.capacity


def build_schedule(scenario: Scenario) -> Schedule:
    """The capacity of a scenario."""
    groups = {name: row for row, name in enumerate(scenario.all_groups)}

    def limit(value: int | None) -> int:
        return UNLIMITED if value is None else value

    steps = []
    for step in scenario.timeline.steps:
        dids = [
            (one.included, one.dedicated, limit(one.limit), len(groups) if one.group is None else groups[one.group])
            for one in step.dids.values()
        ]
        sizes = [(one.shared, one.metered, limit(one.limit)) for one in step.groups.values()]
        if dids or sizes:
            steps.append(
                Step(step.at, _rows(list(step.dids)), _values(dids, 4),
                     _rows([groups[name] for name in step.groups]), _values(sizes, 3))
            )  # fmt: skip
    return Schedule(build_sizes(scenario), tuple(steps))


def _rows(rows: Sequence[int]) -> Int64:
    return np.array(rows, np.int64)


def _values(rows: Sequence[tuple[int, ...]], width: int) -> Int32:
    return np.array(rows, np.int32).reshape(-1, width)
