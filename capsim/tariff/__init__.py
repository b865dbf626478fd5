"""WHAT THINGS COST: a scenario's prices as exact numbers. Rates one call, prorates one fee.

`calls` is M3, `cycles` M1, M2 and M4, `channels` M5, `prices` gathers what a scenario says (M7).
"""

from capsim.tariff.calls import CallPrice
from capsim.tariff.cycles import Cycle, CycleRule, prorate
from capsim.tariff.prices import Prices, build_prices

__all__ = ["CallPrice", "Cycle", "CycleRule", "Prices", "build_prices", "prorate"]
