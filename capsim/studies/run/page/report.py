"""The page of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show import page as html
from capsim.show.columns import Column, cells, count, heads
from capsim.studies.run import columns, rows, words
from capsim.studies.run.page.bill import bill
from capsim.studies.run.page.calls import by_hour, concurrent, ladder, spread, tiers
from capsim.studies.run.page.scenario import scenario_file, scenario_section
from capsim.studies.run.plots.accessor import MOST_BARS, RunPlots
from capsim.wording import counted

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult
    from capsim.studies.run.theory import Theory

MOST_ROWS = 25
"""Largest number of DIDs, groups and formulas that are listed."""
LEAST_PICTURED = 10
"""Least number of DIDs whose blocking is pictured; of fewer, the table says as much."""


def run_page(result: RunResult, command: str = "", nearby: Sequence[html.Fragment] = ()) -> str:
    """Return the page of a run, as one self-contained file.

    It has the verdict, the scenario, the ladder, load over time, heat maps, the bill, theory and method.

    Parameters
    ----------
    result : RunResult
        The run.
    command : str
        Command that repeats the run; empty if there is none.
    nearby : sequence of Fragment
        The sizes around those that the groups have (`capsim.studies.frontier.page.sizes_nearby`).
    """
    scenario = result.scenario
    runs = counted(result.replications, "replication")
    return html.page(
        f"{scenario.name}: report",
        [
            html.heading(scenario.name, f"{words.horizon_text(scenario)}; {runs}"),
            html.verdict(
                words.verdict(result),
                *words.answering(result),
                words.cost_sentence(result),
                words.goals_sentence(result),
                statuses=[outcome.status for outcome in result.goal_outcomes],
            ),
            html.tiles(_tiles(result)),
        ],
        [
            html.section("Goals", goals_table(result)),
            scenario_section(scenario),
            html.section("Which tier took the calls", ladder(result), tiers(result)),
            html.section("One channel more, or fewer", *nearby),
            html.section("Concurrent calls", *concurrent(result)),
            *by_hour(result),
            blocking_section(result),
            html.section("When capacity was exhausted", *_congestion(result)),
            html.section("From one replication to the next", *spread(result)),
            html.section("Cost", *bill(result)),
            html.section("What theory says", _theory(result)),
            html.section(
                "Method",
                html.paragraph(words.method(result)),
                html.repeat(command, result.seed),
                scenario_file(scenario),
            ),
        ],
    )


def _tiles(result: RunResult) -> Iterator[html.Tile]:
    """Give blocking, monthly cost, peak, and how calls were answered."""
    totals = {name: estimates.one() for name, estimates in result.samples.totals.items()}
    status = {outcome.scope: outcome.status for outcome in result.goal_outcomes}
    currency, monthly = result.scenario.currency, result.cost_estimates["monthly"].mean
    if not totals["offered"].mean:
        return
    blocking = numbers.blocking(totals["blocking"])
    yield "Blocking", blocking, words.under_blocking(result), status.get("overall", "")
    cost = numbers.money(monthly, CURRENCIES[currency])
    yield f"{currency} a month", cost, words.under_monthly_cost(result), status.get("cost", "")
    yield "Most calls at once", numbers.count(totals["peak_calls"].mean), words.under_peak(result), ""
    if totals["asr"].mean > 0:
        answered = numbers.percentage(100 * totals["asr"].mean)
        yield "ASR", answered, f"ACD {numbers.span(totals['acd_seconds'].mean)}", ""


def goals_table(result: RunResult) -> html.Fragment:
    """Show each goal, what was found, and whether that is proven."""
    shown = columns.goal_columns(result.scenario.currency)
    listed, more = rows.goal_rows(result.goal_outcomes)
    body = cells(shown, listed)
    if more:
        body.append((words.and_more(more), *[""] * (len(shown) - 1)))
    return html.table("Goals", heads(shown), body, left=(0, 4))


# -- who is blocked ---------------------------------------------------------------------------------------


def blocking_section(result: RunResult) -> html.Section:
    """Show who is blocked, and why."""
    causes = cells(columns.CAUSES, rows.cause_rows(result))
    return html.section(
        "Blocking by group and by number",
        _groups(result),
        *_dids(result),
        html.table("Why calls were blocked, a replication", heads(columns.CAUSES), causes),
    )


GROUPS: tuple[Column[rows.GroupRow], ...] = (
    *columns.blocking_columns("Group"),
    columns.SHARED_LOAD,
    columns.METERED_LOAD,
)
DIDS: tuple[Column[rows.DidRow], ...] = (*columns.blocking_columns("DID"), columns.DID_LOAD)


def _groups(result: RunResult) -> html.Fragment:
    body = cells(GROUPS, rows.group_rows(result, MOST_ROWS))
    return html.table("Blocking by group, highest first", heads(GROUPS), body)


def _dids(result: RunResult) -> Iterator[html.Fragment]:
    listed, number = rows.did_rows(result, MOST_ROWS), len(result.samples.capacity.did_names)
    if number >= LEAST_PICTURED and np.nansum(result.samples.dids["blocked"].mean):
        yield html.figure(RunPlots(result).blocking(), words.blocking_caption(listed))
    table = html.table("Blocking by number, highest first", heads(DIDS), cells(DIDS, listed))
    table += html.paragraph(words.more_numbers(number - len(listed)))
    yield table if number <= MOST_BARS else html.folded(f"The {len(listed)} numbers that block most", table)


# -- congestion and theory --------------------------------------------------------------------------------


CONGESTION: tuple[Column[rows.CongestionRow], ...] = (
    Column("A replication", lambda row: columns.owner(row.scope, row.name, group="Group")),
    count("Spells", lambda row: row.periods),
    Column("Mean length", lambda row: numbers.span(row.mean_seconds)),
    Column("Longest of all", lambda row: numbers.span(row.longest_seconds)),
    Column("Share of the time", lambda row: numbers.percent(row.share_of_time)),
    count("Calls lost", lambda row: row.lost),
)


def _congestion(result: RunResult) -> Iterator[html.Fragment]:
    """Show the congestion periods, if the run was watched."""
    if not result.watched:
        return
    listed = rows.congestion_rows(result, "lost")
    if not listed:
        yield html.paragraph(words.NEVER_CONGESTED)
        return
    yield html.figure(RunPlots(result).spells(most=12), words.CONGESTION_CAPTION)
    title = "Spells of exhaustion in which calls were lost"
    yield html.table(title, heads(CONGESTION), cells(CONGESTION, listed))


THEORY: tuple[Column[Theory], ...] = (
    Column("Of", lambda row: columns.owner(row.scope, row.name, group="Group")),
    columns.FORMULA,
    columns.by_formula("Blocking says"),
    columns.SIMULATED,
    columns.Z,
    columns.NOTE,
)


def _theory(result: RunResult) -> html.Fragment:
    listed = result.theory_found[:MOST_ROWS]
    if not listed:
        return html.NOTHING
    table = html.table(
        "Blocking by formula, beside the simulated one", heads(THEORY), cells(THEORY, listed), left=(0, 1, 5)
    )
    more = html.paragraph(words.more_theory(len(result.theory_found) - len(listed)))
    return table + more + html.paragraph(words.Z_NOTE)


__all__: Sequence[str] = ["blocking_section", "goals_table", "run_page"]
