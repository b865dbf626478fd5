"""One channel more, or fewer: the sizes around the one that a group has."""

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
MOST_CELLS = 60_000
"""Of the grid up to these sizes; a larger one is more than a glance at the neighbours is worth."""


def neighbours(
    scenario: Scenario, group: str, reach: int = REACH, n_jobs: int = 1, progress: Progress | None = None
) -> Frontier | None:
    """The sizes of a group up to ``reach`` channels above its own, flat-rate ones where its pool sells them.

    None where one pass would not be exact, a price is missing, or the grid up to there is a large one.
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
