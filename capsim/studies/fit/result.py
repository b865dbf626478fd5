"""The result of a fit: the traffic of each number, as keys of a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from capsim.scenario import Scenario
from capsim.scenario.language.writing import Comments, yaml_text
from capsim.scenario.model.moments import WEEKDAYS
from capsim.studies.fit.counts import Counted, Reading
from capsim.studies.fit.days import Check, DayCheck, DayModel
from capsim.studies.fit.lengths import Lengths
from capsim.studies.fit.tariffed import with_tariff

SMALL_CV = 0.02
"""Coefficient of variation below which days count as alike."""


@dataclass(frozen=True, eq=False)
class FittedNumber:
    """The fitted traffic of one number."""

    counted: Counted
    days: DayModel
    check: Check
    totals: DayCheck
    holding: Lengths
    ring: Lengths | None

    @property
    def calls_per_hour(self) -> float:
        """Mean calls in the busiest hour of the week."""
        return float(self.days.means.max())

    @property
    def answered(self) -> float:
        """Share of answered calls among those that were not blocked."""
        return self.counted.answered / max(self.counted.calls - self.counted.blocked, 1)

    def profile(self) -> dict[str, list[float]]:
        """Factors of ``calls_per_hour`` by day and hour, without days that get no call."""
        factors = [[round(float(mean) / self.calls_per_hour, 4) for mean in hours] for hours in self.days.means]
        by_day = {day: factors[self.days.type_of(number)] for number, day in enumerate(WEEKDAYS)}
        for name, days in (("weekday", WEEKDAYS[:5]), ("weekend", WEEKDAYS[5:])):
            if all(by_day[day] == by_day[days[0]] for day in days):
                by_day = {name: by_day[days[0]]} | {day: hours for day, hours in by_day.items() if day not in days}
        return {day: hours for day, hours in by_day.items() if any(hours)}

    def traffic(self, profile: str) -> dict[str, Any]:
        """As a scenario has it."""
        found: dict[str, Any] = {
            "calls_per_hour": round(self.calls_per_hour, 3),
            "profile": profile,
            "holding": self.holding.spec,
        }
        if self.days.cv >= SMALL_CV:
            found["day_factor"] = {"cv": round(min(self.days.cv_ahead, 3.0), 3)}
        if self.ring is not None:
            found["ring"] = self.ring.spec
        if self.answered < 1:
            found["answered"] = round(self.answered, 4)
        return found

    def sentences(self) -> list[str]:
        """How far the model can be trusted, and what was left out of it."""
        from capsim.studies.fit.words import of_number

        return of_number(self)


@dataclass(frozen=True, eq=False)
class Fit:
    """A scenario's traffic from call records.

    Attributes
    ----------
    reading : Reading
        The counts of the file.
    numbers : mapping of str to FittedNumber
        Numbers with enough calls, by name.
    left_out : mapping of str to int
        Calls of each of the other numbers.
    """

    reading: Reading
    numbers: Mapping[str, FittedNumber]
    left_out: Mapping[str, int]

    def to_scenario(self) -> dict[str, Any]:
        """The keys of a scenario of four weeks from the Monday after the records: profiles, traffic, no capacity."""
        last = next(iter(self.numbers.values())).counted.dates[-1]
        start = last + timedelta(days=7 - last.weekday())
        profiles: dict[str, Any] = {}
        dids: dict[str, Any] = {}
        for name, one in self.numbers.items():
            key = _key(name, dids)
            profiles[key] = one.profile()
            did: dict[str, Any] = {"number": name} if re.fullmatch(r"\+?[0-9]{3,15}", name) else {}
            dids[key] = did | {"traffic": one.traffic(key)}
        return {
            "name": f"Fitted to {self.reading.path.name}"[:200],
            "timezone": self.reading.timezone,
            "start": start.isoformat(),
            "duration": "4 weeks",
            "profiles": profiles,
            "dids": dids,
        }

    def to_yaml(self, tariff: Scenario | None = None) -> str:
        """The same as the text of a scenario file, with comments on how far to trust each number.

        Parameters
        ----------
        tariff : Scenario, optional
            A scenario that gives its pools, groups, prices and numbers to the fitted traffic.
        """
        if tariff is not None:
            head = "".join(f"# {sentence}\n" for sentence in self.sentences())
            return f"{head}\n{yaml_text(with_tariff(self.to_scenario(), tariff))}"
        keys = self.to_scenario()
        comments: Comments = {
            ("dids", key): one.sentences() for key, one in zip(keys["dids"], self.numbers.values(), strict=True)
        }
        return yaml_text(keys, comments)

    def sentences(self) -> list[str]:
        """How far to trust it, number by number, and what was left out."""
        from capsim.studies.fit.words import of_fit

        return of_fit(self)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``capsim fit --json``."""
        return {
            "file": str(self.reading.path),
            "scenario": self.to_scenario(),
            "numbers": {
                name: {
                    "calls": one.counted.calls,
                    "dates": one.days.dates,
                    "missing": [day.isoformat() for day in one.days.missing],
                    "abnormal": [day.isoformat() for day in one.days.abnormal],
                    "alike": [[WEEKDAYS[day] for day in days] for days in one.days.types],
                    "cv": one.days.cv,
                    "days_inside_band": one.totals.inside if one.totals.days >= 5 else None,
                    "change": one.totals.change if one.totals.days >= 5 else None,
                    "inside_band": one.check.inside if one.check.hours else None,
                    "band_width": one.check.width if one.check.hours else None,
                    "inside_band_poisson": one.check.plain if one.check.hours else None,
                    "holding_apart": one.holding.apart,
                    "redial": one.counted.redialling.spec if one.counted.redialling is not None else None,
                }
                for name, one in self.numbers.items()
            },
            "left_out": dict(self.left_out),
            "unusable": dict(self.reading.unusable),
        }


def _key(name: str, taken: Mapping[str, Any]) -> str:
    """A name for the DID of a number: what a scenario allows."""
    key = re.sub(r"[.*\x00-\x1f\x7f-\x9f\u2028\u2029]", "-", name).strip()[:90] or "no number"
    key = f"n{key.removeprefix('+')}" if re.fullmatch(r"\+?[0-9]+", key) else key
    unique, number = key, 2
    while unique in taken:
        unique, number = f"{key} {number}", number + 1
    return unique
