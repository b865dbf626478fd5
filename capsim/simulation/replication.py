"""One replication of one scenario: traffic through capacity, counted and billed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from capsim.capacity import Schedule, build_schedule
from capsim.cost import Biller, Charges
from capsim.engines import Ledger, get_engine
from capsim.errors import InputError
from capsim.measures import Hours, Meter, Tally, Watch, Watched
from capsim.measures.tally import bin_width
from capsim.records import CallLog, Int64
from capsim.scenario import Scenario
from capsim.tariff import Account, Prices, build_account, build_prices
from capsim.traffic import Traffic, build_traffic
from capsim.units import DAY

MOST_CHANNEL_TIME = 2**61
"""Most time of all channels together, microseconds.

Sums of it are 64-bit integers, and Poisson traffic stays well within twice its mean.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """A prepaid account in one replication, in its units.

    Attributes
    ----------
    closing : ndarray of shape (B,)
        Balance at the end of each bin of time.
    lowest : ndarray of shape (B,)
        Lowest balance in each bin.
    drawn : int
        All that was taken from the account.
    top_ups : int
        How often the top-up was added.
    """

    closing: Int64
    lowest: Int64
    drawn: int
    top_ups: int

    @classmethod
    def of(cls, ledger: Ledger) -> Balance:
        """Read the balance from a ledger, once all calls are served."""
        return cls(*ledger.over_time(), ledger.drawn, ledger.top_ups)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Replication:
    """Outcome of one replication.

    Attributes
    ----------
    number : int
        Number of the replication, from 0.
    tally : Tally
        Counts of its calls and channels.
    charges : Charges
        Bills of its calls.
    balance : Balance or None
        The prepaid account; None without one.
    watched : Watched or None
        Congestion periods and samples; None unless the run watched.
    hours : ndarray of shape (H, 3)
        Calls offered and blocked, and channel time asked for, by hour (`capsim.measures.Hours`).
    logs : tuple of CallLog
        The calls, with those of the warm-up; empty unless calls are kept.
    """

    number: int
    tally: Tally
    charges: Charges
    balance: Balance | None
    watched: Watched | None
    hours: Int64
    logs: tuple[CallLog, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledScenario:
    """A scenario as the rooms below see it, built once for all replications.

    Attributes
    ----------
    traffic : Traffic
        Source of the calls.
    schedule : Schedule
        Channels of DIDs and groups over time.
    prices : Prices
        Prices of calls and channels.
    account : Account or None
        The prepaid account; None without one.
    horizon : int
        Length of the horizon, microseconds.
    cuts : tuple of int
        Instants at which capacity changes, or a period of priced calls begins. No table of calls reaches across one.
    """

    traffic: Traffic
    schedule: Schedule
    prices: Prices
    account: Account | None
    horizon: int
    cuts: tuple[int, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> CompiledScenario:
        """Compile a scenario.

        Raises
        ------
        InputError
            If there is more channel time than whole microseconds can add up to.
        """
        traffic, horizon = build_traffic(scenario), scenario.horizon.microseconds
        if traffic.erlangs * (traffic.end - traffic.begin) > MOST_CHANNEL_TIME:
            days = scenario.horizon.days
            raise InputError(
                f"{traffic.erlangs:,.0f} Erlangs over {days:,.0f} days are more channel time than can be counted; "
                f"allowed: Erlangs times days up to {MOST_CHANNEL_TIME / DAY:,.0f}"
            )
        schedule, prices = build_schedule(scenario), build_prices(scenario)
        cuts = prices.cuts() | {step.at for step in schedule.steps}
        return cls(traffic, schedule, prices, build_account(scenario, prices), horizon, tuple(sorted(cuts)))

    @property
    def width(self) -> int:
        """Length of a bin of time, microseconds."""
        return bin_width(self.horizon, 4 * (len(self.schedule.first.group_names) + 1))


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A request for a run: all that a worker needs and that figures depend on.

    Attributes
    ----------
    scenario : Scenario
        Scenario to simulate.
    seed : int
        Seed of the calls.
    engine : str
        ``compiled`` or ``simpy``.
    keep_calls : bool
        Whether replications keep their calls.
    watch : bool
        Whether replications note congestion periods and samples.
    """

    scenario: Scenario
    seed: int
    engine: str
    keep_calls: bool = False
    watch: bool = False


def replicate(
    request: RunRequest, compiled: CompiledScenario, number: int, served: Callable[[int], None] | None = None
) -> Replication:
    """Run one replication: draw its calls, serve them, count and bill them.

    Parameters
    ----------
    request : RunRequest
        The run.
    compiled : CompiledScenario
        Its scenario, compiled.
    number : int
        Number of the replication, from 0.
    served : callable or None
        ``served(calls)`` hears now and then how many more calls were served; what it raises ends the replication.
    """
    meter = Meter(compiled.schedule, compiled.horizon)
    biller = Biller(compiled.prices)
    ledger = Ledger(compiled.account, compiled.width) if compiled.account is not None else None
    watch = Watch(compiled.schedule, compiled.horizon) if request.watch else None
    hours = Hours(compiled.horizon, request.scenario.horizon.into_the_hour)
    kept = []
    run = get_engine(request.engine)
    tables = compiled.traffic.tables(request.seed, number, compiled.cuts)
    for log in run(tables, compiled.schedule, numbered=request.keep_calls, ledger=ledger):
        meter.add(log)
        biller.add(log)
        if watch is not None:
            watch.add(log)
        hours.add(log)
        if request.keep_calls:
            kept.append(log)
        if served is not None:
            served(len(log))
    if ledger is not None:
        ledger.check()
    return Replication(
        number=number,
        tally=meter.result(),
        charges=biller.result(),
        balance=Balance.of(ledger) if ledger is not None else None,
        watched=watch.result() if watch is not None else None,
        hours=hours.result(),
        logs=tuple(kept),
    )
