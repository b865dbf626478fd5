"""What it costs, on a page: the kinds of cost, how the total comes about, what a minute comes to, the invoice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from capsim.cost import COST_KINDS
from capsim.show import numbers
from capsim.show import page as html
from capsim.studies.run.plots.accessor import RunPlots
from capsim.studies.run.rows import ACCOUNT_HEAD, account_rows
from capsim.studies.run.text.invoice import plural, price_text
from capsim.studies.run.words import cycle_note, unit_cost_sentences
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult

MOST_ITEMS = 25
MOST_OF_INVOICE = 1_000
"""A longer invoice is not put on a page."""


def bill(result: RunResult) -> Iterator[str]:
    """The parts of the section on cost."""
    currency, costs = result.scenario.currency, result.cost_estimates
    places = CURRENCIES[currency]
    kinds = {name: kind.title for name, kind in COST_KINDS.items()}
    labels = [*kinds.items(), ("total", "Total"), ("monthly", "What recurs, for a month")]
    rows = [
        (label, numbers.money(costs[name].mean, places), numbers.money_interval(costs[name], places))
        for name, label in labels
    ]
    head = (f"Of the horizon, {currency}", "Amount", "95% interval")
    yield html.table("Cost of the horizon by kind", head, rows, strong=(len(kinds), len(kinds) + 1))
    if costs["total"].mean > 0:
        told = "; ".join(f"{label} {numbers.money(costs[name].mean, places)}" for name, label in kinds.items())
        yield html.figure(RunPlots(result).cost(), f"Cost of the horizon by kind, {currency}: {told}.")
    yield from map(html.paragraph, unit_cost_sentences(result))
    yield html.paragraph(cycle_note(result))
    yield html.folded("How the total comes about: the mean invoice, in short", _in_short(result))
    if len(result.invoices[0]) <= MOST_OF_INVOICE:
        yield html.folded("Invoice of the first replication, item by item", html.verbatim(result.invoice_text(0)))
    else:
        yield html.paragraph(f"The invoice has {len(result.invoices[0]):,} items: capsim run --out writes it.")
    if result.account_figures is not None:
        head = (f"Prepaid account, {currency}", *ACCOUNT_HEAD[1:])
        yield html.table("Prepaid account", head, account_rows(result))
        yield html.figure(RunPlots(result).balance(), "The prepaid balance over time.")


def _in_short(result: RunResult) -> str:
    """Items of all replications and periods, added up by what they are for, in the mean."""
    sums: dict[tuple[str, str, str, str, str], list[Decimal]] = {}
    runs, places = len(result.invoices), CURRENCIES[result.scenario.currency]
    for items in result.invoices:
        for item in items:
            whose = next((f"{kind} {name}" for kind, name in
                          (("DID", item.did), ("group", item.group), ("pool", item.pool)) if name is not None), "")  # fmt: skip
            key = (
                COST_KINDS[item.kind].title,
                item.what.partition(",")[0],
                whose,
                item.unit,
                price_text(item.unit_price, places),
            )
            quantity, amount = sums.setdefault(key, [Decimal(0), Decimal(0)])
            sums[key] = [quantity + item.quantity, amount + item.amount]
    largest = sorted(sums.items(), key=lambda one: -one[1][1])
    rows: list[tuple[str, ...]] = [
        (
            kind,
            what,
            whose,
            f"{numbers.count(float(quantity / runs))} {plural(unit, quantity / runs)}",
            price,
            numbers.money(float(amount / runs), places),
        )
        for (kind, what, whose, unit, price), (quantity, amount) in largest[:MOST_ITEMS]
    ]
    rest = sum((amount for _, (_, amount) in largest[MOST_ITEMS:]), Decimal(0)) / runs
    if len(largest) > MOST_ITEMS:
        rows.append((f"And {len(largest) - MOST_ITEMS:,} more", "", "", "", "", numbers.money(float(rest), places)))
    total = sum((amount for _, (_, amount) in largest), Decimal(0)) / runs
    rows.append(("Total", "", "", "", "", numbers.money(float(total), places)))
    head = ("Kind", "What", "For", "Quantity", "Unit price", f"Amount, {result.scenario.currency}")
    note = "Quantities are added over all billing cycles; what is prorated costs less than quantity times price (M2)."
    return html.table(
        "How the total comes about", head, rows, strong=(len(rows) - 1,), left=(0, 1, 2)
    ) + html.paragraph(note)
