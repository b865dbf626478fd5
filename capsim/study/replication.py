"""One replication of one scenario: traffic through capacity, counted and billed. And many of them, in order."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from capsim.capacity import CapacityPlan, build_plan
from capsim.cost import Biller, Charges
from capsim.engines import get_engine
from capsim.measures import Meter, Tally
from capsim.records import CallLog
from capsim.scenario import Scenario
from capsim.tariff import Prices, build_prices
from capsim.traffic import Streams, build_streams, draw


class Progress(Protocol):
    """What a study tells of how far it is; the terminal and the notebook show it."""

    def begin(self, total: int, what: str) -> None:
        """``total`` steps of ``what`` begin."""

    def advance(self, steps: int = 1) -> None:
        """So many steps are done."""

    def end(self) -> None:
        """No more steps will come."""


class Silence:
    """A progress that shows nothing."""

    def begin(self, total: int, what: str) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """What one replication gave. ``logs`` is empty unless calls are kept; the warm-up is in them."""

    number: int
    tally: Tally
    charges: Charges
    logs: tuple[CallLog, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A scenario as the rooms below see it: built once, used by every replication."""

    streams: Streams
    plan: CapacityPlan
    prices: Prices
    horizon: int

    @classmethod
    def of(cls, scenario: Scenario) -> Setting:
        return cls(
            build_streams(scenario),
            build_plan(scenario),
            build_prices(scenario),
            scenario.horizon.microseconds,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: all that a worker needs to know, and all that the figures depend on."""

    scenario: Scenario
    seed: int
    engine: str
    keep_calls: bool = False


def replicate(order: Order, setting: Setting, number: int) -> Replication:
    """Run replication ``number`` (from 0): draw its calls, serve them, count and bill what became of them."""
    meter = Meter(setting.plan, setting.horizon)
    biller = Biller(setting.plan, setting.prices, setting.horizon)
    kept = []
    for log in get_engine(order.engine)(draw(setting.streams, order.seed, number), setting.plan):
        meter.add(log)
        biller.add(log)
        if order.keep_calls:
            kept.append(log)
    return Replication(number, meter.result(), biller.charges, tuple(kept))


def run_replications(
    order: Order,
    count: int,
    n_jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[Replication]:
    """Replications 0 to ``count - 1``, each as soon as it is done, in no promised order.

    ``executor`` is anything that keeps the interface of `concurrent.futures.Executor`; without one,
    ``n_jobs`` processes are started, or none for 1.
    """
    progress = progress or Silence()
    progress.begin(count, "replications")
    try:
        if executor is None and min(n_jobs, count) == 1:
            setting = Setting.of(order.scenario)
            for number in range(count):
                yield replicate(order, setting, number)
                progress.advance()
            return
        parcel = pickle.dumps(order)
        with nullcontext(executor) if executor is not None else _processes(min(n_jobs, count)) as workers:
            futures = [workers.submit(_in_worker, parcel, number) for number in range(count)]
            try:
                for future in as_completed(futures):
                    yield future.result()
                    progress.advance()
            finally:
                for future in futures:
                    future.cancel()
    finally:
        progress.end()


def _processes(count: int) -> Executor:
    """Worker processes that leave Ctrl-C to the process that started them."""
    return ProcessPoolExecutor(count, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


@lru_cache(maxsize=2)
def _unpacked(parcel: bytes) -> tuple[Order, Setting]:
    order: Order = pickle.loads(parcel)
    return order, Setting.of(order.scenario)


def _in_worker(parcel: bytes, number: int) -> Replication:
    """A replication in a worker, which sets a scenario up once however many of its replications it runs."""
    order, setting = _unpacked(parcel)
    return replicate(order, setting, number)
