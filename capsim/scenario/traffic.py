"""What a user says of a DID's traffic: how many calls arrive, and how long they hold.

The means, coefficients of variation (cv = standard deviation / mean) and shapes are those of the textbook:
see each distribution. Holding time begins when the call is answered.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from capsim.scenario.part import Part
from capsim.scenario.profiles import DayFactor, Growth, ProfileOrName, Surge
from capsim.scenario.values import ELAPSED_FORM, ElapsedDuration, Real, Share, bad, elapsed
from capsim.units import HOUR, SECOND, Duration

MAX_CALLS_PER_HOUR = 1e8
MAX_ERLANGS = 1e7
MOST_ATTEMPTS = 10
LONGEST_HOLDING = 30 * 24 * HOUR
MAX_VALUES = 10_000


class _WithMean(Part):
    mean: ElapsedDuration
    """Mean holding time."""

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
    """Exponential: cv 1."""

    distribution: Literal["exponential"]

    @property
    def cv_value(self) -> float:
        return 1.0


class Deterministic(_WithMean):
    """Every call holds for the mean: cv 0."""

    distribution: Literal["deterministic"]

    @property
    def cv_value(self) -> float:
        return 0.0


class LogNormal(_WithMean):
    """Log-normal with this mean and cv: sigma^2 = ln(1 + cv^2), mu = ln(mean) - sigma^2 / 2."""

    distribution: Literal["lognormal"]
    cv: Real = Field(gt=0, le=50)
    """Standard deviation / mean."""

    @property
    def cv_value(self) -> float:
        return self.cv


class Gamma(_WithMean):
    """Gamma with this mean and cv: shape = 1 / cv^2, scale = mean cv^2."""

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
    """Each call holds for one of the values, drawn by weight (equal weights if there are none)."""

    distribution: Literal["empirical"]
    values: tuple[ElapsedDuration, ...] = Field(min_length=1, max_length=MAX_VALUES, strict=False)
    """Holding times."""
    weights: tuple[Real, ...] | None = Field(default=None, strict=False)
    """As many as there are values; any positive scale."""

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
    """A length of time alone is that of every call."""
    if isinstance(value, str | Duration):
        try:
            return {"distribution": "deterministic", "mean": elapsed(value)}
        except PydanticCustomError as error:
            raise bad(f"{error.message()} (got '{value}')") from None
    if not isinstance(value, dict | Part):
        raise bad(f"must be {ELAPSED_FORM}, or a distribution as holding has one; a bare number has no unit")
    return value


Length = Annotated[Holding, BeforeValidator(_length, json_schema_input_type=ElapsedDuration | Holding)]
"""A length of time, or a distribution of one."""


class Redial(Part):
    """What callers do who are blocked: with a probability, they try again after a while, some times at most."""

    probability: Share
    """That a caller who is blocked tries again."""
    delay: Length
    """From the blocked attempt to the next one: a length, or a distribution."""
    attempts: int = Field(default=3, ge=2, le=MOST_ATTEMPTS)
    """Most attempts of a call, the first included."""


class Traffic(Part):
    """Poisson arrivals, by calls per hour or by offered load, and how long a call rings and holds."""

    calls_per_hour: Real | None = Field(default=None, ge=0, le=MAX_CALLS_PER_HOUR)
    """Mean arrivals per hour; with a profile, where its factor is 1."""
    erlangs: Real | None = Field(default=None, ge=0, le=MAX_ERLANGS)
    """Offered load: arrivals per mean holding time, ringing left out."""
    holding: Holding
    """From the answer to the end of a call (R14)."""
    ring: Length = Deterministic(distribution="deterministic", mean=Duration.parse("0 s"))
    """From the arrival to the answer, or to the end of an unanswered call: a length, or a distribution (R14)."""
    answered: Share = 1.0
    """Share of the calls that are answered, if they are carried (R14)."""
    redial: Redial | None = None
    """What callers do who are blocked; left out: none tries again."""
    profile: ProfileOrName | None = None
    """Factors of the rate by hour and weekday, in the DID's local time: a name under ``profiles``, or a profile."""
    surges: tuple[Surge, ...] = Field(default=(), max_length=1000, strict=False)
    """Times in which so many times the calls arrive."""
    growth: Growth = 0.0
    """By which the rate grows each month of 30.4375 days, day by day; 1 on the first day of the horizon."""
    day_factor: DayFactor | None = None
    """Days that are busier, or quieter, than planned."""

    @model_validator(mode="after")
    def _one_rate(self) -> Traffic:
        if (self.calls_per_hour is None) == (self.erlangs is None):
            raise bad("needs either calls_per_hour or erlangs" + (", not both" if self.erlangs is not None else ""))
        if self.erlangs is not None and self.holding.mean_microseconds == 0:
            raise bad("erlangs needs a mean holding time longer than 0 s; use calls_per_hour")
        if self.rate_per_hour > MAX_CALLS_PER_HOUR:
            raise bad(
                f"is {self.rate_per_hour:.3g} calls per hour; allowed: at most {MAX_CALLS_PER_HOUR:,.0f} for a DID"
            )
        return self

    @property
    def rate_per_hour(self) -> float:
        """Mean arrivals per hour, where all factors are 1."""
        if self.calls_per_hour is not None:
            return self.calls_per_hour
        return (self.erlangs or 0.0) * HOUR / self.holding.mean_microseconds

    @property
    def busy_time(self) -> float:
        """Mean time that a carried call holds its channel: ringing, and holding if answered (R14); microseconds."""
        return self.ring.mean_microseconds + self.answered * self.holding.mean_microseconds

    @property
    def mean_seconds(self) -> float:
        return self.holding.mean_microseconds / SECOND
