"""Plots of a run, in matplotlib: one style, units on the axes, intervals drawn, one colour for each tier.

Each function draws on the Axes it is given, or on new ones, and returns them; none shows a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from capsim.records import TIERS
from capsim.report import numbers
from capsim.report.plots.style import BLOCKED, INK, MONEY, TIER_COLOURS, new_axes, styled
from capsim.study import RunResult
from capsim.units import CURRENCIES, DAY, HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 30
MOST_STEPS = 250


class RunPlots:
    """``result.plot``: the plots of one run."""

    def __init__(self, result: RunResult) -> None:
        self.result = result

    @styled
    def usage(self, ax: Axes | None = None, group: str | None = None) -> Axes:
        """Concurrent calls over time by tier: mean of the replications, stacked; and the highest peak.

        ``group`` limits it to the DIDs and channels of one group.
        """
        import pandas as pd
        from matplotlib.ticker import MaxNLocator

        ax = ax or new_axes(10, 4.2)
        result = self.result
        estimate, plan = result.usage_estimate, result.samples.plan
        rows = slice(None) if group is None else [plan.group_names.index(group)]
        used = np.atleast_1d((result.samples.schedule.most_channels[rows] > 0).any(axis=0))
        horizon = result.scenario.horizon
        together = -(-len(estimate.start) // MOST_STEPS)
        edges = np.append(estimate.start[::together], horizon.microseconds)
        area = estimate.calls.mean[rows].sum(axis=0) * np.diff(np.append(estimate.start, horizon.microseconds))
        calls = np.add.reduceat(area, np.arange(0, area.shape[1], together), axis=1) / np.diff(edges)
        start = pd.Timestamp(horizon.start)
        times = (start.tz_convert("UTC") + pd.to_timedelta(edges, unit="us")).tz_convert(result.scenario.timezone)
        moments = times.to_pydatetime().tolist()
        tiers = [row for row in range(len(TIERS)) if used[row]]
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
            ax.axhline(
                peak.mean,
                color=INK,
                linewidth=1,
                linestyle=(0, (4, 3)),
                label=f"Mean peak, {numbers.count(peak.mean)}",
            )
        _time_axis(ax, moments, result.scenario.timezone)
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylabel("Concurrent calls")
        scope = "" if group is None else f", group {group}"
        ax.set_title(f"Concurrent calls by tier{scope} (means of {_length(together * estimate.width)})")
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), reverse=True)
        return ax

    @styled
    def tiers(self, ax: Axes | None = None) -> Axes:
        """Load carried by each tier, in Erlangs, with its interval, and the channels it has."""
        ax = ax or new_axes(7, 3.6)
        result = self.result
        load, channels = result.samples.tiers["erlangs"], result.samples.channels.mean
        rows = [row for row in range(len(TIERS)) if channels[row]]
        places = np.arange(len(rows))[::-1]
        means = load.mean[rows]
        ax.barh(
            places,
            means,
            xerr=_errors(means, load.low[rows], load.high[rows]),
            height=0.6,
            color=[TIER_COLOURS[TIERS[row]] for row in rows],
            error_kw={"ecolor": INK, "capsize": 3},
        )
        for place, row in zip(places, rows, strict=True):
            right = max(float(load.mean[row]), np.nan_to_num(float(load.high[row])))
            share = f"{100 * load.mean[row] / channels[row]:.3g}%"
            ax.annotate(
                f"{numbers.load(load.mean[row])} Erlangs, {share} of {numbers.count(channels[row])}",
                (right, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
            )
        ax.set_yticks(places, [TIERS[row].capitalize() for row in rows])
        ax.set_xlim(
            0,
            (float(np.nanmax([means.max(initial=0), np.nan_to_num(load.high[rows]).max(initial=0)])) or 1) * 1.45,
        )
        ax.grid(False, axis="y")
        ax.set_xlabel("Carried load, Erlangs")
        ax.set_title("Load by tier, and its share of the tier's channels")
        return ax

    @styled
    def blocking(self, ax: Axes | None = None) -> Axes:
        """Blocking of each DID with its 95% interval; of many DIDs, those with the highest."""
        result = self.result
        blocking, names = result.samples.dids["blocking"], result.samples.plan.did_names
        order = np.argsort(-np.nan_to_num(blocking.mean, nan=-1.0), kind="stable")[:MOST_BARS]
        ax = ax or new_axes(7, 1.6 + 0.26 * len(order))
        places = np.arange(len(order))[::-1]
        means = 100 * blocking.mean[order]
        low, high = 100 * blocking.low[order], 100 * blocking.high[order]
        seen = means > 0
        if seen.any():
            ax.errorbar(
                means[seen],
                places[seen],
                xerr=_errors(means[seen], low[seen], high[seen]),
                fmt="o",
                color=BLOCKED,
                ecolor=INK,
                capsize=3,
                markersize=5,
                label="Blocking, 95% interval",
            )
        bounded = (means == 0) & (high > 0)
        if bounded.any():
            ax.errorbar(
                high[bounded],
                places[bounded],
                xerr=[high[bounded], np.zeros(bounded.sum())],
                fmt="<",
                color=INK,
                ecolor=INK,
                elinewidth=0.8,
                markersize=5,
                label="None blocked, upper bound",
            )
        ax.set_yticks(places, [names[row] for row in order])
        ax.set_ylim(-0.7, len(order) - 0.3)
        ax.set_xlim(left=0)
        ax.set_xlabel("Blocking, % of offered calls")
        some = f" (highest {len(order)} of {len(names):,} DIDs)" if len(names) > len(order) else ""
        ax.set_title(f"Blocking by DID{some}")
        if seen.any() or bounded.any():
            ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
        return ax

    @styled
    def cost(self, ax: Axes | None = None) -> Axes:
        """Cost of the horizon by kind, with intervals."""
        ax = ax or new_axes(7, 3.4)
        result = self.result
        currency = result.scenario.currency
        kinds = {
            "setup": ("One-time fees", "#7f7f7f"),
            "dids": ("Numbers", TIER_COLOURS["included"]),
            "flat_rate": ("Flat-rate channels", TIER_COLOURS["shared"]),
            "metered": ("Metered calls", TIER_COLOURS["metered"]),
        }
        places = np.arange(len(kinds))[::-1]
        costs = [result.cost_estimates[kind] for kind in kinds]
        means = np.array([one.mean for one in costs])
        low, high = np.array([one.low for one in costs]), np.array([one.high for one in costs])
        ax.barh(
            places,
            means,
            xerr=_errors(means, low, high),
            height=0.6,
            color=[colour for _, colour in kinds.values()],
            error_kw={"ecolor": INK, "capsize": 3},
        )
        for place, mean, top in zip(places, means, np.fmax(means, high), strict=True):
            ax.annotate(
                numbers.money(mean, CURRENCIES[currency]),
                (top, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
            )
        ax.set_yticks(places, [label for label, _ in kinds.values()])
        ax.set_xlim(0, (float(np.fmax(means, high).max()) or 1) * 1.2)
        ax.xaxis.set_major_formatter("{x:,.0f}" if ax.get_xlim()[1] > 20 else "{x:,.2f}")
        ax.grid(False, axis="y")
        ax.set_xlabel(f"Cost of the horizon, {currency}")
        total = result.cost_estimates["total"].mean
        ax.set_title(f"Cost by kind: {numbers.money(total, CURRENCIES[currency])} {currency} in all")
        return ax

    @styled
    def balance(self, ax: Axes | None = None) -> Axes:
        """The prepaid balance over time: of the first replication, in the range of all of them (R10).

        The mean of many saw teeth looks like none of them; `RunResult.balance` has it, with its interval.
        """
        ax = ax or new_axes(10, 3.8)
        result = self.result
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
        _time_axis(ax, moments, result.scenario.timezone)
        ax.set_ylabel(f"Prepaid balance, {currency}")
        ax.yaxis.set_major_formatter("{x:,.0f}" if np.ptp(ax.get_ylim()) > 20 else "{x:,.2f}")
        ax.set_title("Prepaid balance over time")
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
        return ax

    @styled
    def spells(self, ax: Axes | None = None, most: int = MOST_BARS) -> Axes:
        """When, and for how long, capacity was exhausted in the first replication: by who lost most calls."""
        from matplotlib.dates import date2num

        ax = ax or new_axes(10, 3.2)
        result = self.result
        spells = result.spells
        spells = spells[spells["replication"] == 0]
        lost = spells.groupby(["scope", "name"])["lost"].sum().sort_values(ascending=False)
        rows = list(lost.index[:most])
        if len(rows) > 6:
            figure = ax.get_figure(root=True)
            if figure is not None:
                figure.set_figheight(1.6 + 0.28 * len(rows))
        horizon = result.scenario.horizon
        for place, (scope, name) in enumerate(reversed(rows)):
            of_row = spells[(spells["scope"] == scope) & (spells["name"] == name)]
            starts = date2num(of_row["start"].dt.to_pydatetime().tolist())
            ax.broken_barh(
                list(zip(starts, of_row["seconds"] / 86_400, strict=True)), (place - 0.35, 0.7),
                facecolor=BLOCKED, edgecolor=BLOCKED, linewidth=0.6,
            )  # fmt: skip
        ax.set_yticks(
            range(len(rows)), [f"{scope.upper() if scope == 'did' else scope} {name}" for scope, name in reversed(rows)]
        )
        if not rows:
            ax.text(0.5, 0.5, "none", transform=ax.transAxes, ha="center", va="center", color=INK)
        ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
        zone = horizon.start.tzinfo
        _time_axis(ax, [horizon.start, horizon.end.astimezone(zone)], result.scenario.timezone)
        ax.grid(False, axis="y")
        if (until := result.watching.watched[0].spells_until) < horizon.microseconds:
            begin, end = (float(date2num(moment)) for moment in (horizon.local(until), horizon.end))
            more: Any = {"facecolor": "none", "edgecolor": INK, "alpha": 0.35, "hatch": "////", "linewidth": 0}
            ax.axvspan(begin, end, label="Too many to list", **more)
            ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
        ax.set_title("Spells of exhaustion in which calls were lost (first replication)")
        return ax

    def all(self) -> dict[str, Axes]:
        """Every plot that has something to show, by its name, each on a figure of its own."""
        plots = {"usage": self.usage(), "tiers": self.tiers(), "blocking": self.blocking(), "cost": self.cost()}
        if len(self.result.spells):
            plots["spells"] = self.spells()
        if self.result.account_figures is not None:
            plots["balance"] = self.balance()
        return plots


def _time_axis(ax: Axes, moments: Sequence[datetime], timezone: str) -> None:
    """Local time from the first to the last of the moments, with few labels that do not collide."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    zone = moments[0].tzinfo
    ax.set_xlim(moments[0], moments[-1])  # type: ignore[arg-type]
    locator = AutoDateLocator(minticks=4, maxticks=9, tz=zone)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))
    ax.set_xlabel(f"Local time, {timezone}")


def _errors(mean: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
    """Lengths of error bars; None where there are no intervals."""
    if np.isnan(low).all():
        return None
    lengths: np.ndarray = np.nan_to_num(np.stack([mean - low, high - mean])).clip(min=0)
    return lengths


def _length(microseconds: int) -> str:
    """A bin's width in words: ``30 min``."""
    if microseconds >= DAY:
        return f"{microseconds / DAY:g} days"
    if microseconds >= HOUR:
        return f"{microseconds / HOUR:g} h"
    return f"{microseconds / 6e7:g} min" if microseconds >= 6e7 else f"{microseconds / 1e6:g} s"
