"""The result of a frontier: figures of every size, and what is best among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.cost import channel_kinds
from capsim.estimates.estimate import Estimate, Estimates
from capsim.scenario import Scenario
from capsim.studies.run.goals import Status, judged

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.frontier.plots import FrontierPlots

Float64 = NDArray[np.float64]
LEAST_LOAD = 1e-3
"""Least load of a channel that is worth showing, as a part of the largest."""


def cost_figure(kind: str) -> str:
    """Return the name of the figure of a kind of cost, such as ``metered_cost``."""
    return f"{kind}_cost"


def figure_names() -> tuple[str, ...]:
    """Return the names of the figures of a size, in their order.

    Costs that grow with use come before fees.
    """
    kinds = channel_kinds()
    costs = sorted(kinds, key=lambda name: not kinds[name].by_use)
    return ("blocking", *map(cost_figure, costs), "total_cost", "monthly")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Sizes that are asked about.

    Attributes
    ----------
    shared : ndarray of shape (S + 1,)
        Numbers of shared channels, from 0.
    metered : ndarray of shape (M + 1,)
        Numbers of metered channels, from 0.
    entries : tuple of str
        Entries of ``dids`` whose dedicated channels vary.
    dedicated : tuple of tuple of int
        For each of V variants, the dedicated channels of each DID of these entries.
    """

    shared: NDArray[np.int64]
    metered: NDArray[np.int64]
    entries: tuple[str, ...]
    dedicated: tuple[tuple[int, ...], ...]

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.shared) * len(self.metered) * len(self.dedicated)


@dataclass(frozen=True)
class Cell:
    """One size of the group: its figures, and the dedicated channels that vary.

    Attributes
    ----------
    shared : int
        Number of the group's shared channels.
    metered : int
        Number of the group's metered channels.
    dedicated : dict of str to int
        Dedicated channels of each DID of the entries that vary, by entry.
    figures : dict of str to Estimate
        Figures by name: blocking, metered_cost, flat_rate_cost, total_cost, monthly. Each is an attribute too, such as
        ``cell.metered_cost``.
    """

    shared: int
    metered: int
    dedicated: dict[str, int]
    figures: dict[str, Estimate]

    @property
    def size(self) -> tuple[int, int]:
        """Shared and metered channels."""
        return self.shared, self.metered

    @property
    def blocking(self) -> Estimate:
        """Blocking of all calls of the group's DIDs."""
        return self.figures["blocking"]

    @property
    def monthly(self) -> Estimate:
        """Monthly cost of the whole scenario (M8)."""
        return self.figures["monthly"]

    def cost(self, kind: str) -> Estimate:
        """Return the cost of one kind over the horizon."""
        return self.figures[cost_figure(kind)]

    if not TYPE_CHECKING:  # kinds are known from the table alone; our own code looks them up by name

        def __getattr__(self, name):
            """Give one figure as an attribute."""
            figures = self.__dict__.get("figures", {})
            if name in figures:
                return figures[name]
            raise AttributeError(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the size as JSON shows it."""
        sizes = {
            "shared": self.shared,
            "metered": self.metered,
            **({"dedicated": self.dedicated} if self.dedicated else {}),
        }
        return sizes | {name: figure.to_dict() for name, figure in self.figures.items()}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Frontier:
    """Blocking and cost of every size of a group.

    A frontier cannot be changed, and has the scenario that made it.

    Attributes
    ----------
    scenario : Scenario
        Scenario that has the group.
    group : str
        Its group.
    method : str
        ``one pass`` or ``cell by cell``.
    why : str or None
        Why one pass is not exact; None if it is.
    passes : int
        Number of times that the calls of a replication were served.
    calls_simulated : int
        Number of calls that were served in all.
    grid : Grid
        Sizes that were asked about.
    figures : dict of str to Estimates of shape (V, S + 1, M + 1)
        Figures by name (blocking, metered_cost, flat_rate_cost, total_cost, monthly), for V variants of dedicated
        channels. Costs are the whole scenario's, over the horizon; ``monthly`` is the monthly cost (M8). Blocking is
        that of all calls of the group's DIDs.
    max_blocking : float or None
        Accepted blocking of the cheapest size; None for that of the present size.
    fees : ndarray of shape (V, S)
        Monthly fees that the first, second, ... S-th shared channel of the group adds.
    saved : Estimates of shape (V, K)
        Monthly cost of the calls that channel k carries if it were metered; empty unless one pass was exact.
    load : Estimates of shape (V, K)
        Load that channel k carries, Erlangs; empty unless one pass was exact.
    """

    scenario: Scenario
    group: str
    method: str
    why: str | None
    passes: int
    calls_simulated: int
    grid: Grid
    figures: dict[str, Estimates]
    max_blocking: float | None
    fees: Float64
    saved: Estimates
    load: Estimates

    def cell(self, shared: int, metered: int, variant: int = 0) -> Cell:
        """Return the figures of one size.

        Parameters
        ----------
        shared : int
            Number of shared channels.
        metered : int
            Number of metered channels.
        variant : int
            Place of the dedicated channels among the variants.
        """
        of_entries = dict(zip(self.grid.entries, self.grid.dedicated[variant], strict=True))
        at = variant, shared, metered
        return Cell(shared, metered, of_entries, {name: self.figures[name][at] for name in figure_names()})

    def cells(self) -> Iterator[Cell]:
        """Give all cells, by dedicated, shared and metered channels."""
        for variant in range(len(self.grid.dedicated)):
            for shared in self.grid.shared.tolist():
                for metered in self.grid.metered.tolist():
                    yield self.cell(shared, metered, variant)

    # -- what is best -----------------------------------------------------------------------------------

    @cached_property
    def current(self) -> tuple[int, int, int] | None:
        """Variant, shared and metered channels of the scenario.

        None if the grid has no such cell.
        """
        group = self.scenario.all_groups[self.group]
        now = tuple(
            entry.dedicated.channels
            for entry in (self.scenario.dids[name] for name in self.grid.entries)
            if entry.dedicated
        )
        if (
            now not in self.grid.dedicated
            or group.shared > self.grid.shared[-1]
            or group.metered > self.grid.metered[-1]
        ):
            return None
        return self.grid.dedicated.index(now), group.shared, group.metered

    @property
    def accepted(self) -> float:
        """Accepted blocking of the cheapest size.

        It is what was asked for, or that of the present size, or 1 without both.
        """
        if self.max_blocking is not None:
            return self.max_blocking
        now = np.nan if self.current is None else float(self.figures["blocking"].mean[self.current])
        return 1.0 if np.isnan(now) else now

    @cached_property
    def cheapest(self) -> Cell | None:
        """Size with the least monthly cost that blocks no more than is accepted.

        None if there is none. Against a blocking that was asked for, the upper end of the interval counts, if there is
        one. Against the present size, which faces the same calls, the mean counts. Among equal costs, the least
        blocking wins.
        """
        blocking = self.figures["blocking"]
        high = blocking.high if self.max_blocking is not None else blocking.mean
        worst = np.where(np.isnan(high), blocking.mean, high)
        monthly = np.where(worst <= self.accepted, self.figures["monthly"].mean, np.inf)
        if not np.isfinite(monthly).any():
            return None
        least = np.flatnonzero(monthly.ravel() == monthly.min())
        best = least[np.lexsort((least, blocking.mean.ravel()[least]))[0]]
        variant, shared, metered = (int(place) for place in np.unravel_index(best, monthly.shape))
        return self.cell(shared, metered, variant)

    def variant_of(self, cell: Cell) -> int:
        """Return the place of a cell's dedicated channels among the variants."""
        return self.grid.dedicated.index(tuple(cell.dedicated.values()))

    @property
    def shown_variant(self) -> int:
        """Variant of the cheapest size; the first if there is none."""
        return 0 if self.cheapest is None else self.variant_of(self.cheapest)

    def best(self, variant: int | None = None) -> Cell:
        """Return the cheapest size, or else the size that blocks least.

        For a given variant it is always the size that blocks least.
        """
        if variant is None and self.cheapest is not None:
            return self.cheapest
        blocking = self.figures["blocking"].mean[variant or 0]
        shared, metered = np.unravel_index(int(np.argmin(blocking)), blocking.shape)
        return self.cell(int(shared), int(metered), variant or 0)

    @property
    def present(self) -> Cell | None:
        """Size that the scenario has; None if the grid has no such cell."""
        if self.current is None:
            return None
        variant, shared, metered = self.current
        return self.cell(shared, metered, variant)

    def ridge(self, variant: int = 0) -> list[Cell]:
        """Return the least-cost ridge: the cheapest split of each number of channels."""
        monthly = self.figures["monthly"].mean[variant]
        shared, metered = np.indices(monthly.shape)
        cells = []
        for channels in range(int(self.grid.shared[-1] + self.grid.metered[-1]) + 1):
            costs = np.where(shared + metered == channels, monthly, np.inf)
            if np.isfinite(costs).any():
                best = np.unravel_index(int(np.argmin(costs)), costs.shape)
                cells.append(self.cell(int(best[0]), int(best[1]), variant))
        return cells

    def break_even(self, variant: int = 0) -> int | None:
        """Return the last shared channel that is worth its fee.

        Its fee is no more than its calls would cost on a metered channel. 0 if no channel is worth its fee; None if
        cells were simulated one by one, or the pool has no metered price.
        """
        saved = self.saved.mean[variant][: self.fees.shape[1]]
        if self.method != "one pass" or np.isnan(saved).any():
            return None
        gain = np.append(0.0, np.cumsum(saved - self.fees[variant][: len(saved)]))
        return len(gain) - 1 - int(np.argmax(gain[::-1]))

    def pays_beyond_the_grid(self, variant: int = 0) -> bool:
        """Tell whether one more flat-rate channel than the grid has would pay too.

        Its fee is taken to be that of the last channel.
        """
        level, saved, fees = self.break_even(variant), self.saved.mean[variant], self.fees[variant]
        return bool(level) and level == len(fees) < len(saved) and bool(saved[level] > fees[-1])

    def last_used(self, variant: int = 0) -> int:
        """Return the last channel whose load is worth showing.

        It is at least the channel after the break-even, and the third.
        """
        load = self.load.mean[variant]
        used = np.flatnonzero(load > LEAST_LOAD * max(float(load.max(initial=0.0)), 1e-12))
        level = self.break_even(variant) or 0
        last = int(used[-1]) + 1 if len(used) else 1
        return min(max(last, level + 1, 3), len(load))

    def goal(self, cell: Cell) -> Status | None:
        """Tell whether a size keeps the blocking that was asked for.

        None if nothing was asked for.
        """
        return judged(cell.blocking, self.max_blocking) if self.max_blocking is not None else None

    # -- out --------------------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each cell, with the figures and their intervals.

        The columns begin with dedicated (if they vary), shared and metered channels.
        """
        import pandas as pd

        shape = self.figures["blocking"].mean.shape
        variant, shared, metered = (axis.ravel() for axis in np.indices(shape))
        columns: dict[str, Any] = {
            f"dedicated.{name}": np.array([counts[place] for counts in self.grid.dedicated])[variant]
            for place, name in enumerate(self.grid.entries)
        }
        columns |= {"shared": shared, "metered": metered}
        for name in figure_names():
            columns |= self.figures[name].apply(np.ravel).columns(name)
        return pd.DataFrame(columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of ``capsim frontier --json``."""
        cheapest = self.cheapest
        return {
            "scenario": self.scenario.name,
            "group": self.group,
            "method": self.method,
            "why": self.why,
            "passes": self.passes,
            "calls_simulated": self.calls_simulated,
            "seed": self.scenario.seed,
            "replications": self.scenario.replications,
            "currency": self.scenario.currency,
            "max_blocking": self.accepted,
            "cells": [cell.to_dict() for cell in self.cells()],
            "cheapest": cheapest.to_dict() | {"goal": self.goal(cheapest)} if cheapest is not None else None,
            "break_even": self.break_even(),
            "ridge": [{"shared": cell.shared, "metered": cell.metered} for cell in self.ridge()],
        }

    @cached_property
    def plot(self) -> FrontierPlots:
        """Pictures, such as ``frontier.plot.cost(ax=None)``; they return matplotlib Axes."""
        from capsim.studies.frontier.plots import FrontierPlots

        return FrontierPlots(self)

    def __repr__(self) -> str:
        return f"<Frontier of group '{self.group}' of '{self.scenario.name}': {self.grid.cells:,} cells, {self.method}>"
