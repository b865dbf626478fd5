"""Pictures of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capsim.show.style import BLOCKED, MONEY, TIER_COLOURS, WIDTH, beside, new_axes, styled
from capsim.studies.sweep.rows import SHARES, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from capsim.studies.sweep.result import Sweep

MOST_LINES = 8
"""Largest number of lines in a picture."""
_LINES = [BLOCKED, MONEY, *TIER_COLOURS.values(), "#999999", "#000000"]


class SweepPlots:
    """Pictures of a sweep, ``sweep.plot``."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep

    def all(self) -> dict[str, Axes]:
        """Draw blocking and monthly cost; return them by name."""
        return {name: self.metric(name) for name in ("blocking", "monthly")}

    @styled
    def metric(self, metric: str = "blocking", ax: Axes | None = None) -> Axes:
        """Draw a figure along the first path that varies, with intervals.

        Each combination of the other values has a line.

        Parameters
        ----------
        metric : str
            Name of the figure, such as ``blocking`` or ``groups.support.blocking``.
        ax : Axes, optional
            Where to draw.
        """
        ax = ax or new_axes(WIDTH, 4.2)
        sweep = self.sweep
        numbers = sorted(sweep.results)
        share = metric.rpartition(".")[2] in SHARES
        scale = 100.0 if share else 1.0
        first = [plain(sweep.points[number][0]) for number in numbers]
        text = any(isinstance(value, str) for value in first)
        order = list(dict.fromkeys(first))
        lines: dict[tuple[str, ...], list[int]] = {}
        for number in numbers:
            lines.setdefault(tuple(str(value) for value in sweep.points[number][1:]), []).append(number)
        for row, (others, of_line) in enumerate(list(lines.items())[:MOST_LINES]):
            figures = [sweep.estimate(number, metric) for number in of_line]
            values = [plain(sweep.points[number][0]) for number in of_line]
            at = np.array([order.index(value) if text else float(value) for value in values])
            means = scale * np.array([figure.mean for figure in figures])
            low, high = (scale * np.array([getattr(figure, side) for figure in figures]) for side in ("low", "high"))
            colour = _LINES[row % len(_LINES)]
            label = ", ".join(f"{path} {value}" for path, value in zip(sweep.paths[1:], others, strict=True)) or None
            ax.plot(at, means, "o-", color=colour, markersize=4, linewidth=1.4, label=label)
            if not np.isnan(low).all():
                ax.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
        if text:
            ax.set_xticks(range(len(order)), [str(value) for value in order])
        ax.set_ylim(bottom=0)
        ax.set_xlabel(sweep.paths[0])
        unit = "%" if share else f"{sweep.scenario.currency}" if metric in ("monthly", "total") else ""
        ax.set_ylabel(
            {"blocking": "Blocking", "monthly": "Monthly cost"}.get(metric, metric) + (f", {unit}" if unit else "")
        )
        ax.set_title(f"{sweep.scenario.name}: {metric} with 95% intervals")
        if len(lines) > 1:
            beside(ax)
        return ax
