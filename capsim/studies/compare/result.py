"""What a comparison found: the runs of several mixes, and the differences of each pair."""

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
    """What another mix has more than one: the figures of ``to`` minus those of ``from_``, with paired intervals.

    p_blocking, p_monthly : how probable a difference as large would be if there were none (Student's t), adjusted for
        the number of comparisons by Holm's method; NaN where one replication tells nothing.
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
    """Runs of several mixes with the same calls: ``results`` by name, ``differences`` of each pair, in order."""

    results: dict[str, RunResult]
    differences: tuple[Difference, ...]

    @property
    def names(self) -> list[str]:
        """Names of the mixes."""
        return list(self.results)

    @property
    def first(self) -> RunResult:
        """The run of the first mix, whose seed, replications and horizon all of them have."""
        return next(iter(self.results.values()))

    @property
    def currency(self) -> str:
        """Currency of all mixes."""
        return self.first.scenario.currency

    @property
    def cheapest(self) -> str:
        """The mix with the least mean monthly cost, the first of them."""
        return min(self.names, key=lambda name: self.results[name].cost_estimates["monthly"].mean)

    def difference(self, from_: str, to: str) -> Difference:
        """Of two mixes, whichever comes first."""
        for one in self.differences:
            if (one.from_, one.to) == (from_, to):
                return one
            if (one.from_, one.to) == (to, from_):
                return one.reversed()
        raise InputError(f"no difference of '{from_}' and '{to}'; compared: {', '.join(self.names)}")

    @cached_property
    def verdict(self) -> str:
        """Which mix is cheapest and by how much, and what each blocks, in a sentence."""
        from capsim.studies.compare.words import verdict

        return verdict(self)

    def to_frame(self) -> pd.DataFrame:
        """One row for each pair: from, to, and each difference with its interval and adjusted p-value."""
        import pandas as pd

        rows = []
        for one in self.differences:
            row: dict[str, Any] = {"from": one.from_, "to": one.to}
            for name in ("blocking", "total", "monthly"):
                row |= getattr(one, name).columns(name)
            rows.append(row | {"p_blocking": one.p_blocking, "p_monthly": one.p_monthly})
        return pd.DataFrame(rows)

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """One row for each mix: blocking, and costs by kind, each with its interval."""
        import pandas as pd

        rows = {}
        for name, result in self.results.items():
            figures = {"blocking": result.samples.totals["blocking"].one(), **result.cost_estimates}
            rows[name] = {
                column: value for kind, figure in figures.items() for column, value in figure.columns(kind).items()
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("mix")

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``capsim compare --json``."""
        return {
            "scenarios": self.names,
            "results": {name: result.to_dict() for name, result in self.results.items()},
            "differences": [one.to_dict() for one in self.differences],
            "cheapest": self.cheapest,
            "verdict": self.verdict,
        }

    @cached_property
    def plot(self) -> ComparisonPlots:
        """Pictures: ``comparison.plot.mixes(ax=None)`` and others return matplotlib Axes."""
        from capsim.studies.compare.plots import ComparisonPlots

        return ComparisonPlots(self)

    def __repr__(self) -> str:
        return f"<Comparison: {self.verdict}>"


def differences_of(results: Mapping[str, RunResult]) -> tuple[Difference, ...]:
    pairs = list(combinations(results, 2))
    figures = [
        (
            difference_of_ratios(_blocking(results[one]), _blocking(results[other])),
            difference_of_means(_costs(results[one], "total"), _costs(results[other], "total")),
            difference_of_means(_costs(results[one], "monthly"), _costs(results[other], "monthly")),
        )
        for one, other in pairs
    ]
    p_blocking = holm([p for (_, p), _, _ in figures])
    p_monthly = holm([p for _, _, (_, p) in figures])
    return tuple(
        Difference(
            from_=one,
            to=other,
            blocking=blocking,
            total=total,
            monthly=monthly,
            p_blocking=p_blocking[row],
            p_monthly=p_monthly[row],
        )
        for row, ((one, other), ((blocking, _), (total, _), (monthly, _))) in enumerate(
            zip(pairs, figures, strict=True)
        )
    )


def _blocking(result: RunResult) -> RatioSample:
    """Blocked over offered calls, replication by replication."""
    offered, blocked = result.samples.offered_and_blocked
    return RatioSample(blocked, offered, result.samples.totals["blocking"].one().high)


def _costs(result: RunResult, kind: str) -> list[float]:
    """One kind of cost, replication by replication."""
    return [float(cost[kind]) for cost in result.cost_totals]


def _negated(figure: Estimate) -> Estimate:
    return Estimate(-figure.mean, -figure.high, -figure.low)
