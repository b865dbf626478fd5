"""The result of a run: its figures as frames, and the JSON of ``capsim run --json``."""

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
    """Result of `capsim.simulate`.

    It cannot be changed, and has the scenario that made it. Every figure is an estimate over the replications that
    ran, with a 95% interval. A frame has it in the columns ``mean``, ``low`` and ``high``, or ``NAME``, ``NAME_low``
    and ``NAME_high``. ``low`` and ``high`` are NaN if one replication gives no interval.

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
        Notes on how call records were read.
    """

    # -- frames ---------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Figures of all calls, a row for each: mean, low, high, unit."""
        units = {
            "blocking": "blocked / offered",
            "asr": "answered / offered",
            "loss": "lost / first attempts",
            "erlangs": "Erlang",
            "acd_seconds": "s",
            "peak_calls": "channels",
        }
        return _rows({name: figure.one() for name, figure in self.samples.totals.items()}, units, "calls")

    @cached_property
    def tiers(self) -> pd.DataFrame:
        """Tiers: channels, carried, erlangs, utilization, minutes, peak.

        ``carried`` counts calls, ``minutes`` answered time, and ``peak`` channels. If the capacity changes,
        ``channels`` is its mean over the horizon.
        """
        import pandas as pd

        channels = pd.DataFrame({"channels": whole(self.samples.channels.mean)}, index=pd.Index(TIERS, name="tier"))
        return channels.join(_columns(self.samples.tiers, TIERS, "tier"))

    @cached_property
    def dids(self) -> pd.DataFrame:
        """DIDs: calls offered, carried and blocked, blocking, load.

        There are also carried and erlangs of each tier.
        """
        names = self.samples.capacity.did_names
        by_tier = {
            f"{tier}_{name}": figure.apply(itemgetter((slice(None), position)))
            for position, tier in enumerate(TIERS)
            for name, figure in self.samples.dids_by_tier.items()
        }
        return _columns(self.samples.dids | by_tier, names, "did")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Groups: calls of their DIDs, blocking, load, minutes and peaks."""
        return _columns(self.samples.groups, self.samples.capacity.group_names, "group")

    @cached_property
    def causes(self) -> pd.DataFrame:
        """Calls blocked, or ended before their time, by cause."""
        return _rows(self.samples.causes, {}, "calls")

    @cached_property
    def cost(self) -> pd.DataFrame:
        """Cost of the horizon by kind, the total, and the monthly cost."""
        return _rows(self.cost_estimates, {"monthly": f"{self.scenario.currency} / month"}, self.scenario.currency)

    @cached_property
    def by_replication(self) -> pd.DataFrame:
        """Replications: calls offered and blocked, blocking, total and monthly cost.

        Blocking is NaN without calls.
        """
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
        """Concurrent calls over time, by group and tier: a row for each bin.

        ``calls`` is the mean number of busy channels in the bin, with its interval. ``peak`` is the most at any
        instant of the bin, in any replication. ``group`` is missing for DIDs without a group.
        """
        return self.usage_estimate.to_frame(self.scenario, self.samples.schedule)

    # -- the account --------------------------------------------------------------------------------------

    @cached_property
    def account(self) -> pd.DataFrame:
        """Prepaid account: opening, drawn, top-ups, closing, lowest, outstanding.

        See `capsim.estimates.account.AccountFigures`. Only if the scenario has an account.
        """
        currency = self.scenario.currency
        return _rows(self._account().figures, {"top_up_count": "top-ups"}, currency)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """Prepaid balance over time: time, balance, lowest, highest.

        The balance is that at the end of the bin, lowest and highest those within it.
        """
        return self._account().to_frame(self.scenario)

    def _account(self) -> AccountFigures:
        if self.account_figures is None:
            raise InputError("this scenario has no account; give it `account: {balance: ...}` (R10)")
        return self.account_figures

    # -- the provider's statistics ------------------------------------------------------------------------

    @cached_property
    def week(self) -> pd.DataFrame:
        """Weekdays and local hours: offered, blocked, erlangs, blocking.

        ``offered`` and ``blocked`` are calls an hour, and ``erlangs`` is the offered load. ``hours`` is how many such
        hours the horizon has; an hour that never comes is left out.
        """
        return self.by_weekday.to_frame()

    @cached_property
    def exceeded(self) -> pd.DataFrame:
        """Capacity-exceeded events: replication, time, did, group.

        The first 100,000 of each replication are listed. Needs ``simulate(..., watch=True)``, as `spells`,
        `exhaustion` and `sampled` do.
        """
        return self.watching.exceeded()

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Congestion periods: replication, scope, name, start, seconds, lost.

        In a congestion period (called a spell here), all channels that a DID or group can reach are busy, and calls
        are lost. The first 100,000 of each replication are listed; `exhaustion` counts them all.
        """
        return self.watching.congestion_periods()

    @cached_property
    def exhaustion(self) -> pd.DataFrame:
        """Congestion periods by DID and group: spells, seconds, longest, lost.

        The figures are those of a replication; ``lost`` counts calls.
        """
        names = [*self.samples.capacity.did_names, *self.samples.capacity.group_names]
        scopes = ["did"] * len(self.samples.capacity.did_names) + ["group"] * len(self.samples.capacity.group_names)
        frame = _columns(self.watching.exhaustion(), names, "name")
        frame.insert(0, "scope", scopes)
        return frame

    @cached_property
    def sampled(self) -> pd.DataFrame:
        """Concurrent calls sampled once a minute, as the provider does it.

        The exact mean and peak stand beside them. The rows are those of ``usage``: time, group, tier, calls, peak,
        sampled (mean of the samples), sampled_peak (highest sample).
        """
        return self.watching.sampled(self.usage)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """A row for each counted call. Needs ``simulate(..., keep_calls=True)``."""
        from capsim.studies.run.calls import calls_frame

        return calls_frame(self.scenario, self.samples.capacity, self.logs)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """Goals of the scenario: scope, name, goal, mean, low, high, status.

        The status is met, missed or not proven.
        """
        import pandas as pd

        columns = ["scope", "name", "goal", "mean", "low", "high", "status"]
        rows = [
            (goal.scope, goal.name, goal.goal, goal.found.mean, goal.found.low, goal.found.high, goal.status)
            for goal in self.goal_outcomes
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def goal_outcomes(self) -> tuple[GoalOutcome, ...]:
        """Goals of the scenario, and whether they are met."""
        return goal_outcomes(self)

    @cached_property
    def theory_found(self) -> tuple[Theory, ...]:
        """Blocking by theory of each group, and of each DID without a group."""
        return theory_of(self)

    @cached_property
    def theory(self) -> pd.DataFrame:
        """Theory column: scope, name, method, theory, simulated, z, note.

        ``theory`` is a blocking; ``simulated`` has its interval. ``method`` is missing if no formula applies; ``note``
        then says why.
        """
        import pandas as pd

        columns = ["scope", "name", "method", "theory", "simulated", "low", "high", "z", "note"]
        return pd.DataFrame(list(theory_rows(self.theory_found)), columns=columns)

    # -- presentation ---------------------------------------------------------------------------------

    @cached_property
    def plot(self) -> RunPlots:
        """Plots, such as ``result.plot.usage()``, as matplotlib Axes."""
        from capsim.studies.run.plots.accessor import RunPlots

        return RunPlots(self)

    def invoice_text(self, replication: int = 0) -> str:
        """Return the invoice of one replication as text, ready to print.

        It has the items by period, and their totals.

        Parameters
        ----------
        replication : int
            Number of the replication, from 0.
        """
        from capsim.studies.run.text.invoice import invoice_text

        return invoice_text(self, replication)

    def write_call_records(self, path: str | Path, replication: int = 0) -> int:
        """Write the calls of one replication as CSV in the provider's layout.

        The layout has 22 columns. Returns how many calls there are. Needs ``simulate(..., keep_calls=True)``.

        Parameters
        ----------
        path : str or Path
            File to write; gzip if its name ends in ``.gz``.
        replication : int
            Number of the replication, from 0.
        """
        from capsim.studies.run.call_records import write_call_records

        return write_call_records(self, Path(path), replication)

    def to_frame(self) -> pd.DataFrame:
        """Return all figures as one tidy frame: scope, name, figure, mean, low, high."""
        import pandas as pd

        rows = [
            (scope, name, figure, estimate.mean, estimate.low, estimate.high)
            for scope, name, figure, estimate in self.figures()
        ]
        return pd.DataFrame(rows, columns=["scope", "name", "figure", "mean", "low", "high"])

    def figures(self) -> list[tuple[str, str, str, Estimate]]:
        """Return all figures: scope, name, figure, estimate."""
        samples, capacity = self.samples, self.samples.capacity
        rows = [("totals", "", figure, estimates.one()) for figure, estimates in samples.totals.items()]
        for scope, names, figures in (
            ("tiers", TIERS, samples.tiers),
            ("groups", capacity.group_names, samples.groups),
            ("dids", capacity.did_names, samples.dids),
        ):
            for figure, estimates in figures.items():
                rows += [(scope, name, figure, estimates[row]) for row, name in enumerate(names)]
        if self.account_figures is not None:
            rows += [("account", "", figure, estimate) for figure, estimate in self.account_figures.figures.items()]
        rows += [("causes", "", cause, estimate) for cause, estimate in samples.causes.items()]
        return rows + [("cost", "", kind, estimate) for kind, estimate in self.cost_estimates.items()]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of ``capsim run --json``."""
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
        """Return the exact mean of one kind of cost over replications.

        Parameters
        ----------
        kind : str
            Kind of cost, ``total`` or ``monthly``.
        """
        return sum((totals[kind] for totals in self.cost_totals), Decimal(0)) / len(self.cost_totals)


# -- helpers ------------------------------------------------------------------------------------------


def _rows(estimates: dict[str, Estimate], units: dict[str, str], unit: str) -> pd.DataFrame:
    import pandas as pd

    data = [(figure.mean, figure.low, figure.high, units.get(name, unit)) for name, figure in estimates.items()]
    return pd.DataFrame(data, index=pd.Index(estimates, name="figure"), columns=["mean", "low", "high", "unit"])


def _columns(figures: Figures, names: Sequence[str], index: str) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, estimates in figures.items():
        columns |= estimates.columns(name)
    return pd.DataFrame(columns, index=pd.Index(names, name=index))


__all__ = ["NOT_APPLICABLE", "RunResult"]
