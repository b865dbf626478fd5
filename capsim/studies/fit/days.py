"""Days of recorded calls: which are missing, which weekdays are alike, and how much days differ by chance.

Calls of a date are Poisson by the hour, times one gamma factor of mean 1 for the date. So totals of days of one type
are negative binomial, and hours within a day multinomial. Weekdays are pooled where this predicts left-out days better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from capsim.records import Float64, Int64

LEAST_EXPECTED = 20
"""Median calls of a weekday from which a date without any call counts as missing."""
ODD = 4.5
"""Robust standard deviations from its weekday, in the logarithm of calls, beyond which a date is abnormal."""
LEAST_SPREAD = 0.2
"""Least deviation of an abnormal date: 40% to 2.5 times the calls of a weekday are never abnormal."""
BAND = 0.9


@dataclass(frozen=True, eq=False, kw_only=True)
class DayModel:
    """The model of a number's days.

    Attributes
    ----------
    types : tuple of tuple of int
        Weekdays that are alike; Monday is 0.
    means : ndarray of shape (types, 24)
        Mean calls by hour.
    counts : ndarray of shape (types,)
        Number of dates of each type.
    cv : float
        Coefficient of variation of the days' factor.
    missing, abnormal : tuple of date
        Dates left out.
    dates : int
        Number of dates that the model is made of.
    """

    types: tuple[tuple[int, ...], ...]
    means: Float64
    counts: Int64
    cv: float
    missing: tuple[date, ...]
    abnormal: tuple[date, ...]
    dates: int

    @property
    def cv_ahead(self) -> float:
        """Coefficient of variation of a future day's factor, with the error of the mean, averaged over the week."""
        few = float(np.mean([1 / max(self.counts[self.type_of(weekday)], 1) for weekday in range(7)]))
        return self.cv * math.sqrt(1 + few)

    def type_of(self, weekday: int) -> int:
        return next(row for row, days in enumerate(self.types) if weekday in days)


@dataclass(frozen=True)
class Check:
    """How well left-out days are predicted by hour.

    Attributes
    ----------
    inside : float
        Share of the hours inside the 90% band.
    plain : float
        The same for a plain Poisson model with the same means.
    width : float
        Mean width of the band, calls.
    hours : int
        Number of hours compared.
    """

    inside: float
    width: float
    plain: float
    hours: int


def fit_days(dates: Sequence[date], hours: Int64) -> DayModel:
    """Fit the model of one number's days to ``hours``, (K, 24) calls by local date and hour."""
    weekdays = np.array([day.weekday() for day in dates])
    totals = hours.sum(axis=1)
    missing, abnormal = _odd_dates(weekdays, totals)
    used = ~(missing | abnormal)
    weekday, counts = weekdays[used], hours[used].astype(np.float64)
    types = _merged(weekday, counts)
    means = np.stack([_mean(counts, np.isin(weekday, days)) for days in types])
    dates_of = np.array([np.count_nonzero(np.isin(weekday, days)) for days in types], np.int64)
    return DayModel(
        types=tuple(types), means=means, counts=dates_of, cv=_cv(types, weekday, counts.sum(axis=1)),
        missing=tuple(day for day, out in zip(dates, missing, strict=True) if out),
        abnormal=tuple(day for day, out in zip(dates, abnormal, strict=True) if out),
        dates=int(used.sum()),
    )  # fmt: skip


def _odd_dates(weekdays: Int64, totals: Int64) -> tuple[np.ndarray, np.ndarray]:
    missing, abnormal = np.zeros(len(totals), np.bool_), np.zeros(len(totals), np.bool_)
    logs = np.log(totals + 0.5)
    middle = np.array([np.median(totals[weekdays == day]) if (weekdays == day).any() else 0 for day in range(7)])
    present = totals > 0
    median = np.array([np.median(totals[present & (weekdays == day)]) if (present & (weekdays == day)).any() else 0.0
                       for day in range(7)])  # fmt: skip
    missing[:] = (totals == 0) & (np.maximum(median, middle)[weekdays] >= LEAST_EXPECTED)
    away = logs - np.log(median[weekdays] + 0.5)
    usual = away[present & (median[weekdays] >= LEAST_EXPECTED)]
    if len(usual) >= 5:
        spread = max(1.4826 * float(np.median(np.abs(usual - np.median(usual)))), LEAST_SPREAD)
        abnormal[:] = ~missing & (median[weekdays] >= LEAST_EXPECTED) & (np.abs(away) > ODD * spread)
    return missing, abnormal


def _mean(counts: Float64, which: np.ndarray) -> Float64:
    found: Float64 = counts[which].mean(axis=0) if which.any() else np.zeros(24)
    return found


def _merged(weekday: Int64, counts: Float64) -> list[tuple[int, ...]]:
    """Pool weekdays step by step, for as long as left-out days are predicted better."""
    types: list[tuple[int, ...]] = [(day,) for day in range(7) if (weekday == day).any()]
    never = tuple(day for day in range(7) if not (weekday == day).any())
    shape = 1 / max(_cv(types, weekday, counts.sum(axis=1)), 0.05) ** 2
    scores = {days: _foretold(counts[np.isin(weekday, days)], shape) for days in types}
    while len(types) > 1:
        pairs = [(one, other) for place, one in enumerate(types) for other in types[place + 1 :]]
        gains = []
        for one, other in pairs:
            both = tuple(sorted(one + other))
            if both not in scores:
                scores[both] = _foretold(counts[np.isin(weekday, both)], shape)
            gains.append((scores[both] - scores[one] - scores[other], one, other, both))
        gain, one, other, both = max(gains)
        if gain <= 0:
            break
        types = sorted([*(days for days in types if days not in (one, other)), both])
    return [*types, never] if never else types


def _foretold(counts: Float64, shape: float) -> float:
    """Log-likelihood of each day given the other days of its type: of its total, and of its hours."""
    days = len(counts)
    totals = counts.sum(axis=1)
    if days < 2:
        return -float(sum(math.log(total + 2) + 24 for total in totals))  # a day that nothing foretells
    score = 0.0
    for row in range(days):
        others = np.delete(counts, row, axis=0)
        mean = max(float(others.sum() / len(others)), 0.05)
        share = (others.sum(axis=0) + 0.3) / (others.sum() + 24 * 0.3)
        effective = 1 / ((1 / shape) * (1 + 1 / len(others)) + 1 / (mean * len(others)))
        total = totals[row]
        score += (
            math.lgamma(total + effective) - math.lgamma(effective) - math.lgamma(total + 1)
            + effective * math.log(effective / (effective + mean)) + total * math.log(mean / (effective + mean))
        )  # fmt: skip
        hours = math.lgamma(total + 1) - sum(math.lgamma(n + 1) for n in counts[row])
        score += hours + float(counts[row] @ np.log(share))
    return score


def _cv(types: Sequence[tuple[int, ...]], weekday: Int64, totals: Float64) -> float:
    """Coefficient of variation of the days' factor: variance of totals beyond Poisson, by moments over all types."""
    excess, weight = 0.0, 0.0
    for days in types:
        of_type = totals[np.isin(weekday, days)]
        if len(of_type) < 2 or of_type.mean() < 1:
            continue
        mean = of_type.mean()
        excess += (of_type.var(ddof=1) - mean) / mean**2 * (len(of_type) - 1)
        weight += len(of_type) - 1
    return math.sqrt(max(excess / weight, 0.0)) if weight else 0.0


def band(mean: Float64, cv: float, days: int) -> tuple[Float64, Float64]:
    """The 90% band of a count on a future day: by chance, by the day's factor, and by the error of the mean."""
    from scipy.stats import nbinom

    variance = cv * cv * (1 + 1 / days) + 1 / (np.maximum(mean, 1e-9) * days)
    shape = 1 / np.maximum(variance, 1e-9)
    low, high = (nbinom.ppf(q, shape, shape / (shape + mean)) for q in ((1 - BAND) / 2, (1 + BAND) / 2))
    return low, high


@dataclass(frozen=True)
class DayCheck:
    """How well the model holds day by day, on the days that it is made of.

    Attributes
    ----------
    inside : float
        Share of the days whose calls lie in the 90% band of their type.
    days : int
        Number of days compared.
    trend : float
        Linear rise of the calls over the records, as a share of their mean; below 0 they fall.
    error : float
        Standard error of ``trend``.
    """

    inside: float
    days: int
    trend: float
    error: float

    @property
    def change(self) -> float:
        """Change from the first day to the last, as a share of the first."""
        return (1 + self.trend / 2) / max(1 - self.trend / 2, 0.01) - 1


def check_totals(model: DayModel, dates: Sequence[date], hours: Int64) -> DayCheck:
    """Hold the totals of days against the band of their type, and find their trend."""
    left_out = set(model.missing) | set(model.abnormal)
    rows = [row for row, day in enumerate(dates) if day not in left_out]
    kinds = np.array([model.type_of(dates[row].weekday()) for row in rows])
    expected = model.means.sum(axis=1)[kinds]
    busy = expected >= LEAST_EXPECTED
    rows, kinds, expected = [row for row, one in zip(rows, busy, strict=True) if one], kinds[busy], expected[busy]
    if len(rows) < 5:
        return DayCheck(1.0, len(rows), 0.0, math.inf)
    totals = hours[rows].sum(axis=1)
    low, high = np.zeros(len(rows)), np.zeros(len(rows))
    for kind in np.unique(kinds):
        of_kind = kinds == kind
        low[of_kind], high[of_kind] = band(expected[of_kind], model.cv, int(of_kind.sum()))
    at = np.array([dates[row].toordinal() for row in rows], np.float64)
    span, at, ratio = float(at[-1] - at[0]), at - at.mean(), totals / expected
    slope = float((at * ratio).sum() / (at * at).sum())
    rest = ratio - ratio.mean() - slope * at
    error = math.sqrt(float((rest * rest).sum()) / (len(rows) - 2) / float((at * at).sum()))
    inside = float(((totals >= low) & (totals <= high)).mean())
    return DayCheck(inside, len(rows), slope * span, max(error * span, 1e-9))


def check_days(dates: Sequence[date], hours: Int64, least: float = 1.0) -> Check:
    """Leave out each date in turn: does the 90% band of the others hold its hours of ``least`` calls or more?"""
    from scipy.stats import poisson

    model = fit_days(dates, hours)
    left_out = set(model.missing) | set(model.abnormal)
    rows = [row for row, day in enumerate(dates) if day not in left_out]
    weekday = np.array([dates[row].weekday() for row in rows])
    inside = plain = open_hours = 0
    width = 0.0
    for place, row in enumerate(rows):
        others = [other for other in rows if other != row]
        kept = np.delete(weekday, place)
        alike = np.isin(kept, model.types[model.type_of(int(weekday[place]))])
        days = int(alike.sum())
        if days < 2:
            continue
        counts = hours[others]
        mean = counts[alike].mean(axis=0)
        which = mean >= least
        low, high = band(mean, _cv(model.types, kept, counts.sum(axis=1).astype(np.float64)), days)
        plain_low, plain_high = (poisson.ppf(q, mean) for q in ((1 - BAND) / 2, (1 + BAND) / 2))
        seen = hours[row]
        inside += int(((seen >= low) & (seen <= high))[which].sum())
        plain += int(((seen >= plain_low) & (seen <= plain_high))[which].sum())
        width += float((high - low)[which].sum())
        open_hours += int(which.sum())
    nothing = max(open_hours, 1)
    return Check(inside / nothing, width / nothing, plain / nothing, open_hours)
