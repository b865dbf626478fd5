"""A frontier in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.wording import about, counted

if TYPE_CHECKING:
    from capsim.simulation.passes import Obstacle
    from capsim.studies.frontier.result import Cell, Frontier


def frontier_sentences(frontier: Frontier, present: bool = True) -> Iterator[str]:
    """Give the verdict, the present size if asked for, and the break-even."""
    yield cheapest_sentence(frontier)
    if present and frontier.present is not None:
        yield present_sentence(frontier, frontier.present)
    yield from break_even_sentences(frontier)


def cheapest_sentence(frontier: Frontier) -> str:
    """Say which size is cheapest among those that block little enough."""
    best, currency = frontier.cheapest, frontier.scenario.currency
    asked = frontier.max_blocking is not None
    target = f"{100 * frontier.accepted:.3g}% or less" if asked else "no more than now"
    if not asked and frontier.present is None:
        target = "any share (the present size is not on the grid; --max-blocking says how much)"
    if best is None:
        return f"No size of the grid is sure to block {target}: a larger one, or more replications, may."
    places = CURRENCIES[currency]
    interval = numbers.money_interval(best.monthly, places)
    cost = f"{numbers.money(best.monthly.mean, places)} {currency} a month{f' ({interval})' if interval else ''}"
    return f"Cheapest that blocks {target}: {sizes(best)}, {cost}, blocking {numbers.blocking(best.blocking)}."


def present_sentence(frontier: Frontier, present: Cell) -> str:
    """Say what the present size costs and blocks."""
    return f"Now: {sizes(present)}, {cost_and_blocking(frontier, present)}."


def cost_and_blocking(frontier: Frontier, cell: Cell) -> str:
    """Return what a size costs and blocks, and whether that keeps the goal."""
    currency, status = frontier.scenario.currency, frontier.goal(cell)
    cost = f"{numbers.money(cell.monthly.mean, CURRENCIES[currency])} {currency} a month"
    goal = "" if status is None else f" (goal {status})"
    return f"{cost}, blocking {numbers.blocking(cell.blocking)}{goal}"


def break_even_sentences(frontier: Frontier) -> Iterator[str]:
    """Say up to which channel a flat-rate fee pays; nothing if that is not known."""
    variant, currency = frontier.shown_variant, frontier.scenario.currency
    level, places = frontier.break_even(variant), CURRENCIES[currency]
    saved, fees = frontier.saved.mean[variant], frontier.fees[variant]
    if level is None or len(fees) == 0:
        return
    if not level:
        first, fee = numbers.money(float(saved[0]), places), numbers.money(float(fees[0]), places)
        yield f"Break-even: no flat-rate channel pays; calls of the first cost {first}, its fee is {fee} {currency}."
        return
    at = f"Break-even at {counted(level, 'flat-rate channel')}"
    if frontier.pays_beyond_the_grid(variant):
        at = f"Break-even beyond the {counted(level, 'flat-rate channel')} of the grid"
    text = (
        f"{at}: calls of the last one would cost "
        f"{numbers.money(float(saved[level - 1]), places)} {currency} a month at the metered price, "
        f"against a fee of {numbers.money(float(fees[level - 1]), places)}"
    )
    if level < len(saved):
        text += f"; those of one more, {numbers.money(float(saved[level]), places)}"
    yield text + "."


def sizes(cell: Cell) -> str:
    """Name a size: ``5 shared and 2 metered channels``."""
    own = "".join(f", {count} dedicated to {name}" for name, count in cell.dedicated.items())
    return f"{cell.shared} shared and {cell.metered} metered channels{own}"


# -- a size beside the present one --------------------------------------------------------------------------


def change(frontier: Frontier, cell: Cell) -> str:
    """Say how much more or less a size costs than the present one.

    Empty without a present size.
    """
    present = frontier.present
    if present is None:
        return ""
    if math.isnan(cell.monthly.mean):
        return "This size cannot be: a change of the scenario names the group."
    if cell.size == present.size:
        return "This is the present size."
    more, currency = cell.monthly.mean - present.monthly.mean, frontier.scenario.currency
    amount = numbers.money(abs(more), CURRENCIES[currency])
    much = f"{amount} {currency} a month {'dearer' if more > 0 else 'cheaper'} than" if more else "As dear as"
    return f"{much} the present size, {_blocking_beside(cell, present)}."


def _blocking_beside(cell: Cell, present: Cell) -> str:
    if cell.blocking.mean == present.blocking.mean:
        return "with the same blocking" if present.blocking.mean else "and neither blocked a call"
    how = "more" if cell.blocking.mean > present.blocking.mean else "less"
    return f"with {how} blocking: {numbers.blocking(cell.blocking)} against {numbers.blocking(present.blocking)}"


# -- method -----------------------------------------------------------------------------------------------


def why_not_one_pass(obstacle: Obstacle) -> str:
    """Say why one pass is not exact."""
    match obstacle.kind:
        case "account":
            return "an account's balance refuses and ends calls (R10)"
        case "redials":
            return "callers who are blocked try again"
        case "DID limit":
            return f"{obstacle.detail} has a capacity limit (R9)"
        case "group limit":
            return "the group has a capacity limit (R9)"
        case "changes":
            return "the group's own channels change in the course of the horizon (R11)"
        case "price":
            return obstacle.detail


def announcement(why: str | None, cells: int, seconds: float) -> str:
    """Say that sizes are simulated one by one, why, and about how long that takes."""
    reason = f"one pass is not exact here: {why}" if why is not None else "as asked"
    return f"{reason}; {cells:,} cells are simulated one by one, about {about(seconds)}"


def method_line(frontier: Frontier) -> str:
    """Return in one line how the sizes were evaluated."""
    how = "simulated one by one:"
    if frontier.method == "one pass":
        how = "from one pass"
    elif frontier.why is not None:
        how = f"simulated one by one, since {frontier.why}:"
    runs = f"{counted(frontier.scenario.replications, 'replication')}, seed {frontier.scenario.seed}"
    return f"{frontier.grid.cells:,} sizes {how} over {frontier.calls_simulated:,} calls; {runs}"


def method(frontier: Frontier) -> str:
    """Say how the sizes were evaluated."""
    how = "from one pass over the calls" if frontier.method == "one pass" else "each simulated by itself"
    why = f"One pass would not be exact here: {frontier.why}." if frontier.why else ""
    return (
        f"{frontier.grid.cells:,} sizes {how}: {frontier.calls_simulated:,} calls in "
        f"{frontier.scenario.replications:,} replications. Each size is what a run with it gives. {why}"
    )


GRID_CAPTION = "The cross is where the sliders are."
NOT_NEARBY = (
    "Not shown: one pass over the calls does not tell it here (limits, a balance, callers who try again, changes of a "
    "group's sizes, no price, or more than three groups). capsim frontier runs the sizes by themselves."
)
NEARBY = (
    "The same calls through each size, all else as it is; blocking is of the calls of the group's numbers. "
    "capsim frontier shows every size, capsim plan finds the cheapest mix."
)
