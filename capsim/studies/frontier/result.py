"""What a frontier found."""

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
    """Name of the figure of a kind of cost: ``metered_cost``, for one."""
    return f"{kind}_cost"


def figure_names() -> tuple[str, ...]:
    """Names of the figures of a size, in their order: what grows with use comes before fees."""
    kinds = channel_kinds()
    costs = sorted(kinds, key=lambda name: not kinds[name].by_use)
    return ("blocking", *map(cost_figure, costs), "total_cost", "monthly")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Sizes that are asked about: shared (S + 1,) and metered (M + 1,) channels, and dedicated ones of some entries.

    entries : names of entries of ``dids``. dedicated : for each variant, the channels of each DID of them.
    """

    shared: NDArray[np.int64]
    metered: NDArray[np.int64]
    entries: tuple[str, ...]
    dedicated: tuple[tuple[int, ...], ...]

    @property
    def cells(self) -> int:
        return len(self.shared) * len(self.metered) * len(self.dedicated)


@dataclass(frozen=True)
class Cell:
    """One size of the group: its figures, and the dedicated channels that vary.

    Attributes
    ----------
    shared : Number of the group's shared channels.
    metered : Number of the group's metered channels.
    dedicated : Dedicated channels of each DID of the entries that vary, by entry.
    figures : Figures by name: blocking, metered_cost, flat_rate_cost, total_cost, monthly. Each is an attribute too,
        such as ``cell.metered_cost``.
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
        """Cost of one kind over the horizon."""
        return self.figures[cost_figure(kind)]

    if not TYPE_CHECKING:  # kinds are known from the table alone; our own code looks them up by name

        def __getattr__(self, name):
            """Give one figure as an attribute."""
            figures = self.__dict__.get("figures", {})
            if name in figures:
                return figures[name]
            raise AttributeError(name)

    def to_dict(self) -> dict[str, Any]:
        sizes = {
            "shared": self.shared,
            "metered": self.metered,
            **({"dedicated": self.dedicated} if self.dedicated else {}),
        }
        return sizes | {name: figure.to_dict() for name, figure in self.figures.items()}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Frontier:
    """Blocking and cost of every size of a group: frozen, and carrying the scenario that made it.

    Attributes
    ----------
    scenario, group : what was asked about.
    method : ``one pass`` or ``cell by cell``; why : what stood in the way of one pass, or None.
    passes : how many times a replication's calls were served; calls_simulated : how many calls that were.
    max_blocking : what the cheapest size may block; None: as much as the group does now.
    figures : by name (blocking, metered_cost, flat_rate_cost, total_cost, monthly), (V, S + 1, M + 1) estimates, for V
        variants of dedicated channels. Costs are the whole scenario's, over the horizon; ``monthly`` is what recurs
        in a month (M8). Blocking is that of all calls of the group's DIDs.
    fees : (V, S) what the group's last of 1 to S shared channels adds to the fees of a month.
    saved : (V, K) what the calls that channel k carries would cost a month if it were metered. load : (V, K) Erlangs
        that channel k carries. Both are empty where cells were simulated one by one.
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
        """The figures of one size; ``variant`` counts the combinations of dedicated channels."""
        of_entries = dict(zip(self.grid.entries, self.grid.dedicated[variant], strict=True))
        at = variant, shared, metered
        return Cell(shared, metered, of_entries, {name: self.figures[name][at] for name in figure_names()})

    def cells(self) -> Iterator[Cell]:
        """All cells, by dedicated, shared and metered channels."""
        for variant in range(len(self.grid.dedicated)):
            for shared in self.grid.shared.tolist():
                for metered in self.grid.metered.tolist():
                    yield self.cell(shared, metered, variant)

    # -- what is best -----------------------------------------------------------------------------------

    @cached_property
    def current(self) -> tuple[int, int, int] | None:
        """Variant, shared and metered channels as the scenario has them; None where the grid has no such cell."""
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
        """What the cheapest size may block: as was asked, else the mean of the current size; 1 without both."""
        if self.max_blocking is not None:
            return self.max_blocking
        now = np.nan if self.current is None else float(self.figures["blocking"].mean[self.current])
        return 1.0 if np.isnan(now) else now

    @cached_property
    def cheapest(self) -> Cell | None:
        """The size with the least monthly cost that blocks no more than accepted; None where there is none.

        Against the blocking that was asked for, the upper end of the interval counts, if there is one; against the
        current size, which faces the same calls, the mean does. Of equal costs, the least blocking.
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
        """Place of a cell's dedicated channels among the variants."""
        return self.grid.dedicated.index(tuple(cell.dedicated.values()))

    @property
    def shown_variant(self) -> int:
        """Variant of the cheapest size; the first if there is none."""
        return 0 if self.cheapest is None else self.variant_of(self.cheapest)

    def best(self, variant: int | None = None) -> Cell:
        """The cheapest size; without one, or for a given variant, the size that blocks least."""
        if variant is None and self.cheapest is not None:
            return self.cheapest
        blocking = self.figures["blocking"].mean[variant or 0]
        shared, metered = np.unravel_index(int(np.argmin(blocking)), blocking.shape)
        return self.cell(int(shared), int(metered), variant or 0)

    @property
    def present(self) -> Cell | None:
        """The size that the scenario has; None if the grid has no such cell."""
        if self.current is None:
            return None
        variant, shared, metered = self.current
        return self.cell(shared, metered, variant)

    def ridge(self, variant: int = 0) -> list[Cell]:
        """For each number of channels, shared and metered together, the cheapest split: the least-cost ridge."""
        monthly = self.figures["monthly"].mean[variant]
        shared, metered = np.indices(monthly.shape)
        found = []
        for channels in range(int(self.grid.shared[-1] + self.grid.metered[-1]) + 1):
            costs = np.where(shared + metered == channels, monthly, np.inf)
            if np.isfinite(costs).any():
                best = np.unravel_index(int(np.argmin(costs)), costs.shape)
                found.append(self.cell(int(best[0]), int(best[1]), variant))
        return found

    def break_even(self, variant: int = 0) -> int | None:
        """The last shared channel whose fee is not more than its calls would cost on a metered one.

        0 where none is worth it; None where cells were simulated one by one, or the group's pool has no metered price.
        """
        saved = self.saved.mean[variant][: self.fees.shape[1]]
        if self.method != "one pass" or np.isnan(saved).any():
            return None
        gain = np.append(0.0, np.cumsum(saved - self.fees[variant][: len(saved)]))
        return len(gain) - 1 - int(np.argmax(gain[::-1]))

    def pays_beyond_the_grid(self, variant: int = 0) -> bool:
        """Whether one more flat-rate channel than the grid has would pay too, at the fee of its last one."""
        level, saved, fees = self.break_even(variant), self.saved.mean[variant], self.fees[variant]
        return bool(level) and level == len(fees) < len(saved) and bool(saved[level] > fees[-1])

    def last_used(self, variant: int = 0) -> int:
        """The last channel whose load is worth showing: at least the one after the break-even, and the third."""
        load = self.load.mean[variant]
        used = np.flatnonzero(load > LEAST_LOAD * max(float(load.max(initial=0.0)), 1e-12))
        level = self.break_even(variant) or 0
        last = int(used[-1]) + 1 if len(used) else 1
        return min(max(last, level + 1, 3), len(load))

    def goal(self, cell: Cell) -> Status | None:
        """Whether a size keeps the blocking that was asked for; None where nothing was."""
        return judged(cell.blocking, self.max_blocking) if self.max_blocking is not None else None

    # -- out --------------------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """One row for each cell: dedicated (where they vary), shared, metered, and each figure with its interval."""
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
        """The JSON of ``capsim frontier --json``."""
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
        """Pictures: ``frontier.plot.cost(ax=None)`` and others return matplotlib Axes."""
        from capsim.studies.frontier.plots import FrontierPlots

        return FrontierPlots(self)

    def __repr__(self) -> str:
        return f"<Frontier of group '{self.group}' of '{self.scenario.name}': {self.grid.cells:,} cells, {self.method}>"
