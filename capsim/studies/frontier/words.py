"""A frontier in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.show import numbers
from capsim.units import CURRENCIES, counted

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Cell, Frontier


def frontier_sentences(frontier: Frontier) -> Iterator[str]:
    """The verdict, the break-even, and what the scenario has now."""
    best, now = frontier.cheapest, frontier.present
    currency, places = frontier.scenario.currency, CURRENCIES[frontier.scenario.currency]
    asked = frontier.max_blocking is not None
    target = f"{100 * frontier.accepted:.3g}% or less" if asked else "no more than now"
    if not asked and now is None:
        target = "any share (the present size is not on the grid; --max-blocking says how much)"
    if best is None:
        yield f"No size of the grid is sure to block {target}: a larger one, or more replications, may."
    else:
        interval = numbers.money_interval(best.monthly, places)
        cost = f"{numbers.money(best.monthly.mean, places)} {currency} a month{f' ({interval})' if interval else ''}"
        yield (f"Cheapest that blocks {target}: {_sizes(best)}, {cost}, blocking {numbers.blocking(best.blocking)}.")
    if now is not None:
        yield (
            f"Now: {_sizes(now)}, {numbers.money(now.monthly.mean, places)} {currency} a month, "
            f"blocking {numbers.blocking(now.blocking)}{_goal(frontier, now)}."
        )
    level = frontier.break_even(frontier.shown_variant)
    if level is not None:
        yield from _break_even(frontier, level, frontier.shown_variant, currency, places)


def _goal(frontier: Frontier, cell: Cell) -> str:
    status = frontier.goal(cell)
    return "" if status is None else f" (goal {status})"


def _break_even(frontier: Frontier, level: int, variant: int, currency: str, places: int) -> Iterator[str]:
    saved, fees = frontier.saved.mean[variant], frontier.fees[variant]
    if len(fees) == 0:
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


def _sizes(cell: Cell) -> str:
    own = "".join(f", {count} dedicated to {name}" for name, count in cell.dedicated.items())
    return f"{cell.shared} shared and {cell.metered} metered channels{own}"


def change(frontier: Frontier, cell: Cell) -> str:
    """Say what a size costs more or less than the present one; empty without a present one."""
    now = frontier.present
    if now is None:
        return ""
    if math.isnan(cell.monthly.mean):
        return "This size cannot be: a change of the scenario names the group."
    more, currency = cell.monthly.mean - now.monthly.mean, frontier.scenario.currency
    if (cell.shared, cell.metered) == (now.shared, now.metered):
        return "This is the present size."
    amount = numbers.money(abs(more), CURRENCIES[currency])
    much = f"{amount} {currency} a month {'dearer' if more > 0 else 'cheaper'} than" if more else "As dear as"
    return f"{much} the present size, {_blocks(cell, now)}."


def _blocks(cell: Cell, now: Cell) -> str:
    if cell.blocking.mean == now.blocking.mean:
        return "with the same blocking" if now.blocking.mean else "and neither blocked a call"
    how = "more" if cell.blocking.mean > now.blocking.mean else "less"
    return f"with {how} blocking: {numbers.blocking(cell.blocking)} against {numbers.blocking(now.blocking)}"
