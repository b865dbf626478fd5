"""The recipe of a fit: call records -> counts -> a model of days and of lengths by number -> a scenario's traffic."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.scenario.moments import WEEKDAYS
from capsim.scenario.writing import yaml_text
from capsim.studies.fit.counts import Counted, Reading, count_records
from capsim.studies.fit.days import Check, DayCheck, DayModel, check_days, check_totals, fit_days
from capsim.studies.fit.lengths import Lengths, fit_lengths
from capsim.studies.fit.tariffed import with_tariff

LEAST_CALLS, LEAST_DATES = 100, 7
"""A number with fewer calls, or on fewer dates, is not fitted."""
SMALL_CV = 0.02
"""Days that vary less are taken to be alike."""


@dataclass(frozen=True, eq=False)
class FittedNumber:
    """What a number's calls are like."""

    counted: Counted
    days: DayModel
    check: Check
    totals: DayCheck
    holding: Lengths
    ring: Lengths | None

    @property
    def calls_per_hour(self) -> float:
        """In the busiest hour of the week."""
        return float(self.days.means.max())

    @property
    def answered(self) -> float:
        """Share of the calls that were not blocked."""
        return self.counted.answered / max(self.counted.calls - self.counted.blocked, 1)

    def profile(self) -> dict[str, list[float]]:
        """Factors of ``calls_per_hour`` by day and hour; days on which none comes are left out."""
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
        days = self.days
        told = [f"{self.counted.calls:,} calls, {days.dates} days; busiest hour {self.calls_per_hour:.3g} calls."]
        if days.missing:
            told.append(f"Missing, and left out: {_dates(days.missing)}; not a call on days that have them.")
        if days.abnormal:
            told.append(f"Unlike their weekday, and left out: {_dates(days.abnormal)}.")
        told.append(f"Days alike: {'; '.join(_days(one) for one in days.types)}.")
        told += [self.of_days(), self.of_hours(), self.of_holding()]
        if self.ring is not None:
            told.append(_of_lengths("Ringing", self.ring))
        if self.counted.blocked:
            told.append(f"{self.counted.blocked:,} blocked calls are part of the offered traffic.")
            told += self._of_redials()
        else:
            told.append(
                "The records have no blocked call. If channels were ever full, callers who heard the busy tone left no"
                " record: what is fitted is carried traffic, and the offered one is higher."
            )
        return told

    def of_hours(self) -> str:
        """Whether the hours can be trusted."""
        check = self.check
        if not check.hours:
            return "Too few days of a kind to leave one out: it cannot be told how well the hours are foretold."
        verdict = "it can be trusted by the hour"
        if not 0.85 <= check.inside <= 0.97:
            verdict = f"its bands are {'too narrow to be trusted' if check.inside < 0.85 else 'wider than need be'}"
        band = f"the 90% band of the others, {check.width:.3g} calls wide (plain Poisson: {check.plain:.0%})"
        return f"Of days left out in turn, {check.inside:.0%} of hours lie in {band}: {verdict}."

    def of_days(self) -> str:
        """Whether the days can be trusted."""
        days, found = self.days, self.totals
        told = f"Days vary by {days.cv:.0%} beyond chance; a plain Poisson model has none of it."
        if found.days < 5:
            return f"{told} Too few busy days to tell how well the model holds."
        told += f" {found.inside:.0%} of {found.days} days lie in their 90% band"
        if found.inside < 0.9 - 2 * math.sqrt(0.09 / found.days):
            return f"{told}: some days are unlike anything that a gamma factor has, and it should not be trusted."
        if abs(found.trend) > 3 * found.error and abs(found.trend) > 0.05:
            way = "rise" if found.trend > 0 else "fall"
            return f"{told}, but calls {way} by {abs(found.change):.0%} over the records, and the model has no trend."
        return f"{told}: it can be trusted by the day."

    def of_holding(self) -> str:
        """Whether the holding times can be trusted."""
        return _of_lengths("Holding", self.holding)

    def _of_redials(self) -> list[str]:
        """What blocked callers did, and how to say so in the scenario: it is for the user to decide."""
        found = self.counted.redialling
        if found is None:
            return [
                "Whether blocked callers try again is not told: too few of them, or the records don't say who called."
            ]
        if not found.again:
            return [f"Of {found.blocked:,} callers who were blocked, none tried again within 30 minutes."]
        fewer = 1 - found.redials / max(self.counted.calls, 1)
        return [
            f"Of {found.blocked:,} callers who were blocked, {found.again / found.blocked:.0%} tried again within 30"
            f" minutes, after {found.delay:.0f} s in the mean; the rate has these attempts. To have them in the model"
            f" instead: times {fewer:.3g} for calls_per_hour, and redial: {_flow(found.spec)}."
        ]


@dataclass(frozen=True, eq=False)
class Fit:
    """A scenario's traffic from call records.

    numbers : by name, those with enough calls. left_out : the others, and their calls.
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
        """The same as the text of a scenario file, with what is known of each number in comments.

        ``tariff``: a scenario whose pools, groups, prices and numbers the fitted traffic is put on.
        """
        if tariff is not None:
            comments = "".join(f"# {sentence}\n" for sentence in self.sentences())
            return f"{comments}\n{yaml_text(with_tariff(self.to_scenario(), tariff))}"
        keys = self.to_scenario()
        lines = [f"{name}: {_scalar(keys[name])}" for name in ("name", "timezone", "start", "duration")]
        lines += ["", "profiles:"]
        for name, days in keys["profiles"].items():
            lines.append(f"  {_scalar(name)}:")
            lines += [f"    {day}: [{', '.join(f'{factor:g}' for factor in hours)}]" for day, hours in days.items()]
        lines += ["", "dids:"]
        for (name, did), one in zip(keys["dids"].items(), self.numbers.values(), strict=True):
            lines.append(f"  {_scalar(name)}:")
            lines += [f"    # {sentence}" for sentence in one.sentences()]
            lines += [f"    number: {_scalar(did['number'], True)}"] if "number" in did else []
            lines.append("    traffic:")
            lines += [f"      {key}: {_flow(value)}" for key, value in did["traffic"].items()]
        return "\n".join(lines) + "\n"

    def sentences(self) -> list[str]:
        """How far to trust it, number by number, and what was left out."""
        told = [
            f"{name or 'no number'}: {sentence}" for name, one in self.numbers.items() for sentence in one.sentences()
        ]
        if self.left_out:
            listed = ", ".join(f"{name or 'no number'} ({calls:,})" for name, calls in list(self.left_out.items())[:8])
            more = ", ..." if len(self.left_out) > 8 else ""
            few = f"under {LEAST_CALLS} calls or {LEAST_DATES} dates"
            told.append(f"Too few to fit, {few}: {len(self.left_out):,} of the numbers: {listed}{more}.")
        if self.reading.unusable:
            reasons = "; ".join(f"{count:,} {reason}" for reason, count in self.reading.unusable.items())
            told.append(f"Of {self.reading.rows:,} rows, some cannot be used: {reasons}.")
        return told

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


def fit(
    path: str | Path,
    layout: str | None = None,
    columns: Mapping[str, str | int] | None = None,
    timezone: str = "UTC",
) -> Fit:
    """Fit a scenario's traffic to call records.

    Parameters
    ----------
    path, layout, columns, timezone : as for `capsim.cdr.read`; days and hours are local to the zone.

    Raises
    ------
    InputError
        if the file cannot be read, or no number has 100 calls on 7 dates.
    """
    reading = count_records(Path(path), layout, columns, timezone)
    numbers, left_out = {}, {}
    for one in sorted(reading.numbers, key=lambda one: -one.calls):
        dates = int((one.hours.sum(axis=1) > 0).sum())
        if one.calls < LEAST_CALLS or dates < LEAST_DATES or not (one.talks > 0).any():
            left_out[one.name] = one.calls
            continue
        ring = fit_lengths(one.rings) if (one.rings > 0).any() else None
        days = fit_days(one.dates, one.hours)
        check, totals = check_days(one.dates, one.hours), check_totals(days, one.dates, one.hours)
        numbers[one.name] = FittedNumber(one, days, check, totals, fit_lengths(one.talks), ring)
    if not numbers:
        text = f"no number has {LEAST_CALLS} calls on {LEAST_DATES} dates, of which some were answered"
        raise InputError(Problem(f"{text}: too little to fit a model to", str(path)))
    return Fit(reading, numbers, left_out)


def _of_lengths(what: str, lengths: Lengths) -> str:
    kind = lengths.spec["distribution"]
    text = f"{what}: mean {lengths.mean:.3g} s, cv {lengths.cv:.2g}, {kind}"
    if kind == "empirical":
        best = min(lengths.tried.values(), default=math.nan)
        why = f"no distribution comes nearer than {best:.0%} to the recorded ones, so it is their own values"
        return f"{text}: {why}, to be trusted up to the longest of them."
    return f"{text}, within {max(lengths.apart, 0.01):.0%} of what was recorded at any length: it can be trusted."


def _dates(days: Sequence[date]) -> str:
    shown = ", ".join(day.isoformat() for day in days[:10])
    return f"{shown}, ... ({len(days)} in all)" if len(days) > 10 else shown


def _days(days: Sequence[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in days)


def _key(name: str, taken: Mapping[str, Any]) -> str:
    """A name for the DID of a number: what a scenario allows."""
    key = re.sub(r"[.*\x00-\x1f\x7f-\x9f\u2028\u2029]", "-", name).strip()[:90] or "no number"
    key = f"n{key.removeprefix('+')}" if re.fullmatch(r"\+?[0-9]+", key) else key
    unique, number = key, 2
    while unique in taken:
        unique, number = f"{key} {number}", number + 1
    return unique


def _scalar(value: Any, quoted: bool = False) -> str:
    text = str(value)
    plain = not quoted and re.fullmatch(r"[A-Za-z][A-Za-z0-9 _/+-]*|\d{4}-\d\d-\d\d|\d+ weeks", text)
    words = {"true", "false", "null", "yes", "no", "on", "off"}
    if plain and text.lower() not in words and text == text.strip():
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, float | int):
        return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)
    return value if re.fullmatch(r"[a-z]+|[0-9.]+ s", str(value)) else _scalar(value)
