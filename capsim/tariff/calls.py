"""The price of one call by its billed time (M3), exactly, in integers.

A price is ``(base + steps x step) / denominator`` units of 10^-decimals, rounded once: ``base`` is the
connection fee and the first interval, ``step`` one next interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from capsim.records import Int64
from capsim.scenario.pools import MeteredPrice
from capsim.units import MINUTE

_SAFE = 2**62


@dataclass(frozen=True, slots=True)
class CallPrice:
    """Prices calls; intervals in microseconds, amounts in units of 10^-decimals."""

    first_interval: int
    next_interval: int
    base: int
    step: int
    denominator: int
    decimals: int
    rounding: str

    @classmethod
    def of(cls, price: MeteredPrice) -> CallPrice:
        first, following = price.first_interval.microseconds, price.next_interval.microseconds
        scale = 10**price.decimals
        per_microsecond = Fraction(price.rate) / MINUTE
        base = (Fraction(price.connection_fee) + per_microsecond * first) * scale
        step = per_microsecond * following * scale
        denominator = lcm(base.denominator, step.denominator)
        return cls(
            first,
            following,
            int(base * denominator),
            int(step * denominator),
            denominator,
            price.decimals,
            price.rounding,
        )

    def steps(self, talk: Int64) -> Int64:
        """Next intervals begun by answered calls of these lengths (microseconds)."""
        return np.maximum(0, -(-(talk - self.first_interval) // self.next_interval))

    def billed(self, talk: Int64) -> Int64:
        """Billed time of answered calls of these lengths, microseconds."""
        return self.first_interval + self.steps(talk) * self.next_interval

    def units(self, talk: Int64) -> Int64:
        """Prices of answered calls of these lengths, in units of 10^-decimals."""
        steps = self.steps(talk)
        longest = int(steps.max(initial=0))
        exact: Any = steps if 4 * (self.base + longest * self.step) < _SAFE else steps.astype(object)
        numerator, whole = self.base + exact * self.step, self.denominator
        if self.rounding == "up":
            rounded = -(-numerator // whole)
        elif self.rounding == "down":
            rounded = numerator // whole
        else:
            rounded = (2 * numerator + whole) // (2 * whole)
            if self.rounding == "half even":
                tie = (2 * numerator + whole) % (2 * whole) == 0
                rounded = rounded - (tie & (rounded % 2 == 1))
        units: Int64 = rounded.astype(np.int64)
        return units

    def money(self, units: int) -> Decimal:
        """A number of units as an amount of money."""
        return Decimal(units).scaleb(-self.decimals)
