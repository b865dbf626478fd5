"""The same calls through several mixes, and by how much they differ.

Every mix faces the calls of the first one's seed, so differences are taken replication by replication: what the calls
have in common drops out, and the interval of a difference is far narrower than those of what it is a difference of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.analysis.student import t_quantile, t_tails
from capsim.errors import InputError, Problem
from capsim.records import CAPACITY_EXCEEDED
from capsim.scenario import Scenario
from capsim.study.estimates import LEVEL, Estimate
from capsim.study.progress import Progress
from capsim.study.result import RunResult
from capsim.study.run import simulate

if TYPE_CHECKING:
    import pandas as pd

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
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

    def to_dict(self) -> dict[str, Any]:
        def plain(value: float) -> float | None:
            return None if math.isnan(value) else float(f"{value:.4g}")

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
        return list(self.results)

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
                blocking, total, monthly = map(_turned, (one.blocking, one.total, one.monthly))
                return Difference(from_, to, blocking, total, monthly, one.p_blocking, one.p_monthly)
        raise InputError(f"no difference of '{from_}' and '{to}'; compared: {', '.join(self.names)}")

    @cached_property
    def verdict(self) -> str:
        """Which mix is cheapest and by how much, and what each blocks, in a sentence."""
        text: str = import_module("capsim.report.text.comparison").verdict(self)
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row for each pair: from, to, and each difference with its interval and adjusted p-value."""
        import pandas as pd

        rows = []
        for one in self.differences:
            row: dict[str, Any] = {"from": one.from_, "to": one.to}
            for name in ("blocking", "total", "monthly"):
                figure = getattr(one, name)
                row |= {name: figure.mean, f"{name}_low": figure.low, f"{name}_high": figure.high}
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
                column: value
                for kind, figure in figures.items()
                for column, value in ((kind, figure.mean), (f"{kind}_low", figure.low), (f"{kind}_high", figure.high))
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
    def plot(self) -> Any:
        """Pictures: ``comparison.plot.mixes(ax=None)`` and others return matplotlib Axes."""
        return import_module("capsim.report.plots.comparison").ComparisonPlots(self)

    def __repr__(self) -> str:
        return f"<Comparison: {self.verdict}>"


def compare(
    scenarios: Mapping[str, Scenario],
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Simulate several mixes with the same calls, and take their differences.

    Parameters
    ----------
    scenarios : two or more, by name, of the same horizon and traffic. Seed and replications are those of the first.
    replications, seed : in place of these. The others are those of `capsim.simulate`.

    Raises
    ------
    InputError
        for fewer than two scenarios, or where their horizons, calls or currencies differ.
    """
    if len(scenarios) < 2:
        raise InputError(Problem(f"compare needs two scenarios or more (got {len(scenarios)})"))
    first = next(iter(scenarios.values()))
    problems = [
        problem for name, scenario in list(scenarios.items())[1:] for problem in _differs(first, scenario, name)
    ]
    if problems:
        raise InputError(problems)
    replications, seed = replications or first.replications, first.seed if seed is None else seed
    results = {
        name: simulate(scenario, replications, seed, engine, n_jobs, executor, progress=progress)
        for name, scenario in scenarios.items()
    }
    return Comparison(results, differences_of(results))


def _differs(first: Scenario, other: Scenario, name: str) -> list[Problem]:
    """In what two scenarios differ that would have to be the same for the same calls."""
    found = []

    def check(path: str, ours: Any, theirs: Any, text: str) -> None:
        if ours != theirs:
            found.append(Problem(f"{name}: {text}", path=path))

    same = "compared mixes have the same"

    def by_the_clock(scenario: Scenario) -> list[datetime]:
        """Start of the warm-up, start and end on the wall: what a time zone differs in is said of that."""
        horizon = scenario.horizon
        return [one.replace(tzinfo=None) for one in (horizon.warm_up_start, horizon.start, horizon.end)]

    (warm_up, start, end), (other_warm_up, other_start, other_end) = by_the_clock(first), by_the_clock(other)
    check("start", start, other_start, f"{same} start (got {first.start} and {other.start})")
    check("duration", end, other_end, f"{same} end (got {first.duration} and {other.duration})")
    check("warm_up", start - warm_up, other_start - other_warm_up, f"{same} warm-up")
    check("timezone", first.timezone, other.timezone, f"{same} time zone (got {first.timezone} and {other.timezone})")
    check("currency", first.currency, other.currency, f"{same} currency (got {first.currency} and {other.currency})")
    our_calls, their_calls = (
        one.replay and one.replay.model_copy(update={"calls": str((one.folder / one.replay.calls).resolve())})
        for one in (first, other)
    )
    check("replay", our_calls, their_calls, f"{same} calls, and the call records differ")
    missing = [did for did in first.dids if did not in other.dids]
    extra = [did for did in other.dids if did not in first.dids]
    if missing or extra:
        lacks = f"lacks {', '.join(missing)}" if missing else ""
        has = f"has {', '.join(extra)} besides" if extra else ""
        found.append(Problem(f"{name}: {same} DIDs; it {' and '.join(filter(None, (lacks, has)))}", path="dids"))
    for did, entry in first.dids.items():
        twin = other.dids.get(did)
        if twin is None:
            continue
        check(f"dids.{did}.count", entry.count, twin.count, f"{same} numbers (got {entry.count} and {twin.count})")
        check(f"dids.{did}.traffic", entry.traffic, twin.traffic, f"{same} traffic; a sweep varies it")
        profiles = first.profile_of(entry), other.profile_of(twin)
        check(f"dids.{did}.traffic.profile", *profiles, f"{same} traffic, and the profiles differ")
        zones = entry.timezone or first.timezone, twin.timezone or other.timezone
        check(f"dids.{did}.timezone", *zones, f"{same} time zone of a DID's days")
    stays = first.timeline.stays, other.timeline.stays
    check("changes", *stays, f"{same} calls, and DIDs come or go at other times")
    return found


def differences_of(results: Mapping[str, RunResult]) -> tuple[Difference, ...]:
    pairs = list(combinations(results, 2))
    figures = [
        (
            _of_ratios(results[one], results[other]),
            _of_costs(results[one], results[other], "total"),
            _of_costs(results[one], results[other], "monthly"),
        )
        for one, other in pairs
    ]
    p_blocking = holm([p for (_, p), _, _ in figures])
    p_monthly = holm([p for _, _, (_, p) in figures])
    return tuple(
        Difference(one, other, blocking, total, monthly, p_blocking[row], p_monthly[row])
        for row, ((one, other), ((blocking, _), (total, _), (monthly, _))) in enumerate(
            zip(pairs, figures, strict=True)
        )
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values of several comparisons, adjusted so that the chance of any false one stays what it says.

    Those that are NaN are left alone, and do not count.

    References
    ----------
    Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.
    """
    order = sorted((row for row, p in enumerate(p_values) if not math.isnan(p)), key=lambda row: p_values[row])
    adjusted, highest = list(p_values), 0.0
    for place, row in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * p_values[row]))
        adjusted[row] = highest
    return adjusted


def _of_costs(one: RunResult, other: RunResult, kind: str) -> tuple[Estimate, float]:
    before, after = (np.array([float(getattr(cost, kind)) for cost in result.cost_totals]) for result in (one, other))
    difference = np.round(after - before, 9)  # amounts of money: no binary noise behind them
    return paired(float(difference.mean()), difference - difference.mean())


def _of_ratios(one: RunResult, other: RunResult) -> tuple[Estimate, float]:
    """Difference of two ratios of totals: the delta method, with residuals replication by replication."""
    parts = []
    for result in (one, other):
        calls = result.samples.outcomes.sum(axis=1)
        offered, blocked = calls.sum(axis=1), calls[:, CAPACITY_EXCEEDED:].sum(axis=1)
        total = offered.sum()
        ratio = blocked.sum() / total if total else math.nan
        parts.append((ratio, (blocked - ratio * offered) * len(offered) / total if total else offered * math.nan))
    (before, of_before), (after, of_after) = parts
    estimate, p = paired(float(after - before), of_after - of_before)
    if before == after == 0 and len(of_before) > 1:  # none seen of either: as far apart as either may be
        bounds = [result.samples.totals["blocking"].one().high for result in (one, other)]
        estimate = Estimate(0.0, -bounds[0], bounds[1])
    return estimate, p


def paired(mean: float, residuals: Float64) -> tuple[Estimate, float]:
    """The estimate of a difference from what replications (R,) deviate by, and its two-sided p-value."""
    count = len(residuals)
    if count < 2 or math.isnan(mean):
        return Estimate(mean, math.nan, math.nan), math.nan
    error = math.sqrt(float((residuals**2).sum()) / (count - 1) / count)
    half = t_quantile(LEVEL, count - 1) * error
    p = t_tails(mean / error, count - 1) if error > 0 else float(mean == 0)
    return Estimate(mean, mean - half, mean + half), p


def _turned(figure: Estimate) -> Estimate:
    return Estimate(-figure.mean, -figure.high, -figure.low)
