"""What the page answers: a size beside the present one and the cheapest, in a table and in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from capsim.cost import channel_kinds
from capsim.show import numbers
from capsim.studies.frontier.words import change, frontier_sentences
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier

LOOK = """
:host { font-family: system-ui, sans-serif; font-size: 15px; line-height: 1.45; }
.first { font-size: 1.45rem; font-weight: 600; margin: 0 0 .5rem; }
p { margin: .35rem 0; max-width: 46rem; } .soft { color: #57606a; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .4rem 0 .7rem; }
th, td { padding: .18rem .8rem; text-align: right; border-bottom: 1px solid #d0d7de; }
th:first-child { text-align: left; } thead th { color: #57606a; } tbody th { font-weight: 400; }
td:nth-child(2), thead th:nth-child(2) { font-weight: 700; }
"""
"""Styles of what is written on the page."""


def answer_html(found: Frontier, cell: Cell) -> str:
    """What a size costs and blocks, beside the present one and the cheapest, all with these calls and prices."""
    currency = found.scenario.currency
    places = CURRENCIES[currency]
    columns: dict[str, Cell] = {"Here": cell}
    if found.present is not None:
        columns["Present size"] = found.present
    if found.cheapest is not None:
        columns["Cheapest"] = found.cheapest
    rows = [
        ("Shared channels", [f"{one.shared:,}" for one in columns.values()]),
        ("Metered channels", [f"{one.metered:,}" for one in columns.values()]),
        ("Blocking", [numbers.blocking(one.blocking) for one in columns.values()]),
        ("95% interval", [numbers.blocking_interval(one.blocking) for one in columns.values()]),
        (f"{currency} a month", [numbers.money(one.monthly.mean, places) for one in columns.values()]),
        ("95% interval", [numbers.money_interval(one.monthly, places) for one in columns.values()]),
        *(
            (f"{kind.short}, in the horizon", [numbers.money(one.cost(name).mean, places) for one in columns.values()])
            for name, kind in channel_kinds().items()
        ),
    ]
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", *columns))
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(one)}</td>" for one in cells)}</tr>'
        for name, cells in rows
        if any(cells)
    )
    goal = found.goal(cell)
    status = f" (goal {goal})" if goal is not None else ""
    first = f"{numbers.money(cell.monthly.mean, places)} {currency} a month, blocking {numbers.blocking(cell.blocking)}"
    sentences = [change(found, cell), *frontier_sentences(found)]
    told = "".join(f"<p>{escape(one)}</p>" for one in sentences if one and not one.startswith("Now:"))
    runs = f"{found.calls_simulated:,} calls in {found.scenario.replications:,} replications"
    return (
        f'<p class="first" role="status">{escape(first + status)}</p><table><thead><tr>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table>{told}<p class="soft">{escape(runs)}; every size faces the same calls.</p>'
    )
