"""The terminal summary: what a planner wants to read first, first."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.records import TIERS
from capsim.report import numbers
from capsim.report.words import cost_sentence, cycle_note, horizon_text, verdict
from capsim.study import RunResult
from capsim.study.estimates import Estimate, Estimates
from capsim.study.figures import Figures
from capsim.units import CURRENCIES

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
    ]
    for title, table in (_tiers(result), _causes(result), _groups(result), _dids(result), _cost(result)):
        if table.row_count:
            parts += [Text(), Text(title, style="bold"), table]
    parts += [Text(line) for line in _closing(result)]
    return Group(*parts)


def _method(result: RunResult) -> str:
    replications = f"{result.replications:,} replication{'s' if result.replications > 1 else ''}"
    if result.interrupted:
        replications = f"{result.replications:,} of {result.scenario.replications:,} replications"
    return f"{horizon_text(result.scenario)}; {replications}, seed {result.seed}, engine {result.engine}"


def _table(name: str, *figures: str) -> Table:
    """A table of named rows, with figures to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(name, justify="left", overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", overflow="fold")
    return table


def _tiers(result: RunResult) -> Titled:
    figures, channels = result.samples.tiers, result.samples.plan.tier_channels()
    offered = result.samples.totals["offered"].one().mean
    table = _table(
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
            f"{channels[row]:,}",
            numbers.count(one["carried"].mean),
            numbers.plain(100 * one["carried"].mean / offered, 1) + "%" if offered else numbers.NOTHING,
            numbers.load(one["erlangs"].mean),
            numbers.plain(100 * one["utilization"].mean, 1) + "%",
            numbers.count(one["minutes"].mean),
            numbers.count(one["peak"].mean),
        )
    totals = {name: estimates.one() for name, estimates in result.samples.totals.items()}
    table.add_section()
    table.add_row(
        "All",
        f"{int(channels.sum()):,}",
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
    table = _table("Cause", "Calls", "95% interval")
    for name, one in result.samples.causes.items():
        if one.mean > 0:
            interval = "" if math.isnan(one.low) else f"{numbers.count(one.low)} to {numbers.count(one.high)}"
            table.add_row(name.replace("_", " "), numbers.count(one.mean), interval)
    return "Blocked calls by cause (a replication)", table


def _groups(result: RunResult) -> Titled:
    plan, figures = result.samples.plan, result.samples.groups
    table = _table("Group", *BLOCKING_COLUMNS, "Shared, Erlangs", "Metered, Erlangs")
    for row, cells in _by_blocking(figures):
        shared = _of(figures["shared_erlangs"][row], int(plan.shared[row]))
        metered = _of(figures["metered_erlangs"][row], int(plan.metered[row]))
        table.add_row(plan.group_names[row], *cells, shared, metered)
    return _title("Groups", len(plan.group_names)), table


def _dids(result: RunResult) -> Titled:
    plan, figures = result.samples.plan, result.samples.dids
    table = _table("DID", *BLOCKING_COLUMNS, "Erlangs")
    for row, cells in _by_blocking(figures):
        table.add_row(plan.did_names[row], *cells, numbers.load(figures["erlangs"][row].mean))
    return _title("DIDs", len(plan.did_names)), table


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


def _of(erlangs: Estimate, channels: int) -> str:
    return f"{numbers.load(erlangs.mean)} of {channels:,}" if channels else numbers.NOTHING


def _cost(result: RunResult) -> Titled:
    currency = result.scenario.currency
    places = CURRENCIES[currency]
    costs = result.cost_estimates
    table = _table("", "Amount", "95% interval")
    for name, label in (
        ("setup", "One-time fees"),
        ("flat_rate", "Flat-rate channels"),
        ("metered", "Metered calls, by the minute"),
        ("dids", "Numbers"),
    ):
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


def _closing(result: RunResult) -> Iterator[str]:
    yield ""
    yield cost_sentence(result)
    note = cycle_note(result.scenario)
    if note:
        yield note
