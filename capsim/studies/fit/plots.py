"""A fit in pictures: the model's predictions beside what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from capsim.scenario.model.moments import WEEKDAYS
from capsim.show.style import BLOCKED, INK, TIER_COLOURS, WIDTH, beside, new_axes, styled
from capsim.studies.fit.days import band

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.fit.result import FittedNumber

BAND, MODEL = TIER_COLOURS["included"], TIER_COLOURS["dedicated"]


@styled
def plot_hours(one: FittedNumber, ax: Axes | None = None) -> Axes:
    """Draw calls by hour of the week: recorded ones, the fitted mean, and the band for a future day."""
    ax = ax or new_axes(WIDTH, 3.4)
    left_out = {*one.days.missing, *one.days.abnormal}
    hours = np.arange(168)
    mean = np.concatenate([one.days.means[one.days.type_of(day)] for day in range(7)])
    days = [max(int(one.days.counts[one.days.type_of(day)]), 1) for day in range(7)]
    low, high = np.zeros(168), np.zeros(168)
    for day in range(7):
        of_day = slice(24 * day, 24 * day + 24)
        low[of_day], high[of_day] = band(mean[of_day], one.days.cv, days[day])
    of_band: Any = {"color": BAND, "alpha": 0.45, "linewidth": 0, "label": "90% band of a further day"}
    ax.fill_between(hours, low, high, step="post", **of_band)
    ax.step(hours, mean, where="post", color=MODEL, linewidth=1.4, label="Fitted mean")
    for date, counts in zip(one.counted.dates, one.counted.hours, strict=True):
        odd = date in left_out
        at = 24 * date.weekday() + np.arange(24) + 0.5
        ax.plot(at, counts, ".", markersize=2.5, color=BLOCKED if odd else INK, alpha=0.8 if odd else 0.45)
    ax.plot([], [], ".", color=INK, label="Recorded")
    if left_out:
        ax.plot([], [], ".", color=BLOCKED, label="Left out")
    ax.set_xticks(range(0, 168, 24), WEEKDAYS, ha="left")
    ax.set_xlim(0, 168)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("Calls an hour")
    ax.set_xlabel("Hour of the week, local time")
    ax.set_title("Calls by hour of the week")
    beside(ax)
    return ax


@styled
def plot_days(one: FittedNumber, ax: Axes | None = None) -> Axes:
    """Draw the calls of each day over the mean of its type: how much days differ, beside a plain Poisson model."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    ax = ax or new_axes(WIDTH, 2.8)
    dates, totals = one.counted.dates, one.counted.hours.sum(axis=1)
    expected = np.array([one.days.means[one.days.type_of(date.weekday())].sum() for date in dates])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected >= 1, totals / expected, np.nan)
    left_out = np.array([date in {*one.days.missing, *one.days.abnormal} for date in dates])
    at = date2num([date.isoformat() for date in dates])
    plain = 1.645 / np.sqrt(np.nanmean(np.where(expected >= 1, expected, np.nan)))
    wide = 1.645 * np.hypot(one.days.cv, plain / 1.645)
    ax.axhspan(max(1 - wide, 0), 1 + wide, color=BAND, alpha=0.35, linewidth=0, label="90% of days, fitted")
    ax.axhspan(max(1 - plain, 0), 1 + plain, color=MODEL, alpha=0.3, linewidth=0, label="90% of days, plain Poisson")
    ax.plot(at[~left_out], ratio[~left_out], "o", markersize=4, color=INK, label="Recorded")
    if left_out.any():
        ax.plot(at[left_out], ratio[left_out], "x", markersize=6, color=BLOCKED, label="Left out")
    locator = AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set_ylim(bottom=0)
    ax.set_ylabel("Calls over the mean\nof the day's kind")
    ax.set_title("How much days differ")
    beside(ax)
    return ax


@styled
def plot_lengths(one: FittedNumber, ax: Axes | None = None) -> Axes:
    """Draw holding times: the share of calls that last longer, recorded and fitted."""
    from matplotlib.ticker import LogFormatter

    ax = ax or new_axes(WIDTH, 2.8)
    seconds = np.sort(one.counted.talks) / 1e6
    share = 1 - np.arange(1, len(seconds) + 1) / (len(seconds) + 1)
    ax.step(seconds / 60, 100 * share, where="post", color=INK, linewidth=1.2, label="Recorded")
    expected = one.holding.quantiles(share)
    if expected is not None:
        ax.plot(expected / 60, 100 * share, color=BLOCKED, linewidth=1.2, linestyle=(0, (4, 2)), label="Fitted")
    ax.set_yscale("log")
    ax.set_ylim(max(100 / (len(seconds) + 1), 0.05), 100)
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(LogFormatter(labelOnlyBase=False))
    ax.set_xlim(0, float(np.quantile(seconds, 0.999)) / 60)
    ax.set_ylabel("Calls that hold longer, %")
    ax.set_xlabel("Holding time, min")
    kind = one.holding.spec["distribution"]
    ax.set_title(f"Holding times: {kind}, mean {one.holding.mean:.0f} s, cv {one.holding.cv:.2f}")
    beside(ax)
    return ax
