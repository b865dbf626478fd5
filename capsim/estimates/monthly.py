"""Amounts of a horizon as amounts of a month (M8)."""

from __future__ import annotations

from capsim.units import DAYS_PER_MONTH


def monthly(amount: float, days: float) -> float:
    """Return what an amount comes to in a month of 30.4375 days.

    Parameters
    ----------
    amount : float
        Amount of money for the whole horizon, such as the price of its metered calls.
    days : float
        Length of the horizon, days.
    """
    return amount * (float(DAYS_PER_MONTH) / days)
