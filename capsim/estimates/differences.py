"""Differences between two mixes that faced the same calls, taken replication by replication.

What the calls have in common drops out of a paired difference, so its interval is far narrower than those of the two
figures. All studies take their differences here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.analysis.student import t_quantile, t_tails
from capsim.estimates.estimate import LEVEL, Estimate

Float64 = NDArray[np.float64]
SIGNIFICANCE = 0.05
"""Largest p-value at which two mixes are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class RatioSample:
    """A ratio of totals, replication by replication, such as blocked / offered.

    Attributes
    ----------
    numerators : ndarray of shape (R,)
        Count of events in each replication.
    denominators : ndarray of shape (R,)
        Count of trials in each replication.
    bound : float
        Upper end of the ratio's own interval: the limit of the difference where no event was seen on either side.
    """

    numerators: ArrayLike
    denominators: ArrayLike
    bound: float

    def linearized(self) -> tuple[float, Float64]:
        """Return the ratio, and the deviation (R,) of each replication from it.

        Both are NaN if there was no trial.
        """
        top, bottom = np.asarray(self.numerators, np.float64), np.asarray(self.denominators, np.float64)
        total = bottom.sum()
        if not total:
            return math.nan, bottom * math.nan
        ratio = float(top.sum() / total)
        return ratio, (top - ratio * bottom) * len(bottom) / total


def difference_of_ratios(before: RatioSample, after: RatioSample) -> tuple[Estimate, float]:
    """Estimate ``after`` minus ``before`` by the delta method, paired by replication.

    If no event was seen on either side, the difference lies between minus the bound of ``before`` and the bound of
    ``after``: it is not known to be 0.

    Returns
    -------
    estimate : Estimate
        The difference with its 95% interval.
    p : float
        Two-sided p-value of no difference.

    References
    ----------
    Cochran (1977). Sampling Techniques, 3rd ed., 6.3: the variance of a ratio estimate.
    """
    (first, of_first), (second, of_second) = before.linearized(), after.linearized()
    estimate, p = paired(second - first, of_second - of_first)
    if first == second == 0 and len(of_first) > 1:
        estimate = Estimate(0.0, -before.bound, after.bound)
    return estimate, p


def difference_of_means(before: ArrayLike, after: ArrayLike) -> tuple[Estimate, float]:
    """Estimate the mean of ``after`` minus that of ``before``, paired by replication.

    The two-sided p-value stands beside it.

    Parameters
    ----------
    before : array_like of shape (R,)
        Amounts of money by replication.
    after : array_like of shape (R,)
        The same of the other mix. Binary noise of the differences, below 1e-9, is rounded away.
    """
    difference = np.round(np.asarray(after, np.float64) - np.asarray(before, np.float64), 9)
    return paired(float(difference.mean()), difference - difference.mean())


def paired(mean: float, residuals: Float64) -> tuple[Estimate, float]:
    """Estimate a difference from the deviations (R,) of its replications.

    Student's t gives its interval and its two-sided p-value.
    """
    count = len(residuals)
    if count < 2 or math.isnan(mean):
        return Estimate(mean, math.nan, math.nan), math.nan
    error = math.sqrt(float((residuals**2).sum()) / (count - 1) / count)
    half = t_quantile(LEVEL, count - 1) * error
    p = t_tails(mean / error, count - 1) if error > 0 else float(mean == 0)
    return Estimate(mean, mean - half, mean + half), p


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p-values of several comparisons by Holm's method.

    The chance of any false difference stays as stated. NaN stays NaN and does not count.

    References
    ----------
    Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.
    """
    order = sorted((row for row, p in enumerate(p_values) if not math.isnan(p)), key=lambda row: p_values[row])
    adjusted, highest = list(p_values), 0.0
    for place, row in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * p_values[row]))
        adjusted[row] = highest
    return adjusted


__all__ = ["RatioSample", "difference_of_means", "difference_of_ratios", "holm", "paired"]
