"""Distributions of a length of time: how long a call holds its channel, rings, or waits for another attempt.

The means, coefficients of variation (cv = standard deviation / mean) and shapes are those of the textbook:
see each distribution.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import ELAPSED_FORM, ElapsedDuration, Real, bad, elapsed
from capsim.units import HOUR, Duration

LONGEST_HOLDING = 30 * 24 * HOUR
"""Longest holding time, in microseconds."""
MAX_VALUES = 10_000
"""Largest number of values of an empirical distribution."""


class _WithMean(Part):
    mean: ElapsedDuration
    """Mean length of time."""

    @property
    def mean_microseconds(self) -> float:
        return float(self.mean.microseconds)

    @model_validator(mode="after")
    def _mean_is_a_time(self) -> _WithMean:
        zero_allowed = isinstance(self, Deterministic)
        if not (zero_allowed or self.mean.microseconds > 0) or self.mean.microseconds > LONGEST_HOLDING:
            raise bad(
                f"mean must be {'from' if zero_allowed else 'longer than'} 0 s, and at most 720 h (got {self.mean})"
            )
        return self


class Exponential(_WithMean):
    """Exponential distribution: cv 1."""

    distribution: Literal["exponential"]

    @property
    def cv_value(self) -> float:
        return 1.0


class Deterministic(_WithMean):
    """Constant length, equal to the mean: cv 0."""

    distribution: Literal["deterministic"]

    @property
    def cv_value(self) -> float:
        return 0.0


class LogNormal(_WithMean):
    """Log-normal distribution with this mean and cv: sigma^2 = ln(1 + cv^2), mu = ln(mean) - sigma^2 / 2."""

    distribution: Literal["lognormal"]
    cv: Real = Field(gt=0, le=50)
    """Standard deviation / mean."""

    @property
    def cv_value(self) -> float:
        return self.cv


class Gamma(_WithMean):
    """Gamma distribution with this mean and cv: shape = 1 / cv^2, scale = mean cv^2."""

    distribution: Literal["gamma"]
    cv: Real = Field(ge=0.01, le=20)
    """Standard deviation / mean."""

    @property
    def cv_value(self) -> float:
        return self.cv


class HyperExponential(_WithMean):
    """Two exponentials with balanced means: probability p of mean m/(2p), else m/(2(1-p)).

    p = (1 + sqrt((cv^2 - 1) / (cv^2 + 1))) / 2 gives this mean and cv (Tijms, A First Course in Stochastic
    Models, 2003, appendix B).
    """

    distribution: Literal["hyperexponential"]
    cv: Real = Field(ge=1, le=50)
    """Standard deviation / mean, at least 1."""

    @property
    def cv_value(self) -> float:
        return self.cv

    @property
    def probability(self) -> float:
        square = self.cv * self.cv
        return (1 + math.sqrt((square - 1) / (square + 1))) / 2


class Empirical(Part):
    """One of the given values, drawn by weight."""

    distribution: Literal["empirical"]
    values: tuple[ElapsedDuration, ...] = Field(min_length=1, max_length=MAX_VALUES, strict=False)
    """Lengths of time to draw from."""
    weights: tuple[Real, ...] | None = Field(default=None, strict=False)
    """One weight for each value, on any positive scale. Default: equal weights."""

    @model_validator(mode="after")
    def _weights_fit(self) -> Empirical:
        if any(value.microseconds > LONGEST_HOLDING for value in self.values):
            raise bad("values must be at most 720 h each")
        if self.weights is None:
            return self
        if len(self.weights) != len(self.values):
            raise bad(f"weights must be as many as values (got {len(self.weights)} for {len(self.values)})")
        if any(weight < 0 for weight in self.weights) or not 0 < math.fsum(self.weights) < math.inf:
            raise bad("weights must be 0 or more, and not all 0")
        return self

    @property
    def shares(self) -> tuple[float, ...]:
        weights = self.weights or (1.0,) * len(self.values)
        total = math.fsum(weights)
        return tuple(weight / total for weight in weights)

    @property
    def mean_microseconds(self) -> float:
        return math.fsum(share * value.microseconds for share, value in zip(self.shares, self.values, strict=True))

    @property
    def cv_value(self) -> float:
        mean = self.mean_microseconds
        square = math.fsum(share * value.microseconds**2 for share, value in zip(self.shares, self.values, strict=True))
        return math.sqrt(max(0.0, square - mean * mean)) / mean if mean else 0.0


Holding = Annotated[
    Exponential | LogNormal | Gamma | Deterministic | HyperExponential | Empirical,
    Field(discriminator="distribution"),
]


def _length(value: object) -> object:
    """A bare length of time is the same for every call."""
    if isinstance(value, str | Duration):
        try:
            return {"distribution": "deterministic", "mean": elapsed(value)}
        except PydanticCustomError as error:
            raise bad(f"{error.message()} (got '{value}')") from None
    if not isinstance(value, dict | Part):
        raise bad(f"must be {ELAPSED_FORM}, or a distribution like that of holding; a bare number has no unit")
    return value


Length = Annotated[Holding, BeforeValidator(_length, json_schema_input_type=ElapsedDuration | Holding)]
"""A length of time, or a distribution of one."""
