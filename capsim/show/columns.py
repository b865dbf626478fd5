"""Columns of tables: a column says how it writes one figure of a row, and text and page choose among columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from capsim.estimates.estimate import Estimate
from capsim.show import numbers

Row = TypeVar("Row", contravariant=True)
INTERVAL = "95% interval"
"""Head of a column of intervals."""

LEAST_IN_WHOLE_UNITS = 1000
"""Least end of an interval of money that a short column writes in whole units."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table.

    Attributes
    ----------
    head : str
        Name of what the column has.
    cell : callable
        ``cell(row)`` gives the text of a row in this column.
    """

    head: str
    cell: Callable[[Row], str]


def heads(columns: Sequence[Column[Row]]) -> tuple[str, ...]:
    """Return the heads of columns."""
    return tuple(column.head for column in columns)


def cells(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """Return the texts of rows in some columns."""
    return [tuple(column.cell(row) for column in columns) for row in rows]


def count(head: str, value: Callable[[Row], float]) -> Column[Row]:
    """Make a column of numbers of calls, channels or minutes."""
    return Column(head, lambda row: numbers.count(value(row)))


def load(head: str, value: Callable[[Row], float]) -> Column[Row]:
    """Make a column of Erlangs."""
    return Column(head, lambda row: numbers.load(value(row)))


def percentage(head: str, value: Callable[[Row], float]) -> Column[Row]:
    """Make a column of percentages with one decimal."""
    return Column(head, lambda row: numbers.percentage(value(row)))


def count_interval(value: Callable[[Row], Estimate]) -> Column[Row]:
    """Make a column of intervals of counts."""

    def cell(row: Row) -> str:
        figure = value(row)
        return "" if math.isnan(figure.low) else f"{numbers.count(figure.low)} to {numbers.count(figure.high)}"

    return Column(INTERVAL, cell)


def blocking(head: str, value: Callable[[Row], Estimate], width: float | None = None) -> Column[Row]:
    """Make a column of probabilities.

    ``width`` is that of the interval that sets the digits of all of them; None for each one's own.
    """
    return Column(head, lambda row: numbers.blocking(value(row), width))


def blocking_interval(value: Callable[[Row], Estimate], width: float | None = None) -> Column[Row]:
    """Make a column of intervals of probabilities.

    ``width`` is that of the interval that sets the digits of all of them; None for each one's own.
    """
    return Column(INTERVAL, lambda row: numbers.blocking_interval(value(row), width))


def money(head: str, value: Callable[[Row], float], places: int) -> Column[Row]:
    """Make a column of amounts of money, with the currency's decimal places."""
    return Column(head, lambda row: numbers.money(value(row), places))


def money_interval(value: Callable[[Row], Estimate], places: int, short: bool = False) -> Column[Row]:
    """Make a column of intervals of amounts of money.

    Parameters
    ----------
    value : callable
        ``value(row)`` gives the amount.
    places : int
        Decimal places of the currency.
    short : bool
        Whether thousands are written in whole units.
    """

    def cell(row: Row) -> str:
        amount = value(row)
        whole = short and not max(abs(amount.low), abs(amount.high)) < LEAST_IN_WHOLE_UNITS
        return numbers.money_interval(amount, 0 if whole else places)

    return Column(INTERVAL, cell)
