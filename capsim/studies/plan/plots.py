"""Pictures of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capsim.show.style import INK, MONEY, WIDTH, beside, new_axes, styled
from capsim.studies.plan.words import in_short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.plan.result import Plan
    from capsim.studies.run.result import RunResult

_COLOURS = {"proven": "#009e73", "not proven": "#e69f00", "refuted": "#d55e00"}


class PlanPlots:
    """``plan.plot``: pictures of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def all(self) -> dict[str, Axes]:
        """Draw every picture that applies, by name."""
        return {"mixes": self.mixes()} if self.plan.trials or self.plan.current is not None else {}

    @styled
    def mixes(self, ax: Axes | None = None) -> Axes:
        """Draw cost and blocking of the mixes that were run, with intervals, and the target as a line."""
        plan = self.plan
        from matplotlib.ticker import LogFormatter

        ax = ax or new_axes(WIDTH, 4.6)
        trials = [one for one in dict.fromkeys((*plan.trials, *plan.runners_up)) if one.result is not None]
        points: list[tuple[str, str, RunResult | None]] = [(in_short(one), one.status, one.result) for one in trials]
        if plan.current is not None:
            points.append(("now", "now", plan.current))
        seen: set[str] = set()
        for name, status, result in points:
            assert result is not None
            blocking, cost = result.samples.totals["blocking"].one(), result.cost_estimates["monthly"]
            shown = 100 * (blocking.mean if blocking.mean > 0 else blocking.high)
            colour = _COLOURS.get(status, INK)
            low, high = 100 * blocking.low, 100 * blocking.high
            if blocking.mean > 0 and not np.isnan(low):
                ax.errorbar(
                    cost.mean, shown, yerr=[[shown - max(low, shown / 20)], [high - shown]], color=colour, capsize=3
                )
            best = plan.best is not None and result is plan.best.result
            label = None if status in seen else status
            seen.add(status)
            ax.plot(cost.mean, shown, "*" if best else "o", color=colour, markersize=15 if best else 7, label=label)
            if best or status == "now":  # the others are in the table
                ax.annotate(name, (cost.mean, shown), xytext=(9, 6), textcoords="offset points", fontsize=9, color=INK)
        if plan.target.blocking is not None:
            ax.axhline(100 * plan.target.blocking, color=MONEY, linestyle=(0, (4, 3)), label="target")
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(LogFormatter(labelOnlyBase=False))
        ax.xaxis.set_major_formatter("{x:,.7g}")
        ax.margins(x=0.2, y=0.2)
        ax.set_xlabel(f"Monthly cost, {plan.scenario.currency}")
        ax.set_ylabel("Blocking, % of calls")
        ax.set_title("Mixes that were run: cost against blocking")
        beside(ax)
        return ax
