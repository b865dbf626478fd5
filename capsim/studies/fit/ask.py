"""Fitting: call records -> counts -> a model of days and of lengths, number by number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from capsim.errors import InputError, Problem
from capsim.studies.fit.counts import LEAST_CALLS, LEAST_DATES, count_records
from capsim.studies.fit.days import check_days, check_totals, fit_days
from capsim.studies.fit.lengths import fit_lengths
from capsim.studies.fit.result import Fit, FittedNumber


def fit(
    path: str | Path,
    layout: str | None = None,
    columns: Mapping[str, str | int] | None = None,
    timezone: str = "UTC",
) -> Fit:
    """Fit a scenario's traffic to call records.

    Parameters
    ----------
    path : str or Path
        File of call records.
    layout : str, optional
        Name of its layout, such as ``didww``; recognised by default.
    columns : mapping of str to str or int, optional
        Column of each field, by header or by position from 1, such as ``{"start": "Begin", "talk": 4}``.
    timezone : str, optional
        Zone of times that carry none; days and hours are local to it.

    Returns
    -------
    Fit
        The traffic of each number with enough calls.

    Raises
    ------
    InputError
        If the file cannot be read, or no number has 100 calls on 7 dates.

    Examples
    --------
    >>> fitted = capsim.fit("calls.csv", timezone="Europe/London")  # doctest: +SKIP
    >>> print(fitted.to_yaml())  # doctest: +SKIP
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
