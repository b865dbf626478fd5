"""Estimates over replications: a mean, and the 95% interval it is known to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.analysis.student import t_quantile

Float64 = NDArray[np.float64]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval; ``low`` and ``high`` are NaN where one replication gives none.

    All three are NaN where the figure does not apply (utilisation without channels).
    """

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """As the JSON shows it: null for NaN."""
        return {name: plain(getattr(self, name)) for name in ("mean", "low", "high")}

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def plain(value: float) -> float | None:
    """Round to ten significant digits, which all JSON has; null for NaN.

    Ten are far more than an estimate bears, and leave no noise of binary fractions behind them.
    """
    return None if math.isnan(value) else float(f"{value:.10g}")


NOT_APPLICABLE = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Many estimates at once: three arrays of one shape."""

    mean: Float64
    low: Float64
    high: Float64

    def __getitem__(self, index: int | tuple[int, ...]) -> Estimate:
        return Estimate(float(self.mean[index]), float(self.low[index]), float(self.high[index]))

    def one(self) -> Estimate:
        """The only one."""
        return Estimate(float(self.mean), float(self.low), float(self.high))


def of_means(samples: ArrayLike, least: float = 0.0, level: float = LEVEL) -> Estimates:
    """Mean over replications (the first axis), with Student's t; no interval reaches below ``least``."""
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
    """Ratio of totals over replications (the first axis), with the delta method and Student's t.

    NaN where the denominators are all zero.

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
    """Ratio of totals that is a probability, with an interval inside [0, 1].

    The interval is Wilson's, for as many independent trials as would give the variance that the replications
    show (the binomial one, if all show the same ratio), and with Student's t in place of the normal quantile.
    For a probability well inside (0, 1) it is the delta method's; near 0 it is skewed, as a count of rare
    events is, and it never leaves [0, 1].

    Where nothing happened in any trial, the mean and the lower end are 0, and the upper end is
    ``-ln(0.05) x cluster / trials``: events come in clusters of this mean size, clusters come like a Poisson
    stream, and with a higher rate of them at least one would have been seen, with 95% confidence. The ``cluster``
    is the caller's (`capsim.estimates.clusters`); 1 stands for events that come one by one. ``level`` is the
    confidence, 95% unless another is asked for.

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
    """Ratio of totals and its standard error by the delta method (NaN for one replication)."""
    count = len(top)
    total = np.asarray(bottom.sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(total > 0, top.sum(axis=0) / total, math.nan)
        residuals = top - ratio * bottom
        variance = (residuals**2).sum(axis=0) / max(count - 1, 1)
        error = np.sqrt(count * variance) / total
    return ratio, error
