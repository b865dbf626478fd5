"""Figures as text, with as many digits as mean something, their interval and their unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from capsim.estimates.estimate import Estimate

NOTHING = "-"
"""Text of a figure that does not apply."""


def count(value: float) -> str:
    """Write a number of calls, channels or minutes: ``201,264``, ``34.7``, ``2``."""
    if math.isnan(value) or value == round(value) or abs(value) >= 100:
        return plain(value, 0)
    return plain(value, max(1, 1 - _magnitude(value)))


def load(value: float) -> str:
    """Write Erlangs: ``102``, ``14.0``, ``1.76``, ``0.017``."""
    return plain(value, min(4, max(0, 2 - _magnitude(value))))


def load_in_short(value: float) -> str:
    """Write Erlangs in little room: ``102``, ``14``, ``1.8``, ``0.25``."""
    return plain(value, 0 if value >= 9.95 else 1 if value >= 0.995 else 2)


def percent(value: float, interval: float = math.nan) -> str:
    """Write a ratio as a percentage.

    The digits are those that ``interval``, the width of the interval, bears.
    """
    if math.isnan(value):
        return NOTHING
    value, interval = 100 * value, 100 * interval
    finest = interval if interval > 0 and not math.isnan(interval) else abs(value) / 10
    places = max(0, min(6, 1 - _magnitude(finest))) if finest > 0 else 0
    return f"{value:.{places}f}%"


def percentage(value: float) -> str:
    """Write a percentage with one decimal: ``79.8%``."""
    return NOTHING if math.isnan(value) else f"{plain(value, 1)}%"


def money(value: float, places: int = 2) -> str:
    """Write an amount of money with the currency's decimal places: ``1,363.33``."""
    return plain(value, places)


def price(value: Decimal, places: int) -> str:
    """Write a price with all its decimal places: ``15.00``, ``0.0125``.

    It has at least the currency's.
    """
    own = -int(value.normalize().as_tuple().exponent)
    return f"{value:,.{max(own, places)}f}"


def share(value: float) -> str:
    """Write a share to three digits: ``0.0123%``, ``< 0.0001%``."""
    return f"{100 * value:.3g}%" if value >= 1e-6 else "< 0.0001%"


def share_of_calls(share: float) -> str:
    """Write a share of the calls: ``42.2%``, ``0.045%``."""
    return f"{plain(100 * share, 1 if share >= 0.01 or not share else 3)}%"


def significant(value: float, digits: int = 2) -> str:
    """Write a number with some significant digits: ``0.0030``, ``0.11``, ``12``."""
    return plain(value, max(0, digits - 1 - _magnitude(value)))


def plain(value: float, places: int) -> str:
    """Write a number with some decimal places."""
    return NOTHING if math.isnan(value) else f"{value:,.{places}f}"


def blocking(estimate: Estimate, width: float | None = None) -> str:
    """Write a probability: ``0.12%``.

    It is ``< 0.004%`` if no event was seen, and ``-`` if there was no trial.

    Parameters
    ----------
    estimate : Estimate
        The probability.
    width : float or None
        Width of the interval that sets the digits; None for the estimate's own. A column of figures has the digits
        that its typical interval bears.
    """
    if estimate.mean == 0 and estimate.high > 0:
        return f"< {upper(estimate.high)}"
    return percent(estimate.mean, estimate.high - estimate.low if width is None else width)


def blocking_interval(estimate: Estimate, width: float | None = None) -> str:
    """Write the interval of a probability: ``0.10% to 0.15%``.

    It is empty if there is no interval, or if the figure itself is the bound.
    """
    if math.isnan(estimate.low) or estimate.mean == 0 or estimate.high == estimate.low:
        return ""
    width = estimate.high - estimate.low if width is None else width
    return f"{percent(estimate.low, width)} to {percent(estimate.high, width)}"


def typical_width(estimates: Sequence[Estimate]) -> float | None:
    """Return the median width of intervals; None if there is none."""
    widths = sorted(
        estimate.high - estimate.low for estimate in estimates if estimate.mean > 0 and estimate.high > estimate.low
    )
    return widths[len(widths) // 2] if widths else None


def span(seconds: float) -> str:
    """Write a length of time: ``0.8 s``, ``42 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if math.isnan(seconds):
        return NOTHING
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60:,} h {minutes % 60:02d} min"


def upper(bound: float) -> str:
    """Write an upper bound of a probability, rounded up to two digits."""
    value = 100 * bound
    places = max(0, 1 - _magnitude(value))
    return f"{math.ceil(value * 10**places) / 10**places:.{places}f}%"


def money_interval(estimate: Estimate, places: int) -> str:
    """Write the interval of an amount of money: ``1,363.33 to 1,447.04``.

    It is empty if there is none.
    """
    if math.isnan(estimate.low) or estimate.low == estimate.high:
        return ""
    return f"{money(estimate.low, places)} to {money(estimate.high, places)}"


def _magnitude(value: float) -> int:
    """Return the power of ten of the first digit: 0 for 3.2, 2 for 340, -2 for 0.03."""
    return math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0
