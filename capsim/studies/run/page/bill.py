"""Costs of a run on a page: the kinds of cost, how the total comes about, what a minute comes to, the invoice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show import page as html
from capsim.show.columns import Column, cells, heads
from capsim.studies.run import words
from capsim.studies.run.columns import cost_columns, unit_text
from capsim.studies.run.cost_rows import BillRow, account_rows, bill_rows, cost_rows, cost_sums
from capsim.studies.run.plots.accessor import RunPlots

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult

MOST_ITEMS = 25
"""Largest number of sums that are listed one by one."""
MOST_OF_INVOICE = 1_000
"""Largest number of items of an invoice that a page shows."""


def bill(result: RunResult) -> Iterator[html.Fragment]:
    """Give the parts of the section on cost."""
    currency = result.scenario.currency
    shown = cost_columns(f"Of the horizon, {currency}", currency)
    kinds, sums = cost_rows(result), cost_sums(result)
    strong = range(len(kinds), len(kinds) + len(sums))
    yield html.table("Cost of the horizon by kind", heads(shown), cells(shown, [*kinds, *sums]), strong=strong)
    if result.cost_estimates["total"].mean > 0:
        yield html.figure(RunPlots(result).cost(), words.cost_caption(result))
    yield from map(html.paragraph, words.unit_cost_sentences(result))
    yield html.paragraph(words.cycle_note(result))
    yield html.folded("How the total comes about: the mean invoice, in short", _in_short(result))
    if len(result.invoices[0]) <= MOST_OF_INVOICE:
        yield html.folded("Invoice of the first replication, item by item", html.verbatim(result.invoice_text(0)))
    else:
        yield html.paragraph(words.long_invoice(len(result.invoices[0])))
    if result.account_figures is not None:
        shown = cost_columns(f"Prepaid account, {currency}", currency)
        yield html.table("Prepaid account", heads(shown), cells(shown, account_rows(result)))
        yield html.figure(RunPlots(result).balance(), words.BALANCE_CAPTION)


def _in_short(result: RunResult) -> html.Fragment:
    """Show the mean invoice, added up by what its items are for."""
    currency = result.scenario.currency
    places = CURRENCIES[currency]
    shown: tuple[Column[BillRow], ...] = (
        Column("Kind", lambda row: row.kind),
        Column("What", lambda row: row.what),
        Column("For", lambda row: row.owner),
        Column("Quantity", lambda row: f"{numbers.count(float(row.quantity))} {unit_text(row.unit, row.quantity)}"),
        Column("Unit price", lambda row: numbers.price(row.unit_price, places)),
        Column(f"Amount, {currency}", lambda row: numbers.money(float(row.amount), places)),
    )
    sums = bill_rows(result)
    body = cells(shown, sums[:MOST_ITEMS])
    if len(sums) > MOST_ITEMS:
        more = words.and_more(len(sums) - MOST_ITEMS).capitalize()
        body.append((more, "", "", "", "", _sum(sums[MOST_ITEMS:], places)))
    body.append(("Total", "", "", "", "", _sum(sums, places)))
    table = html.table("How the total comes about", heads(shown), body, strong=(len(body) - 1,), left=(0, 1, 2))
    return table + html.paragraph(words.BILL_NOTE)


def _sum(sums: list[BillRow], places: int) -> str:
    return numbers.money(float(sum((row.amount for row in sums), Decimal(0))), places)
