"""The page of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from capsim.report import numbers
from capsim.report.pages import page as html
from capsim.report.pages.bill import bill
from capsim.report.pages.calls import by_hour, concurrent, ladder, luck, tiers
from capsim.report.pages.scenario import scenario_file, scenario_section
from capsim.report.plots.run import MOST_BARS, RunPlots
from capsim.report.text.frontier import neighbour_rows
from capsim.report.text.goals import HEAD, goal_rows, goals_in_short
from capsim.report.text.run import CAUSES_HEAD, cause_rows, share
from capsim.report.words import answering, cost_sentence, horizon_text, verdict
from capsim.study import RunResult
from capsim.study.sizes import Frontier
from capsim.units import CURRENCIES, counted

MOST_ROWS = 25
LEAST_PICTURED = 10
"""Of fewer numbers, the table says as much as a picture."""


def run_page(result: RunResult, command: str = "", neighbours: Mapping[str, Frontier] | None = None) -> str:
    """One self-contained page: verdict, scenario, ladder, sizes nearby, load over time, heat maps, bill, theory, method.

    Parameters
    ----------
    command : what repeats the run on the command line.
    neighbours : by group, the sizes around the one that it has (`capsim.study.sizes.neighbours`).
    """
    scenario = result.scenario
    runs = counted(result.replications, "replication")
    return html.page(
        f"{scenario.name}: report",
        [
            html.heading(scenario.name, f"{horizon_text(scenario)}; {runs}"),
            html.verdict(
                verdict(result),
                *answering(result),
                cost_sentence(result),
                _goals_sentence(result),
                statuses=[one.status for one in result.goal_outcomes],
            ),
            html.tiles(_tiles(result)),
        ],
        [
            html.section("Goals", goals_table(result)),
            scenario_section(scenario),
            html.section("Which tier took the calls", ladder(result), tiers(result)),
            html.section(
                "One channel more, or fewer", *(_neighbours(result, neighbours) if neighbours is not None else ())
            ),
            html.section("Concurrent calls", *concurrent(result)),
            *by_hour(result),
            blocking_section(result),
            html.section("When capacity was exhausted", *_spells(result)),
            html.section("From one replication to the next", *luck(result)),
            html.section("Cost", *bill(result)),
            html.section("What theory says", _theory(result)),
            html.section(
                "Method", html.paragraph(_method(result)), html.repeat(command, result.seed), scenario_file(scenario)
            ),
        ],
    )


def _goals_sentence(result: RunResult) -> str:
    return f"Goals: {goals_in_short(result.goal_outcomes)}." if result.goal_outcomes else ""


def _tiles(result: RunResult) -> Iterator[tuple[str, str, str, str]]:
    """Blocking, cost, peak, and how calls were answered."""
    totals, status = result.samples.totals, {one.scope: one.status for one in result.goal_outcomes}
    blocking, currency = totals["blocking"].one(), result.scenario.currency
    monthly, places = result.cost_estimates["monthly"], CURRENCIES[currency]
    if not totals["offered"].one().mean:
        return
    lost = f"{numbers.count(totals['blocked'].one().mean)} of {numbers.count(totals['offered'].one().mean)} calls"
    within = numbers.blocking_interval(blocking)
    none = "one replication: no interval" if result.replications == 1 else lost
    yield "Blocking", numbers.blocking(blocking), within or none, status.get("overall", "")
    within = numbers.money_interval(monthly, places)
    once = result.cost_estimates["setup"].mean
    and_once = f"{numbers.money(once, places)} paid once, beside it" if once else "fees alone"
    if result.replications == 1:
        and_once = "one replication: no interval"
    yield f"{currency} a month", numbers.money(monthly.mean, places), within or and_once, status.get("cost", "")
    peak, channels = totals["peak_calls"].one(), result.samples.channels.most.sum()
    yield (
        "Most calls at once",
        numbers.count(peak.mean),
        f"in the mean; {numbers.count(float(channels))} channels in all",
        "",
    )
    if totals["asr"].one().mean > 0:
        answered = f"{numbers.plain(100 * totals['asr'].one().mean, 1)}%"
        yield "ASR", answered, f"ACD {numbers.span(totals['acd_seconds'].one().mean)}", ""


def goals_table(result: RunResult) -> str:
    """Each goal, what was found, and whether that is proven."""
    return html.table("Goals", HEAD, goal_rows(result.goal_outcomes, result.scenario.currency), left=(0, 4))


def _neighbours(result: RunResult, found: Mapping[str, Frontier]) -> Iterator[str]:
    """What a channel more or fewer would block and cost, each exactly what a run with it gives."""
    if not found and result.samples.capacity.group_names:
        yield html.paragraph(
            "Not shown: one pass over the calls does not tell it here (limits, a balance, callers who try again, changes of a group's "
            "sizes, no price, or more than three groups). capsim frontier runs the sizes by themselves."
        )
    for name, frontier in found.items():
        head, rows, now = neighbour_rows(frontier)
        if len(found) > 1:
            yield html.paragraph(f"Group {name}:")
        yield html.table(f"Sizes around that of group {name}", head, rows, strong=(now,))
    if found:
        yield html.paragraph(
            "The same calls through each size, all else as it is; blocking is of the calls of the group's numbers. "
            "capsim frontier shows every size, capsim plan finds the cheapest mix."
        )


# -- tables ---------------------------------------------------------------------------------------------


def blocking_section(result: RunResult) -> html.Section:
    """Who is blocked, and why."""
    causes = html.table("Why calls were blocked, a replication", CAUSES_HEAD, cause_rows(result))
    return html.section("Blocking by group and by number", _groups(result), *_dids(result), causes)


def _groups(result: RunResult) -> str:
    figures, rows = result.samples.groups, []
    for row in _worst(figures["blocking"].mean):
        one = {name: estimates[row] for name, estimates in figures.items()}
        rows.append(
            (result.samples.capacity.group_names[row], numbers.count(one["offered"].mean), numbers.count(one["blocked"].mean),
             numbers.blocking(one["blocking"]), numbers.blocking_interval(one["blocking"]),
             numbers.load(one["shared_erlangs"].mean), numbers.load(one["metered_erlangs"].mean))
        )  # fmt: skip
    head = ("Group", "Offered", "Blocked", "Blocking", "95% interval", "Shared, Erlangs", "Metered, Erlangs")
    return html.table("Blocking by group, highest first", head, rows)


def _dids(result: RunResult) -> Iterator[str]:
    figures, names = result.samples.dids, result.samples.capacity.did_names
    rows = []
    for row in _worst(figures["blocking"].mean):
        one = {name: estimates[row] for name, estimates in figures.items()}
        rows.append(
            (names[row], numbers.count(one["offered"].mean), numbers.count(one["blocked"].mean),
             numbers.blocking(one["blocking"]), numbers.blocking_interval(one["blocking"]), numbers.load(one["erlangs"].mean))
        )  # fmt: skip
    if len(names) >= LEAST_PICTURED and np.nansum(figures["blocked"].mean):
        worst = ", ".join(f"{row[0]} {row[3]}" for row in rows[:3])
        yield html.figure(RunPlots(result).blocking(), f"Blocking of each number, highest first: {worst}.")
    head = ("DID", "Offered", "Blocked", "Blocking", "95% interval", "Erlangs")
    table = html.table("Blocking by number, highest first", head, rows)
    more = len(names) - len(rows)
    table += html.paragraph(f"And {more:,} more numbers, which block no more than these." if more > 0 else "")
    yield table if len(names) <= MOST_BARS else html.folded(f"The {len(rows)} numbers that block most", table)


def _worst(blocking: NDArray[np.float64]) -> list[int]:
    rows: list[int] = np.argsort(-np.nan_to_num(blocking, nan=-1.0), kind="stable")[:MOST_ROWS].tolist()
    return rows


def _spells(result: RunResult) -> Iterator[str]:
    if not result.watched:
        return
    spells = result.watching.exhaustion()
    capacity, horizon = result.samples.capacity, result.scenario.horizon.microseconds / 1e6
    names = [*(f"DID {name}" for name in capacity.did_names), *(f"Group {name}" for name in capacity.group_names)]
    rows = []
    for row in np.argsort(-spells["lost"].mean, kind="stable")[:10].tolist():
        count = float(spells["spells"].mean[row])
        if count > 0:
            together, longest = spells["seconds"].mean[row], result.watching.longest[row]
            rows.append(
                (names[row], numbers.count(count), numbers.span(together / count), numbers.span(longest),
                 numbers.percent(together / horizon), numbers.count(spells["lost"].mean[row]))
            )  # fmt: skip
    if not rows:
        yield html.paragraph("Never: no call was lost while all its channels were busy.")
        return
    yield html.figure(
        RunPlots(result).spells(most=12),
        "When capacity was exhausted in the first replication; figures are in the table.",
    )
    head = ("A replication", "Spells", "Mean length", "Longest of all", "Share of the time", "Calls lost")
    yield html.table("Spells of exhaustion in which calls were lost", head, rows)


def _theory(result: RunResult) -> str:
    rows = []
    for one in result.theory_found[:MOST_ROWS]:
        z = numbers.NOTHING if np.isnan(one.z) else f"{one.z:+.1f}"
        said = (one.method, share(one.value), z) if one.method is not None else ("none", "", "")
        rows.append((f"{'Group' if one.scope == 'group' else 'DID'} {one.name}", said[0], said[1],
                     numbers.blocking(one.simulated), said[2], one.note))  # fmt: skip
    head = ("Of", "Formula", "Blocking says", "Simulated", "z", "")
    shown = html.table("Blocking by formula, beside the simulated one", head, rows, left=(0, 1, 5))
    more = len(result.theory_found) - len(rows)
    rest = html.paragraph(f"And {more:,} more, which the summary of capsim run lists." if more > 0 else "")
    return shown and shown + rest + html.paragraph("z: how many standard errors the simulation lies from the formula.")


def _method(result: RunResult) -> str:
    return (
        f"Discrete-event simulation, call by call, with the {result.engine} engine. Intervals are 95% confidence intervals over "
        f"{result.replications:,} independent replications; where nothing was blocked, an upper bound is shown that allows for calls "
        "being lost in clusters. Money is exact decimal."
    )


__all__: Sequence[str] = ["blocking_section", "goals_table", "run_page"]
