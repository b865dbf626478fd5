"""The recipe of a frontier: blocking and cost of a group for every number of shared and metered channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.scenario.model.groups import MAX_METERED
from capsim.scenario.model.pools import MAX_CHANNELS
from capsim.scenario.what_ifs import changed, group_named
from capsim.shares import asked_blocking
from capsim.simulation.passes import find_obstacle, priced
from capsim.simulation.progress import Progress, Silence
from capsim.simulation.replication import CompiledScenario
from capsim.simulation.workers import check_jobs
from capsim.studies.frontier.cell_by_cell import cell_by_cell
from capsim.studies.frontier.one_pass import by_one_pass
from capsim.studies.frontier.result import Frontier, Grid
from capsim.studies.frontier.words import why_not_one_pass

MOST_CELLS = 2_000_000
"""Largest grid, in cells."""
METHODS = ("one pass", "cell by cell")
"""Names of the methods."""


def frontier(
    scenario: Scenario,
    group: str | None = None,
    max_shared: int | None = None,
    max_metered: int | None = None,
    dedicated: Mapping[str, Sequence[int]] | None = None,
    max_blocking: float | str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    method: str | None = None,
    n_jobs: int = 1,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Frontier:
    """Find blocking and cost of a group for every number of its channels.

    The group has 0 to S shared and 0 to M metered channels. Each cell is what `capsim.simulate` gives with these
    sizes; in cell (0, 0) the DIDs are in no group. The pool buys the channels that it lacks for a cell. If the
    scenario has bought more, all of them are paid for in every cell.

    Parameters
    ----------
    scenario : Scenario
        Scenario that has the group.
    group : str, optional
        Its group; default: the only one.
    max_shared : int, optional
        Largest number of shared channels; default: those of the group and those that its pool has unassigned.
    max_metered : int, optional
        Largest number of metered channels; default: the group's.
    dedicated : mapping of str to sequence of int, optional
        Also vary the dedicated channels of entries of ``dids``: numbers of channels of each DID, by entry.
    max_blocking : float or str, optional
        Accepted blocking of the cheapest size, such as ``"0.1%"``. Default: the scenario's goal for the group, or else
        for all calls; without a goal, as much as the group does now.
    replications : int, optional
        Number of replications, in place of the scenario's.
    seed : int, optional
        Seed of the calls, in place of the scenario's.
    method : str, optional
        ``one pass`` or ``cell by cell``; default: one pass, if that is exact.
    n_jobs : int
        Replications at the same time. No figure depends on it.
    progress : Progress, optional
        Hears how many calls were served.
    announce : callable, optional
        Hears why sizes are simulated one by one, and about how long that takes.

    Raises
    ------
    InputError
        For an unknown group or DID, a number out of range, or ``one pass`` if it is not exact.
    """
    changes = {name: value for name, value in (("replications", replications), ("seed", seed)) if value is not None}
    scenario = scenario.override(changes) if changes else scenario
    group = group_named(scenario, group)
    if not scenario_varies(scenario):
        scenario = scenario.override({"replications": 1})
    accepted = asked_blocking(max_blocking, "max_blocking")
    if accepted is None and scenario.goals is not None:
        of_group = scenario.goals.of_group(group)
        accepted = of_group if of_group is not None else scenario.goals.blocking
    grid = _grid(scenario, group, max_shared, max_metered, dedicated or {})
    if method is not None and method not in METHODS:
        raise InputError(Problem(f"must be one of {', '.join(METHODS)} (got {method!r})", path="method"))
    check_jobs(n_jobs)
    variants = [_variant(scenario, dict(zip(grid.entries, counts, strict=True))) for counts in grid.dedicated]
    compiled = [CompiledScenario.of(priced(variant, [group])) for variant in variants]
    row = list(scenario.all_groups).index(group)
    obstacle = next(filter(None, (find_obstacle(of_variant, row) for of_variant in compiled)), None)
    why = why_not_one_pass(obstacle) if obstacle is not None else None
    if method == "one pass" and why is not None:
        raise InputError(Problem(f"one pass is not exact here: {why}", path="method"))
    progress, announce = progress or Silence(), announce or (lambda _: None)
    if why is None and method != "cell by cell":
        return by_one_pass(scenario, group, grid, variants, compiled, accepted, n_jobs, progress)
    return cell_by_cell(scenario, group, grid, variants, why, accepted, n_jobs, progress, announce)


def scenario_varies(scenario: Scenario) -> bool:
    """Tell whether replications differ; recorded calls as they were come only once."""
    return scenario.replay is None or CompiledScenario.of(scenario).traffic.varies


def _grid(
    scenario: Scenario,
    group: str,
    max_shared: int | None,
    max_metered: int | None,
    dedicated: Mapping[str, Sequence[int]],
) -> Grid:
    present = scenario.all_groups[group]
    pool = scenario.pools[present.pool]
    unassigned = scenario.bought_channels(present.pool) - scenario.assigned_channels(present.pool)
    most = present.shared + unassigned if max_shared is None else max_shared
    most_metered = present.metered if max_metered is None else max_metered
    for name, value, bound in (("max_shared", most, MAX_CHANNELS), ("max_metered", most_metered, MAX_METERED)):
        if not 0 <= value <= bound:
            raise InputError(Problem(f"must be from 0 to {bound:,} (got {value:,})", path=name, rule="R4"))
    for tier, value, price in (("flat-rate", most, pool.flat_rate), ("metered", most_metered, pool.metered)):
        if value and price is None:
            raise InputError(
                Problem(f"has no {tier} price, which the grid needs", path=f"pools.{present.pool}", rule="M7")
            )
    for name, counts in dedicated.items():
        entry = scenario.dids.get(name)
        if entry is None:
            raise InputError(
                Problem(f"there is no such entry; entries: {', '.join(scenario.dids)}", path=f"dids.{name}")
            )
        if entry.dedicated is None:
            text = "has no dedicated channels to vary; give it `dedicated: {pool: ..., channels: 0}`"
            raise InputError(Problem(text, path=f"dids.{name}"))
        if not counts or min(counts) < 0 or len(set(counts)) < len(counts):
            raise InputError(Problem("needs numbers of channels, 0 or more, each once", path=f"dids.{name}.dedicated"))
    combinations = tuple(product(*dedicated.values()))
    cells = (most + 1) * (most_metered + 1) * len(combinations)
    if cells > MOST_CELLS:
        raise InputError(
            Problem(f"the grid has {cells:,} cells; allowed: up to {MOST_CELLS:,}; give max_shared or max_metered")
        )
    return Grid(np.arange(most + 1), np.arange(most_metered + 1), tuple(dedicated), combinations)


def _variant(scenario: Scenario, dedicated: Mapping[str, int]) -> Scenario:
    """Give DIDs these dedicated channels; their pools buy what they lack."""
    values = {f"dids.{name}.dedicated.channels": channels for name, channels in dedicated.items()}
    return changed(scenario, values) if values else scenario
