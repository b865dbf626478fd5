"""Costs of a minute and of a call: costs over what they bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capsim.cost import COST_KINDS
from capsim.estimates.estimate import Estimate, of_ratios
from capsim.records import METERED
from capsim.units import MINUTE

if TYPE_CHECKING:
    from capsim.studies.run.figures import RunFigures


def unit_costs(result: RunFigures) -> dict[str, Estimate]:
    """Estimate the costs of a minute and of a call.

    They are NaN if there is none. Minutes are answered time. Fees are those of the horizon, so the figures mean
    something if it is whole billing cycles.

    Returns
    -------
    dict of str to Estimate
        ``flat_rate_minute`` and ``metered_minute``: fees of flat-rate channels, and prices of metered calls, for each
        minute of their calls, currency / minute. ``carried_call``: all costs but one-time fees, currency / call.
    """
    tally = result.samples.tally
    minutes = tally.talk.sum(axis=1) / MINUTE
    kinds = [name for name, kind in COST_KINDS.items() if kind.recurring]
    recurring = np.array([float(sum(totals[kind] for kind in kinds)) for totals in result.cost_totals])
    carried = tally.outcomes.sum(axis=1)[:, : METERED + 1].sum(axis=1)
    return {
        "flat_rate_minute": of_ratios(result.costs("flat_rate"), minutes[:, 1:METERED].sum(axis=1)).one(),
        "metered_minute": of_ratios(result.costs("metered"), minutes[:, METERED]).one(),
        "carried_call": of_ratios(recurring, carried).one(),
    }


@dataclass(frozen=True, slots=True)
class Rounding:
    """Minutes that rounding to whole billing intervals adds to metered calls (M3).

    Attributes
    ----------
    talked : float
        Minutes of metered calls in a replication.
    billed : float
        Minutes that are billed for them.
    """

    talked: float
    billed: float

    @property
    def share(self) -> float:
        """Minutes that rounding adds, as a share of the minutes talked."""
        return self.billed / self.talked - 1


def added_by_rounding(result: RunFigures) -> Rounding | None:
    """Return what rounding adds to metered calls; None if nothing."""
    billed, talked = result.samples.billed_minutes.mean, float(result.samples.tiers["minutes"].mean[METERED])
    return Rounding(talked, billed) if billed > 0 and talked > 0 and not np.isclose(billed, talked) else None
