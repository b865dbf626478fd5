"""The cells of a frontier, simulated one by one because one pass would not be exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np

from capsim.capacity import build_schedule
from capsim.cost import channel_kinds
from capsim.errors import ScenarioError
from capsim.estimates.clusters import expected_clusters
from capsim.estimates.estimate import Estimate, Estimates, of_probabilities
from capsim.estimates.samples import Samples
from capsim.records import CAPACITY_EXCEEDED
from capsim.scenario import Scenario
from capsim.scenario.what_ifs import sized
from capsim.simulation.passes import without_channels
from capsim.simulation.progress import Progress
from capsim.studies.frontier.result import Frontier, Grid, cost_figure, figure_names
from capsim.studies.frontier.words import announcement
from capsim.studies.run.ask import simulate


def cell_by_cell(
    scenario: Scenario,
    group: str,
    grid: Grid,
    variants: Sequence[Scenario],
    why: str | None,
    max_blocking: float | None,
    n_jobs: int,
    progress: Progress,
    announce: Callable[[str], None],
) -> Frontier:
    """Simulate every cell.

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
    why : str or None
        Why one pass is not exact; None if cells were asked for.
    max_blocking : float or None
        Accepted blocking of the cheapest size.
    n_jobs : int
        Replications at the same time.
    progress : Progress
        Hears how many cells are done.
    announce : callable
        Hears why cells are simulated one by one, and about how long that takes.
    """
    cells = [
        (number, int(shared), int(metered))
        for number in range(len(variants))
        for shared in grid.shared
        for metered in grid.metered
    ]
    shape = len(variants), len(grid.shared), len(grid.metered)
    figures = {name: Estimates(*(np.full(shape, np.nan) for _ in range(3))) for name in figure_names()}
    calls, begun = 0, perf_counter()
    progress.begin(len(cells), "cells")
    try:
        for done, (number, shared, metered) in enumerate(cells):
            if done == 1:
                announce(announcement(why, len(cells), (perf_counter() - begun) * len(cells)))
            try:
                size = sized(variants[number], group, shared, metered)
            except ScenarioError:
                if shared + metered:
                    raise
                continue  # changes name the group, which has to be there
            of_cell, more = _cell(size, variants[number], group, n_jobs)
            calls += more
            for name, figure in of_cell.items():
                for part in ("mean", "low", "high"):
                    getattr(figures[name], part)[number, shared, metered] = getattr(figure, part)
            progress.advance()
    finally:
        progress.end()
    nothing = np.full((len(variants), 0), np.nan)
    none = Estimates(nothing, nothing, nothing)
    return Frontier(
        scenario=scenario,
        group=group,
        method="cell by cell",
        why=why,
        passes=len(cells) * scenario.replications,
        calls_simulated=calls,
        grid=grid,
        figures=figures,
        max_blocking=max_blocking,
        fees=nothing,
        saved=none,
        load=none,
    )


def _cell(size: Scenario, before: Scenario, group: str, n_jobs: int) -> tuple[dict[str, Estimate], int]:
    """Simulate one size; return its figures, and how many calls that took.

    Parameters
    ----------
    size : Scenario
        The scenario with the size.
    before : Scenario
        The scenario before, which has the group also if the size is (0, 0).
    group : str
        The group.
    n_jobs : int
        Replications at the same time.
    """
    result = simulate(size, n_jobs=n_jobs)
    samples, cost = result.samples, result.cost_estimates
    if group in size.all_groups:
        blocking = samples.groups["blocking"][list(size.all_groups).index(group)]
    else:
        dids = [row for row, did in enumerate(before.all_dids) if did.entry.group_name == group]
        calls = samples.tally.outcomes[:, dids].sum(axis=1)
        cluster = _cluster_without_channels(samples, before, group)
        blocking = of_probabilities(calls[:, CAPACITY_EXCEEDED:].sum(axis=1), calls.sum(axis=1), cluster).one()
    costs = {cost_figure(kind): cost[kind] for kind in (*channel_kinds(), "total")}
    figures = {"blocking": blocking, "monthly": cost["monthly"], **costs}
    return figures, int(samples.tally.outcomes.sum())


def _cluster_without_channels(samples: Samples, before: Scenario, group: str) -> float:
    """Return the mean number of calls of a group's DIDs that are blocked together if the group has no channel."""
    row = list(before.all_groups).index(group)
    schedule = without_channels(build_schedule(before), [row])
    return float(expected_clusters(schedule, samples.erlangs_at_peak).groups[row])
