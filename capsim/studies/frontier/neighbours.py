"""One more channel, or one fewer: the sizes around the present size of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.errors import InputError
from capsim.scenario import Scenario
from capsim.scenario.model.groups import MAX_METERED
from capsim.simulation.progress import Progress
from capsim.studies.frontier.ask import frontier

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Frontier

REACH = 3
"""Number of channels by which the largest size exceeds the present one."""
MOST_CELLS = 60_000
"""Largest grid up to these sizes, in cells; a larger one is more than a look at the neighbours is worth."""


def neighbours(
    scenario: Scenario, group: str, reach: int = REACH, n_jobs: int = 1, progress: Progress | None = None
) -> Frontier | None:
    """Find the sizes of a group up to some channels above its own.

    Parameters
    ----------
    scenario : Scenario
        Scenario that has the group.
    group : str
        Its group.
    reach : int
        Number of channels above the present size: flat-rate channels if the pool sells them, else metered ones.
    n_jobs : int
        Replications at the same time.
    progress : Progress or None
        Hears how many calls were served.

    Returns
    -------
    Frontier or None
        None if one pass is not exact, a price is missing, or the grid is large.
    """
    of_group = scenario.all_groups[group]
    pool = scenario.pools[of_group.pool]
    shared = of_group.shared + (reach if pool.flat_rate is not None else 0)
    metered = of_group.metered + (reach if pool.flat_rate is None and pool.metered is not None else 0)
    if (shared + 1) * (metered + 1) > MOST_CELLS or metered > MAX_METERED:
        return None
    try:
        return frontier(scenario, group, shared, metered, method="one pass", n_jobs=n_jobs, progress=progress)
    except InputError:
        return None
