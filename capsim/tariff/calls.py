"""The price of one call by its billed time (M3), exactly, in integers.

A price is ``(base + steps x step) / denominator`` units of 10^-decimals, rounded once: ``base`` is the
connection fee and the first interval, ``step`` one next interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, lcm

from capsim.scenario.model.pools import MeteredPrice
from capsim.units import MINUTE

ROUNDINGS = ("half up", "half even", "up", "down")
"""Ways of rounding, in the order of the kernel's codes."""
_SAFE = 2**60
"""Largest number of units that plain 64-bit arithmetic is trusted with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPrice:
    """Price of one call by its billed time.

    Parameters
    ----------
    first_interval
        Least billed time, microseconds.
    next_interval
        Length of each further billed interval, microseconds.
    base
        Connection fee and first interval, in parts of a unit.
    step
        One next interval, in parts of a unit.
    denominator
        Number of parts in a unit.
    decimals
        A unit is 10^-decimals of the currency.
    rounding
        One of `ROUNDINGS`.
    """

    first_interval: int
    next_interval: int
    base: int
    step: int
    denominator: int
    decimals: int
    rounding: str

    @classmethod
    def of(cls, price: MeteredPrice) -> CallPrice:
        """Read the price of a scenario, exactly."""
        first, following = price.first_interval.microseconds, price.next_interval.microseconds
        scale = 10**price.decimals
        per_microsecond = Fraction(price.rate) / MINUTE
        base = (Fraction(price.connection_fee) + per_microsecond * first) * scale
        step = per_microsecond * following * scale
        denominator = lcm(base.denominator, step.denominator)
        return cls(
            first_interval=first,
            next_interval=following,
            base=int(base * denominator),
            step=int(step * denominator),
            denominator=denominator,
            decimals=price.decimals,
            rounding=price.rounding,
        )

    def row(self) -> tuple[int, ...]:
        """Give the price as `capsim.kernels.rating` takes it.

        Amounts beyond 64 bits are left out, and the most steps are then -1.
        """
        base, base_parts = divmod(self.base, self.denominator)
        step, step_parts = divmod(self.step, self.denominator)
        rounding = ROUNDINGS.index(self.rounding)
        if base > _SAFE or step > _SAFE:
            return (self.first_interval, self.next_interval, 0, 0, 0, 0, 1, rounding, -1)
        most = min((_SAFE - base) // step if step else _SAFE, _SAFE // self.denominator - 2)
        amounts = (base, base_parts, step, step_parts, self.denominator)
        return (self.first_interval, self.next_interval, *amounts, rounding, most)

    def steps(self, talk: int) -> int:
        """Count the next intervals that a talk of this length begins, microseconds."""
        return max(0, -(-(talk - self.first_interval) // self.next_interval))

    def billed(self, talk: int) -> int:
        """Billed time of an answered call of this length, both in microseconds."""
        return self.first_interval + self.steps(talk) * self.next_interval

    def units(self, talk: int) -> int:
        """Price an answered call of this length (microseconds), in units of 10^-decimals."""
        exact = Fraction(self.base + self.steps(talk) * self.step, self.denominator)
        if self.rounding == "half even":
            return round(exact)
        if self.rounding == "half up":
            exact += Fraction(1, 2)
        return ceil(exact) if self.rounding == "up" else floor(exact)

    def money(self, units: int) -> Decimal:
        """Give a number of units as an amount of money."""
        return Decimal(units).scaleb(-self.decimals)
