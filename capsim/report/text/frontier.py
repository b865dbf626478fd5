"""A frontier in words and a table."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.report import numbers
from capsim.report.text.tables import new_table
from capsim.study.sizes import Cell, Frontier
from capsim.units import CURRENCIES, counted

MOST_ROWS = 16


def frontier_text(frontier: Frontier) -> Group:
    """What a planner wants to read first, first: the cheapest size, the break-even, and the sizes around it."""
    parts: list[RenderableType] = [
        Text(f"{frontier.scenario.name}: group {frontier.group}", style="bold"),
        Text(_method(frontier), style="dim"),
        Text(),
        *(Text(line, style="" if row else "bold") for row, line in enumerate(frontier_sentences(frontier))),
        Text(),
        Text("The cheapest split of every number of channels", style="bold"),
        _table(frontier),
    ]
    return Group(*parts)


def _method(frontier: Frontier) -> str:
    cells, runs = f"{frontier.grid.cells:,} sizes", frontier.scenario.replications
    how = "from one pass" if frontier.method == "one pass" else f"simulated one by one, since {frontier.why}:"
    how = "simulated one by one:" if frontier.method != "one pass" and frontier.why is None else how
    each = f"{counted(runs, 'replication')}, seed {frontier.scenario.seed}"
    return f"{cells} {how} over {frontier.calls_simulated:,} calls; {each}"


def frontier_sentences(frontier: Frontier) -> Iterator[str]:
    """The verdict, the break-even, and what the scenario has now."""
    best, now = frontier.cheapest, frontier.current
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
        cell = frontier.cell(now[1], now[2], now[0])
        yield (
            f"Now: {_sizes(cell)}, {numbers.money(cell.monthly.mean, places)} {currency} a month, "
            f"blocking {numbers.blocking(cell.blocking)}{_goal(frontier, cell)}."
        )
    variant = 0 if best is None else frontier.grid.dedicated.index(tuple(best.dedicated.values()))
    level = frontier.break_even(variant)
    if level is not None:
        yield from _break_even(frontier, level, variant, currency, places)


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
    edge = level == len(fees) and level < len(saved) and saved[level] > fees[-1]
    at = f"Break-even at {counted(level, 'flat-rate channel')}"
    if edge:
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


def ridge_rows(frontier: Frontier, most: int) -> tuple[list[tuple[str, ...]], int | None]:
    """The cheapest split of each number of channels, up to the first that blocks nothing; and which row is cheapest."""
    best = frontier.cheapest
    variant = 0 if best is None else frontier.grid.dedicated.index(tuple(best.dedicated.values()))
    places = CURRENCIES[frontier.scenario.currency]
    ridge = frontier.ridge(variant)
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


def change(found: Frontier, cell: Cell) -> str:
    """What a size costs more or less than the present one, in words."""
    if found.current is None:
        return ""
    now = found.cell(found.current[1], found.current[2], found.current[0])
    if math.isnan(cell.monthly.mean):
        return "This size cannot be: a change of the scenario names the group."
    more, currency = cell.monthly.mean - now.monthly.mean, found.scenario.currency
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


def _table(frontier: Frontier) -> RenderableType:
    table = new_table(*ridge_head(frontier))
    rows, cheapest = ridge_rows(frontier, MOST_ROWS)
    for number, (channels, *others) in enumerate(rows):
        table.add_row(f"{channels} <- cheapest" if number == cheapest else channels, *others)
    return table
