"""A frontier as rows of a table, for text and page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show import numbers
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Frontier


def ridge_rows(frontier: Frontier, most: int) -> tuple[list[tuple[str, ...]], int | None]:
    """The cheapest split of each number of channels, up to the first that blocks nothing; and which row is cheapest."""
    best = frontier.cheapest
    places = CURRENCIES[frontier.scenario.currency]
    ridge = frontier.ridge(frontier.shown_variant)
    until = next((row for row, cell in enumerate(ridge) if cell.blocking.mean == 0), len(ridge) - 1) + 1
    shown = ridge[max(0, until - most) : until]
    rows: list[tuple[str, ...]] = [
        (str(cell.shared + cell.metered), str(cell.shared), str(cell.metered), numbers.blocking(cell.blocking),
         numbers.blocking_interval(cell.blocking), numbers.money(cell.monthly.mean, places),
         numbers.money_interval(cell.monthly, places))
        for cell in shown
    ]  # fmt: skip
    at = [row for row, cell in enumerate(shown) if best and (cell.shared, cell.metered) == (best.shared, best.metered)]
    return rows, at[0] if at else None


def ridge_head(frontier: Frontier) -> tuple[str, ...]:
    """The columns of these rows."""
    monthly = f"{frontier.scenario.currency} a month"
    return "Channels", "Shared", "Metered", "Blocking", "95% interval", monthly, "95% interval"


def neighbour_rows(frontier: Frontier, reach: int = 3) -> tuple[tuple[str, ...], list[tuple[str, ...]], int]:
    """The sizes around the present one, with what changes: head, rows, and which of them is the present one.

    Shared channels vary; where the grid has no more of them than the group, metered ones do.
    """
    assert frontier.current is not None
    currency, places = frontier.scenario.currency, CURRENCIES[frontier.scenario.currency]
    variant, shared, metered = frontier.current
    sizes = [(other, metered) for other in range(shared - reach, shared + reach + 1)]
    if frontier.grid.shared[-1] == shared:
        sizes = [(shared, other) for other in range(metered - reach, metered + reach + 1)]
    sizes = [one for one in sizes if min(one) >= 0 and sum(one) > 0]
    now = frontier.cell(shared, metered, variant).monthly.mean
    rows: list[tuple[str, ...]] = []
    for one in sizes:
        cell = frontier.cell(*one, variant)
        more = cell.monthly.mean - now
        change = "now" if one == (shared, metered) else f"{'+' if more >= 0 else ''}{numbers.money(more, places)}"
        rows.append(
            (f"{cell.shared:,}", f"{cell.metered:,}", numbers.blocking(cell.blocking),
             numbers.blocking_interval(cell.blocking), numbers.money(cell.monthly.mean, places),
             numbers.money_interval(cell.monthly, places), change)
        )  # fmt: skip
    head = ("Shared", "Metered", "Blocking", "95% interval", f"{currency} a month", "95% interval", "Change")
    return head, rows, sizes.index((shared, metered))
