"""The distribution of recorded lengths: the likeliest one that a scenario offers, or their own values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from capsim.records import Float64, Int64
from capsim.scenario.language.part import Part
from capsim.scenario.model.holding import HOLDINGS, Deterministic, Empirical
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
        kind = next(one for one in HOLDINGS if _name(one) == self.spec["distribution"])
        if issubclass(kind, Empirical | Deterministic):
            return None
        lengths: Float64 = kind.twin(self.mean, float(str(self.spec.get("cv", 1)))).isf(longer)
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


def _candidates(values: Float64, mean: float, cv: float) -> dict[str, tuple[dict[str, object], float, Any]]:
    """By name: keys of a scenario, log-likelihood minus 1 for each parameter, and distribution function."""
    found: dict[str, tuple[dict[str, object], float, Any]] = {}
    for kind in HOLDINGS:
        if issubclass(kind, Empirical):
            continue
        name = _name(kind)
        for one in kind.candidates(values, cv):
            twin = kind.twin(mean, one)
            likelihood = float(np.sum(twin.logpdf(values))) - kind.FREE
            if name not in found or likelihood > found[name][1]:
                keys = {"cv": round(one, 3)} if "cv" in kind.model_fields else {}
                found[name] = ({"distribution": name, "mean": _span(mean), **keys}, likelihood, twin.cdf)
    return found


def _name(kind: type[Part]) -> str:
    """Name of a distribution, as its key ``distribution`` has it."""
    (name,) = get_args(kind.model_fields["distribution"].annotation)
    return str(name)


def _apart(values: Float64, cdf: Callable[[Float64], Float64]) -> float:
    """Largest difference of probabilities at whole seconds; records have no finer ones."""
    points = np.unique(np.floor(values)) + 0.5
    recorded = np.searchsorted(values, points, side="right") / len(values)
    return float(np.max(np.abs(recorded - cdf(points))))


def _span(seconds: float) -> str:
    """Seconds as a scenario writes them."""
    text = f"{seconds:.3f}".rstrip("0").rstrip(".")
    return f"{text or '0'} s"
