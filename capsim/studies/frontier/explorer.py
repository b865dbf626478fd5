"""Sliders on the page of a frontier: every size is on it already, so that moving through them needs no server.

Where scripts are not run (in a mail, say), the sliders are not shown, and the page says the same without them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from capsim.cost import channel_kinds
from capsim.show import numbers
from capsim.show import page as html
from capsim.show.style import HERE
from capsim.studies.frontier.plots import where_sizes_lie
from capsim.studies.frontier.words import change
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.show.style import Axes
    from capsim.studies.frontier.result import Cell, Frontier

MOST_CELLS = 5_000
"""Of a larger grid, its picture and its ridge are shown, and no sliders."""
POINT = 72
"""Units of an inch of a picture."""


def script() -> str:
    """The script of the sliders, which knows where the mark's outline and the monthly cost stand."""
    text = files("capsim.studies.frontier").joinpath("explorer.js").read_text("utf-8").replace("HERE", HERE)
    return text.replace("MONTHLY", str(2 + len(channel_kinds())))


def explorer(frontier: Frontier, variant: int, axes: Axes) -> str:
    """Sliders of shared and metered channels, and a size's figures beside the present one and the cheapest.

    ``axes`` is the picture of the grid, drawn already, in which the size is marked.
    """
    grid = frontier.grid
    if len(grid.shared) * len(grid.metered) > MOST_CELLS or len(grid.shared) * len(grid.metered) < 2:
        return ""
    cells = [
        _figures(frontier, frontier.cell(shared, metered, variant))
        for shared in grid.shared.tolist()
        for metered in grid.metered.tolist()
    ]
    at = [round(one, 3) for one in where_sizes_lie(axes, POINT)]
    shown = {"cells": cells, "at": at, "unit": f"{frontier.scenario.currency} a month"}
    data = json.dumps(shown, separators=(",", ":")).replace("<", "\\u003c")
    marked: dict[str, Cell] = {}
    if frontier.present is not None and frontier.variant_of(frontier.present) == variant:
        marked["Present size"] = frontier.present
    if frontier.cheapest is not None:
        marked["Cheapest"] = frontier.cheapest
    start = next(iter(marked.values()), frontier.cell(0, 0, variant))
    sliders = "".join(
        f'<label>{name} channels <input type="range" id="explorer-{name.lower()}" min="0" max="{most}" step="1" '
        f'value="{value}"><output>{value}</output></label>'
        for name, most, value in (
            ("Shared", int(grid.shared[-1]), start.shared),
            ("Metered", int(grid.metered[-1]), start.metered),
        )
    )
    buttons = "".join(
        f'<button type="button" data-size="{cell.shared} {cell.metered}">{escape(name)}</button>'
        for name, cell in marked.items()
    )
    return (
        f'<div id="explorer" hidden><div class="sliders">{sliders}{buttons}</div>{_table(frontier, marked)}'
        f'<p aria-live="polite" data-figure="{len(_names(frontier))}"></p></div>'
        f'<script type="application/json" id="explorer-data">{data}</script>'
    )


def _names(frontier: Frontier) -> list[str]:
    currency = frontier.scenario.currency
    return [
        "Blocking", "95% interval", *(f"{kind.short}, in the horizon" for kind in channel_kinds().values()),
        f"{currency} a month", "95% interval",
    ]  # fmt: skip


def _figures(frontier: Frontier, cell: Cell) -> Sequence[str]:
    """What is shown of a size, as it is shown; the last is what changes, in words."""
    places = CURRENCIES[frontier.scenario.currency]
    return (
        numbers.blocking(cell.blocking), numbers.blocking_interval(cell.blocking),
        *(numbers.money(cell.cost(kind).mean, places) for kind in channel_kinds()),
        numbers.money(cell.monthly.mean, places), numbers.money_interval(cell.monthly, places), change(frontier, cell),
    )  # fmt: skip


def _table(frontier: Frontier, marked: dict[str, Cell]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("", "Here", *marked))
    shown = [_figures(frontier, cell) for cell in marked.values()]
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td data-figure="{place}"></td>'
        f"{''.join(f'<td>{escape(figures[place])}</td>' for figures in shown)}</tr>"
        for place, name in enumerate(_names(frontier))
    )
    table = f'<table class="here"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return html.scrolled("The size chosen, the present one and the cheapest", table)
