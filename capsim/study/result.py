"""What a run found: figures with their intervals, frames, and the JSON of ``capsim run --json``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from capsim.cost import CostTotals, Item
from capsim.records import TIERS, CallLog
from capsim.scenario import Scenario
from capsim.study.estimates import NOT_APPLICABLE, Estimate
from capsim.study.figures import Figures, Samples
from capsim.study.usage import Usage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class RunResult:
    """The outcome of `capsim.simulate`: frozen, and carrying the scenario that made it.

    Every figure is an estimate over the replications that ran, with a 95% interval; a frame has it in the
    columns ``mean``, ``low``, ``high``, or ``NAME``, ``NAME_low``, ``NAME_high``. ``low`` and ``high`` are NaN
    where one replication gives no interval.

    Attributes
    ----------
    scenario : the scenario that was run.
    engine, seed, version : what ran it.
    replications : how many replications the figures are made of.
    """

    scenario: Scenario
    engine: str
    seed: int
    version: str
    replications: int
    samples: Samples
    cost_estimates: dict[str, Estimate]
    cost_totals: tuple[CostTotals, ...]
    invoices: tuple[tuple[Item, ...], ...]
    usage_estimate: Usage
    logs: tuple[tuple[CallLog, ...], ...]

    @property
    def interrupted(self) -> bool:
        """Whether fewer replications ran than the scenario asks for."""
        return self.replications < self.scenario.replications

    # -- frames ---------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Figures of all calls: one row each; columns mean, low, high, unit."""
        units = {
            "blocking": "blocked / offered",
            "asr": "answered / offered",
            "erlangs": "Erlang",
            "acd_seconds": "s",
            "peak_calls": "channels",
        }
        return _rows({name: figure.one() for name, figure in self.samples.totals.items()}, units, "calls")

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """By tier: channels, carried (calls), erlangs, utilization, minutes (answered), peak (channels)."""
        import pandas as pd

        channels = pd.DataFrame({"channels": self.samples.plan.tier_channels()}, index=pd.Index(TIERS, name="tier"))
        return channels.join(_columns(self.samples.tiers, TIERS, "tier"))

    @cached_property
    def dids(self) -> pd.DataFrame:
        """By DID: offered, carried, blocked (calls), blocking, erlangs, and carried and erlangs of each tier."""
        names = self.samples.plan.did_names
        by_tier = {
            f"{tier}_{name}": _column(figure, position)
            for position, tier in enumerate(TIERS)
            for name, figure in self.samples.dids_by_tier.items()
        }
        return _columns(self.samples.dids | by_tier, names, "did")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """By group, of all calls of its DIDs: calls, blocking, load, minutes and peaks of its channels."""
        return _columns(self.samples.groups, self.samples.plan.group_names, "group")

    @cached_property
    def causes(self) -> pd.DataFrame:
        """Calls blocked, or ended before their time, by cause."""
        return _rows(self.samples.causes, {}, "calls")

    @cached_property
    def cost(self) -> pd.DataFrame:
        """Cost of the horizon by kind, total, and the monthly equivalent, in the scenario's currency."""
        return _rows(self.cost_estimates, {"monthly": f"{self.scenario.currency} / month"}, self.scenario.currency)

    @cached_property
    def invoice(self) -> pd.DataFrame:
        """Every invoice item of every replication; quantities and amounts are Decimal."""
        import pandas as pd

        columns = [
            "kind",
            "what",
            "pool",
            "group",
            "did",
            "quantity",
            "unit",
            "unit_price",
            "start",
            "end",
            "amount",
        ]
        rows = [
            (number, *(getattr(item, name) for name in columns))
            for number, items in enumerate(self.invoices)
            for item in items
        ]
        return pd.DataFrame(rows, columns=["replication", *columns])

    @cached_property
    def usage(self) -> pd.DataFrame:
        """Concurrent calls over time, by group and tier: one row for each bin.

        ``calls`` is the mean number of busy channels in the bin, over replications, with its interval;
        ``peak`` the most at any instant of it, in any replication. ``group`` is missing for DIDs without one.
        """
        return self.usage_estimate.to_frame(self.scenario, self.samples.plan)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """One row for each counted call. Only where the run kept its calls (``keep_calls=True``)."""
        from capsim.study.calls import calls_frame

        return calls_frame(self.scenario, self.samples.plan, self.logs)

    # -- presentation ---------------------------------------------------------------------------------

    @cached_property
    def plot(self) -> Any:
        """Plots of this result: ``result.plot.usage(ax=None)`` and others return matplotlib Axes.

        Named, not imported, like a plug-in: a result knows nothing of drawing.
        """
        return import_module("capsim.report.plots").RunPlots(self)

    def to_frame(self) -> pd.DataFrame:
        """All figures as one tidy frame: scope, name, figure, mean, low, high."""
        import pandas as pd

        rows = [
            (scope, name, figure, estimate.mean, estimate.low, estimate.high)
            for scope, name, figure, estimate in self._all_figures()
        ]
        return pd.DataFrame(rows, columns=["scope", "name", "figure", "mean", "low", "high"])

    def _all_figures(self) -> list[tuple[str, str, str, Estimate]]:
        samples, plan = self.samples, self.samples.plan
        found = [("totals", "", figure, estimates.one()) for figure, estimates in samples.totals.items()]
        for scope, names, figures in (
            ("tiers", TIERS, samples.tiers),
            ("groups", plan.group_names, samples.groups),
            ("dids", plan.did_names, samples.dids),
        ):
            for figure, estimates in figures.items():
                found += [(scope, name, figure, estimates[row]) for row, name in enumerate(names)]
        found += [("causes", "", cause, estimate) for cause, estimate in samples.causes.items()]
        return found + [("cost", "", kind, estimate) for kind, estimate in self.cost_estimates.items()]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``capsim run --json``."""
        samples, plan, horizon = self.samples, self.samples.plan, self.scenario.horizon
        channels = plan.tier_channels().tolist()
        tiers: dict[str, dict[str, Any]] = {
            tier: {"channels": channels[row], **_dicts(samples.tiers, row)} for row, tier in enumerate(TIERS)
        }
        tiers["metered"]["billed_minutes"] = samples.billed_minutes.to_dict()
        return {
            "capsim": self.version,
            "scenario": self.scenario.name,
            "engine": self.engine,
            "seed": self.seed,
            "replications": self.replications,
            "interrupted": self.interrupted,
            "horizon": {
                "start": horizon.start.isoformat(),
                "end": horizon.end.isoformat(),
                "hours": horizon.hours,
            },
            "totals": {name: figure.one().to_dict() for name, figure in samples.totals.items()},
            "tiers": tiers,
            "causes": {name: estimate.to_dict() for name, estimate in samples.causes.items()},
            "dids": {
                name: {
                    **_dicts(samples.dids, row),
                    "by_tier": {tier: _dicts(samples.dids_by_tier, (row, column)) for column, tier in enumerate(TIERS)},
                }
                for row, name in enumerate(plan.did_names)
            },
            "groups": {name: _dicts(samples.groups, row) for row, name in enumerate(plan.group_names)},
            "cost": {
                "currency": self.scenario.currency,
                **{name: estimate.to_dict() for name, estimate in self.cost_estimates.items()},
            },
            "theory": None,
        }

    def __repr__(self) -> str:
        return f"<RunResult of '{self.scenario.name}': {self._in_brief()}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><b>{escape(self.scenario.name)}</b>: {escape(self._in_brief())}</p>" + self.tiers[
            ["channels", "carried", "erlangs", "utilization"]
        ].to_html(float_format="{:,.3g}".format)

    def _in_brief(self) -> str:
        blocking, cost = self.samples.totals["blocking"].one(), self.cost_estimates["total"]
        seen = f"blocking {100 * blocking.mean:.3g}%"
        if not math.isnan(blocking.high):
            seen = f"{seen} ({100 * blocking.low:.3g}% to {100 * blocking.high:.3g}%)"
        if blocking.mean == 0:
            seen = "no call blocked" + ("" if math.isnan(blocking.high) else f", blocking < {100 * blocking.high:.3g}%")
        return f"{seen}, cost {cost.mean:,.2f} {self.scenario.currency}, {self.replications} replications"

    def mean_cost(self, kind: str) -> Decimal:
        """Mean over replications of one kind of cost, exact."""
        return sum((getattr(one, kind) for one in self.cost_totals), Decimal(0)) / len(self.cost_totals)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a study.

    Attributes
    ----------
    result : what the replications that were finished give; None where there was none.
    """

    def __init__(self, result: RunResult | None) -> None:
        super().__init__("interrupted")
        self.result = result


# -- helpers ------------------------------------------------------------------------------------------


def _dicts(figures: Figures, row: int | tuple[int, int]) -> dict[str, Any]:
    return {name: estimates[row].to_dict() for name, estimates in figures.items()}


def _column(figure: Any, position: int) -> Any:
    return type(figure)(figure.mean[:, position], figure.low[:, position], figure.high[:, position])


def _rows(estimates: dict[str, Estimate], units: dict[str, str], unit: str) -> pd.DataFrame:
    import pandas as pd

    data = [(one.mean, one.low, one.high, units.get(name, unit)) for name, one in estimates.items()]
    return pd.DataFrame(data, index=pd.Index(estimates, name="figure"), columns=["mean", "low", "high", "unit"])


def _columns(figures: Figures, names: Sequence[str], index: str) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, estimates in figures.items():
        columns |= {name: estimates.mean, f"{name}_low": estimates.low, f"{name}_high": estimates.high}
    return pd.DataFrame(columns, index=pd.Index(names, name=index))


__all__ = ["NOT_APPLICABLE", "Interrupted", "RunResult"]
