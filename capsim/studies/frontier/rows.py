"""A frontier as rows of values: sizes that a table lists, and sizes that stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier

REACH = 3
"""Largest number of channels by which a neighbour differs from the present size."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in a table, one of which may stand out.

    Attributes
    ----------
    cells : sequence of Cell
        The sizes.
    marked : int or None
        Place of the size that stands out; None if none does.
    """

    cells: Sequence[Cell]
    marked: int | None


def ridge_rows(frontier: Frontier, most: int) -> Sizes:
    """Return the cheapest split of each number of channels.

    The last split is the first one that blocks nothing. The cheapest size stands out.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    most : int
        Largest number of splits; the smallest sizes are left out.
    """
    best = frontier.cheapest
    ridge = frontier.ridge(frontier.shown_variant)
    until = next((row for row, cell in enumerate(ridge) if cell.blocking.mean == 0), len(ridge) - 1) + 1
    shown = ridge[max(0, until - most) : until]
    marked = [row for row, cell in enumerate(shown) if best is not None and cell.size == best.size]
    return Sizes(shown, marked[0] if marked else None)


def neighbour_rows(frontier: Frontier, reach: int = REACH) -> Sizes:
    """Return the sizes around the present one, which stands out.

    Shared channels vary; if the grid has no more of them than the group, metered ones do.
    """
    assert frontier.current is not None
    variant, shared, metered = frontier.current
    sizes = [(other, metered) for other in range(shared - reach, shared + reach + 1)]
    if frontier.grid.shared[-1] == shared:
        sizes = [(shared, other) for other in range(metered - reach, metered + reach + 1)]
    sizes = [size for size in sizes if min(size) >= 0 and sum(size) > 0]
    return Sizes([frontier.cell(*size, variant) for size in sizes], sizes.index((shared, metered)))


def marked_sizes(frontier: Frontier, variant: int | None = None) -> dict[str, Cell]:
    """Return the sizes that others are compared with: the present and the cheapest.

    ``variant`` leaves the present size out unless it is of these dedicated channels.
    """
    sizes: dict[str, Cell] = {}
    present = frontier.present
    if present is not None and variant in (None, frontier.variant_of(present)):
        sizes["Present size"] = present
    if frontier.cheapest is not None:
        sizes["Cheapest"] = frontier.cheapest
    return sizes
