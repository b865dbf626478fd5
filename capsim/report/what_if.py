"""The what-if page: sliders for a group's channels, traffic and prices; its blocking, its bill, and where it lies.

One component for the notebook (``capsim.what_if(scenario)``) and for the page of ``capsim app``. A slider of channels
looks up a size that is known already; one of traffic or prices goes over the calls once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from html import escape
from io import StringIO
from typing import Any

from capsim.errors import InputError, Problem
from capsim.report import numbers
from capsim.report.text.frontier import frontier_sentences
from capsim.scenario import Scenario
from capsim.study.sizes import Cell, Frontier, frontier
from capsim.study.sweeping import Factor
from capsim.study.sweeping.varying import scenario_at
from capsim.study.what_ifs import group_named, sized
from capsim.units import CURRENCIES

REPLICATIONS = 5
LEAST_GRID = 12


class WhatIf:
    """What-ifs of one group of a scenario, without any widget: what the page asks.

    Raises InputError where the scenario has no group, or several and none is named.
    """

    def __init__(self, scenario: Scenario, group: str | None = None, replications: int = REPLICATIONS) -> None:
        self.group = group_named(scenario, group)
        self.scenario = scenario.override({"replications": min(replications, scenario.replications)})
        found = scenario.all_groups[self.group]
        self.pool = scenario.pools[found.pool]
        self.most_shared = max(3 * found.shared, LEAST_GRID) if self.pool.flat_rate is not None else 0
        self.most_metered = min(max(found.metered, 2 * LEAST_GRID), 1000) if self.pool.metered is not None else 0
        self.frontier = lru_cache(maxsize=64)(self._frontier)

    def changed(self, traffic: Decimal, flat_rate: Decimal | None, metered: Decimal | None) -> Scenario:
        """The scenario with so much of its traffic, and these prices of the group's pool; None leaves one as it is."""
        pool = self.scenario.all_groups[self.group].pool
        values: dict[str, Any] = {}
        if flat_rate is not None:
            values[f"pools.{pool}.flat_rate.monthly"] = flat_rate
        if metered is not None:
            values[f"pools.{pool}.metered.rate"] = metered
        priced = self.scenario.override(values) if values else self.scenario
        return priced if traffic == 1 else scenario_at(priced, ["dids.*.traffic"], (Factor(traffic),))

    def _frontier(self, traffic: Decimal, flat_rate: Decimal | None, metered: Decimal | None) -> Frontier:
        return frontier(self.changed(traffic, flat_rate, metered), self.group, self.most_shared, self.most_metered)

    def yaml(self, cell: Cell, changed: Scenario) -> str:
        """The scenario with a size of the group, as a file."""
        whole = changed.override({"replications": self.scenario.replications})
        return sized(whole, self.group, cell.shared, cell.metered).to_yaml()


def sentences(found: Frontier, cell: Cell) -> list[str]:
    """What a size costs and blocks, and what the frontier says."""
    currency = found.scenario.currency
    places = CURRENCIES[currency]
    interval = numbers.money_interval(cell.monthly, places)
    cost = f"{numbers.money(cell.monthly.mean, places)} {currency} a month{f' ({interval})' if interval else ''}"
    first = f"{cost}, blocking {numbers.blocking(cell.blocking)}"
    parts = (
        f"In the horizon: {numbers.money(cell.flat_rate_cost.mean, places)} flat-rate, "
        f"{numbers.money(cell.metered_cost.mean, places)} metered, "
        f"{numbers.money(cell.total_cost.mean, places)} in all."
    )
    return [first, parts, *frontier_sentences(found)]


def what_if(scenario: Scenario | Mapping[str, Scenario], group: str | None = None) -> Any:
    """The what-if component: sliders, figures and a picture, as a panel object to be shown in a notebook or served.

    Parameters
    ----------
    scenario : one, or several by name to pick from. group : of one scenario with several groups.

    Raises
    ------
    InputError
        where panel is not installed, or a scenario has no group.
    """
    panel = _panel()
    scenarios = {scenario.name: scenario} if isinstance(scenario, Scenario) else dict(scenario)
    asked = {
        f"{name}: group {one}" if len(found.all_groups) > 1 or len(scenarios) > 1 else name: WhatIf(found, one)
        for name, found in scenarios.items()
        for one in ([group] if group is not None else list(found.all_groups))
    }
    if not asked:
        raise InputError(Problem("no scenario has a group, whose channels could be moved", path="groups"))
    pick = panel.widgets.Select(label="Scenario", options=list(asked), visible=len(asked) > 1)
    return panel.Column(pick, panel.bind(lambda name: _controls(panel, asked[name]), pick), sizing_mode="stretch_width")


def _controls(panel: Any, asked: WhatIf) -> Any:
    group, widgets = asked.scenario.all_groups[asked.group], panel.widgets
    shared = widgets.IntSlider(label="Shared channels", start=0, end=max(asked.most_shared, 1), value=group.shared)
    metered = widgets.IntSlider(label="Metered channels", start=0, end=max(asked.most_metered, 1), value=group.metered)
    traffic = widgets.FloatSlider(label="Traffic, of the scenario's", start=0.5, end=2.0, step=0.05, value=1.0)
    sliders = [shared, metered, traffic]
    prices = []
    for name, price in (
        ("Flat-rate fee a cycle", asked.pool.flat_rate.monthly if asked.pool.flat_rate else None),
        ("Metered price a minute", asked.pool.metered.rate if asked.pool.metered else None),
    ):
        value = float(price or 0)
        slider = widgets.FloatSlider(
            label=f"{name}, {asked.scenario.currency}", start=0.0, end=max(3 * value, 0.01), value=value,
            step=max(value / 20, 0.0005), format="0.0000" if value < 1 else "0.00", visible=price is not None,
        )  # fmt: skip
        prices.append((slider, price))
        sliders.append(slider)
    for slider in sliders:
        slider.width = 300

    def price_of(value: float, price: Decimal | None) -> Decimal | None:
        return None if price is None or abs(value - float(price)) < 1e-9 else Decimal(str(round(value, 6)))

    def at(
        shared_: int, metered_: int, traffic_: float, flat_: float, rate_: float
    ) -> tuple[Frontier, Cell, Scenario]:  # fmt: skip
        change = Decimal(str(round(traffic_, 4))), price_of(flat_, prices[0][1]), price_of(rate_, prices[1][1])
        found = asked.frontier(*change)
        return found, found.cell(min(shared_, asked.most_shared), min(metered_, asked.most_metered)), found.scenario

    def answer(*values: Any) -> Any:
        found, cell, _ = at(*values)
        first, *others = sentences(found, cell)
        text = f'<p style="font-size: 1.3rem; font-weight: 600; margin: 0">{escape(first)}</p>'
        text += "".join(f'<p style="margin: .4rem 0; max-width: 46rem">{escape(one)}</p>' for one in others)
        axes = found.plot.grid()
        axes.plot(cell.shared, cell.metered, "P", color="white", markeredgecolor="#333333", markersize=13, label="Here")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=4)
        picture = panel.pane.Matplotlib(axes.get_figure(), tight=False, dpi=100, alt_text=first, width=760)
        return panel.Column(panel.pane.HTML(text, styles={"font-family": "system-ui, sans-serif"}), picture)

    def file() -> StringIO:
        _, cell, changed = at(*(slider.value for slider in sliders))
        return StringIO(asked.yaml(cell, changed))

    download = widgets.FileDownload(callback=file, filename="what-if.yaml", label="This scenario as YAML", width=300)
    shown = panel.param.ParamFunction(panel.bind(answer, *sliders), loading_indicator=True)
    return panel.Row(panel.Column(*sliders, download), shown)


def serve(component: Any, port: int) -> None:
    """Serve a component on this machine only, until interrupted."""
    panel = _panel()
    panel.serve({"/": component}, address="127.0.0.1", port=port, show=False, title="capsim: what if?", verbose=False)


def _panel() -> Any:
    try:
        import panel
    except ImportError:
        text = "the what-if page needs panel, which is not installed: pip install 'capsim[app]'"
        raise InputError(Problem(text)) from None
    panel.extension(inline=True)
    return panel
