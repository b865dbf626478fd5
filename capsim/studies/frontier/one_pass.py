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
    settings: Sequence[CompiledScenario],
    max_blocking: float | None,
    n_jobs: int,
    progress: Progress,
) -> Frontier:
    row = list(scenario.all_groups).index(group)
    most = int(grid.shared[-1] + grid.metered[-1])
    asked = [PassRequest(compiled, (row,), (most,)) for compiled in settings]
    passed = pass_through(asked, scenario.seed, range(scenario.replications), n_jobs, progress)
    fees = [_fees_by_size(variant, group, grid) for variant in variants]
    parts = [
        _figures(compiled, row, grid, fixed, one) for compiled, fixed, one in zip(settings, fees, passed, strict=True)
    ]
    calls = sum(int(one.tally.outcomes.sum()) for one in passed[0])
    figures = {name: _stacked([part[name] for part in parts]) for name in parts[0]}
    of_variants = zip(settings, fees, strict=True)
    channels = [_by_channel(compiled, row, one) for compiled, one in zip(settings, passed, strict=True)]
    return Frontier(
        scenario=scenario,
        group=group,
        method="one pass",
        why=None,
        passes=len(passed[0]),
        calls_simulated=calls,
        grid=grid,
        figures=figures,
        max_blocking=max_blocking,
        fees=np.array([_channel_fees(compiled.prices, of_sizes) for compiled, of_sizes in of_variants]),
        saved=_stacked([saved for saved, _ in channels]),
        load=_stacked([load for _, load in channels]),
    )


def _stacked(parts: Sequence[Estimates]) -> Estimates:
    return Estimates(*(np.stack([getattr(part, name) for part in parts]) for name in ("mean", "low", "high")))


def _figures(
    compiled: CompiledScenario, row: int, grid: Grid, fixed: Sequence[Bill], passed: Sequence[PassResult]
) -> dict[str, Estimates]:
    """Figures of all cells, (S + 1, M + 1)."""
    prices, places = compiled.prices, CURRENCIES[compiled.prices.currency]
    curve = Curve.of(passed, 0, prices, row)
    shared, channels = grid.shared[:, None], grid.shared[:, None] + grid.metered
    blocked = curve.blocked[:, channels]
    clusters = _clusters(compiled, row, passed, curve)
    blocking = of_probabilities(
        blocked, np.broadcast_to(curve.offered[:, None, None], blocked.shape), clusters[channels]
    )
    others = np.array([_metered_of_others(one, compiled, row) for one in passed], np.int64)
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
    found = scenario.all_groups[group]
    name = found.pool
    if any(purchase.pool == name for step in scenario.timeline.steps for purchase in step.purchases):
        most = max(int(grid.metered[-1]), 1)  # fees do not depend on it
        sizes = (sized(scenario, group, int(shared), most) for shared in grid.shared)
        return [_with_channels(size, ChannelFees.of(size)) for size in sizes]
    others = {pool: scenario.bought_channels(pool) for pool in scenario.pools if pool != name}
    same = _with_channels(scenario, ChannelFees.of_pools(scenario, others))
    assigned, bought = scenario.assigned_channels(name) - found.shared, scenario.pools[name].channels or 0
    quantities = (max(bought, assigned + int(shared)) for shared in grid.shared)
    return [Bill.of([same, ChannelFees.of_pools(scenario, {name: quantity}).due()]) for quantity in quantities]


def _with_channels(scenario: Scenario, channels: ChannelFees) -> Bill:
    """Bill what falls due at known instants, with other fees of channels than the scenario's."""
    charges = build_prices(scenario).charges.values()
    return Bill.of([*(charge.due() for charge in charges if not isinstance(charge, ChannelFees)), channels.due()])


def _channel_fees(prices: Prices, fees: Sequence[Bill]) -> list[float]:
    """(S,) monthly fees of one more channel, as the group's last of 1, 2, ... S."""
    a_month_of = [prices.fees_a_month(bill) for bill in fees]
    return [float(after - before) for before, after in pairwise(a_month_of)]


def _metered_of_others(passed: PassResult, compiled: CompiledScenario, row: int) -> int:
    """Minor units of metered calls of the other groups."""
    total = 0
    for (group, _), charge in passed.charges.groups.items():
        call = compiled.prices.groups[group].call
        if group != row and call is not None:
            total += int(in_minor_units(call, np.array(charge.units, np.int64), compiled.prices.currency))
    return total


def _by_channel(compiled: CompiledScenario, row: int, passed: Sequence[PassResult]) -> tuple[Estimates, Estimates]:
    """(K,) what calls on each channel would cost a month if it were metered, and its load in Erlangs."""
    call, prices = compiled.prices.groups[row].call, compiled.prices
    hunted = [one.hunted[0] for one in passed]
    units = np.stack([one.units.sum(axis=0)[1:-1] for one in hunted]).astype(np.float64)
    factor = float(prices.calls_a_month(call.money(1))) if call is not None else np.nan
    load = np.stack([one.busy[1:-1] for one in hunted]) / compiled.horizon
    return of_means(units * factor), of_means(load)


def _clusters(compiled: CompiledScenario, row: int, passed: Sequence[PassResult], curve: Curve) -> NDArray[np.float64]:
    """(K + 1,) calls expected to be lost together, where no call was blocked; as the run of such a cell finds it."""
    size = curve.blocked.shape[1]
    found = np.ones(size)
    quiet = np.flatnonzero((curve.blocked.sum(axis=0) == 0) & (curve.offered.sum() > 0))
    if len(quiet) == 0:
        return found
    busy = np.mean([one.tally.busy for one in passed], axis=0)
    busy[passed[0].hunted[0].dids, SHARED] += np.mean([one.hunted[0].busy_of for one in passed], axis=0)
    erlangs = busy / compiled.horizon * compiled.traffic.peak[:, None]
    first = compiled.schedule.first
    for channels in quiet.tolist():
        shared, metered = first.shared.copy(), first.metered.copy()
        shared[row], metered[row] = channels, 0
        found[channels] = expected_clusters(_with_sizes(compiled, shared, metered), erlangs).groups[row]
    return found


def _with_sizes(compiled: CompiledScenario, shared: NDArray[np.int32], metered: NDArray[np.int32]) -> Schedule:
    schedule = compiled.schedule
    return replace(schedule, first=replace(schedule.first, shared=shared, metered=metered))
