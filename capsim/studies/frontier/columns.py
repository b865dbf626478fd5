"""Columns of a frontier's tables: how the figures of a size are written. Text and pages choose among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.cost import channel_kinds
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.columns import Column, blocking, blocking_interval, money, money_interval

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier

Columns = tuple["Column[Cell]", ...]


def blocking_columns() -> Columns:
    """Columns of blocking and its interval."""
    return blocking("Blocking", lambda cell: cell.blocking), blocking_interval(lambda cell: cell.blocking)


def monthly_columns(currency: str) -> Columns:
    """Columns of the monthly cost and its interval."""
    places = CURRENCIES[currency]
    return (
        money(f"{currency} a month", lambda cell: cell.monthly.mean, places),
        money_interval(lambda cell: cell.monthly, places),
    )


def kind_columns(currency: str) -> Columns:
    """Columns of the kinds of cost that depend on the size, over the horizon."""
    places = CURRENCIES[currency]
    return tuple(_kind_column(name, kind.short, places) for name, kind in channel_kinds().items())


def _kind_column(name: str, head: str, places: int) -> Column[Cell]:
    return money(f"{head}, in the horizon", lambda cell: cell.cost(name).mean, places)


SPLIT: Columns = (
    Column("Channels", lambda cell: str(cell.shared + cell.metered)),
    Column("Shared", lambda cell: str(cell.shared)),
    Column("Metered", lambda cell: str(cell.metered)),
)
SIZE: Columns = (Column("Shared", lambda cell: f"{cell.shared:,}"), Column("Metered", lambda cell: f"{cell.metered:,}"))
SIZE_IN_FULL: Columns = (
    Column("Shared channels", lambda cell: f"{cell.shared:,}"),
    Column("Metered channels", lambda cell: f"{cell.metered:,}"),
)


def ridge_columns(currency: str) -> Columns:
    """Columns of the least-cost ridge."""
    return (*SPLIT, *blocking_columns(), *monthly_columns(currency))


def neighbour_columns(frontier: Frontier) -> Columns:
    """Columns of the sizes around the present one."""
    currency, present = frontier.scenario.currency, frontier.present
    assert present is not None
    places = CURRENCIES[currency]

    def change(cell: Cell) -> str:
        more = cell.monthly.mean - present.monthly.mean
        if cell.size == present.size:
            return "now"
        return f"{'+' if more >= 0 else ''}{numbers.money(more, places)}"

    return (*SIZE, *blocking_columns(), *monthly_columns(currency), Column("Change", change))
