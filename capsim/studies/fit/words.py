"""A fit in sentences: how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from capsim.scenario.language.writing import flow_text
from capsim.scenario.model.moments import WEEKDAYS
from capsim.studies.fit.counts import LEAST_CALLS, LEAST_DATES
from capsim.studies.fit.lengths import Lengths

if TYPE_CHECKING:
    from capsim.studies.fit.result import Fit, FittedNumber


def of_fit(fit: Fit) -> list[str]:
    """How far to trust it, number by number, and what was left out."""
    told = [f"{name or 'no number'}: {sentence}" for name, one in fit.numbers.items() for sentence in one.sentences()]
    if fit.left_out:
        listed = ", ".join(f"{name or 'no number'} ({calls:,})" for name, calls in list(fit.left_out.items())[:8])
        more = ", ..." if len(fit.left_out) > 8 else ""
        few = f"under {LEAST_CALLS} calls or {LEAST_DATES} dates"
        told.append(f"Too few to fit, {few}: {len(fit.left_out):,} of the numbers: {listed}{more}.")
    if fit.reading.unusable:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in fit.reading.unusable.items())
        told.append(f"Of {fit.reading.rows:,} rows, some cannot be used: {reasons}.")
    return told


def of_number(number: FittedNumber) -> list[str]:
    """How far the model can be trusted, and what was left out of it."""
    days = number.days
    told = [f"{number.counted.calls:,} calls, {days.dates} days; busiest hour {number.calls_per_hour:.3g} calls."]
    if days.missing:
        told.append(f"Missing, and left out: {_dates(days.missing)}; not a call on days that have them.")
    if days.abnormal:
        told.append(f"Unlike their weekday, and left out: {_dates(days.abnormal)}.")
    told.append(f"Days alike: {'; '.join(_days(one) for one in days.types)}.")
    told += [of_days(number), of_hours(number), of_holding(number)]
    if number.ring is not None:
        told.append(_of_lengths("Ringing", number.ring))
    if number.counted.blocked:
        told.append(f"{number.counted.blocked:,} blocked calls are part of the offered traffic.")
        told += _of_redials(number)
    else:
        told.append(
            "The records have no blocked call. If channels were ever full, callers who heard the busy tone left no"
            " record: what is fitted is carried traffic, and the offered one is higher."
        )
    return told


def of_hours(number: FittedNumber) -> str:
    """Whether the hours can be trusted."""
    check = number.check
    if not check.hours:
        return "Too few days of a kind to leave one out: it cannot be told how well the hours are foretold."
    verdict = "it can be trusted by the hour"
    if not 0.85 <= check.inside <= 0.97:
        verdict = f"its bands are {'too narrow to be trusted' if check.inside < 0.85 else 'wider than need be'}"
    band = f"the 90% band of the others, {check.width:.3g} calls wide (plain Poisson: {check.plain:.0%})"
    return f"Of days left out in turn, {check.inside:.0%} of hours lie in {band}: {verdict}."


def of_days(number: FittedNumber) -> str:
    """Whether the days can be trusted."""
    days, found = number.days, number.totals
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


def of_holding(number: FittedNumber) -> str:
    """Whether the holding times can be trusted."""
    return _of_lengths("Holding", number.holding)


def _of_redials(number: FittedNumber) -> list[str]:
    """What blocked callers did, and how to write it in the scenario; the user decides."""
    found = number.counted.redialling
    if found is None:
        return ["Whether blocked callers try again is not told: too few of them, or the records don't say who called."]
    if not found.again:
        return [f"Of {found.blocked:,} callers who were blocked, none tried again within 30 minutes."]
    fewer = 1 - found.redials / max(number.counted.calls, 1)
    return [
        f"Of {found.blocked:,} callers who were blocked, {found.again / found.blocked:.0%} tried again within 30"
        f" minutes, after {found.delay:.0f} s in the mean; the rate has these attempts. To have them in the model"
        f" instead: times {fewer:.3g} for calls_per_hour, and redial: {flow_text(found.spec)}."
    ]


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
