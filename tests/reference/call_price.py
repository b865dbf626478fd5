"""Reference model of the price of a call (M3), in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, floor

ROUND = {"half up": lambda exact: floor(exact + Fraction(1, 2)), "half even": round, "up": ceil, "down": floor}


class ExactCallPrice:
    """M3, exactly."""

    def __init__(self, price):
        intervals = price["first_interval"], price["next_interval"]
        self.first, self.following = (1_000_000 * int(interval.split()[0]) for interval in intervals)
        self.fee, self.rate = Fraction(price["connection_fee"]), Fraction(price["rate"])
        self.scale, self.rounding = 10 ** price["decimals"], ROUND[price["rounding"]]
        self.so_far = cache(self.so_far)

    def billed(self, talk):
        """The first interval, and as many next ones as the talk needs."""
        return self.first + self.following * max(ceil(Fraction(talk - self.first, self.following)), 0)

    def so_far(self, billed):
        """The rounded price of so much billed time."""
        exact = self.fee + self.rate * billed / 60_000_000
        return Fraction(self.rounding(exact * self.scale), self.scale)

    def of(self, talk):
        return self.so_far(self.billed(talk))

    def charges(self, answer, end, horizon):
        """When which charge falls due, for a call on a metered channel: in advance, interval by interval (R10)."""
        at, billed, before = answer, self.first, Fraction(0)
        while at < horizon and (at == answer or at < end):
            yield at, self.so_far(billed) - before
            before, at, billed = self.so_far(billed), answer + billed, billed + self.following


def call_prices(keys):
    """Of calls on metered channels, by group; and of all calls, by the entry of their DID."""
    metered = {name: ExactCallPrice(keys["pools"][group["pool"]]["metered"]) for name, group in keys["groups"].items()}
    fees = {name: entry["fees"] for name, entry in keys["dids"].items()}
    return metered, {name: ExactCallPrice(one["per_minute"]) for name, one in fees.items() if "per_minute" in one}
