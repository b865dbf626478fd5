"""Counts and bills of a run: the figures that goals, theory, unit costs and call records read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from capsim.cost import CostTotals, Item
from capsim.errors import InputError
from capsim.estimates.account import AccountFigures
from capsim.estimates.estimate import Estimate
from capsim.estimates.hours_of_week import HoursOfWeek
from capsim.estimates.samples import Samples
from capsim.estimates.spread import Spread
from capsim.estimates.usage import Usage
from capsim.estimates.watching import Watching
from capsim.measures import Watched
from capsim.records import CallLog
from capsim.scenario import Scenario
from capsim.tariff import Prices
from capsim.traffic import Streams

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RunFigures:
    """Figures of a run of R replications.

    `capsim.RunResult` shows them as frames, text and pictures.

    Attributes
    ----------
    scenario : Scenario
        The scenario that was run.
    engine : str
        The engine that ran it.
    seed : int
        The seed of its calls.
    version : str
        The version of capsim that ran it.
    replications : int
        Number of replications that the figures are made of.
    numbers : tuple of int
        Numbers of these replications, from 0.
    samples : Samples
        Tallies of all replications.
    cost_totals : tuple of CostTotals
        Costs of each replication, exact.
    cost_estimates : dict of str to Estimate
        Costs by kind, their total, and the monthly cost.
    prices : Prices
        Prices by which calls and fees were billed.
    invoices : tuple of tuple of Item
        Invoice items of each replication.
    usage_estimate : Usage
        Concurrent calls over time.
    account_figures : AccountFigures or None
        Balance of the prepaid account; None without one.
    hours : ndarray of shape (R, H, 3)
        Counts by hour, from the hour of the start on: calls offered and blocked, and the channel time that the offered
        calls ask for, microseconds.
    streams : Streams or None
        Traffic that the calls were drawn from; None if they were recorded.
    notes : tuple of str
        Notes on how call records were read.
    watched : tuple of Watched
        Congestion periods and samples of each replication; empty unless ``watch=True``.
    logs : tuple of tuple of CallLog
        Calls of each replication; empty unless ``keep_calls=True``.
    """

    scenario: Scenario
    engine: str
    seed: int
    version: str
    replications: int
    numbers: tuple[int, ...]
    samples: Samples
    cost_totals: tuple[CostTotals, ...]
    cost_estimates: dict[str, Estimate]
    prices: Prices
    invoices: tuple[tuple[Item, ...], ...]
    usage_estimate: Usage
    account_figures: AccountFigures | None
    hours: NDArray[np.int64]
    streams: Streams | None
    notes: tuple[str, ...]
    watched: tuple[Watched, ...]
    logs: tuple[tuple[CallLog, ...], ...]

    @property
    def interrupted(self) -> bool:
        """Whether fewer replications ran than the scenario asks for."""
        return self.replications < self.scenario.replications

    @property
    def paid_beyond(self) -> date | None:
        """Last day to which recurring fees are paid, if beyond the horizon; else None.

        Fees of a billing cycle are paid in full (M2).
        """
        last = max((fee.end for fee in self.prices.fees), default=self.prices.end_day)
        return last if last > self.prices.end_day else None

    def costs(self, name: str) -> Float64:
        """(R,) one kind of cost, ``total`` or ``monthly``, in each replication."""
        return np.array([float(totals[name]) for totals in self.cost_totals])

    @cached_property
    def blocking_by_replication(self) -> Float64:
        """(R,) blocked / offered in each replication; NaN in one without calls."""
        offered, blocked = self.samples.offered_and_blocked
        blocking: Float64 = np.divide(blocked, offered, out=np.full(len(offered), np.nan), where=offered > 0)
        return blocking

    def spread(self, figure: Literal["blocking", "monthly"]) -> Spread | None:
        """Return how much a figure differs from one replication to the next.

        None if it does not vary. Replications without calls do not count.
        """
        blocking = self.blocking_by_replication
        values = blocking if figure == "blocking" else self.costs(figure)
        return Spread.of(values[~np.isnan(blocking)])

    @cached_property
    def watching(self) -> Watching:
        """Provider's statistics of the run.

        Raises
        ------
        InputError
            If the run did not watch (``simulate(..., watch=True)``).
        """
        if not self.watched:
            raise InputError("this run did not watch its channels; use simulate(..., watch=True)")
        return Watching(self.scenario, self.samples.schedule, self.watched)

    @cached_property
    def by_weekday(self) -> HoursOfWeek:
        """Calls, load and blocking by weekday and hour."""
        return HoursOfWeek.of(self.scenario, self.hours, self.samples.clusters.overall)
