"""Traffic of a DID: how many calls arrive, how long they ring and hold, and what blocked callers do."""

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
"""Largest call rate of a DID, in calls per hour."""
MAX_ERLANGS = 1e7
"""Largest offered load of a DID, in Erlangs."""
MOST_ATTEMPTS = 10
"""Largest number of attempts of a call."""


class Redial(Part):
    """What blocked callers do: with a probability they call again after a delay, up to a number of attempts."""

    probability: Share
    """Probability that a blocked caller tries again."""
    delay: Length
    """Time from a blocked attempt to the next attempt: a length, or a distribution."""
    attempts: int = Field(default=3, ge=2, le=MOST_ATTEMPTS)
    """Largest number of attempts of a call, the first included."""


class Traffic(Part):
    """Poisson arrivals, by calls per hour or by offered load, and how long calls ring and hold."""

    RULES: ClassVar[Mapping[str, str]] = {"ring": "R14", "answered": "R14"}

    calls_per_hour: Real | None = Field(default=None, ge=0, le=MAX_CALLS_PER_HOUR)
    """Mean number of arrivals per hour; with a profile, at the hours whose factor is 1."""
    erlangs: Real | None = Field(default=None, ge=0, le=MAX_ERLANGS)
    """Offered load in Erlangs: mean number of arrivals in a mean holding time, ringing not included."""
    holding: Holding
    """Time from the answer to the end of a call (R14)."""
    ring: Length = Deterministic(distribution="deterministic", mean=Duration.parse("0 s"))
    """Time from the arrival to the answer, or to the end of an unanswered call: a length, or a distribution (R14)."""
    answered: Share = 1.0
    """Share of carried calls that are answered (R14)."""
    redial: Redial | None = None
    """What blocked callers do. Default: no caller tries again."""
    profile: ProfileOrName | None = None
    """Factors of the call rate by hour and weekday, in the DID's local time: a profile, or the name of one."""
    surges: tuple[Surge, ...] = Field(default=(), max_length=1000, strict=False)
    """Times with a multiple of the usual calls, such as a campaign or an outage."""
    growth: Growth = 0.0
    """Monthly growth of the call rate, such as 3% (a month is 30.4375 days), compounded daily from the first day."""
    day_factor: DayFactor | None = None
    """Random variation of the call rate from day to day."""

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
        """Mean number of arrivals per hour while all factors are 1."""
        if self.calls_per_hour is not None:
            return self.calls_per_hour
        return (self.erlangs or 0.0) * HOUR / self.holding.mean_microseconds

    @property
    def busy_time(self) -> float:
        """Mean time for which a carried call occupies its channel, ringing included (R14), in microseconds."""
        return self.ring.mean_microseconds + self.answered * self.holding.mean_microseconds

    @property
    def mean_seconds(self) -> float:
        """Mean holding time of answered calls, in seconds."""
        return self.holding.mean_microseconds / SECOND
