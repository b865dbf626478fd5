"""Plots of a run over time: concurrent calls, channels of a group, the prepaid balance, congestion periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.estimates.local_times import local_times
from capsim.records import TIERS
from capsim.show import numbers
from capsim.show.style import BLOCKED, INK, MONEY, TIER_COLOURS, WIDTH, beside, new_axes, styled
from capsim.studies.run.rows import channel_bands
from capsim.units import DAY, HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.run.result import RunResult

MOST_STEPS = 800
"""Largest number of steps of a curve."""
FINEST = 2_000
"""Number of parts of the horizon that a picture tells apart."""
MOST_ROWS = 30
"""Largest number of DIDs and groups in a picture."""
NAME = 28
"""Longest name in a picture, in characters."""


@styled
def usage(result: RunResult, ax: Axes | None = None, group: str | None = None) -> Axes:
    """Draw concurrent calls by tier, stacked."""
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 4.2)
    rows = slice(None) if group is None else [result.samples.capacity.group_names.index(group)]
    used = np.atleast_1d((result.samples.schedule.most_channels[rows] > 0).any(axis=0))
    steps = result.usage_estimate.in_steps(MOST_STEPS, result.scenario.horizon.microseconds)
    calls = steps.mean[rows].sum(axis=0)
    moments = _moments(result, steps.edges)
    tiers = [row for row in range(len(TIERS)) if used[row]]
    if tiers:
        ax.stackplot(
            moments,
            *(np.append(calls[row], calls[row][-1]) for row in tiers),
            step="post",
            colors=[TIER_COLOURS[TIERS[row]] for row in tiers],
            labels=[TIERS[row].capitalize() for row in tiers],
            linewidth=0,
        )
    if group is None:
        peak = result.samples.totals["peak_calls"].one()
        label = f"Mean peak, {numbers.count(peak.mean)}"
        ax.axhline(peak.mean, color=INK, linewidth=1, linestyle=(0, (4, 3)), label=label)
    time_axis(ax, moments, result.scenario.timezone)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_ylabel("Concurrent calls")
    scope = "" if group is None else f", group {group}"
    ax.set_title(f"Concurrent calls by tier{scope} (means of {_length(steps.width)})")
    beside(ax, reverse=True)
    return ax


@styled
def channels(result: RunResult, group: str | None, ax: Axes | None = None) -> Axes:
    """Draw the busy channels of a group over time, each tier in its band.

    Lines show the capacity.
    """
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 3.2)
    names = result.samples.capacity.group_names
    row = len(names) if group is None else names.index(group)
    steps = result.usage_estimate.in_steps(MOST_STEPS, result.scenario.horizon.microseconds)
    means, peaks, sizes = steps.mean[row], steps.peak[row], steps.channels(result.samples.schedule, row)
    moments = _moments(result, steps.edges)
    floor = np.zeros(len(steps.edges))
    top, lines = 1.0, []
    tiers = channel_bands(result, group)
    for tier in tiers:
        size = np.append(sizes[tier], sizes[tier][-1])
        if not size.any():
            continue
        colour, name = TIER_COLOURS[TIERS[tier]], TIERS[tier]
        mean, peak = (np.append(values, values[-1]) for values in (means[tier], peaks[tier]))
        ax.fill_between(moments, floor, floor + mean, step="post", color=colour, linewidth=0, label=f"{name}, mean")
        ax.step(moments, floor + peak, where="post", color=colour, linewidth=0.9, label=f"{name}, highest")
        least, most = (f"{size.min():,}", f"{size.max():,}")
        has = f"{most} {name} channels" if least == most else f"{least} to {most} {name} channels"
        (line,) = ax.step(moments, floor + size, where="post", color=INK, linewidth=1.1, linestyle=(0, (5, 3)))
        lines.append((line, has))
        top = max(top, float((floor + np.minimum(size, np.maximum(2 * peak, 3))).max()))
        floor = floor + size
    ax.set_ylim(0, 1.06 * top)
    for line, has in lines:
        line.set_label(has if line.get_ydata().min() <= 1.06 * top else f"{has}, above the picture")  # type: ignore[union-attr]
    time_axis(ax, moments, result.scenario.timezone)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_ylabel("Busy channels")
    if group is not None:
        whose = f"group {group}"
    else:
        whose = f"{shortened(result.samples.members(row)[0], NAME)}, without a group"
    order = " above ".join(TIERS[tier] for tier in reversed(tiers) if sizes[tier].any())
    ax.set_title(f"Channels of {whose} (by {_length(steps.width)}; {order})")
    beside(ax, reverse=True)
    return ax


@styled
def balance(result: RunResult, ax: Axes | None = None) -> Axes:
    """Draw the prepaid balance over time."""
    ax = ax or new_axes(WIDTH, 3.8)
    figures, frame = result.account_figures, result.balance
    assert figures is not None
    currency = result.scenario.currency
    opening = figures.figures["opening"].mean
    times = frame["time"].dt.to_pydatetime().tolist()
    moments = [*times, result.scenario.horizon.end.astimezone(times[0].tzinfo)]
    if result.replications > 1:
        low, high = (np.append(edge, edge[-1]) for edge in (figures.lowest, figures.highest))
        label = f"Range of {result.replications:,} replications"
        ax.fill_between(moments, low, high, step="post", color=MONEY, alpha=0.25, linewidth=0, label=label)
    ax.plot(moments, np.append(opening, figures.first), color=MONEY, linewidth=1.3, label="First replication")
    ax.axhline(0, color=BLOCKED, linewidth=1, linestyle=(0, (4, 3)), label="At or below: no metered calls")
    account = result.scenario.account
    if account is not None and account.top_up is not None:
        threshold = float(account.top_up.threshold)
        ax.axhline(threshold, color=INK, linewidth=0.8, linestyle=":", label="Below: top-up")
    time_axis(ax, moments, result.scenario.timezone)
    ax.set_ylabel(f"Prepaid balance, {currency}")
    ax.yaxis.set_major_formatter("{x:,.0f}" if np.ptp(ax.get_ylim()) > 20 else "{x:,.2f}")
    ax.set_title("Prepaid balance over time")
    beside(ax)
    return ax


@styled
def congestion_periods(result: RunResult, ax: Axes | None = None, most: int = MOST_ROWS) -> Axes:
    """Draw the congestion periods of the first replication.

    The DIDs and groups that lost most calls come first.
    """
    from matplotlib.dates import date2num

    listed = result.spells
    listed = listed[listed["replication"] == 0]
    lost = listed.groupby(["scope", "name"])["lost"].sum().sort_values(ascending=False)
    rows = list(lost.index[:most])
    ax = ax or new_axes(WIDTH, 1.5 + 0.28 * max(len(rows), 4))
    horizon = result.scenario.horizon
    for place, (scope, name) in enumerate(reversed(rows)):
        of_row = listed[(listed["scope"] == scope) & (listed["name"] == name)]
        starts = date2num(of_row["start"].dt.to_pydatetime().tolist())
        drawn = _joined(starts, starts + of_row["seconds"].to_numpy() / 86_400, horizon.days / FINEST)
        ax.broken_barh(drawn, (place - 0.35, 0.7), facecolor=BLOCKED, edgecolor=BLOCKED, linewidth=0.6)
    labels = [f"{scope.upper() if scope == 'did' else scope} {shortened(name, NAME)}" for scope, name in reversed(rows)]
    ax.set_yticks(range(len(rows)), labels)
    if not rows:
        ax.text(0.5, 0.5, "none", transform=ax.transAxes, ha="center", va="center", color=INK)
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    zone = horizon.start.tzinfo
    time_axis(ax, [horizon.start, horizon.end.astimezone(zone)], result.scenario.timezone)
    ax.grid(False, axis="y")
    if (until := result.watching.listed_until) < horizon.microseconds:
        begin, end = (float(date2num(moment)) for moment in (horizon.local(until), horizon.end))
        more: Any = {"facecolor": "none", "edgecolor": INK, "alpha": 0.35, "hatch": "////", "linewidth": 0}
        ax.axvspan(begin, end, label="Too many to list", **more)
        beside(ax)
    some = f"; {len(rows)} of {len(lost):,} shown" if len(lost) > len(rows) else ""
    ax.set_title(f"Spells of exhaustion in which calls were lost (first replication{some})")
    return ax


# -- helpers --------------------------------------------------------------------------------------------


def time_axis(ax: Axes, moments: Sequence[datetime], timezone: str) -> None:
    """Make an axis of local time, with few labels that do not collide."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    zone = moments[0].tzinfo
    ax.set_xlim(moments[0], moments[-1])  # type: ignore[arg-type]
    locator = AutoDateLocator(minticks=4, maxticks=9, tz=zone)
    ax.xaxis.set_major_locator(locator)
    first, last = moments[0].year, (moments[-1] - timedelta(seconds=1)).year  # the end is no part of it
    if moments[-1] - moments[0] > timedelta(days=2):  # days have their month, and the axis its year
        days, zeros = ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%S"], ["", "%b", "%b", "%d %b", "%H:%M", "%H:%M"]
        concise = ConciseDateFormatter(locator, tz=zone, formats=days, zero_formats=zeros, show_offset=False)
        ax.xaxis.set_major_formatter(concise)
    else:
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))
    ax.set_xlabel(f"Local time, {timezone}, {first if first == last else f'{first} to {last}'}")


def shortened(name: str, most: int) -> str:
    """Shorten a long name in its middle, to leave room for the plot."""
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-(most - most // 2) :]}"


def _joined(starts: NDArray[np.float64], ends: NDArray[np.float64], gap: float) -> list[tuple[float, float]]:
    """Return start and length of bars; bars that no eye can tell apart are joined, since there may be 100,000."""
    if not len(starts):
        return []
    first = np.append(True, starts[1:] - ends[:-1] > gap)
    last = np.append(np.flatnonzero(first)[1:] - 1, len(starts) - 1)
    return list(zip(starts[first].tolist(), (ends[last] - starts[first]).tolist(), strict=True))


def _moments(result: RunResult, edges: NDArray[np.int64]) -> Any:
    """Return edges, microseconds from the start of the horizon, as local times."""
    return local_times(result.scenario, edges).to_pydatetime().tolist()


def _length(microseconds: int) -> str:
    """Write the width of a step: ``30 min``."""
    if microseconds >= DAY:
        return f"{microseconds / DAY:g} days" if microseconds > DAY else "1 day"
    if microseconds >= HOUR:
        return f"{microseconds / HOUR:g} h"
    return f"{microseconds / 6e7:g} min" if microseconds >= 6e7 else f"{microseconds / 1e6:g} s"
