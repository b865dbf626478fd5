"""What a minute, and a call, comes to: costs over what they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capsim.cost import COST_KINDS
from capsim.estimates.estimate import Estimate, of_ratios
from capsim.records import METERED
from capsim.units import MINUTE

if TYPE_CHECKING:
    from capsim.studies.run.figures import RunFigures


def unit_costs(result: RunFigures) -> dict[str, Estimate]:
    """Of the horizon: what a minute of a flat-rate channel's calls cost in fees, one of a metered one's calls, and a
    carried call in all but one-time fees. Minutes are answered time. NaN where there are none.

    Currency / minute, and currency / call. Fees are those of the horizon, so that these mean something where it is
    whole billing cycles.
    """
    samples, totals = result.samples, result.cost_totals
    minutes = samples.tally.talk.sum(axis=1) / MINUTE
    flat = np.array([float(one["flat_rate"]) for one in totals])
    metered = np.array([float(one["metered"]) for one in totals])
    kinds = [name for name, kind in COST_KINDS.items() if kind.recurring]
    recurring = np.array([float(sum(one[kind] for kind in kinds)) for one in totals])
    carried = samples.tally.outcomes.sum(axis=1)[:, : METERED + 1].sum(axis=1)
    return {
        "flat_rate_minute": of_ratios(flat, minutes[:, 1:METERED].sum(axis=1)).one(),
        "metered_minute": of_ratios(metered, minutes[:, METERED]).one(),
        "carried_call": of_ratios(recurring, carried).one(),
    }
