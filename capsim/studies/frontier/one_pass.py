"""The cells of a frontier from one pass over the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.cost import COST_KINDS, channel_kinds
from capsim.estimates.clusters import expected_clusters
from capsim.estimates.estimate import Estimates, of_means, of_probabilities
from capsim.money import CURRENCIES
from capsim.records import SHARED
from capsim.scenario import Scenario
from capsim.scenario.what_ifs import sized
from capsim.simulation.passes import PassRequest, PassResult, pass_through
from capsim.simulation.progress import Progress
from capsim.simulation.replication import CompiledScenario
from capsim.studies.frontier.cells import Curve, a_month, in_minor_units
from capsim.studies.frontier.result import Frontier, Grid, cost_figure
from capsim.tariff import Bill, ChannelFees, DidCalls, MeteredCalls, Prices, build_prices


def by_one_pass(
    scenario: Scenario,
    group: str,
    grid: Grid,
    variants: Sequence[Scenario],
    compiled: Sequence[CompiledScenario],
    max_blocking: float | None,
    n_jobs: int,
    progress: Progress,
) -> Frontier:
    """Find every cell by one pass over the calls.

    Parameters
    ----------
    scenario : Scenario
        Scenario that has the group.
    group : str
        Its group.
    grid : Grid
        Sizes that are asked about.
    variants : sequence of Scenario
        The scenario with each choice of dedicated channels.
    compiled : sequence of CompiledScenario
        The variants, compiled, with a price for metered calls.
    max_blocking : float or None
        Accepted blocking of the cheapest size.
    n_jobs : int
        Replications at the same time.
    progress : Progress
        Hears how many calls were served.
    """
    row = list(scenario.all_groups).index(group)
    most = int(grid.shared[-1] + grid.metered[-1])
    requests = [PassRequest(variant, (row,), (most,)) for variant in compiled]
    results = pass_through(requests, scenario.seed, range(scenario.replications), n_jobs, progress)
    fees = [_fees_by_size(variant, group, grid) for variant in variants]
    parts = [
        _figures(variant, row, grid, fixed, of_variant)
        for variant, fixed, of_variant in zip(compiled, fees, results, strict=True)
    ]
    channels = [_by_channel(variant, row, of_variant) for variant, of_variant in zip(compiled, results, strict=True)]
    by_size = [_channel_fees(variant.prices, bills) for variant, bills in zip(compiled, fees, strict=True)]
    return Frontier(
        scenario=scenario,
        group=group,
        method="one pass",
        why=None,
        passes=len(results[0]),
        calls_simulated=sum(int(result.tally.outcomes.sum()) for result in results[0]),
        grid=grid,
        figures={name: _stacked([part[name] for part in parts]) for name in parts[0]},
        max_blocking=max_blocking,
        fees=np.array(by_size),
        saved=_stacked([saved for saved, _ in channels]),
        load=_stacked([load for _, load in channels]),
    )


def _stacked(parts: Sequence[Estimates]) -> Estimates:
    """Stack the estimates of variants."""
    return Estimates(*(np.stack([getattr(part, name) for part in parts]) for name in ("mean", "low", "high")))


def _figures(
    compiled: CompiledScenario, row: int, grid: Grid, fixed: Sequence[Bill], results: Sequence[PassResult]
) -> dict[str, Estimates]:
    """(S + 1, M + 1) figures of all cells of one variant.

    Parameters
    ----------
    compiled : CompiledScenario
        The variant.
    row : int
        Row of the group.
    grid : Grid
        Sizes that are asked about.
    fixed : sequence of Bill
        Fees by the number of shared channels.
    results : sequence of PassResult
        Replications of the pass.
    """
    prices, places = compiled.prices, CURRENCIES[compiled.prices.currency]
    curve = Curve.of(results, 0, prices, row)
    shared, channels = grid.shared[:, None], grid.shared[:, None] + grid.metered
    blocked = curve.blocked[:, channels]
    clusters = _clusters(compiled, row, results, curve)
    blocking = of_probabilities(
        blocked, np.broadcast_to(curve.offered[:, None, None], blocked.shape), clusters[channels]
    )
    others = np.array([_metered_of_others(result, compiled, row) for result in results], np.int64)
    metered = curve.metered_cost(shared, channels) + others[:, None, None]
    own = curve.own[:, channels]
    by_use = {MeteredCalls.kind: metered, DidCalls.kind: own}
    nothing, unit = np.zeros(blocked.shape, np.int64), 10**places
    costs = {kind: _fees_of(fixed, kind, places) + by_use.get(kind, nothing) for kind in COST_KINDS}
    a_month_of = [prices.fees_a_month(bill) for bill in fixed]
    return {
        "blocking": blocking,
        **{cost_figure(kind): of_means(costs[kind] / unit) for kind in channel_kinds()},
        "total_cost": of_means(sum(costs.values(), nothing) / unit),
        "monthly": of_means(a_month(a_month_of, metered + own, prices)),
    }


def _fees_of(fixed: Sequence[Bill], kind: str, places: int) -> NDArray[np.int64]:
    """(S + 1, 1) minor units of the fees of one kind, which depend on shared channels alone."""
    return np.array([int(bill.total(kind).scaleb(places)) for bill in fixed], np.int64)[:, None]


def _fees_by_size(scenario: Scenario, group: str, grid: Grid) -> list[Bill]:
    """Bill all fees of the scenario, by the number of shared channels."""
    present = scenario.all_groups[group]
    name = present.pool
    if any(purchase.pool == name for step in scenario.timeline.steps for purchase in step.purchases):
        most = max(int(grid.metered[-1]), 1)  # fees do not depend on it
        sizes = (sized(scenario, group, int(shared), most) for shared in grid.shared)
        return [_with_channels(size, ChannelFees.of(size)) for size in sizes]
    others = {pool: scenario.bought_channels(pool) for pool in scenario.pools if pool != name}
    same = _with_channels(scenario, ChannelFees.of_pools(scenario, others))
    assigned, bought = scenario.assigned_channels(name) - present.shared, scenario.pools[name].channels or 0
    quantities = (max(bought, assigned + int(shared)) for shared in grid.shared)
    return [Bill.of([same, ChannelFees.of_pools(scenario, {name: quantity}).due()]) for quantity in quantities]


def _with_channels(scenario: Scenario, channels: ChannelFees) -> Bill:
    """Bill what falls due at known instants, with other fees of channels than the scenario's."""
    charges = build_prices(scenario).charges.values()
    return Bill.of([*(charge.due() for charge in charges if not isinstance(charge, ChannelFees)), channels.due()])


def _channel_fees(prices: Prices, fees: Sequence[Bill]) -> list[float]:
    """(S,) monthly fees of one more channel: the first, the second, ... the S-th of the group."""
    a_month_of = [prices.fees_a_month(bill) for bill in fees]
    return [float(after - before) for before, after in pairwise(a_month_of)]


def _metered_of_others(result: PassResult, compiled: CompiledScenario, row: int) -> int:
    """Return minor units of metered calls of the other groups."""
    total = 0
    for (group, _), charge in result.charges.groups.items():
        call = compiled.prices.groups[group].call
        if group != row and call is not None:
            total += int(in_minor_units(call, np.array(charge.units, np.int64), compiled.prices.currency))
    return total


def _by_channel(compiled: CompiledScenario, row: int, results: Sequence[PassResult]) -> tuple[Estimates, Estimates]:
    """(K,) monthly cost of the calls of each channel if it were metered, and (K,) its load, Erlangs."""
    call, prices = compiled.prices.groups[row].call, compiled.prices
    hunted = [result.hunted[0] for result in results]
    units = np.stack([of_group.units.sum(axis=0)[1:-1] for of_group in hunted]).astype(np.float64)
    factor = float(prices.calls_a_month(call.money(1))) if call is not None else np.nan
    load = np.stack([of_group.busy[1:-1] for of_group in hunted]) / compiled.horizon
    return of_means(units * factor), of_means(load)


def _clusters(
    compiled: CompiledScenario, row: int, results: Sequence[PassResult], curve: Curve
) -> NDArray[np.float64]:  # fmt: skip
    """(K + 1,) mean number of calls blocked together if no call was blocked, as the run of such a cell has it."""
    clusters = np.ones(curve.blocked.shape[1])
    quiet = np.flatnonzero((curve.blocked.sum(axis=0) == 0) & (curve.offered.sum() > 0))
    if len(quiet) == 0:
        return clusters
    busy = np.mean([result.tally.busy for result in results], axis=0)
    busy[results[0].hunted[0].dids, SHARED] += np.mean([result.hunted[0].busy_of for result in results], axis=0)
    erlangs = busy / compiled.horizon * compiled.traffic.peak[:, None]
    first = compiled.schedule.first
    for channels in quiet.tolist():
        shared, metered = first.shared.copy(), first.metered.copy()
        shared[row], metered[row] = channels, 0
        clusters[channels] = expected_clusters(_with_sizes(compiled, shared, metered), erlangs).groups[row]
    return clusters


def _with_sizes(compiled: CompiledScenario, shared: NDArray[np.int32], metered: NDArray[np.int32]) -> Schedule:
    """Return the schedule with other sizes of groups at the start."""
    schedule = compiled.schedule
    return replace(schedule, first=replace(schedule.first, shared=shared, metered=metered))
