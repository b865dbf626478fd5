"""Pictures of a comparison: what each mix costs and blocks, and by how much they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capsim.cost import COST_KINDS, kinds_by_use
from capsim.estimates.monthly import monthly
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.style import BLOCKED, INK, MONEY, TIER_COLOURS, WIDTH, beside, colour_of, new_axes, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.compare.result import Comparison


class ComparisonPlots:
    """Pictures of a comparison, ``comparison.plot``."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def all(self) -> dict[str, Axes]:
        """Draw every picture; return them by name."""
        return {"mixes": self.mixes(), "differences": self.differences()}

    @styled
    def mixes(self, ax: Axes | None = None) -> Axes:
        """Draw the monthly cost of each mix, with its interval, and the blocking."""
        names = self.comparison.names
        ax = ax or new_axes(WIDTH, 1.4 + 0.62 * len(names))
        results = [self.comparison.results[name] for name in names]
        currency = self.comparison.currency
        days = results[0].scenario.horizon.days
        costs = [result.cost_estimates["monthly"] for result in results]
        by_use = {
            kind: np.array([monthly(result.cost_estimates[kind].mean, days) for result in results])
            for kind in kinds_by_use()
        }
        base = np.array([cost.mean for cost in costs]) - sum(by_use.values())
        places = np.arange(len(names))[::-1]
        ax.barh(places, base, color=TIER_COLOURS["shared"], height=0.62, label="Flat-rate fees, and numbers")
        for name, of_kind in by_use.items():
            kind = COST_KINDS[name]
            ax.barh(places, of_kind, left=base, color=colour_of(kind.colour), height=0.62, label=kind.label)
            base = base + of_kind
        for place, cost, result in zip(places, costs, results, strict=True):
            if not np.isnan(cost.low):
                error = [[cost.mean - cost.low], [cost.high - cost.mean]]
                ax.errorbar(cost.mean, place, xerr=error, ecolor=INK, capsize=3)
            blocking = result.samples.totals["blocking"].one()
            end = max(cost.mean, 0 if np.isnan(cost.high) else cost.high)
            ax.annotate(
                f"blocking {numbers.blocking(blocking)}", (end, place), xytext=(6, 0), textcoords="offset points",
                va="center", fontsize=9, color=BLOCKED,
            )  # fmt: skip
        ax.set_yticks(places, names)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.margins(x=0.28)
        ax.set_xlim(left=0)
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(f"Monthly cost, {currency}, with its 95% interval")
        ax.set_title("The same calls through each mix")
        beside(ax)
        return ax

    @styled
    def differences(self, ax: Axes | None = None) -> Axes:
        """Draw the differences of monthly cost with their intervals."""
        differences = self.comparison.differences
        ax = ax or new_axes(WIDTH, 1.3 + 0.5 * len(differences))
        places = np.arange(len(differences))[::-1]
        means = np.array([pair.monthly.mean for pair in differences])
        low, high = (np.array([getattr(pair.monthly, name) for pair in differences]) for name in ("low", "high"))
        if not np.isnan(low).any():
            ax.errorbar(
                means, places, xerr=[means - low, high - means], fmt="none", ecolor=MONEY, capsize=4, linewidth=2
            )
        ax.plot(means, places, "o", color=MONEY)
        ax.axvline(0, color=INK, linewidth=1)
        currency = self.comparison.currency
        digits = CURRENCIES[currency]
        for pair, place in zip(differences, places, strict=True):
            interval = numbers.money_interval(pair.monthly, digits)
            text = numbers.money(pair.monthly.mean, digits) + (f" ({interval})" if interval else "")
            ax.annotate(
                text, (pair.monthly.mean, place), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=9
            )
        ax.margins(x=0.35)
        ax.set_yticks(places, [f"{pair.to} minus {pair.from_}" for pair in differences])
        ax.set_ylim(-0.6, len(differences) - 0.4)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(f"Difference of monthly cost, {currency}, with its 95% interval")
        ax.set_title("What one mix costs more than another")
        return ax
