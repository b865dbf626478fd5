"""A sweep in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from capsim.studies.run.words import horizon_text
from capsim.studies.sweep.rows import plain
from capsim.wording import counted

if TYPE_CHECKING:
    from capsim.studies.sweep.result import Sweep

MOST_NAMED = 6
"""Largest number of points that a sentence names."""


def method_line(sweep: Sweep) -> str:
    """Return what was run in one line: horizon, points, replications and seed."""
    points = f"{len(sweep.points):,} points"
    if sweep.interrupted:
        points = f"{len(sweep.results):,} of {points}"
    runs = max((len(result.offered) for result in sweep.results.values()), default=sweep.scenario.replications)
    return f"{horizon_text(sweep.scenario)}; {points}, {counted(runs, 'replication')}, seed {sweep.scenario.seed}"


def varied_line(paths: Sequence[str]) -> str:
    """Name the paths that vary."""
    return f"over {', '.join(paths)}"


def alike_sentence(sweep: Sweep, paths: Sequence[str]) -> str:
    """Name the points that cannot be told apart from the first.

    Empty if there is none.
    """
    points = [_point(sweep, paths, number) for number in sweep.alike]
    if not points:
        return ""
    listed = ", ".join(points[:MOST_NAMED]) + (", ..." if len(points) > MOST_NAMED else "")
    return f"Not to be told apart from the first point, in blocking or cost (Holm): {listed}."


def _point(sweep: Sweep, paths: Sequence[str], number: int) -> str:
    """Name a point by the values that vary."""
    return " / ".join(str(plain(sweep.points[number][sweep.paths.index(path)])) for path in paths)
