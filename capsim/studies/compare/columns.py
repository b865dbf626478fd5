"""Columns of a comparison's tables: how mixes and differences are written. Text and page choose among them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from capsim.cost import compared_kinds
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.columns import INTERVAL, Column, blocking, blocking_interval, money, money_interval
from capsim.studies.compare.rows import MixRow

if TYPE_CHECKING:
    from capsim.studies.compare.result import Difference


def mix_columns(currency: str, short: bool) -> tuple[Column[MixRow], ...]:
    """Columns of mixes; ``short`` writes intervals of thousands in whole units."""
    places = CURRENCIES[currency]
    kinds = (_kind_column(name, kind.short, places) for name, kind in compared_kinds().items())
    return (
        Column("Mix", lambda row: row.name),
        blocking("Blocking", lambda row: row.blocking),
        blocking_interval(lambda row: row.blocking),
        *kinds,
        money(f"{currency} a month", lambda row: row.monthly.mean, places),
        money_interval(lambda row: row.monthly, places, short),
    )


def _kind_column(name: str, head: str, places: int) -> Column[MixRow]:
    return money(head, lambda row: row.costs[name].mean, places)


FROM_TO: Column[Difference] = Column("From, to", lambda row: f"{row.from_}, {row.to}")
MINUS: Column[Difference] = Column("Difference", lambda row: f"{row.to} minus {row.from_}")


def difference_columns(
    name: Column[Difference], currency: str, short: bool
) -> tuple[Column[Difference], ...]:  # fmt: skip
    """Columns of differences.

    Parameters
    ----------
    name : Column
        How a pair of mixes is called.
    currency : str
        Currency of the monthly cost.
    short : bool
        Whether intervals of thousands are in whole units, and differences have only the digits that their interval
        bears.
    """
    places = CURRENCIES[currency]

    def difference(row: Difference) -> str:
        width = row.blocking.high - row.blocking.low if short else math.nan
        return points(row.blocking.mean, width)

    return (
        name,
        Column("Blocking", difference),
        Column(INTERVAL, lambda row: points_interval(row.blocking.low, row.blocking.high)),
        Column("p", lambda row: p_value(row.p_blocking)),
        money(f"{currency} a month", lambda row: row.monthly.mean, places),
        money_interval(lambda row: row.monthly, places, short),
        Column("p", lambda row: p_value(row.p_monthly)),
    )


def points(value: float, width: float = math.nan) -> str:
    """Write a difference of shares: ``+0.43 pp``.

    ``width`` is that of the interval that sets its digits.
    """
    if math.isnan(value):
        return numbers.NOTHING
    return f"{_points(value, width)} pp"


def points_interval(low: float, high: float) -> str:
    """Write the interval of a difference of shares; empty if there is none."""
    return "" if math.isnan(low) else f"{_points(low, high - low)} to {_points(high, high - low)}"


def _points(value: float, width: float) -> str:
    finest = 100 * (width if width > 0 else abs(value) / 10)
    places = max(0, min(6, 1 - math.floor(math.log10(finest)))) if finest > 0 else 0
    return f"{100 * value:+.{places}f}" if value else "0"


def p_value(value: float) -> str:
    """Write a p-value, down to what means anything."""
    if math.isnan(value):
        return numbers.NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
