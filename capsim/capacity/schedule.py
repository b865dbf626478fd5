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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Step:
    """What DIDs and groups have from an instant on.

    Attributes
    ----------
    at : int
        Clock of the instant, microseconds.
    dids : (k,) int64
        Positions of DIDs.
    did_values : (k, 4) int32
        Their included and dedicated channels, limit and group.
    groups : (l,) int64
        Rows of groups.
    group_values : (l, 3) int32
        Their shared and metered channels and limit.
    """

    at: int
    dids: Int64
    did_values: Int32
    groups: Int64
    group_values: Int32

    def after(self, capacity: CapacitySizes) -> CapacitySizes:
        """Sizes once this step is taken. Arrays that stay the same are shared."""
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
    """Channels and limits over time.

    Attributes
    ----------
    first : CapacitySizes
        Channels and limits at the first instant, warm-up included.
    steps : tuple of Step
        What differs later, by time.
    """

    first: CapacitySizes
    steps: tuple[Step, ...] = ()

    def in_turn(self) -> Iterator[tuple[int | None, CapacitySizes]]:
        """Sizes in the order of time, each with the clock from which they hold; None for the first."""
        capacity = self.first
        yield None, capacity
        for step in self.steps:
            capacity = step.after(capacity)
            yield step.at, capacity

    def in_force(self) -> InForce:
        """Sizes to be asked for as time passes."""
        return InForce(self)

    # -- over all time --------------------------------------------------------------------------------

    @cached_property
    def limits(self) -> tuple[bool, bool]:
        """Whether any DID, and whether any group, ever has a limit."""
        of_did = bool((self.first.did_limit < UNLIMITED).any())
        of_group = bool((self.first.group_limit < UNLIMITED).any())
        for step in self.steps:
            of_did |= bool((step.did_values[:, 2] < UNLIMITED).any())
            of_group |= bool((step.group_values[:, 2] < UNLIMITED).any())
        return of_did, of_group

    @cached_property
    def channels(self) -> Sequence[NDArray[np.int64]]:
        """(G + 1, 4) channels of each tier that each group has, or the DIDs of no group, by ``in_turn``."""
        return [capacity.group_channels() for _, capacity in self.in_turn()]

    @cached_property
    def most_channels(self) -> NDArray[np.int64]:
        """(G + 1, 4) largest number of these channels at any time."""
        most: NDArray[np.int64] = np.max(self.channels, axis=0)
        return most

    def over(self, horizon: int, sizes: Callable[[NDArray[np.int64]], Any]) -> SizesOverTime:
        """Sums of ``channels`` over the horizon.

        Parameters
        ----------
        horizon : int
            Length of the horizon, microseconds.
        sizes : callable
            What makes the sums, from (G + 1, 4) channels.
        """
        edges = np.minimum([0, *(step.at for step in self.steps), horizon], horizon)
        values = np.array([sizes(channels) for channels in self.channels])
        lengths = np.diff(edges)
        there = values[lengths > 0]
        return SizesOverTime(np.tensordot(lengths, values, 1) / horizon, there.min(axis=0), there.max(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class SizesOverTime:
    """Sums of channels over the horizon.

    Attributes
    ----------
    mean : float64 array
        Mean over time.
    least : int64 array
        Least at any time.
    most : int64 array
        Most at any time.
    """

    mean: NDArray[np.float64]
    least: NDArray[np.int64]
    most: NDArray[np.int64]


class InForce:
    """Sizes in force as time passes."""

    def __init__(self, schedule: Schedule) -> None:
        self.coming = schedule.in_turn()
        _, self.capacity = next(self.coming)
        self.next = next(self.coming, None)

    def at(self, clock: int) -> CapacitySizes:
        """Sizes in force from an instant on; instants never go back."""
        while self.next is not None and (self.next[0] or 0) <= clock:
            self.capacity = self.next[1]
            self.next = next(self.coming, None)
        return self.capacity


def build_schedule(scenario: Scenario) -> Schedule:
    """Build the schedule of a scenario's capacity."""

    def limit(value: int | None) -> int:
        return UNLIMITED if value is None else value

    steps = []
    for step in scenario.timeline.steps:
        dids = [
            (one.included, one.dedicated, limit(one.limit), scenario.group_row(one.group)) for one in step.dids.values()
        ]
        sizes = [(one.shared, one.metered, limit(one.limit)) for one in step.groups.values()]
        if dids or sizes:
            steps.append(
                Step(
                    at=step.at,
                    dids=_rows(list(step.dids)),
                    did_values=_values(dids, 4),
                    groups=_rows([scenario.group_row(name) for name in step.groups]),
                    group_values=_values(sizes, 3),
                )
            )
    return Schedule(build_sizes(scenario), tuple(steps))


def _rows(rows: Sequence[int]) -> Int64:
    return np.array(rows, np.int64)


def _values(rows: Sequence[tuple[int, ...]], width: int) -> Int32:
    return np.array(rows, np.int32).reshape(-1, width)
