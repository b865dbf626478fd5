"""Estimates over replications: a mean, and its 95% interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.analysis.student import t_quantile

Float64 = NDArray[np.float64]
LEVEL = 0.95
"""Confidence of all intervals, unless a caller asks for another."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval.

    Attributes
    ----------
    mean : float
        Best guess; NaN if the figure does not apply, such as the utilization of no channels.
    low : float
        Lower end of the interval; NaN if one replication gives none.
    high : float
        Upper end of the interval; NaN if one replication gives none.
    """

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Return the figure as JSON shows it, with null for NaN."""
        return {name: plain(getattr(self, name)) for name in ("mean", "low", "high")}

    def columns(self, name: str) -> dict[str, float]:
        """Return the figure as columns: ``NAME``, ``NAME_low`` and ``NAME_high``."""
        return {name: self.mean, f"{name}_low": self.low, f"{name}_high": self.high}

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def plain(value: float) -> float | None:
    """Round to the ten significant digits that all JSON has; null for NaN.

    Ten digits are far more than an estimate bears, and leave no noise of binary fractions behind them.
    """
    return None if math.isnan(value) else float(f"{value:.10g}")


NOT_APPLICABLE = Estimate(math.nan, math.nan, math.nan)
"""A figure that does not apply."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Many estimates at once, in three arrays of one shape.

    Attributes
    ----------
    mean : ndarray
        Best guesses.
    low : ndarray
        Lower ends of the intervals.
    high : ndarray
        Upper ends of the intervals.
    """

    mean: Float64
    low: Float64
    high: Float64

    def __getitem__(self, index: int | tuple[int, ...]) -> Estimate:
        return Estimate(float(self.mean[index]), float(self.low[index]), float(self.high[index]))

    def one(self) -> Estimate:
        """Return the only estimate there is."""
        return Estimate(float(self.mean), float(self.low), float(self.high))

    def apply(self, change: Callable[[Float64], Float64]) -> Estimates:
        """Apply a function, such as one that picks a column, to each of the three arrays."""
        return Estimates(change(self.mean), change(self.low), change(self.high))

    def columns(self, name: str) -> dict[str, Any]:
        """Return the figures as columns: ``NAME``, ``NAME_low`` and ``NAME_high``."""
        return {name: self.mean, f"{name}_low": self.low, f"{name}_high": self.high}


def of_means(samples: ArrayLike, least: float = 0.0, level: float = LEVEL) -> Estimates:
    """Estimate means over replications, by Student's t.

    Parameters
    ----------
    samples : array_like of shape (R, ...)
        Figures of each replication.
    least : float
        No interval reaches below this value.
    level : float
        Confidence of the interval.
    """
    values = np.asarray(samples, np.float64)
    count = len(values)
    spread = values - values[0]  # exactly 0 for a figure that never varies, such as a fee
    mean = values[0] + spread.mean(axis=0)
    if count < 2:
        nothing = np.full_like(mean, math.nan)
        return Estimates(mean, nothing, nothing)
    half = t_quantile(level, count - 1) * spread.std(axis=0, ddof=1) / math.sqrt(count)
    return Estimates(mean, np.maximum(mean - half, np.minimum(least, mean)), mean + half)


def of_ratios(numerators: ArrayLike, denominators: ArrayLike) -> Estimates:
    """Estimate ratios of totals by the delta method and Student's t.

    Parameters
    ----------
    numerators : array_like of shape (R, ...)
        Amounts, such as costs, of each replication.
    denominators : array_like of shape (R, ...)
        Amounts that they are divided by, such as minutes. The ratio is NaN if all of them are zero.

    References
    ----------
    Cochran (1977). Sampling Techniques, 3rd ed., 6.3: the variance of a ratio estimate.
    """
    top, bottom = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    ratio, error = _ratio_and_error(top, bottom)
    count = len(top)
    if count < 2:
        nothing = np.full_like(ratio, math.nan)
        return Estimates(ratio, nothing, nothing)
    half = t_quantile(LEVEL, count - 1) * error
    return Estimates(ratio, np.maximum(ratio - half, 0.0), ratio + half)


def of_probabilities(
    numerators: ArrayLike, denominators: ArrayLike, cluster: ArrayLike, level: float = LEVEL
) -> Estimates:
    """Estimate ratios of totals that are probabilities, with intervals inside [0, 1].

    The interval is Wilson's, for as many independent trials as would give the variance that the replications show (the
    binomial variance, if all show the same ratio), and with Student's t in place of the normal quantile. Well inside
    (0, 1) it is the interval of the delta method; near 0 it is skewed, as a count of rare events is.

    If nothing happened in any trial, the mean and the lower end are 0, and the upper end is
    ``-ln(0.05) x cluster / trials``: events come in clusters of this mean size, clusters come like a Poisson
    stream, and at a higher rate of clusters at least one would have been seen, with 95% confidence.

    Parameters
    ----------
    numerators : array_like of shape (R, ...)
        Count of events in each replication.
    denominators : array_like of shape (R, ...)
        Count of trials in each replication.
    cluster : array_like
        Mean number of events that come together (`capsim.estimates.clusters`); 1 for events that come singly.
    level : float
        Confidence of the interval.

    References
    ----------
    1. Wilson (1927). Probable inference, the law of succession, and statistical inference. JASA 22.
    2. Korn, Graubard (1998). Confidence intervals for proportions with small expected number of positive
       counts estimated from survey data. Survey Methodology 24: effective sample sizes, Student's t.
    """
    top, bottom = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    count = len(top)
    ratio, error = _ratio_and_error(top, bottom)
    if count < 2:
        nothing = np.full_like(ratio, math.nan)
        return Estimates(ratio, nothing, nothing)
    trials = bottom.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(error > 0, error, np.sqrt(ratio * (1 - ratio) / trials))
        effective = ratio * (1 - ratio) / error**2
        square = t_quantile(level, count - 1) ** 2
        centre = (ratio + square / (2 * effective)) / (1 + square / effective)
        half = np.sqrt(square * (ratio * (1 - ratio) / effective + square / (4 * effective**2))) / (
            1 + square / effective
        )
        low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
        always = ratio == 1  # by design: a DID without a channel blocks every call
        low, high = np.where(always, 1.0, low), np.where(always, 1.0, high)
        bound = np.minimum(1.0, -math.log(1 - level) * np.maximum(np.asarray(cluster, np.float64), 1.0) / trials)
    nothing_happened = (ratio == 0) & (trials > 0)
    low = np.where(nothing_happened, 0.0, np.where(trials > 0, np.minimum(low, ratio), math.nan))
    high = np.where(nothing_happened, bound, np.where(trials > 0, np.maximum(high, ratio), math.nan))
    return Estimates(ratio, low, high)


def _ratio_and_error(top: Float64, bottom: Float64) -> tuple[Float64, Float64]:
    """Return ratios of totals, and their standard errors by the delta method."""
    count = len(top)
    total = np.asarray(bottom.sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(total > 0, top.sum(axis=0) / total, math.nan)
        residuals = top - ratio * bottom
        variance = (residuals**2).sum(axis=0) / max(count - 1, 1)
        error = np.sqrt(count * variance) / total
    return ratio, error
