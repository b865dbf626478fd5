"""The distribution of recorded lengths: the likeliest one that a scenario offers, or their own values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from capsim.records import Float64, Int64
from capsim.units import SECOND

MOST_APART = 0.05
"""Largest difference of probabilities, recorded against fitted, with which a distribution is taken."""
MUCH_THE_SAME = 0.005
QUANTILES = 100
"""Number of values that stand for recorded lengths that no distribution fits."""


@dataclass(frozen=True)
class Lengths:
    """Lengths of time, and the distribution chosen for them.

    Attributes
    ----------
    count : int
        Number of lengths.
    mean : float
        Mean, seconds.
    cv : float
        Coefficient of variation.
    spec : dict
        The distribution as a scenario has it.
    apart : float
        Largest difference of probabilities, recorded against chosen.
    tried : dict of str to float
        The same for each distribution that was tried.
    """

    count: int
    mean: float
    cv: float
    spec: dict[str, object]
    apart: float
    tried: dict[str, float]

    def quantiles(self, longer: Float64) -> Float64 | None:
        """Lengths that a share of calls exceeds, seconds; None where the distribution is the recorded values."""
        from scipy import stats

        mean, cv = self.mean, float(str(self.spec.get("cv", 1)))
        match self.spec["distribution"]:
            case "exponential":
                found = stats.expon(scale=mean).isf(longer)
            case "lognormal":
                sigma = math.sqrt(math.log1p(cv * cv))
                found = stats.lognorm(sigma, scale=mean * math.exp(-sigma * sigma / 2)).isf(longer)
            case "gamma":
                found = stats.gamma(1 / cv**2, scale=mean * cv**2).isf(longer)
            case "hyperexponential":
                first = (1 + math.sqrt((cv * cv - 1) / (cv * cv + 1))) / 2
                points = np.linspace(0, 60 * mean, 20_001)
                cdf = _Mixture(first, mean / (2 * first), mean / (2 * (1 - first))).cdf(points)
                found = np.interp(1 - longer, cdf, points)
            case _:
                return None
        lengths: Float64 = found
        return lengths


def fit_lengths(microseconds: Int64) -> Lengths:
    """Fit a distribution to lengths, at least one of them longer than 0."""
    values = np.sort(microseconds / SECOND)
    mean = float(values.mean())
    cv = float(values.std() / mean) if mean > 0 else 0.0
    if cv < 0.01:
        return Lengths(len(values), mean, cv, {"distribution": "deterministic", "mean": _span(mean)}, 0.0, {})
    positive = values[values > 0]
    candidates = _candidates(positive, mean, cv)
    tried = {name: _apart(values, cdf) for name, (_, _, cdf) in candidates.items()}
    likely = sorted(candidates, key=lambda name: -candidates[name][1])
    best = next((name for name in likely if tried[name] <= MOST_APART), None)
    if best is not None and tried["exponential"] <= tried[best] + MUCH_THE_SAME:
        best = "exponential"  # whole seconds make others look likelier than it
    if best is not None:
        return Lengths(len(values), mean, cv, candidates[best][0], tried[best], tried)
    points = np.quantile(values, (np.arange(QUANTILES) + 0.5) / QUANTILES)
    points *= mean / max(points.mean(), 1e-9)  # the mean decides the load
    spec: dict[str, object] = {"distribution": "empirical", "values": [_span(float(point)) for point in points]}
    return Lengths(len(values), mean, cv, spec, 0.5 / QUANTILES, tried)


def _candidates(values: Float64, mean: float, cv: float) -> dict[str, tuple[dict[str, object], float, object]]:
    """By name: keys of a scenario, log-likelihood minus 1 for each parameter, and distribution function."""
    from scipy import stats

    found: dict[str, tuple[dict[str, object], float, object]] = {}

    def add(name: str, distribution: object, parameters: int, **keys: object) -> None:
        likelihood = float(np.sum(distribution.logpdf(values))) - parameters  # type: ignore[attr-defined]
        spec = {"distribution": name, "mean": _span(mean), **keys}
        found[name] = (spec, likelihood, distribution.cdf)  # type: ignore[attr-defined]

    add("exponential", stats.expon(scale=mean), 1)
    sigma = math.sqrt(math.log1p(cv * cv))
    logs = np.log(values)
    of_logs = math.sqrt(math.expm1(float(logs.var())))
    for one in sorted({round(cv, 3), round(of_logs, 3)}):
        if 0 < one <= 50:
            sigma = math.sqrt(math.log1p(one * one))
            lognormal = stats.lognorm(sigma, scale=mean * math.exp(-sigma * sigma / 2))
            if "lognormal" not in found or float(np.sum(lognormal.logpdf(values))) - 2 > found["lognormal"][1]:
                add("lognormal", lognormal, 2, cv=one)
    shape = _gamma_shape(values)
    if 0.0025 <= shape <= 10_000:
        add("gamma", stats.gamma(shape, scale=mean / shape), 2, cv=round(1 / math.sqrt(shape), 3))
    if 1.02 < cv <= 50:
        first = (1 + math.sqrt((cv * cv - 1) / (cv * cv + 1))) / 2
        means = mean / (2 * first), mean / (2 * (1 - first))
        add("hyperexponential", _Mixture(first, *means), 2, cv=round(cv, 3))
    return found


class _Mixture:
    """A mixture of two exponential distributions."""

    def __init__(self, first: float, mean: float, other: float) -> None:
        self.first, self.mean, self.other = first, mean, other

    def logpdf(self, values: Float64) -> Float64:
        one = self.first / self.mean * np.exp(-values / self.mean)
        found: Float64 = np.log(one + (1 - self.first) / self.other * np.exp(-values / self.other))
        return found

    def cdf(self, values: Float64) -> Float64:
        one = self.first * np.exp(-values / self.mean)
        found: Float64 = 1 - one - (1 - self.first) * np.exp(-values / self.other)
        return found


def _gamma_shape(values: Float64) -> float:
    """Shape of a gamma distribution by maximum likelihood, with Newton's method.

    References
    ----------
    Minka (2002). Estimating a Gamma distribution.
    """
    from scipy.special import digamma, polygamma

    gap = math.log(values.mean()) - float(np.log(values).mean())
    if gap <= 1e-9:
        return 1e9
    shape = (3 - gap + math.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(6):
        step = (math.log(shape) - float(digamma(shape)) - gap) / (1 / shape - float(polygamma(1, shape)))
        shape = max(shape - step, 1e-4)
    return shape


def _apart(values: Float64, cdf: object) -> float:
    """Largest difference of probabilities at whole seconds; records have no finer ones."""
    points = np.unique(np.floor(values)) + 0.5
    recorded = np.searchsorted(values, points, side="right") / len(values)
    return float(np.max(np.abs(recorded - cdf(points))))  # type: ignore[operator]


def _span(seconds: float) -> str:
    """Seconds as a scenario writes them."""
    text = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return f"{text or '0'} s"
