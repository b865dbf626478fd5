"""The terminal summary: what a planner wants to read first, first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from operator import itemgetter

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.capacity import SizesOverTime
from capsim.records import METERED, SHARED, TIERS
from capsim.report import numbers
from capsim.report.text.goals import goals_in_short, goals_table
from capsim.report.text.invoice import LABELS
from capsim.report.text.tables import new_table
from capsim.report.words import answering, cost_sentence, cycle_note, horizon_text, verdict
from capsim.study import RunResult
from capsim.study.estimates import Estimate, Estimates
from capsim.study.figures import Figures
from capsim.units import CURRENCIES, counted

Titled = tuple[str, Table]

BLOCKING_COLUMNS = ("Offered", "Blocked", "Blocking", "95% interval")
WORST = 10
"""So many DIDs and groups are listed, those with the highest blocking first."""


def summary(result: RunResult) -> Group:
    """A run as text and tables, for a rich console."""
    parts: list[RenderableType] = [
        Text(result.scenario.name, style="bold"),
        Text(_method(result), style="dim"),
        Text(),
        Text(verdict(result), style="bold"),
        *map(Text, answering(result)),
    ]
    tables = (_goals, _tiers, _causes, _groups, _dids, _theory, _spells, _cost, _account)
    for title, table in (make(result) for make in tables):
        if table.row_count:
            parts += [Text(), Text(title, style="bold"), table]
    parts += [Text(line) for line in _closing(result)]
    return Group(*parts)


def _method(result: RunResult) -> str:
    replications = f"{counted(result.replications, 'replication')}"
    if result.interrupted:
        replications = f"{result.replications:,} of {result.scenario.replications:,} replications"
    return f"{horizon_text(result.scenario)}; {replications}, seed {result.seed}, engine {result.engine}"


def _goals(result: RunResult) -> Titled:
    """Each goal, what was found, and whether it is proven."""
    return f"Goals ({goals_in_short(result.goal_outcomes)})", goals_table(
        result.goal_outcomes, result.scenario.currency
    )


def _tiers(result: RunResult) -> Titled:
    figures, sizes = result.samples.tiers, result.samples.channels
    channels = sizes.mean
    offered = result.samples.totals["offered"].one().mean
    table = new_table(
        "Tier",
        "Channels",
        "Carried calls",
        "of offered",
        "Erlangs",
        "Utilisation",
        "Minutes",
        "Peak",
    )
    for row, tier in enumerate(TIERS):
        if not channels[row]:
            continue
        one = {name: estimates[row] for name, estimates in figures.items()}
        table.add_row(
            tier.capitalize(),
            _range(int(sizes.least[row]), int(sizes.most[row])),
            numbers.count(one["carried"].mean),
            numbers.plain(100 * one["carried"].mean / offered, 1) + "%" if offered else numbers.NOTHING,
            numbers.load(one["erlangs"].mean),
            numbers.plain(100 * one["utilization"].mean, 1) + "%",
            numbers.count(one["minutes"].mean),
            numbers.count(one["peak"].mean),
        )
    totals = {name: estimates.one() for name, estimates in result.samples.totals.items()}
    every = result.samples.schedule.over(result.samples.horizon, np.sum)
    table.add_section()
    table.add_row(
        "All",
        _range(int(every.least), int(every.most)),
        numbers.count(totals["carried"].mean),
        numbers.plain(100 * totals["carried"].mean / offered, 1) + "%" if offered else numbers.NOTHING,
        numbers.load(totals["erlangs"].mean),
        numbers.plain(100 * totals["erlangs"].mean / channels.sum(), 1) + "%" if channels.sum() else numbers.NOTHING,
        numbers.count(float(figures["minutes"].mean.sum())),
        numbers.count(totals["peak_calls"].mean),
        style="bold",
    )
    return "Tiers (a replication)", table


def _causes(result: RunResult) -> Titled:
    table = new_table(*CAUSES_HEAD)
    for row in cause_rows(result):
        table.add_row(*row)
    return "Blocked calls by cause (a replication)", table


CAUSES_HEAD = ("Cause", "Calls", "95% interval")


def cause_rows(result: RunResult) -> Iterator[tuple[str, ...]]:
    """Why calls were blocked, or ended before their time."""
    for name, one in result.samples.causes.items():
        if one.mean > 0:
            interval = "" if math.isnan(one.low) else f"{numbers.count(one.low)} to {numbers.count(one.high)}"
            yield name.replace("_", " "), numbers.count(one.mean), interval


def _groups(result: RunResult) -> Titled:
    capacity, figures = result.samples.capacity, result.samples.groups
    table = new_table("Group", *BLOCKING_COLUMNS, "Shared, Erlangs", "Metered, Erlangs")
    shared_sizes, metered_sizes = (
        result.samples.schedule.over(result.samples.horizon, itemgetter((slice(None), tier)))
        for tier in (SHARED, METERED)
    )
    for row, cells in _by_blocking(figures):
        shared = _of(figures["shared_erlangs"][row], shared_sizes, row)
        metered = _of(figures["metered_erlangs"][row], metered_sizes, row)
        table.add_row(capacity.group_names[row], *cells, shared, metered)
    return _title("Groups", len(capacity.group_names)), table


def _dids(result: RunResult) -> Titled:
    capacity, figures = result.samples.capacity, result.samples.dids
    table = new_table("DID", *BLOCKING_COLUMNS, "Erlangs")
    for row, cells in _by_blocking(figures):
        table.add_row(capacity.did_names[row], *cells, numbers.load(figures["erlangs"][row].mean))
    return _title("DIDs", len(capacity.did_names)), table


def _by_blocking(figures: Figures) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows with the highest blocking, and what BLOCKING_COLUMNS show of each."""
    rows = _worst(figures["blocking"])
    width = numbers.typical_width([figures["blocking"][row] for row in rows])
    for row in rows:
        blocking = figures["blocking"][row]
        counts = (numbers.count(figures[name][row].mean) for name in ("offered", "blocked"))
        yield row, (*counts, numbers.blocking(blocking, width), numbers.blocking_interval(blocking, width))


def _title(what: str, number: int) -> str:
    return (
        f"{what} (the {WORST} with the highest blocking, of {number:,})"
        if number > WORST
        else f"{what} (highest blocking first)"
    )


def _worst(blocking: Estimates) -> list[int]:
    """Rows by falling blocking; where it is equal, by the scenario's order."""
    order = np.argsort(-np.nan_to_num(blocking.mean, nan=-1.0), kind="stable")
    rows: list[int] = order[:WORST].tolist()
    return rows


def _of(erlangs: Estimate, sizes: SizesOverTime, row: int) -> str:
    least, most = int(sizes.least[row]), int(sizes.most[row])
    return f"{numbers.load(erlangs.mean)} of {_range(least, most)}" if most else numbers.NOTHING


def _range(least: int, most: int) -> str:
    """A number of channels, or the fewest and the most where it changes: ``8 to 12``."""
    return f"{most:,}" if least == most else f"{least:,} to {most:,}"


def _theory(result: RunResult) -> Titled:
    """What formulas say, where any applies; else why none does."""
    found = result.theory_found[:WORST]
    table = new_table("", "Formula", "says", "Simulated", "z", "")
    for one in found:
        name = f"{'group' if one.scope == 'group' else 'DID'} {one.name}"
        if one.method is None:
            table.add_row(name, "none", "", "", "", one.note)
            continue
        z = numbers.NOTHING if math.isnan(one.z) else f"{one.z:+.1f}"
        table.add_row(name, one.method, share(one.value), numbers.blocking(one.simulated), z, one.note)
    for place in (1, 5):
        table.columns[place].justify = "left"
    more = f", the first {WORST} of {len(result.theory_found):,}" if len(result.theory_found) > WORST else ""
    return f"Theory: blocking by formula, in the long run{more}", table


def share(value: float) -> str:
    """A share to three digits, down to what means anything."""
    return f"{100 * value:.3g}%" if value >= 1e-6 else "< 0.0001%"


def _cost(result: RunResult) -> Titled:
    currency = result.scenario.currency
    places = CURRENCIES[currency]
    costs = result.cost_estimates
    table = new_table("", "Amount", "95% interval")
    for name, label in LABELS.items():
        table.add_row(label, numbers.money(costs[name].mean, places), numbers.money_interval(costs[name], places))
    table.add_row(
        "Total",
        numbers.money(costs["total"].mean, places),
        numbers.money_interval(costs["total"], places),
        style="bold",
    )
    table.add_row(
        "What recurs, for a month",
        numbers.money(costs["monthly"].mean, places),
        numbers.money_interval(costs["monthly"], places),
    )
    return f"Cost of the horizon ({currency})", table


def _spells(result: RunResult) -> Titled:
    """Only where the run was watched: to watch it now would cost another run."""
    table = new_table("", "Spells", "Mean length", "Longest", "Calls lost")
    if not result.watched:
        return "", table
    spells = result.watching.exhaustion()
    exhausted = np.count_nonzero(spells["spells"].mean)
    some = f"; the worst {WORST} of {exhausted:,}" if exhausted > WORST else ""
    title = f"Spells of exhaustion (of a replication, and the longest of all{some})"
    capacity = result.samples.capacity
    names = [*(f"DID {name}" for name in capacity.did_names), *(f"group {name}" for name in capacity.group_names)]
    longest = result.watching.longest
    order = np.argsort(-longest, kind="stable")[:WORST]
    for row in order:
        count = float(spells["spells"].mean[row])
        if count > 0:
            mean, lost = spells["seconds"].mean[row] / count, numbers.count(spells["lost"].mean[row])
            table.add_row(names[row], numbers.count(count), numbers.span(mean), numbers.span(longest[row]), lost)
    return title, table


def _account(result: RunResult) -> Titled:
    table = new_table(*ACCOUNT_HEAD)
    for row in account_rows(result):
        table.add_row(*row)
    return f"Prepaid account ({result.scenario.currency})", table


ACCOUNT_HEAD = ("", "Amount", "95% interval")


def account_rows(result: RunResult) -> Iterator[tuple[str, ...]]:
    """What became of the prepaid account; nothing where there is none."""
    if result.account_figures is None:
        return
    figures, places = result.account_figures.figures, CURRENCIES[result.scenario.currency]
    count = figures["top_up_count"].mean
    for name, label in (
        ("opening", "Balance at the start"),
        ("top_ups", f"Top-ups, {numbers.count(count)}"),
        ("drawn", "Drawn: fees and calls"),
        ("closing", "Balance at the end"),
        ("lowest", "Lowest balance"),
    ):
        if name != "top_ups" or count:
            one = figures[name]
            yield label, numbers.money(one.mean, places), numbers.money_interval(one, places)


def _closing(result: RunResult) -> Iterator[str]:
    yield ""
    yield cost_sentence(result)
    note = cycle_note(result.scenario)
    if note:
        yield note
