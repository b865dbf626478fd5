"""Student's t, without a statistics library: its import would cost more than a small run."""

from __future__ import annotations

import math
from functools import lru_cache


@lru_cache(maxsize=4096)
def t_quantile(level: float, degrees: int) -> float:
    """Student's t at which a two-sided interval has a confidence level.

    Parameters
    ----------
    level : float
        Confidence level, inside (0, 1); 0.95 for a 95% interval.
    degrees : int
        Degrees of freedom, 1 or more.

    Returns
    -------
    float
        The quantile, above 0.

    Raises
    ------
    ValueError
        If the level is outside (0, 1) or there is no degree of freedom.

    Notes
    -----
    Student's integral for whole degrees of freedom, as a finite sum in theta = atan(t / sqrt(degrees))
    [1, 26.7.3 and 26.7.4], solved for t by bisection; above 10,000 degrees by the expansion in the normal
    quantile [1, 26.7.5].

    References
    ----------
    1. Abramowitz, Stegun (1964). Handbook of Mathematical Functions, 26.7.
    """
    if not 0 < level < 1:
        raise ValueError(f"the confidence level must lie inside (0, 1) (got {level})")
    if degrees < 1:
        raise ValueError(f"there must be at least 1 degree of freedom (got {degrees})")
    if degrees > 10_000:
        return _by_expansion(level, degrees)
    low, high = 0.0, math.pi / 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _probability_within(middle, degrees) < level:
            low = middle
        else:
            high = middle
    return math.tan((low + high) / 2) * math.sqrt(degrees)


def t_tails(statistic: float, degrees: int) -> float:
    """Probability that Student's t is farther from 0 than a statistic: the two-sided p-value.

    Parameters
    ----------
    statistic : float
        The statistic.
    degrees : int
        Degrees of freedom, 1 or more.

    Returns
    -------
    float
        Probability, 0 to 1.

    Raises
    ------
    ValueError
        If there is no degree of freedom.

    Notes
    -----
    As in `t_quantile`; above 10,000 degrees that of the normal distribution.
    """
    if degrees < 1:
        raise ValueError(f"there must be at least 1 degree of freedom (got {degrees})")
    if degrees > 10_000:
        return math.erfc(abs(statistic) / math.sqrt(2))
    return max(0.0, 1 - _probability_within(math.atan(abs(statistic) / math.sqrt(degrees)), degrees))


def _probability_within(theta: float, degrees: int) -> float:
    """P(|T| <= tan(theta) sqrt(degrees))."""
    sine, cosine = math.sin(theta), math.cos(theta)
    square = cosine * cosine
    if degrees % 2 == 0:
        term, total = 1.0, 1.0
        for k in range(2, degrees, 2):
            term *= square * (k - 1) / k
            total += term
        return sine * total
    term, total = cosine, cosine if degrees > 1 else 0.0
    for k in range(3, degrees, 2):
        term *= square * (k - 1) / k
        total += term
    return 2 / math.pi * (theta + sine * total)


def _by_expansion(level: float, degrees: int) -> float:
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
