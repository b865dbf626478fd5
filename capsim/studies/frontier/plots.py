"""Pictures of a frontier: what each mix costs, where a flat-rate channel stops paying, the whole grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from capsim.cost import COST_KINDS, kinds_by_use
from capsim.estimates.monthly import monthly
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.style import (
    BLOCKED,
    FLOW,
    INK,
    MONEY,
    TIER_COLOURS,
    WIDTH,
    below,
    beside,
    colour_of,
    drawing,
    new_axes,
    styled,
)
from capsim.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.frontier.result import Cell, Frontier


EDGE = "#222222"
"""Colour of the edge around white marks and lines on a picture of many colours."""
MOST_TIMES = 3
"""Most expensive size with a colour of its own, in costs of the cheapest; what matters is how cheaper sizes differ."""
LEVELS = (0.0001, 0.001, 0.01, 0.05, 0.2)
"""Blocking of the lines of equal blocking."""


def where_sizes_lie(axes: Axes, units: float) -> tuple[float, float, float, float]:
    """Return where a size lies in the picture of the grid.

    Places count from the upper left corner.

    Parameters
    ----------
    axes : Axes
        Picture of the grid, drawn already.
    units : float
        Number of units in an inch.

    Returns
    -------
    tuple of float
        a, b, c and d of x = a + b shared, y = c + d metered.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    with drawing():
        figure.canvas.draw()
    scale = units / figure.dpi
    height = figure.get_figheight() * units
    (x0, y0), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)]) * scale
    return float(x0), float(x1 - x0), float(height - y0), float(y0 - y1)


class FrontierPlots:
    """Pictures of a frontier, ``frontier.plot``.

    ``variant`` is the place of the dedicated channels.
    """

    def __init__(self, frontier: Frontier) -> None:
        self.frontier = frontier

    def all(self) -> dict[str, Axes]:
        """Draw every picture that applies; return them by name."""
        pictures = {"cost": self.cost(), "grid": self.grid()}
        if self.frontier.break_even() is not None:
            pictures["break_even"] = self.break_even()
        return pictures

    @styled
    def cost(self, ax: Axes | None = None, variant: int | None = None) -> Axes:
        """Draw the monthly cost by the number of shared channels.

        All sizes have as many channels as the cheapest one. With the same number of channels in all, the same calls
        are blocked; what differs is who carries the others.
        """
        from matplotlib.ticker import MaxNLocator

        ax = ax or new_axes(WIDTH, 4.2)
        frontier = self.frontier
        best = frontier.best(variant)
        cells = self._same_channels(best, frontier.variant_of(best))
        shared = np.array([cell.shared for cell in cells])
        costs = np.array([[cell.monthly.mean, cell.monthly.low, cell.monthly.high] for cell in cells]).T
        days = frontier.scenario.horizon.days
        by_use = {kind: np.array([monthly(cell.cost(kind).mean, days) for cell in cells]) for kind in kinds_by_use()}
        base = costs[0] - sum(by_use.values())
        ax.bar(shared, base, color=TIER_COLOURS["shared"], width=0.8, label="Flat-rate fees, and numbers")
        for name, of_kind in by_use.items():
            kind = COST_KINDS[name]
            ax.bar(shared, of_kind, bottom=base, color=colour_of(kind.colour), width=0.8, label=kind.label)
            base = base + of_kind
        if not np.isnan(costs[1:]).any():
            low, high = costs[0] - costs[1], costs[2] - costs[0]
            ax.errorbar(
                shared,
                costs[0],
                yerr=[low, high],
                fmt="none",
                ecolor=INK,
                elinewidth=1,
                capsize=2,
                label="95% interval",
            )
        places, currency = CURRENCIES[frontier.scenario.currency], frontier.scenario.currency
        ax.annotate(
            f"cheapest: {best.shared} shared + {best.metered} metered,\n"
            f"{numbers.money(best.monthly.mean, places)} {currency} a month",
            (best.shared, best.monthly.mean), xytext=(0, 26), textcoords="offset points", ha="center", va="bottom",
            fontsize=9, color=INK, arrowprops={"arrowstyle": "->", "color": INK},
        )  # fmt: skip
        ax.set_xlim(shared[0] - 0.9, shared[-1] + 0.9)
        ax.set_ylim(0, 1.3 * float(np.nanmax(costs)) or 1)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.grid(axis="x", visible=False)
        ax.set_xlabel(f"Shared channels, of {best.shared + best.metered} shared and metered ones")
        ax.set_ylabel(f"Monthly cost, {currency}")
        blocked = numbers.blocking(best.blocking)
        ax.set_title(f"Group {frontier.group}: what the mix costs, at a blocking of {blocked}")
        beside(ax)
        return ax

    @styled
    def break_even(self, ax: Axes | None = None, variant: int | None = None) -> Axes:
        """Draw the metered price of the calls of each channel, against a flat-rate fee."""
        from matplotlib.ticker import MaxNLocator

        ax = ax or new_axes(WIDTH, 4.2)
        frontier = self.frontier
        variant = frontier.variant_of(frontier.best(variant))
        saved, fees = frontier.saved, frontier.fees[variant]
        last = frontier.last_used(variant)
        channel = np.arange(1, last + 1)
        means = saved.mean[variant][:last]
        level = frontier.break_even(variant) or 0
        beyond = frontier.pays_beyond_the_grid(variant)
        colours = [
            TIER_COLOURS["shared"] if number <= level else FLOW if beyond else TIER_COLOURS["metered"]
            for number in channel
        ]
        ax.bar(channel, means, color=colours, width=0.8)
        low, high = saved.low[variant][:last], saved.high[variant][:last]
        if not np.isnan(low).any():
            ax.errorbar(
                channel, means, yerr=[means - low, high - means], fmt="none", ecolor=INK, elinewidth=1, capsize=2
            )
        shown = fees[:last]
        if len(shown):
            edges = np.arange(len(shown) + 1) + 0.5
            ax.stairs(shown, edges, color=MONEY, linewidth=2, baseline=None, label="Fee of a flat-rate channel")
        currency = frontier.scenario.currency
        ax.bar([0], [0], color=TIER_COLOURS["shared"], label="Worth a flat-rate channel")
        colour, label = (FLOW, "Beyond the grid") if beyond else (TIER_COLOURS["metered"], "Cheaper metered")
        ax.bar([0], [0], color=colour, label=label)
        ax.set_xlim(0.4, last + 0.6)
        ax.set_ylim(0, None)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.grid(axis="x", visible=False)
        ax.set_xlabel("Channel of the group, the first one taken first")
        ax.set_ylabel(f"Its calls at the metered price, {currency} a month")
        at = f"beyond the {counted(level, 'channel')} of the grid" if beyond else f"at {counted(level, 'channel')}"
        ax.set_title(f"Group {frontier.group}: break-even {at}")
        beside(ax)
        return ax

    @styled
    def grid(self, ax: Axes | None = None, variant: int | None = None) -> Axes:
        """Draw the monthly cost of every size, with lines of equal blocking.

        The ridge, the present size and the cheapest one are marked.
        """
        from matplotlib.patheffects import AbstractPathEffect, withStroke
        from matplotlib.ticker import MaxNLocator

        ax = ax or new_axes(WIDTH, 5.4)
        frontier = self.frontier
        best = frontier.best(variant)
        variant = frontier.variant_of(best)
        costs = frontier.figures["monthly"].mean[variant].T
        blocking = frontier.figures["blocking"].mean[variant].T
        currency = frontier.scenario.currency
        most = min(float(np.nanmax(costs)), max(MOST_TIMES * best.monthly.mean, float(np.nanmin(costs)) + 1e-9))
        look: Any = {"shading": "nearest", "cmap": "cividis", "vmax": most, "rasterized": True}
        image = ax.pcolormesh(frontier.grid.shared, frontier.grid.metered, costs, **look)
        figure = ax.get_figure()
        assert figure is not None
        extend = "max" if most < np.nanmax(costs) else "neither"
        figure.colorbar(image, ax=ax, label=f"Monthly cost, {currency}", format="{x:,.0f}", extend=extend, pad=0.015)
        if min(blocking.shape) > 1 and np.isfinite(blocking).any():
            levels = [level for level in LEVELS if np.nanmin(blocking) < level < np.nanmax(blocking)]
            if levels:
                lines = ax.contour(
                    frontier.grid.shared, frontier.grid.metered, blocking, levels=levels, colors="white", linewidths=1
                )
                edged: list[AbstractPathEffect] = [withStroke(linewidth=2.4, foreground=EDGE)]
                lines.set_path_effects(edged)
                for label in ax.clabel(lines, fmt={level: f"{100 * level:g}%" for level in levels}, fontsize=9):
                    label.set_path_effects(edged)
        ridge = frontier.ridge(variant)
        ax.plot(
            [cell.shared for cell in ridge],
            [cell.metered for cell in ridge],
            color=BLOCKED,
            linewidth=2,
            label="Least cost",
        )
        if frontier.current is not None and frontier.current[0] == variant:
            ax.plot(*frontier.current[1:], "o", color="white", markeredgecolor=EDGE, markersize=9, label="Present size")
        ax.plot(best.shared, best.metered, "*", color=BLOCKED, markeredgecolor="white", markersize=16, label="Cheapest")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.grid(visible=False)
        ax.set_xlabel("Shared channels")
        ax.set_ylabel("Metered channels")
        ax.set_title(f"Group {frontier.group}: monthly cost, and lines of equal blocking")
        below(ax)
        return ax

    def _same_channels(self, best: Cell, variant: int) -> list[Cell]:
        frontier, channels = self.frontier, best.shared + best.metered
        sizes = ((shared, channels - shared) for shared in frontier.grid.shared.tolist())
        return [
            frontier.cell(shared, metered, variant)
            for shared, metered in sizes
            if 0 <= metered <= frontier.grid.metered[-1]
        ]
