"""Plots of a run over time: concurrent calls, channels of a group, the prepaid balance, spells of exhaustion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.records import METERED, SHARED, TIERS
from capsim.report import numbers
from capsim.report.plots.style import BLOCKED, INK, MONEY, TIER_COLOURS, WIDTH, beside, new_axes, styled
from capsim.study import RunResult
from capsim.units import DAY, HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS = 800
FINEST = 2_000
"""Parts of the horizon that a picture tells apart."""
MOST_ROWS = 30
NAME = 28


@styled
def usage(result: RunResult, ax: Axes | None = None, group: str | None = None) -> Axes:
    """Concurrent calls by tier, stacked."""
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 4.2)
    rows = slice(None) if group is None else [result.samples.capacity.group_names.index(group)]
    used = np.atleast_1d((result.samples.schedule.most_channels[rows] > 0).any(axis=0))
    edges, width = _edges(result)
    calls = _means(result, edges)[rows].sum(axis=0)
    moments = _moments(result, edges)
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
    ax.set_title(f"Concurrent calls by tier{scope} (means of {_length(width)})")
    beside(ax, reverse=True)
    return ax


@styled
def channels(result: RunResult, group: str | None, ax: Axes | None = None) -> Axes:
    """Busy channels of a group over time, each tier in a band of its own, and the lines of capacity."""
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 3.2)
    names = result.samples.capacity.group_names
    row = len(names) if group is None else names.index(group)
    edges, width = _edges(result)
    means = _means(result, edges)[row]
    estimate, moments = result.usage_estimate, _moments(result, edges)
    starts = np.searchsorted(estimate.start, edges[:-1])
    peaks = np.maximum.reduceat(estimate.peak[row], starts, axis=1)
    sizes = _sizes(result, row, edges)
    floor = np.zeros(len(edges))
    top, lines = 1.0, []
    tiers = bands(result, group)
    for tier in tiers:
        size = np.append(sizes[tier], sizes[tier][-1])
        if not size.any():
            continue
        colour, name = TIER_COLOURS[TIERS[tier]], TIERS[tier]
        mean, peak = (np.append(one, one[-1]) for one in (means[tier], peaks[tier]))
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
    whose = f"group {group}" if group is not None else f"{shortened(_members(result, row)[0], NAME)}, without a group"
    order = " above ".join(TIERS[tier] for tier in reversed(tiers) if sizes[tier].any())
    ax.set_title(f"Channels of {whose} (by {_length(width)}; {order})")
    beside(ax, reverse=True)
    return ax


def bands(result: RunResult, group: str | None) -> tuple[int, ...]:
    """Tiers whose channels fill one after the other: those of the group; all of them where it has only one DID.

    ``group`` is None for the DIDs without one: none, where there are several of them.
    """
    names = result.samples.capacity.group_names
    alone = len(_members(result, len(names) if group is None else names.index(group))) == 1
    return tuple(range(len(TIERS))) if alone else () if group is None else (SHARED, METERED)


def _members(result: RunResult, row: int) -> list[str]:
    """The DIDs that are in a group at any time, or in none."""
    schedule = result.samples.schedule
    ever = np.any([capacity.group == row for _, capacity in schedule.in_turn()], axis=0)
    return [schedule.first.did_names[place] for place in np.flatnonzero(ever)]


@styled
def balance(result: RunResult, ax: Axes | None = None) -> Axes:
    """The prepaid balance over time."""
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
def spells(result: RunResult, ax: Axes | None = None, most: int = MOST_ROWS) -> Axes:
    """When, and for how long, capacity was exhausted in the first replication: by who lost most calls."""
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
    if (until := result.watching.watched[0].spells_until) < horizon.microseconds:
        begin, end = (float(date2num(moment)) for moment in (horizon.local(until), horizon.end))
        more: Any = {"facecolor": "none", "edgecolor": INK, "alpha": 0.35, "hatch": "////", "linewidth": 0}
        ax.axvspan(begin, end, label="Too many to list", **more)
        beside(ax)
    some = f"; {len(rows)} of {len(lost):,} shown" if len(lost) > len(rows) else ""
    ax.set_title(f"Spells of exhaustion in which calls were lost (first replication{some})")
    return ax


# -- helpers --------------------------------------------------------------------------------------------


def time_axis(ax: Axes, moments: Sequence[datetime], timezone: str) -> None:
    """Local time from the first to the last of the moments, with few labels that do not collide."""
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
    """A name that leaves room for the plot: its middle left out where it is long."""
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-(most - most // 2) :]}"


def _joined(starts: NDArray[np.float64], ends: NDArray[np.float64], gap: float) -> list[tuple[float, float]]:
    """Begin and length of bars; those that no eye could tell apart are one, since there may be a hundred thousand."""
    if not len(starts):
        return []
    first = np.append(True, starts[1:] - ends[:-1] > gap)
    last = np.append(np.flatnonzero(first)[1:] - 1, len(starts) - 1)
    return list(zip(starts[first].tolist(), (ends[last] - starts[first]).tolist(), strict=True))


def _edges(result: RunResult) -> tuple[NDArray[np.int64], int]:
    """Edges of the steps that are drawn, and the length of one: some bins together where there are many."""
    estimate = result.usage_estimate
    together = -(-len(estimate.start) // MOST_STEPS)
    edges = np.append(estimate.start[::together], result.scenario.horizon.microseconds)
    return edges, together * estimate.width


def _means(result: RunResult, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """(G + 1, 4, steps) mean busy channels."""
    estimate = result.usage_estimate
    lengths = np.diff(np.append(estimate.start, result.scenario.horizon.microseconds))
    starts = np.searchsorted(estimate.start, edges[:-1])
    means: NDArray[np.float64] = np.add.reduceat(estimate.calls.mean * lengths, starts, axis=2) / np.diff(edges)
    return means


def _sizes(result: RunResult, row: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """(4, steps) channels of a group: the most in each step."""
    schedule = result.samples.schedule
    begun = np.clip([0, *(step.at for step in schedule.steps)], 0, None)
    sizes = np.array([sizes[row] for sizes in schedule.channels]).T
    first = np.searchsorted(begun, edges[:-1], side="right") - 1
    last = np.searchsorted(begun, edges[1:], side="left") - 1
    most = [sizes[:, begin : max(begin, end) + 1].max(axis=1) for begin, end in zip(first, last, strict=True)]
    return np.array(most, np.int64).T


def _moments(result: RunResult, edges: NDArray[np.int64]) -> Any:
    import pandas as pd

    start = pd.Timestamp(result.scenario.horizon.start).tz_convert("UTC")
    local = (start + pd.to_timedelta(edges, unit="us")).tz_convert(result.scenario.timezone)
    return local.to_pydatetime().tolist()


def _length(microseconds: int) -> str:
    """A step's width in words: ``30 min``."""
    if microseconds >= DAY:
        return f"{microseconds / DAY:g} days" if microseconds > DAY else "1 day"
    if microseconds >= HOUR:
        return f"{microseconds / HOUR:g} h"
    return f"{microseconds / 6e7:g} min" if microseconds >= 6e7 else f"{microseconds / 1e6:g} s"
