"""The what-if page in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capsim.studies.frontier import Cell, Frontier


def method(frontier: Frontier) -> str:
    """Say how many calls the figures are made of."""
    calls = f"{frontier.calls_simulated:,} calls in {frontier.scenario.replications:,} replications"
    return f"{calls}; every size faces the same calls."


def picture_text(cell: Cell) -> str:
    """Say what the picture of all sizes shows, to those who do not see it."""
    return f"Monthly cost of every size; here {cell.shared} shared and {cell.metered} metered channels."
