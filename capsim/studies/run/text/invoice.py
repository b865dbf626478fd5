"""The itemised invoice of one replication as text (M6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.cost import COST_KINDS, Item
from capsim.errors import InputError
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.tables import as_text, new_table
from capsim.studies.run.columns import unit_text
from capsim.studies.run.words import horizon_text

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult


def invoice_text(result: RunResult, replication: int = 0) -> str:
    """Return the invoice of one replication as text.

    It has the items by kind with their periods, subtotals, the total, and months.

    Raises
    ------
    InputError
        If there is no such replication.
    """
    if not 0 <= replication < result.replications:
        raise InputError(f"replication must be 0 to {result.replications - 1} (got {replication})")
    items, currency = result.invoices[replication], result.scenario.currency
    places = CURRENCIES[currency]
    parts: list[RenderableType] = [
        Text(f"Invoice: {result.scenario.name}"),
        Text(f"{horizon_text(result.scenario)}; amounts in {currency}"),
        Text(f"Replication {replication + 1} of {result.replications:,}, seed {result.seed}"),
        Text(),
        _items(items, places),
    ]
    months = _months(items, places)
    if months.row_count > 2:
        parts += [Text(), Text("By month in which the period begins"), months]
    return as_text(Group(*parts))


def _items(items: Sequence[Item], places: int) -> Table:
    table = new_table("Item")
    for name in ("For", "Period"):
        table.add_column(name, justify="left", overflow="fold")
    for name in ("Quantity", "Unit price", "Amount"):
        table.add_column(name, justify="right", overflow="fold")
    for kind, of_cost in COST_KINDS.items():
        of_kind = [item for item in items if item.kind == kind]
        if not of_kind:
            continue
        table.add_row(of_cost.title)
        for item in of_kind:
            quantity = f"{item.quantity:,.0f}" if item.quantity == int(item.quantity) else f"{item.quantity:,.2f}"
            table.add_row(
                f"  {item.what}", _whose(item), _period(item), f"{quantity} {unit_text(item.unit, item.quantity)}",
                numbers.price(item.unit_price, places), f"{item.amount:,.{places}f}",
            )  # fmt: skip
        table.add_row("", "", "", "", "Subtotal", f"{_sum(of_kind):,.{places}f}")
    table.add_row("Total", "", "", "", "", f"{_sum(items):,.{places}f}")
    return table


def _whose(item: Item) -> str:
    pool = item.pool if item.group is None else None
    names = (("pool", pool), ("group", item.group), ("DID", item.which or item.did))
    return ", ".join(f"{what} {name}" for what, name in names if name is not None)


def _period(item: Item) -> str:
    if item.start >= item.end - timedelta(days=1):
        return item.start.isoformat()
    return f"{item.start.isoformat()} to {(item.end - timedelta(days=1)).isoformat()}"


def _months(items: Sequence[Item], places: int) -> Table:
    table = new_table("Month", *(kind.title for kind in COST_KINDS.values()), "Total")
    months = sorted({(item.start.year, item.start.month) for item in items})
    for year, month in months:
        of_month = [item for item in items if (item.start.year, item.start.month) == (year, month)]
        sums = [_sum([item for item in of_month if item.kind == kind]) for kind in COST_KINDS]
        table.add_row(f"{year}-{month:02d}", *(f"{amount:,.{places}f}" for amount in (*sums, sum(sums, Decimal(0)))))
    if len(months) > 1:
        sums = [_sum([item for item in items if item.kind == kind]) for kind in COST_KINDS]
        table.add_row("Total", *(f"{amount:,.{places}f}" for amount in (*sums, _sum(items))))
    return table


def _sum(items: Sequence[Item]) -> Decimal:
    return sum((item.amount for item in items), Decimal(0))
