"""Distributions of a length of time: how long a call holds its channel, rings, or waits for another attempt.

A class is all that is known of a distribution outside the kernels: its keys and their texts, the parameters that
`capsim.kernels.distributions` draws from, its twin in scipy, and how it is fitted. The means, coefficients of
variation (cv = standard deviation / mean) and shapes are those of the textbook: see each class.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import ELAPSED_FORM, ElapsedDuration, Real, bad, elapsed
from capsim.units import HOUR, Duration

LONGEST_HOLDING = 30 * 24 * HOUR
"""Longest holding time, in microseconds."""
MAX_VALUES = 10_000
"""Largest number of values of an empirical distribution."""


Float64 = NDArray[np.float64]


class _WithMean(Part):
    FREE: ClassVar[int] = 1
    """Number of parameters that are fitted."""

    mean: ElapsedDuration
    """Mean length of time."""

    @property
    def mean_microseconds(self) -> float:
        return float(self.mean.microseconds)

    @property
    def cv_value(self) -> float:
        """Standard deviation / mean."""
        raise NotImplementedError

    @property
    def parameters(self) -> tuple[float, ...]:
        """Parameters that the kernels draw from, in the order of `capsim.kernels.distributions.Lengths`."""
        return (self.mean_microseconds,)

    @classmethod
    def candidates(cls, _values: Float64, _cv: float) -> Iterator[float]:
        """Coefficients of variation to try in a fit to positive values with this cv; none if it is not fitted."""
        return iter(())

    @classmethod
    def twin(cls, mean: float, cv: float) -> Any:
        """The distribution in scipy's form, with ``logpdf``, ``cdf`` and ``isf``; ``mean`` in any unit."""
        raise NotImplementedError

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

    @classmethod
    def candidates(cls, _values: Float64, _cv: float) -> Iterator[float]:
        return iter((1.0,))

    @classmethod
    def twin(cls, mean: float, _cv: float = 1.0) -> Any:
        from scipy import stats

        return stats.expon(scale=mean)


class Deterministic(_WithMean):
    """Constant length, equal to the mean: cv 0."""

    distribution: Literal["deterministic"]

    @property
    def cv_value(self) -> float:
        return 0.0


class LogNormal(_WithMean):
    """Log-normal distribution with this mean and cv: sigma^2 = ln(1 + cv^2), mu = ln(mean) - sigma^2 / 2."""

    FREE: ClassVar[int] = 2

    distribution: Literal["lognormal"]
    cv: Real = Field(gt=0, le=50)
    """Standard deviation / mean."""

    @property
    def cv_value(self) -> float:
        return self.cv

    @property
    def parameters(self) -> tuple[float, ...]:
        variance = math.log1p(self.cv * self.cv)
        return math.log(self.mean_microseconds) - variance / 2, math.sqrt(variance)

    @classmethod
    def candidates(cls, values: Float64, cv: float) -> Iterator[float]:
        of_logs = math.sqrt(math.expm1(float(np.log(values).var())))
        yield from (one for one in sorted({round(cv, 3), round(of_logs, 3)}) if 0 < one <= 50)

    @classmethod
    def twin(cls, mean: float, cv: float) -> Any:
        from scipy import stats

        sigma = math.sqrt(math.log1p(cv * cv))
        return stats.lognorm(sigma, scale=mean * math.exp(-sigma * sigma / 2))


class Gamma(_WithMean):
    """Gamma distribution with this mean and cv: shape = 1 / cv^2, scale = mean cv^2."""

    FREE: ClassVar[int] = 2

    distribution: Literal["gamma"]
    cv: Real = Field(ge=0.01, le=20)
    """Standard deviation / mean."""

    @property
    def cv_value(self) -> float:
        return self.cv

    @property
    def parameters(self) -> tuple[float, ...]:
        return 1 / (self.cv * self.cv), self.mean_microseconds * self.cv * self.cv

    @classmethod
    def candidates(cls, values: Float64, _cv: float) -> Iterator[float]:
        cv = 1 / math.sqrt(_gamma_shape(values))
        if 0.01 <= cv <= 20:
            yield cv

    @classmethod
    def twin(cls, mean: float, cv: float) -> Any:
        from scipy import stats

        return stats.gamma(1 / cv**2, scale=mean * cv**2)


class HyperExponential(_WithMean):
    """Two exponentials with balanced means: probability p of mean m/(2p), else m/(2(1-p)).

    p = (1 + sqrt((cv^2 - 1) / (cv^2 + 1))) / 2 gives this mean and cv (Tijms, A First Course in Stochastic
    Models, 2003, appendix B).
    """

    FREE: ClassVar[int] = 2

    distribution: Literal["hyperexponential"]
    cv: Real = Field(ge=1, le=50)
    """Standard deviation / mean, at least 1."""

    @property
    def cv_value(self) -> float:
        return self.cv

    @property
    def parameters(self) -> tuple[float, ...]:
        return _balanced(self.mean_microseconds, self.cv)

    @classmethod
    def candidates(cls, _values: Float64, cv: float) -> Iterator[float]:
        if 1.02 < cv <= 50:
            yield cv

    @classmethod
    def twin(cls, mean: float, cv: float) -> Any:
        return _Mixture(*_balanced(mean, cv))


def _balanced(mean: float, cv: float) -> tuple[float, float, float]:
    """Probability and mean of the first branch, and mean of the second, of two exponentials with balanced means."""
    square = cv * cv
    first = (1 + math.sqrt((square - 1) / (square + 1))) / 2
    return first, mean / (2 * first), mean / (2 * (1 - first)) if first < 1 else 0.0


class _Mixture:
    """Two exponential distributions, in the form of scipy's."""

    def __init__(self, first: float, mean: float, other: float) -> None:
        self.first, self.mean, self.other = first, mean, other

    def logpdf(self, values: Float64) -> Float64:
        one = self.first / self.mean * np.exp(-values / self.mean)
        density: Float64 = np.log(one + (1 - self.first) / self.other * np.exp(-values / self.other))
        return density

    def cdf(self, values: Float64) -> Float64:
        one = self.first * np.exp(-values / self.mean)
        probability: Float64 = 1 - one - (1 - self.first) * np.exp(-values / self.other)
        return probability

    def isf(self, longer: Float64) -> Float64:
        overall = self.first * self.mean + (1 - self.first) * self.other
        points = np.linspace(0, 60 * overall, 20_001)
        lengths: Float64 = np.interp(1 - longer, self.cdf(points), points)
        return lengths


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


HOLDINGS: tuple[type[_WithMean] | type[Empirical], ...] = get_args(get_args(Holding)[0])
"""All distributions, in the order in which a fit tries them."""


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
