"""The page itself: sliders, the answer and a picture, as a panel object to be shown in a notebook or served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from html import escape
from io import StringIO
from typing import Any

from capsim.errors import InputError, Problem
from capsim.report.plots.frontier import EDGE
from capsim.report.plots.style import below
from capsim.report.what_if.answer import LOOK, answer_html
from capsim.report.what_if.asking import WhatIf
from capsim.report.words import horizon_text
from capsim.scenario import Scenario
from capsim.study.sizes import Cell, Frontier

AS_NOW = "no more than now"
ACCEPTED = {AS_NOW: None, "0.01%": 0.0001, "0.1%": 0.001, "1%": 0.01, "5%": 0.05}
"""How much the cheapest size may block."""


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
    traffic = widgets.IntSlider(label="Traffic, % of the scenario's", start=50, end=200, step=5, value=100)
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
    accepted = widgets.Select(label="The cheapest may block", options=list(ACCEPTED), value=AS_NOW)
    for widget in (*sliders, accepted):
        widget.width = 300

    def price_of(value: float, price: Decimal | None) -> Decimal | None:
        return None if price is None or abs(value - float(price)) < 1e-9 else Decimal(str(round(value, 6)))

    def at(
        shared_: int, metered_: int, traffic_: int, flat_: float, rate_: float, accepted_: str
    ) -> tuple[Frontier, Cell]:  # fmt: skip
        change = Decimal(traffic_) / 100, price_of(flat_, prices[0][1]), price_of(rate_, prices[1][1])
        found = asked.frontier(*change)
        if (most := ACCEPTED[accepted_]) is not None:
            found = replace(found, max_blocking=most)
        return found, found.cell(min(shared_, asked.most_shared), min(metered_, asked.most_metered))

    def answer(*values: Any) -> Any:
        found, cell = at(*values)
        axes = found.plot.grid()
        axes.plot(cell.shared, cell.metered, "P", color="white", markeredgecolor=EDGE, markersize=13, label="Here")
        below(axes)
        words = f"Monthly cost of every size; here {cell.shared} shared and {cell.metered} metered channels."
        picture = panel.pane.Matplotlib(axes.get_figure(), tight=False, dpi=100, alt_text=words, width=740)
        return panel.Column(panel.pane.HTML(answer_html(found, cell), stylesheets=[LOOK]), picture)

    def values() -> list[Any]:
        return [widget.value for widget in (*sliders, accepted)]

    def file() -> StringIO:
        found, cell = at(*values())
        return StringIO(asked.yaml(cell, found.scenario))

    def set_to(size: Cell | None) -> None:
        if size is not None:
            shared.value, metered.value = size.shared, size.metered

    def as_it_is(_: Any) -> None:
        shared.value, metered.value, traffic.value = group.shared, group.metered, 100
        for slider, price in prices:
            slider.value = float(price or 0)

    cheapest = widgets.Button(label="Go to the cheapest", width=140)
    cheapest.on_click(lambda _: set_to(at(*values())[0].cheapest))
    back = widgets.Button(label="Back to now", width=140)
    back.on_click(as_it_is)
    download = widgets.FileDownload(callback=file, filename="what-if.yaml", label="This scenario as YAML", width=300)
    shown = panel.param.ParamFunction(panel.bind(answer, *sliders, accepted), loading_indicator=True)
    title = panel.pane.HTML(
        f'<p class="first">{escape(asked.scenario.name)}</p><p class="soft">Group {escape(asked.group)}; '
        f"{escape(horizon_text(asked.scenario))}</p>",
        stylesheets=[LOOK], width=300,
    )  # fmt: skip
    controls = panel.Column(title, *sliders, accepted, panel.Row(cheapest, back, margin=0), download, margin=(10, 15))
    return panel.FlexBox(controls, panel.Column(shown, margin=(10, 0)), flex_wrap="wrap")


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
