"""The costs of a run as rows of values: kinds of cost, the prepaid account, the invoice in short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from capsim.cost import COST_KINDS
from capsim.estimates.estimate import Estimate

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult


@dataclass(frozen=True, slots=True)
class CostRow:
    """An amount of money: a cost, or an entry of the prepaid account.

    Attributes
    ----------
    name : str
        Name in frames and JSON.
    label : str
        Name in tables.
    amount : Estimate
        How much money.
    times : float or None
        How often it was paid; None if nobody counts.
    """

    name: str
    label: str
    amount: Estimate
    times: float | None = None


def cost_rows(result: RunResult) -> list[CostRow]:
    """Return the kinds of cost of the horizon."""
    return [CostRow(name, kind.title, result.cost_estimates[name]) for name, kind in COST_KINDS.items()]


def cost_sums(result: RunResult) -> list[CostRow]:
    """Return the total of the horizon, and the monthly cost (M8)."""
    labels = {"total": "Total", "monthly": "What recurs, for a month"}
    return [CostRow(name, label, result.cost_estimates[name]) for name, label in labels.items()]


def account_rows(result: RunResult) -> Iterator[CostRow]:
    """Give the entries of the prepaid account; nothing without one."""
    if result.account_figures is None:
        return
    labels = {
        "opening": "Balance at the start",
        "top_ups": "Top-ups",
        "drawn": "Drawn: fees and calls",
        "closing": "Balance at the end",
        "lowest": "Lowest balance",
    }
    figures = result.account_figures.figures
    top_ups = figures["top_up_count"].mean
    for name, label in labels.items():
        if name != "top_ups":
            yield CostRow(name, label, figures[name])
        elif top_ups:
            yield CostRow(name, label, figures[name], top_ups)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """Invoice items of the same kind, purpose, owner and price, added up.

    The sum is over all periods, and the mean over replications.

    Attributes
    ----------
    kind : str
        Kind of cost, as tables call it.
    what : str
        Purpose of the items.
    owner : str
        For whom, such as ``group desk``; empty for all.
    quantity : Decimal
        How many units.
    unit : str
        Unit of the quantity.
    unit_price : Decimal
        Price of a unit.
    amount : Decimal
        Sum of the items, which can be less than quantity times price (M2).
    """

    kind: str
    what: str
    owner: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal


def bill_rows(result: RunResult) -> list[BillRow]:
    """Return the mean invoice in short, the largest amounts first."""
    sums: dict[tuple[str, str, str, str, Decimal], list[Decimal]] = {}
    for items in result.invoices:
        for item in items:
            owners = (("DID", item.did), ("group", item.group), ("pool", item.pool))
            owner = next((f"{kind} {name}" for kind, name in owners if name is not None), "")
            key = COST_KINDS[item.kind].title, item.what.partition(",")[0], owner, item.unit, item.unit_price
            quantity, amount = sums.setdefault(key, [Decimal(0), Decimal(0)])
            sums[key] = [quantity + item.quantity, amount + item.amount]
    runs = len(result.invoices)
    return [
        BillRow(
            kind=kind,
            what=what,
            owner=owner,
            quantity=quantity / runs,
            unit=unit,
            unit_price=price,
            amount=amount / runs,
        )
        for (kind, what, owner, unit, price), (quantity, amount) in sorted(sums.items(), key=lambda row: -row[1][1])
    ]
