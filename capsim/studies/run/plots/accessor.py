"""``result.plot``: the plots of a run. Load, blocking and cost are drawn here, others in the file of their subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.cost import COST_KINDS
from capsim.money import CURRENCIES
from capsim.records import TIERS
from capsim.show import numbers
from capsim.show.style import BLOCKED, INK, TIER_COLOURS, WIDTH, beside, colour_of, new_axes, styled
from capsim.studies.run.plots import calls, over_time
from capsim.studies.run.rows import channel_bands, highest_first

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.run.result import RunResult

Float64 = NDArray[np.float64]
MOST_BARS = 30
"""Largest number of DIDs whose blocking is drawn by name; more are drawn by rank."""
MOST_GROUPS = 12
"""Largest number of groups whose channels are drawn by `RunPlots.all`."""


class RunPlots:
    """Plots of a run, ``result.plot``.

    Each plot draws on the Axes that it is given, or on new ones, and returns them.
    """

    def __init__(self, result: RunResult) -> None:
        self.result = result

    # -- calls ----------------------------------------------------------------------------------------

    def ladder(self, ax: Axes | None = None) -> Axes:
        """Draw the calls as a stream down the ladder of tiers (R1).

        The stream runs from the included channels to the blocked calls.
        """
        return calls.ladder(self.result, ax)

    def week(self, figure: calls.Weekly = "erlangs", ax: Axes | None = None) -> Axes:
        """Draw load, calls or blocking by weekday and hour of the day, local time.

        Parameters
        ----------
        figure : str
            ``erlangs`` (offered load), ``offered`` (calls) or ``blocking``.
        ax : Axes, optional
            Where to draw.
        """
        return calls.week(self.result, figure, ax)

    def spread(self, figure: calls.Varying = "blocking", ax: Axes | None = None) -> Axes:
        """Draw how one replication differs from the next: a dot each.

        Parameters
        ----------
        figure : str
            ``blocking`` or ``monthly`` (cost).
        ax : Axes, optional
            Where to draw.
        """
        return calls.spread(self.result, figure, ax)

    # -- over time ------------------------------------------------------------------------------------

    def usage(self, ax: Axes | None = None, group: str | None = None) -> Axes:
        """Draw concurrent calls over time by tier, stacked, and the mean peak.

        Calls are the mean of the replications.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw.
        group : str, optional
            The group whose calls and channels are drawn; default: all.
        """
        return over_time.usage(self.result, ax, group)

    def channels(self, group: str | None, ax: Axes | None = None) -> Axes:
        """Draw the busy channels of a group over time, mean and highest.

        Each tier stands under its line of capacity.

        Parameters
        ----------
        group : str or None
            The group, whose shared and metered channels are drawn, and the own channels of its DID if it has only one.
            None for the only DID without a group.
        ax : Axes, optional
            Where to draw.
        """
        return over_time.channels(self.result, group, ax)

    def spells(self, ax: Axes | None = None, most: int = MOST_BARS) -> Axes:
        """Draw the congestion periods of the first replication.

        The DIDs and groups that lost most calls come first.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw.
        most : int
            Largest number of DIDs and groups.
        """
        return over_time.congestion_periods(self.result, ax, most)

    def balance(self, ax: Axes | None = None) -> Axes:
        """Draw the prepaid balance of the first replication, in the range of all (R10).

        The mean of many saw teeth looks like none of them; `RunResult.balance` has it, with its interval.
        """
        return over_time.balance(self.result, ax)

    # -- load, blocking, cost -------------------------------------------------------------------------

    @styled
    def tiers(self, ax: Axes | None = None) -> Axes:
        """Draw the load of each tier with its interval, in Erlangs.

        The share of the tier's channels stands beside it.
        """
        ax = ax or new_axes(WIDTH, 3.2)
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
        """Draw the blocking of each DID with its 95% interval, highest first.

        Many DIDs are drawn by rank.
        """
        figures, names = self.result.samples.dids["blocking"], self.result.samples.capacity.did_names
        order = highest_first(figures)
        mean, low, high = (100 * values[order] for values in (figures.mean, figures.low, figures.high))
        rows = [over_time.shortened(names[row], over_time.NAME) for row in order]
        draw = _by_name if len(rows) <= MOST_BARS else _by_rank
        return draw(ax, rows, mean, low, high)

    @styled
    def cost(self, ax: Axes | None = None) -> Axes:
        """Draw the cost of the horizon by kind, with intervals."""
        ax = ax or new_axes(WIDTH, 3.2)
        result = self.result
        currency = result.scenario.currency
        kinds = dict(
            sorted(COST_KINDS.items(), key=lambda kind: kind[1].of_channels)
        )  # channels below, as in the ladder
        places = np.arange(len(kinds))[::-1]
        costs = [result.cost_estimates[kind] for kind in kinds]
        means = np.array([cost.mean for cost in costs])
        low, high = np.array([cost.low for cost in costs]), np.array([cost.high for cost in costs])
        ax.barh(
            places,
            means,
            xerr=_errors(means, low, high),
            height=0.6,
            color=[colour_of(kind.colour) for kind in kinds.values()],
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
        ax.set_yticks(places, [kind.label for kind in kinds.values()])
        ax.set_xlim(0, (float(np.fmax(means, high).max()) or 1) * 1.2)
        ax.xaxis.set_major_formatter("{x:,.0f}" if ax.get_xlim()[1] > 20 else "{x:,.2f}")
        ax.grid(False, axis="y")
        ax.set_xlabel(f"Cost of the horizon, {currency}")
        total = result.cost_estimates["total"].mean
        ax.set_title(f"Cost by kind: {numbers.money(total, CURRENCIES[currency])} {currency} in all")
        return ax

    def all(self) -> dict[str, Axes]:
        """Draw every plot that has something to show; return them by name."""
        plots = {"tiers": self.tiers(), "blocking": self.blocking(), "cost": self.cost()}
        if self.result.samples.totals["offered"].one().mean > 0:
            plots |= {"ladder": self.ladder(), "usage": self.usage()}
            if self.result.scenario.horizon.days >= 2:
                plots |= {"week_load": self.week(), "week_blocking": self.week("blocking")}
            if self.result.replications > 1:
                plots |= {"spread_blocking": self.spread(), "spread_cost": self.spread("monthly")}
        for number, name in enumerate(self.result.samples.capacity.group_names[:MOST_GROUPS], 1):
            plots[f"channels_{number}"] = self.channels(name)
        if channel_bands(self.result, None):
            plots["channels"] = self.channels(None)
        if self.result.watched and len(self.result.spells):
            plots["spells"] = self.spells()
        if self.result.account_figures is not None:
            plots["balance"] = self.balance()
        return plots


def _errors(mean: Float64, low: Float64, high: Float64) -> Float64 | None:
    """Return the lengths of error bars; None without intervals."""
    if np.isnan(low).all():
        return None
    lengths: Float64 = np.nan_to_num(np.stack([mean - low, high - mean])).clip(min=0)
    return lengths


def _by_name(ax: Axes | None, names: list[str], mean: Float64, low: Float64, high: Float64) -> Axes:
    """Draw a row for each DID; if no call was blocked, an arrow from the bound down."""
    ax = ax or new_axes(WIDTH, 1.6 + 0.26 * len(names))
    places = np.arange(len(names))[::-1]
    seen, bounded = mean > 0, (mean == 0) & (high > 0)
    if seen.any():
        errors = _errors(mean[seen], low[seen], high[seen])
        ax.errorbar(
            mean[seen], places[seen], xerr=errors, fmt="o", color=BLOCKED, ecolor=INK, capsize=3, markersize=5,
            label="Blocking, 95% interval",
        )  # fmt: skip
    if bounded.any():
        ax.errorbar(
            high[bounded], places[bounded], xerr=[high[bounded], np.zeros(bounded.sum())], fmt="<", color=INK,
            ecolor=INK, elinewidth=0.8, markersize=5, label="None blocked, upper bound",
        )  # fmt: skip
    ax.set_yticks(places, names)
    ax.set_ylim(-0.7, len(names) - 0.3)
    ax.set_xlim(left=0)
    ax.set_xlabel("Blocking, % of offered calls")
    ax.set_title("Blocking by DID")
    if seen.any() or bounded.any():
        beside(ax)
    return ax


def _by_rank(ax: Axes | None, names: list[str], mean: Float64, low: Float64, high: Float64) -> Axes:
    """Draw all DIDs, highest first: a dot each over its interval, and the names of the first."""
    from matplotlib.ticker import MaxNLocator

    ax = ax or new_axes(WIDTH, 3.6)
    rank = np.arange(1, len(names) + 1)
    if not np.isnan(low).all():
        ax.vlines(rank, low, high, color=INK, alpha=0.35, linewidth=min(2.0, 400 / len(names)), label="95% interval")
    ax.plot(rank, mean, "o", color=BLOCKED, markersize=3, label="Blocking")
    ax.set_xlim(0, len(names) + 1)
    ax.set_ylim(0, (float(np.nanmax(np.fmax(mean, np.nan_to_num(high)))) or 1) * 1.08)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlabel(f"DIDs, the highest blocking first: {', '.join(names[:3])}, ...")
    ax.set_ylabel("Blocking, % of offered calls")
    ax.set_title(f"Blocking of each of {len(names):,} DIDs")
    beside(ax)
    return ax
