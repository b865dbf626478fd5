"""The answer of the what-if page: a size beside the present one and the cheapest, in a table and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.markup import Fragment, joined
from capsim.show.page import paragraph
from capsim.studies.frontier.columns import SIZE_IN_FULL, blocking_columns, kind_columns, monthly_columns
from capsim.studies.frontier.rows import marked_sizes
from capsim.studies.frontier.words import change, cost_and_blocking, frontier_sentences
from capsim.studies.what_if.words import method

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


def answer_html(frontier: Frontier, cell: Cell) -> Fragment:
    """Show what a size costs and blocks, beside the present one and the cheapest.

    All have the same calls and prices.
    """
    currency = frontier.scenario.currency
    sizes = {"Here": cell} | marked_sizes(frontier)
    columns = (*SIZE_IN_FULL, *blocking_columns(), *monthly_columns(currency), *kind_columns(currency))
    head = joined(Fragment('<th scope="col">{}</th>').format(name) for name in ("", *sizes))
    rows = [(column.head, [column.cell(size) for size in sizes.values()]) for column in columns]
    body = joined(
        Fragment('<tr><th scope="row">{}</th>{}</tr>').format(
            name, joined(Fragment("<td>{}</td>").format(text) for text in texts)
        )
        for name, texts in rows
        if any(texts)
    )
    sentences = [change(frontier, cell), *frontier_sentences(frontier, present=False)]
    return Fragment(
        '<p class="first" role="status">{}</p><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}'
        '<p class="soft">{}</p>'
    ).format(cost_and_blocking(frontier, cell), head, body, joined(map(paragraph, sentences)), method(frontier))
