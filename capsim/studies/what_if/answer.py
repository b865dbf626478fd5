"""What the what-if page answers: a size beside the present one and the cheapest, in a table and in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

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


def answer_html(frontier: Frontier, cell: Cell) -> str:
    """Show what a size costs and blocks, beside the present one and the cheapest, with the same calls and prices."""
    currency = frontier.scenario.currency
    sizes = {"Here": cell} | marked_sizes(frontier)
    columns = (*SIZE_IN_FULL, *blocking_columns(), *monthly_columns(currency), *kind_columns(currency))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", *sizes))
    rows = [(column.head, [column.cell(size) for size in sizes.values()]) for column in columns]
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(text)}</td>" for text in texts)}</tr>'
        for name, texts in rows
        if any(texts)
    )
    sentences = [change(frontier, cell), *frontier_sentences(frontier, present=False)]
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)
    return (
        f'<p class="first" role="status">{escape(cost_and_blocking(frontier, cell))}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{paragraphs}"
        f'<p class="soft">{escape(method(frontier))}</p>'
    )
