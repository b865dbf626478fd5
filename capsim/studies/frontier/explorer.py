"""Sliders on the page of a frontier: every size is on it already, so that moving through them needs no server.

If scripts are not run (in a mail, say), the sliders are hidden, and the page says the same without them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from capsim.cost import channel_kinds
from capsim.show import page as html
from capsim.show.columns import Column, heads
from capsim.show.style import HERE
from capsim.studies.frontier.columns import blocking_columns, kind_columns, monthly_columns
from capsim.studies.frontier.plots import where_sizes_lie
from capsim.studies.frontier.rows import marked_sizes
from capsim.studies.frontier.words import change

if TYPE_CHECKING:
    from capsim.show.style import Axes
    from capsim.studies.frontier.result import Cell, Frontier

MOST_CELLS = 5_000
"""Largest grid with sliders, in cells; a larger one has its picture and its ridge alone."""
POINT = 72
"""Units of a picture in an inch."""


def script() -> str:
    """Return the script of the sliders.

    It knows the outline of the mark, and the place of the monthly cost among the figures.
    """
    text = files("capsim.studies.frontier").joinpath("explorer.js").read_text("utf-8").replace("HERE", HERE)
    return text.replace("MONTHLY", str(2 + len(channel_kinds())))


def explorer(frontier: Frontier, variant: int, axes: Axes) -> html.Fragment:
    """Show sliders of shared and metered channels, and the figures of a size.

    The present size and the cheapest one stand beside it.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    variant : int
        Place of the dedicated channels.
    axes : Axes
        Picture of the grid, drawn already, in which the size is marked.
    """
    grid = frontier.grid
    if not 2 <= len(grid.shared) * len(grid.metered) <= MOST_CELLS:
        return html.NOTHING
    columns = _columns(frontier)
    cells = [
        [*_texts(columns, cell), change(frontier, cell)]
        for shared in grid.shared.tolist()
        for metered in grid.metered.tolist()
        if (cell := frontier.cell(shared, metered, variant))
    ]
    at = [round(number, 3) for number in where_sizes_lie(axes, POINT)]
    shown = {"cells": cells, "at": at, "unit": f"{frontier.scenario.currency} a month"}
    data = json.dumps(shown, separators=(",", ":")).replace("<", "\\u003c")
    marked = marked_sizes(frontier, variant)
    start = next(iter(marked.values()), frontier.cell(0, 0, variant))
    sliders = html.joined(
        html.Fragment(
            '<label>{0} channels <input type="range" id="explorer-{1}" min="0" max="{2}" step="1" '
            'value="{3}"><output>{3}</output></label>'
        ).format(name, name.lower(), most, value)
        for name, most, value in (
            ("Shared", int(grid.shared[-1]), start.shared),
            ("Metered", int(grid.metered[-1]), start.metered),
        )
    )
    buttons = html.joined(
        html.Fragment('<button type="button" data-size="{} {}">{}</button>').format(cell.shared, cell.metered, name)
        for name, cell in marked.items()
    )
    return html.Fragment(
        '<div id="explorer" hidden><div class="sliders">{}{}</div>{}<p aria-live="polite" data-figure="{}"></p></div>'
        '<script type="application/json" id="explorer-data">{}</script>'
    ).format(sliders, buttons, _table(columns, marked), len(columns), html.Fragment(data))


def _columns(frontier: Frontier) -> tuple[Column[Cell], ...]:
    """Figures of a size; the script finds blocking first, and the monthly cost after the kinds of cost."""
    currency = frontier.scenario.currency
    return (*blocking_columns(), *kind_columns(currency), *monthly_columns(currency))


def _texts(columns: tuple[Column[Cell], ...], cell: Cell) -> list[str]:
    return [column.cell(cell) for column in columns]


def _table(columns: tuple[Column[Cell], ...], marked: Mapping[str, Cell]) -> html.Fragment:
    """Show a row for each figure: of the size chosen, which the script fills in, and of those beside it."""
    head = html.joined(html.Fragment('<th scope="col">{}</th>').format(name) for name in ("", "Here", *marked))
    shown = [_texts(columns, cell) for cell in marked.values()]
    rows = html.joined(
        html.Fragment('<tr><th scope="row">{}</th><td data-figure="{}"></td>{}</tr>').format(
            name, place, html.joined(html.Fragment("<td>{}</td>").format(texts[place]) for texts in shown)
        )
        for place, name in enumerate(heads(columns))
    )
    table = html.Fragment('<table class="here"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(head, rows)
    return html.scrolled("The size chosen, the present one and the cheapest", table)
