"""What a run found: figures with their intervals, frames, and the JSON of ``capsim run --json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsim.errors import InputError
from capsim.estimates.account import AccountFigures
from capsim.estimates.estimate import NOT_APPLICABLE, Estimate
from capsim.estimates.samples import Figures, whole
from capsim.records import TIERS
from capsim.studies.run.document import run_document
from capsim.studies.run.figures import RunFigures
from capsim.studies.run.goals import GoalOutcome, goal_outcomes
from capsim.studies.run.theory import Theory, theory_of, theory_rows

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.run.plots.accessor import RunPlots


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RunResult(RunFigures):
    """The outcome of `capsim.simulate`: frozen, and carrying the scenario that made it.

    Every figure is an estimate over the replications that ran, with a 95% interval. A frame has it in the columns
    ``mean``, ``low`` and ``high``, or ``NAME``, ``NAME_low`` and ``NAME_high``. ``low`` and ``high`` are NaN if one
    replication gives no interval.

    Attributes
    ----------
    scenario : Scenario
        The scenario that was run.
    engine : str
        The engine that ran it.
    seed : int
        The seed of its calls.
    version : str
        The version of capsim that ran it.
    replications : int
        Number of replications that the figures are made of.
    notes : tuple of str
        What a user should know of how call records were read.
    """

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
            f"{tier}_{name}": figure.apply(itemgetter((slice(None), position)))
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

        offered, blocked = self.samples.offered_and_blocked
        columns = {"offered": offered, "blocked": blocked, "blocking": self.blocking_by_replication}
        costs = {name: self.costs(name) for name in ("total", "monthly")}
        return pd.DataFrame({"replication": self.numbers, **columns, **costs})

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
        `capsim.estimates.account.AccountFigures`). Only where the scenario has one."""
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
    def week(self) -> pd.DataFrame:
        """By weekday and local hour: offered and blocked (calls an hour), erlangs (offered load), blocking.

        Columns ``blocking_low`` and ``blocking_high`` are its 95% interval; ``hours`` is how many such hours the
        horizon has. An hour that never comes is left out.
        """
        return self.by_weekday.to_frame()

    @cached_property
    def exceeded(self) -> pd.DataFrame:
        """Capacity-exceeded events: replication, time, did, group; the first 100,000 of each replication.

        Needs ``simulate(..., watch=True)``, as `spells`, `exhaustion` and `sampled` do.
        """
        return self.watching.exceeded()

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Spells of exhaustion in which calls were lost: replication, scope (did or group), name, start, seconds, lost.

        The first 100,000 of each replication; `exhaustion` counts them all.
        """
        return self.watching.congestion_periods()

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
        from capsim.studies.run.calls import calls_frame

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
        return theory_of(self)

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
    def plot(self) -> RunPlots:
        """Plots of this result: ``result.plot.usage(ax=None)`` and others return matplotlib Axes."""
        from capsim.studies.run.plots.accessor import RunPlots

        return RunPlots(self)

    def invoice_text(self, replication: int = 0) -> str:
        """The invoice of one replication as text, ready to print: items by period, and their totals."""
        from capsim.studies.run.text.invoice import invoice_text

        return invoice_text(self, replication)

    def write_call_records(self, path: str | Path, replication: int = 0) -> int:
        """Write one replication's calls as CSV (gzip, if the name ends in .gz) in the provider's layout of 22 columns.

        Only where the run kept its calls (``keep_calls=True``). Returns how many rows were written.
        """
        from capsim.studies.run.call_records import write_call_records

        return write_call_records(self, Path(path), replication)

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
        from capsim.studies.run.words import in_brief

        return f"<RunResult of '{self.scenario.name}': {in_brief(self)}>"

    def _repr_html_(self) -> str:
        from capsim.show.markup import Fragment
        from capsim.studies.run.words import in_brief

        tiers = self.tiers[["channels", "carried", "erlangs", "utilization"]].to_html(float_format="{:,.3g}".format)
        brief = Fragment("<p><b>{}</b>: {}</p>").format(self.scenario.name, in_brief(self))
        return str(brief + Fragment(tiers))

    def mean_cost(self, kind: str) -> Decimal:
        """Mean over replications of one kind of cost, exact."""
        return sum((one[kind] for one in self.cost_totals), Decimal(0)) / len(self.cost_totals)


# -- helpers ------------------------------------------------------------------------------------------


def _rows(estimates: dict[str, Estimate], units: dict[str, str], unit: str) -> pd.DataFrame:
    import pandas as pd

    data = [(one.mean, one.low, one.high, units.get(name, unit)) for name, one in estimates.items()]
    return pd.DataFrame(data, index=pd.Index(estimates, name="figure"), columns=["mean", "low", "high", "unit"])


def _columns(figures: Figures, names: Sequence[str], index: str) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, estimates in figures.items():
        columns |= estimates.columns(name)
    return pd.DataFrame(columns, index=pd.Index(names, name=index))


__all__ = ["NOT_APPLICABLE", "RunResult"]
