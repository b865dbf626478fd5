"""What a run found: figures with their intervals, frames, and the JSON of ``capsim run --json``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.cost import CostTotals, Item
from capsim.errors import InputError
from capsim.measures import Watched
from capsim.records import TIERS, CallLog
from capsim.scenario import Scenario
from capsim.study.account import AccountFigures
from capsim.study.document import run_document
from capsim.study.estimates import NOT_APPLICABLE, Estimate
from capsim.study.figures import Figures, Samples, whole
from capsim.study.goals import GoalOutcome, goal_outcomes
from capsim.study.hours_of_week import HoursOfWeek
from capsim.study.replication import Order, Replication, Setting, replicate
from capsim.study.theory import Theory, theory_of, theory_rows
from capsim.study.usage import Usage
from capsim.study.watching import Watching
from capsim.traffic import Streams

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
    account_figures: AccountFigures | None
    notes: tuple[str, ...]
    """What a user should know of how call records were read."""
    numbers: tuple[int, ...]
    watched: tuple[Watched, ...]
    hours: NDArray[np.int64] | None
    """(R, H, 3) by hours, from that of the start on: calls offered and blocked, and the channel time that those offered
    ask for, microseconds. Where the run watched, or goals ask for it."""
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
        """By tier: channels, carried (calls), erlangs, utilization, minutes (answered), peak (channels).

        Where capacity changes, ``channels`` is its mean over the horizon.
        """
        import pandas as pd

        channels = pd.DataFrame({"channels": whole(self.samples.channels.mean)}, index=pd.Index(TIERS, name="tier"))
        return channels.join(_columns(self.samples.tiers, TIERS, "tier"))

    @cached_property
    def dids(self) -> pd.DataFrame:
        """By DID: offered, carried, blocked (calls), blocking, erlangs, and carried and erlangs of each tier."""
        names = self.samples.capacity.did_names
        by_tier = {
            f"{tier}_{name}": _column(figure, position)
            for position, tier in enumerate(TIERS)
            for name, figure in self.samples.dids_by_tier.items()
        }
        return _columns(self.samples.dids | by_tier, names, "did")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """By group, of all calls of its DIDs: calls, blocking, load, minutes and peaks of its channels."""
        return _columns(self.samples.groups, self.samples.capacity.group_names, "group")

    @cached_property
    def causes(self) -> pd.DataFrame:
        """Calls blocked, or ended before their time, by cause."""
        return _rows(self.samples.causes, {}, "calls")

    @cached_property
    def cost(self) -> pd.DataFrame:
        """Cost of the horizon by kind, total, and the monthly equivalent, in the scenario's currency."""
        return _rows(self.cost_estimates, {"monthly": f"{self.scenario.currency} / month"}, self.scenario.currency)

    @cached_property
    def by_replication(self) -> pd.DataFrame:
        """Each replication: offered, blocked (calls), blocking (NaN without calls), and its cost, total and monthly."""
        import pandas as pd

        calls = self.samples.outcomes.sum(axis=1)
        offered, blocked = calls.sum(axis=1), calls[:, len(TIERS) :].sum(axis=1)
        costs = {name: [float(getattr(one, name)) for one in self.cost_totals] for name in ("total", "monthly")}
        blocking = np.divide(blocked, offered, out=np.full(len(offered), np.nan), where=offered > 0)
        rows = {"replication": self.numbers, "offered": offered, "blocked": blocked, "blocking": blocking}
        return pd.DataFrame(rows | costs)

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
            "which",
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
        return self.usage_estimate.to_frame(self.scenario, self.samples.schedule)

    # -- the account --------------------------------------------------------------------------------------

    @cached_property
    def account(self) -> pd.DataFrame:
        """The prepaid account: opening, drawn, top_ups, top_up_count, closing, lowest, outstanding (see
        `capsim.study.account.AccountFigures`). Only where the scenario has one."""
        currency = self.scenario.currency
        return _rows(self._account().figures, {"top_up_count": "top-ups"}, currency)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """The prepaid balance over time: time, balance (at the end of the bin) with its interval, lowest (in it)."""
        return self._account().to_frame(self.scenario)

    def _account(self) -> AccountFigures:
        if self.account_figures is None:
            raise InputError("this scenario has no account; give it `account: {balance: ...}` (R10)")
        return self.account_figures

    # -- the provider's statistics ------------------------------------------------------------------------

    @cached_property
    def watching(self) -> Watching:
        """What the provider's statistics show. Where the run did not watch, its replications run once more."""
        watched = self.watched or tuple(one.watched for one in self._again if one.watched is not None)
        return Watching(self.scenario, self.samples.schedule, watched)

    @cached_property
    def by_weekday(self) -> HoursOfWeek:
        """Calls, load and blocking by weekday and hour. Where the run did not watch, its replications run once more."""
        hours = self.hours
        if hours is None:
            hours = np.stack([one.hours for one in self._again if one.hours is not None])
        return HoursOfWeek.of(self.scenario, hours, self.samples.clusters.overall)

    @cached_property
    def week(self) -> pd.DataFrame:
        """By weekday and local hour: offered and blocked (calls an hour), erlangs (offered load), blocking.

        Columns ``blocking_low`` and ``blocking_high`` are its 95% interval; ``hours`` is how many such hours the
        horizon has. An hour that never comes is left out. Where the run did not watch, it runs once more.
        """
        return self.by_weekday.to_frame()

    @cached_property
    def _again(self) -> tuple[Replication, ...]:
        """The replications once more, watched."""
        order, setting = Order(self.scenario, self.seed, self.engine, watch=True), Setting.of(self.scenario)
        return tuple(replicate(order, setting, number) for number in self.numbers)

    @cached_property
    def exceeded(self) -> pd.DataFrame:
        """Capacity-exceeded events: replication, time, did, group; the first 100,000 of each replication."""
        return self.watching.exceeded()

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of exhaustion in which calls were lost: replication, scope (did or group), name, start, seconds, lost.

        The first 100,000 of each replication; `exhaustion` counts them all.
        """
        return self.watching.spells()

    @cached_property
    def exhaustion(self) -> pd.DataFrame:
        """By DID and group, a replication: spells of exhaustion, their seconds together, the longest, calls lost."""
        names = [*self.samples.capacity.did_names, *self.samples.capacity.group_names]
        scopes = ["did"] * len(self.samples.capacity.did_names) + ["group"] * len(self.samples.capacity.group_names)
        frame = _columns(self.watching.exhaustion(), names, "name")
        frame.insert(0, "scope", scopes)
        return frame

    @cached_property
    def sampled(self) -> pd.DataFrame:
        """Concurrent calls sampled once a minute, as the provider does it, beside the exact mean and peak.

        Rows as in ``usage``: time, group, tier, calls, peak, sampled (mean of the samples), sampled_peak (the highest).
        """
        return self.watching.sampled(self.usage)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """One row for each counted call. Only where the run kept its calls (``keep_calls=True``)."""
        from capsim.study.calls import calls_frame

        return calls_frame(self.scenario, self.samples.capacity, self.logs)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """The scenario's goals, one row each: scope, name, goal, what was found, status (met, missed, not proven)."""
        import pandas as pd

        columns = ["scope", "name", "goal", "mean", "low", "high", "status"]
        rows = [
            (one.scope, one.name, one.goal, one.found.mean, one.found.low, one.found.high, one.status)
            for one in self.goal_outcomes
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def goal_outcomes(self) -> tuple[GoalOutcome, ...]:
        """The scenario's goals, and whether they are met."""
        return goal_outcomes(self)

    @cached_property
    def theory_found(self) -> tuple[Theory, ...]:
        """What theory says of the blocking of each group, and of each DID without one."""
        traffic = Setting.of(self.scenario).traffic if self.scenario.replay is None else None
        return theory_of(self, traffic if isinstance(traffic, Streams) else None)

    @cached_property
    def theory(self) -> pd.DataFrame:
        """The theory column: scope, name, method, theory (blocking), simulated with its interval, z, note.

        ``method`` is missing where no formula applies; ``note`` then says why.
        """
        import pandas as pd

        columns = ["scope", "name", "method", "theory", "simulated", "low", "high", "z", "note"]
        return pd.DataFrame(list(theory_rows(self.theory_found)), columns=columns)

    # -- presentation ---------------------------------------------------------------------------------

    @cached_property
    def plot(self) -> Any:
        """Plots of this result: ``result.plot.usage(ax=None)`` and others return matplotlib Axes.

        Named, not imported, like a plug-in: a result knows nothing of drawing.
        """
        return import_module("capsim.report.plots.run").RunPlots(self)

    def invoice_text(self, replication: int = 0) -> str:
        """The invoice of one replication as text, ready to print: items by period, and their totals."""
        text: str = import_module("capsim.report.text.invoice").invoice_text(self, replication)
        return text

    def write_call_records(self, path: str | Path, replication: int = 0) -> int:
        """Write one replication's calls as CSV (gzip, if the name ends in .gz) in the provider's layout of 22 columns.

        Only where the run kept its calls (``keep_calls=True``). Returns how many rows were written.
        """
        written: int = import_module("capsim.report.call_records").write_call_records(self, Path(path), replication)
        return written

    def to_frame(self) -> pd.DataFrame:
        """All figures as one tidy frame: scope, name, figure, mean, low, high."""
        import pandas as pd

        rows = [
            (scope, name, figure, estimate.mean, estimate.low, estimate.high)
            for scope, name, figure, estimate in self.figures()
        ]
        return pd.DataFrame(rows, columns=["scope", "name", "figure", "mean", "low", "high"])

    def figures(self) -> list[tuple[str, str, str, Estimate]]:
        """All figures: scope, name, figure, estimate."""
        samples, capacity = self.samples, self.samples.capacity
        found = [("totals", "", figure, estimates.one()) for figure, estimates in samples.totals.items()]
        for scope, names, figures in (
            ("tiers", TIERS, samples.tiers),
            ("groups", capacity.group_names, samples.groups),
            ("dids", capacity.did_names, samples.dids),
        ):
            for figure, estimates in figures.items():
                found += [(scope, name, figure, estimates[row]) for row, name in enumerate(names)]
        if self.account_figures is not None:
            found += [("account", "", figure, estimate) for figure, estimate in self.account_figures.figures.items()]
        found += [("causes", "", cause, estimate) for cause, estimate in samples.causes.items()]
        return found + [("cost", "", kind, estimate) for kind, estimate in self.cost_estimates.items()]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``capsim run --json``."""
        return run_document(self)

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


# -- helpers ------------------------------------------------------------------------------------------


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


__all__ = ["NOT_APPLICABLE", "RunResult"]
