"""The result of a sweep: figures of every point, and differences from the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from capsim.errors import InputError, Problem
from capsim.estimates.differences import SIGNIFICANCE, RatioSample, difference_of_means, difference_of_ratios, holm
from capsim.estimates.estimate import NOT_APPLICABLE, Estimate
from capsim.scenario import Scenario
from capsim.studies.sweep.point import PointResult
from capsim.studies.sweep.rows import plain
from capsim.studies.sweep.varying import Point

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.sweep.plots import SweepPlots

METRICS = ("blocking", "monthly")
"""Figures that are shown by default."""
OF_TOTALS = ("totals", "cost", "account")
"""Scopes whose figures are called by their name alone."""


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Runs of one scenario at many points.

    A sweep cannot be changed, and has the scenario that was varied.

    Attributes
    ----------
    scenario : Scenario
        Scenario that was varied.
    paths : tuple of str
        Paths that vary.
    points : tuple of Point
        Values of each point, in the order of the paths.
    results : dict of int to PointResult
        Figures of the points that ran, by number.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    points: tuple[Point, ...]
    results: dict[int, PointResult]

    @property
    def interrupted(self) -> bool:
        """Whether some points have not been run."""
        return len(self.results) < len(self.points)

    def estimate(self, number: int, metric: str) -> Estimate:
        """Return a figure of a point.

        Parameters
        ----------
        number : int
            Number of the point, from 0.
        metric : str
            Name of the figure: ``blocking``, ``monthly``, ``groups.support.blocking``, ``tiers.shared.erlangs``, ...

        Raises
        ------
        InputError
            If there is no such figure.
        """
        return self._estimates(number).get(self._key(metric), NOT_APPLICABLE)

    def _estimates(self, number: int) -> dict[tuple[str, str, str], Estimate]:
        return {
            (scope, name, figure): Estimate(*values) for scope, name, figure, *values in self.results[number].figures
        }

    def _key(self, metric: str) -> tuple[str, str, str]:
        known = self._known
        if metric in known:
            return known[metric]
        from difflib import get_close_matches

        near = get_close_matches(metric, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; such as {', '.join(list(known)[:12])}"
        raise InputError(Problem(f"there is no figure '{metric}'{hint}", path="metric"))

    @cached_property
    def _known(self) -> dict[str, tuple[str, str, str]]:
        """Scope, name and figure by the name of a metric, such as ``blocking`` or ``groups.support.blocking``."""
        known: dict[str, tuple[str, str, str]] = {}
        for number in sorted(self.results):
            for scope, name, figure, *_ in self.results[number].figures:
                short = figure if scope in OF_TOTALS else f"{scope}.{name}.{figure}" if name else f"{scope}.{figure}"
                known.setdefault(short, (scope, name, figure))
        return known

    def to_frame(self, metrics: Sequence[str] = ()) -> pd.DataFrame:
        """Return a row for each point: its values, then figures with intervals.

        Parameters
        ----------
        metrics : sequence of str
            Names of figures; empty for all.
        """
        import pandas as pd

        names = list(metrics) or list(self._known)
        keys = [self._key(metric) for metric in names]
        rows = []
        for number in sorted(self.results):
            estimates = self._estimates(number)
            row: dict[str, Any] = {
                "point": number,
                **dict(zip(self.paths, map(plain, self.points[number]), strict=True)),
            }
            for name, key in zip(names, keys, strict=True):
                row |= estimates.get(key, NOT_APPLICABLE).columns(name)
            goals = self.results[number].goals
            if goals:
                row["goals"] = self.goals(number)
            rows.append(row)
        return pd.DataFrame(rows)

    def goals(self, number: int) -> str:
        """Return the worst status of a point's goals; empty without goals.

        It is ``missed``, ``not proven`` or ``met``.
        """
        statuses = {status for *_, status in self.results[number].goals}
        return next((status for status in ("missed", "not proven", "met") if status in statuses), "")

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Differences of blocking and monthly cost of each point from the first.

        Their p-values are adjusted by Holm's method. They are taken replication by replication: points face the same
        calls unless traffic varies, and then calls that have as much in common as they can.
        """
        import pandas as pd

        numbers = sorted(self.results)
        if len({len(result.offered) for result in self.results.values()}) > 1:
            return pd.DataFrame()  # points with other numbers of replications have no pairs
        rows, p_blocking, p_monthly = [], [], []
        for number in numbers[1:]:
            first, other = self.results[numbers[0]], self.results[number]
            blocking, p_of_blocking = difference_of_ratios(self._blocking(numbers[0]), self._blocking(number))
            monthly, p_of_monthly = difference_of_means(first.monthly, other.monthly)
            p_blocking.append(p_of_blocking)
            p_monthly.append(p_of_monthly)
            row: dict[str, Any] = {"point": number}
            for name, figure in (("blocking", blocking), ("monthly", monthly)):
                row |= figure.columns(name)
            rows.append(row)
        frame = pd.DataFrame(rows)
        if rows:
            frame["p_blocking"], frame["p_monthly"] = holm(p_blocking), holm(p_monthly)
        return frame

    @property
    def alike(self) -> list[int]:
        """Points that differ from the first neither in blocking nor in cost."""
        differences = self.differences
        if not len(differences) or differences.p_monthly.isna().all():
            return []
        same = (differences.p_blocking > SIGNIFICANCE) & (differences.p_monthly > SIGNIFICANCE)
        numbers: list[int] = differences.point[same].tolist()
        return numbers

    def _blocking(self, number: int) -> RatioSample:
        """Return blocked over offered calls of a point, replication by replication."""
        point = self.results[number]
        return RatioSample(point.blocked, point.offered, self.estimate(number, "blocking").high)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of ``capsim sweep --json``."""
        points = []
        for number in sorted(self.results):
            estimates = self._estimates(number)
            values = dict(zip(self.paths, map(plain, self.points[number]), strict=True))
            shown = {name: estimates[key].to_dict() for name, key in self._known.items() if key[0] in OF_TOTALS}
            goals = [
                dict(zip(("scope", "name", "goal", "status"), goal, strict=True)) for goal in self.results[number].goals
            ]
            points.append({"point": number, "values": values, "figures": shown, "goals": goals})
        return {
            "scenario": self.scenario.name, "seed": self.scenario.seed, "replications": self.scenario.replications,
            "vary": list(self.paths), "points": points, "interrupted": self.interrupted,
        }  # fmt: skip

    @cached_property
    def plot(self) -> SweepPlots:
        """Pictures, such as ``sweep.plot.metric("blocking")``, as matplotlib Axes."""
        from capsim.studies.sweep.plots import SweepPlots

        return SweepPlots(self)

    def __repr__(self) -> str:
        return f"<Sweep of '{self.scenario.name}': {len(self.results):,} of {len(self.points):,} points>"
