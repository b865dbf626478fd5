"""The terminal summary of a run: what a planner wants to read first, first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.show import numbers
from capsim.show.columns import Column, count
from capsim.show.tables import add_rows, new_table, table_of
from capsim.studies.run import columns, rows, words
from capsim.studies.run.cost_rows import account_rows, cost_rows, cost_sums
from capsim.studies.run.text.goals import goals_table

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult
    from capsim.studies.run.theory import Theory

Titled = tuple[str, Table]
MOST_ROWS = 10
"""Largest number of DIDs, groups and formulas that are listed."""


def summary(result: RunResult) -> Group:
    """Return a run as text and tables, for a rich console."""
    parts: list[RenderableType] = [
        Text(result.scenario.name, style="bold"),
        Text(words.method_line(result), style="dim"),
        Text(),
        Text(words.verdict(result), style="bold"),
        *map(Text, words.answering(result)),
    ]
    tables = (_goals, _tiers, _causes, _groups, _dids, _theory, _congestion, _cost, _account)
    for title, table in (make(result) for make in tables):
        if table.row_count:
            parts += [Text(), Text(title, style="bold"), table]
    parts += [Text(), Text(words.cost_sentence(result))]
    if note := words.cycle_note(result):
        parts.append(Text(note))
    return Group(*parts)


def _goals(result: RunResult) -> Titled:
    title = f"Goals ({words.goals_in_short(result.goal_outcomes)})"
    return title, goals_table(result.goal_outcomes, result.scenario.currency)


TIERS: tuple[Column[rows.TierRow], ...] = (
    columns.TIER,
    columns.CHANNELS,
    columns.CARRIED,
    columns.OF_OFFERED,
    columns.TIER_LOAD,
    columns.UTILIZATION,
    columns.MINUTES,
    columns.PEAK,
)


def _tiers(result: RunResult) -> Titled:
    table = table_of(TIERS, rows.tier_rows(result))
    table.add_section()
    add_rows(table, TIERS, [rows.all_tiers(result)], style="bold")
    return "Tiers (a replication)", table


def _causes(result: RunResult) -> Titled:
    return "Blocked calls by cause (a replication)", table_of(columns.CAUSES, rows.cause_rows(result))


def _groups(result: RunResult) -> Titled:
    listed = rows.group_rows(result, MOST_ROWS)
    shown: Sequence[Column[rows.GroupRow]] = (
        *columns.blocking_columns("Group", _digits(listed)),
        columns.SHARED_USE,
        columns.METERED_USE,
    )
    return _title("Groups", len(result.samples.capacity.group_names)), table_of(shown, listed)


def _dids(result: RunResult) -> Titled:
    listed = rows.did_rows(result, MOST_ROWS)
    shown: Sequence[Column[rows.DidRow]] = (*columns.blocking_columns("DID", _digits(listed)), columns.DID_LOAD)
    return _title("DIDs", len(result.samples.capacity.did_names)), table_of(shown, listed)


def _digits(listed: Sequence[rows.BlockingRow]) -> float | None:
    """Width of the interval that sets the digits of a column: the typical one."""
    return numbers.typical_width([row.blocking for row in listed])


def _title(what: str, number: int) -> str:
    if number > MOST_ROWS:
        return f"{what} (the {MOST_ROWS} with the highest blocking, of {number:,})"
    return f"{what} (highest blocking first)"


THEORY: tuple[Column[Theory], ...] = (
    Column("", lambda row: columns.owner(row.scope, row.name)),
    columns.FORMULA,
    columns.by_formula("says"),
    columns.SIMULATED_BESIDE,
    columns.Z,
    columns.NOTE,
)


def _theory(result: RunResult) -> Titled:
    """List what formulas say, or why none applies."""
    number = len(result.theory_found)
    more = f", the first {MOST_ROWS} of {number:,}" if number > MOST_ROWS else ""
    table = table_of(THEORY, result.theory_found[:MOST_ROWS], left=(0, 1, 5))
    return f"Theory: blocking by formula, in the long run{more}", table


CONGESTION: tuple[Column[rows.CongestionRow], ...] = (
    Column("", lambda row: columns.owner(row.scope, row.name)),
    count("Spells", lambda row: row.periods),
    Column("Mean length", lambda row: numbers.span(row.mean_seconds)),
    Column("Longest", lambda row: numbers.span(row.longest_seconds)),
    count("Calls lost", lambda row: row.lost),
)


def _congestion(result: RunResult) -> Titled:
    """List congestion periods, if the run was watched."""
    if not result.watched:
        return "", new_table("")
    number = rows.number_congested(result)
    some = f"; the worst {MOST_ROWS} of {number:,}" if number > MOST_ROWS else ""
    title = f"Spells of exhaustion (of a replication, and the longest of all{some})"
    return title, table_of(CONGESTION, rows.congestion_rows(result, "longest", MOST_ROWS))


def _cost(result: RunResult) -> Titled:
    currency = result.scenario.currency
    shown, (total, monthly) = columns.cost_columns("", currency), cost_sums(result)
    table = table_of(shown, cost_rows(result))
    add_rows(table, shown, [total], style="bold")
    add_rows(table, shown, [monthly])
    return f"Cost of the horizon ({currency})", table


def _account(result: RunResult) -> Titled:
    currency = result.scenario.currency
    return f"Prepaid account ({currency})", table_of(columns.cost_columns("", currency), account_rows(result))
