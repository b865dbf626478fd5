"""The result of a comparison: the runs of several mixes, and the differences of each pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from capsim.errors import InputError
from capsim.estimates.differences import RatioSample, difference_of_means, difference_of_ratios, holm
from capsim.estimates.estimate import Estimate, plain

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.compare.plots import ComparisonPlots
    from capsim.studies.run.result import RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Difference between two mixes, with paired intervals.

    It is the figures of ``to`` minus those of ``from_``.

    Attributes
    ----------
    from_ : str
        The mix whose figures are subtracted.
    to : str
        The other mix.
    blocking : Estimate
        Difference of blocking.
    total : Estimate
        Difference of the cost of the horizon.
    monthly : Estimate
        Difference of monthly cost.
    p_blocking : float
        Probability of a difference of blocking at least as large if there were none (Student's t), adjusted for the
        number of comparisons by Holm's method; NaN for one replication.
    p_monthly : float
        The same for the monthly cost.
    """

    from_: str
    to: str
    blocking: Estimate
    total: Estimate
    monthly: Estimate
    p_blocking: float
    p_monthly: float

    def reversed(self) -> Difference:
        """Return the difference taken the other way round."""
        return replace(
            self,
            from_=self.to,
            to=self.from_,
            blocking=_negated(self.blocking),
            total=_negated(self.total),
            monthly=_negated(self.monthly),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON shows it."""
        return {
            "from": self.from_,
            "to": self.to,
            **{name: getattr(self, name).to_dict() for name in ("blocking", "total", "monthly")},
            "p_blocking": plain(self.p_blocking),
            "p_monthly": plain(self.p_monthly),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Runs of several mixes with the same calls, and their differences.

    A comparison cannot be changed.

    Attributes
    ----------
    results : dict of str to RunResult
        Runs by the names of the mixes.
    differences : tuple of Difference
        Differences of each pair, in the order of the mixes.
    """

    results: dict[str, RunResult]
    differences: tuple[Difference, ...]

    @property
    def names(self) -> list[str]:
        """Names of the mixes."""
        return list(self.results)

    @property
    def first(self) -> RunResult:
        """Run of the first mix, whose seed and replications all mixes have."""
        return next(iter(self.results.values()))

    @property
    def currency(self) -> str:
        """Currency of all mixes."""
        return self.first.scenario.currency

    @property
    def cheapest(self) -> str:
        """Name of the mix with the least mean monthly cost; the first of several."""
        return min(self.names, key=lambda name: self.results[name].cost_estimates["monthly"].mean)

    def difference(self, from_: str, to: str) -> Difference:
        """Return the difference between two mixes, in any order.

        Parameters
        ----------
        from_ : str
            The mix whose figures are subtracted.
        to : str
            The other mix.

        Raises
        ------
        InputError
            If one of them was not compared.
        """
        for pair in self.differences:
            if (pair.from_, pair.to) == (from_, to):
                return pair
            if (pair.from_, pair.to) == (to, from_):
                return pair.reversed()
        raise InputError(f"no difference of '{from_}' and '{to}'; compared: {', '.join(self.names)}")

    @cached_property
    def verdict(self) -> str:
        """Sentence on which mix is cheapest, by how much, and what each blocks."""
        from capsim.studies.compare.words import verdict

        return verdict(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each pair of mixes, with the differences.

        Each difference has its interval and its adjusted p-value.
        """
        import pandas as pd

        rows = []
        for pair in self.differences:
            row: dict[str, Any] = {"from": pair.from_, "to": pair.to}
            for name in ("blocking", "total", "monthly"):
                row |= getattr(pair, name).columns(name)
            rows.append(row | {"p_blocking": pair.p_blocking, "p_monthly": pair.p_monthly})
        return pd.DataFrame(rows)

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """Mixes: blocking, and costs by kind, each with its interval."""
        import pandas as pd

        rows = {}
        for name, result in self.results.items():
            figures = {"blocking": result.samples.totals["blocking"].one(), **result.cost_estimates}
            rows[name] = {
                column: value for kind, figure in figures.items() for column, value in figure.columns(kind).items()
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("mix")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of ``capsim compare --json``."""
        return {
            "scenarios": self.names,
            "results": {name: result.to_dict() for name, result in self.results.items()},
            "differences": [pair.to_dict() for pair in self.differences],
            "cheapest": self.cheapest,
            "verdict": self.verdict,
        }

    @cached_property
    def plot(self) -> ComparisonPlots:
        """Pictures, such as ``comparison.plot.mixes()``, as matplotlib Axes."""
        from capsim.studies.compare.plots import ComparisonPlots

        return ComparisonPlots(self)

    def __repr__(self) -> str:
        return f"<Comparison: {self.verdict}>"


def differences_of(results: Mapping[str, RunResult]) -> tuple[Difference, ...]:
    """Take the differences of each pair of runs that faced the same calls."""
    pairs = list(combinations(results, 2))
    figures = [_of_pair(results[before], results[after]) for before, after in pairs]
    p_blocking = holm([blocking[1] for blocking, _, _ in figures])
    p_monthly = holm([monthly[1] for _, _, monthly in figures])
    return tuple(
        Difference(
            from_=before,
            to=after,
            blocking=blocking[0],
            total=total[0],
            monthly=monthly[0],
            p_blocking=p_blocking[row],
            p_monthly=p_monthly[row],
        )
        for row, ((before, after), (blocking, total, monthly)) in enumerate(zip(pairs, figures, strict=True))
    )


WithP = tuple[Estimate, float]
"""A difference, and its p-value."""


def _of_pair(before: RunResult, after: RunResult) -> tuple[WithP, WithP, WithP]:
    """Estimate the differences of blocking, cost of the horizon, and monthly cost."""
    return (
        difference_of_ratios(_blocking(before), _blocking(after)),
        difference_of_means(before.costs("total"), after.costs("total")),
        difference_of_means(before.costs("monthly"), after.costs("monthly")),
    )


def _blocking(result: RunResult) -> RatioSample:
    """Return blocked over offered calls, replication by replication."""
    offered, blocked = result.samples.offered_and_blocked
    return RatioSample(blocked, offered, result.samples.totals["blocking"].one().high)


def _negated(figure: Estimate) -> Estimate:
    return Estimate(-figure.mean, -figure.high, -figure.low)
