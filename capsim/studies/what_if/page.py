"""The page: sliders, the answer and a picture, as a panel object that a notebook shows or a server serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.show.markup import Fragment
from capsim.studies.run.words import horizon_text
from capsim.studies.what_if.answer import LOOK, answer_html
from capsim.studies.what_if.ask import WhatIf
from capsim.studies.what_if.picture import Picture

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier

AS_NOW = "its goal, or what is blocked now"
ACCEPTED: dict[str, float | None] = {AS_NOW: None, "0.01%": 0.0001, "0.1%": 0.001, "1%": 0.01, "5%": 0.05}
"""Choices of what the cheapest size may block."""
SOON = 20
"""Milliseconds from the figures to the picture, so that the figures come first."""


def what_if(scenario: Scenario | Mapping[str, Scenario], group: str | None = None) -> Any:
    """Make the what-if component: sliders, figures and a picture.

    It is a panel object, which a notebook shows and a server serves.

    Parameters
    ----------
    scenario : Scenario or mapping of str to Scenario
        A scenario, or several by name to pick from.
    group : str, optional
        The group of each scenario; default: all groups, to pick from.

    Raises
    ------
    InputError
        If panel is not installed, or no scenario has a group.
    """
    panel, asked = _panel(), to_ask(scenario, group)
    pick = panel.widgets.Select(label="Scenario", options=list(asked), visible=len(asked) > 1)
    return panel.Column(pick, panel.bind(lambda name: _controls(panel, asked[name]), pick), sizing_mode="stretch_width")


def to_ask(scenario: Scenario | Mapping[str, Scenario], group: str | None = None) -> dict[str, WhatIf]:
    """Return the groups to pick from, by name.

    So what is wrong with them is known before any is run. The parameters and errors are those of `what_if`.
    """
    _panel()
    scenarios = {scenario.name: scenario} if isinstance(scenario, Scenario) else dict(scenario)
    asked = {
        f"{name}: group {of}" if len(made.all_groups) > 1 or len(scenarios) > 1 else name: WhatIf(made, of)
        for name, made in scenarios.items()
        for of in ([group] if group is not None else list(made.all_groups))
    }
    if not asked:
        raise InputError(Problem("no scenario has a group, whose channels could be moved", path="groups"))
    return asked


def _controls(panel: Any, asked: WhatIf) -> Any:
    group, widgets = asked.scenario.all_groups[asked.group], panel.widgets
    shared = widgets.IntSlider(
        label="Shared channels", start=0, end=max(asked.most_shared, group.shared, 1), value=group.shared
    )
    metered = widgets.IntSlider(
        label="Metered channels", start=0, end=max(asked.most_metered, group.metered, 1), value=group.metered
    )
    traffic = widgets.IntSlider(label="Traffic, % of the scenario's", start=50, end=200, step=5, value=100)
    shared.visible, metered.visible, traffic.visible = asked.most_shared > 0, asked.most_metered > 0, asked.has_traffic
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

    def frontier_at(traffic_: int, flat_: float, rate_: float, accepted_: str) -> Frontier:
        """Find all sizes under some traffic and prices."""
        change = Decimal(traffic_) / 100, price_of(flat_, prices[0][1]), price_of(rate_, prices[1][1])
        frontier = asked.frontier(*change)
        most = ACCEPTED[accepted_]
        return frontier if most is None else replace(frontier, max_blocking=most)

    @lru_cache(maxsize=32)
    def drawn(*others: Any) -> Picture:
        return Picture.of(frontier_at(*others))

    def at(shared_: int, metered_: int, *others: Any) -> tuple[Frontier, Cell]:
        frontier = frontier_at(*others)
        return frontier, frontier.cell(min(shared_, asked.most_shared), min(metered_, asked.most_metered))

    def answer(*values: Any) -> Any:
        return panel.pane.HTML(str(answer_html(*at(*values))), stylesheets=[LOOK], width=740)  # plain text to Panel

    document = panel.state.curdoc
    served = document is not None and bool(document.session_context)  # then the page comes first, and the figures after

    def values() -> list[Any]:
        return [widget.value for widget in (*sliders, accepted)]

    def file() -> StringIO:
        frontier, cell = at(*values())
        return StringIO(asked.yaml(cell, frontier.scenario))

    def draw() -> None:
        shared_, metered_, *others = values()
        picture.object = str(drawn(*others).html(at(shared_, metered_, *others)[1]))

    def draw_soon(_: Any) -> None:
        """Draw after the figures: a picture takes longer, and is not needed if the slider has moved on."""
        document = panel.state.curdoc
        if document is None or not document.session_context:
            draw()
        elif not waiting:
            waiting.append(True)
            document.add_timeout_callback(drawn_now, SOON)

    def drawn_now() -> None:
        waiting.clear()
        draw()

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
    shown = panel.param.ParamFunction(panel.bind(answer, *sliders, accepted), loading_indicator=True, defer_load=served)
    picture, waiting = panel.pane.HTML("", width=740), list[bool]()
    panel.state.onload(draw)
    for widget in (*sliders, accepted):
        widget.param.watch(draw_soon, "value")
    title = panel.pane.HTML(
        str(
            Fragment('<p class="first">{}</p><p class="soft">Group {}; {}</p>').format(
                asked.scenario.name, asked.group, horizon_text(asked.scenario)
            )
        ),
        stylesheets=[LOOK], width=300,
    )  # fmt: skip
    controls = panel.Column(title, *sliders, accepted, panel.Row(cheapest, back, margin=0), download, margin=(10, 15))
    return panel.FlexBox(controls, panel.Column(shown, picture, margin=(10, 0)), flex_wrap="wrap")


def serve(component: Any, port: int) -> None:
    """Serve a component on this machine only, until interrupted.

    Parameters
    ----------
    component : callable
        Makes the component for each visitor.
    port : int
        Port of 127.0.0.1.
    """
    panel = _panel()
    panel.serve({"/": component}, address="127.0.0.1", port=port, show=False, title="capsim: what if?", verbose=False)


def _panel() -> Any:
    try:
        import panel
    except ImportError:
        text = "the what-if page needs panel, which is not installed; in the project's folder, `make app` installs it"
        raise InputError(Problem(text)) from None
    panel.extension(inline=True)
    return panel
