"""What a user says of a DID's traffic: how many calls arrive, and how long they hold.

The means, coefficients of variation (cv = standard deviation / mean) and shapes are those of the textbook:
see each distribution. Holding time begins when the call is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import Real, Share, bad
from capsim.scenario.model.holding import Deterministic, Holding, Length
from capsim.scenario.model.profiles import DayFactor, Growth, ProfileOrName, Surge
from capsim.units import HOUR, SECOND, Duration

MAX_CALLS_PER_HOUR = 1e8
MAX_ERLANGS = 1e7
MOST_ATTEMPTS = 10


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

    RULES: ClassVar[Mapping[str, str]] = {"ring": "R14", "answered": "R14"}

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
