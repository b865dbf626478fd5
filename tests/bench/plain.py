"""Plain SimPy models of a case, which draw their own calls: what capsim's speed is measured against.

`textbook` is the system as a textbook writes it: a process for each DID and for each call. `fast` is the fastest
model that still is SimPy's: its clock, and its resources for the tiers. `clock_only` leaves SimPy nothing but the
clock, and is shown so that a reader sees what SimPy's resources cost. None of them knows a rule for ties, channel
numbers, limits, usage over time or a bill; they count what became of the calls.

What makes `fast` fast. No call and no DID is a process: every event is a timeout with a callback. All DIDs are alike,
so one Poisson stream brings the calls of all, and each call picks its DID: the queue of events is as short as it
can be. A tier is a `simpy.Container`, whose release, unlike that of a `simpy.Resource`, needs no search; it is
asked only while a channel is free. Draws come from numpy in blocks. About 8% more could be had from events of
our own that go around SimPy's timeouts, and nothing from any other variant that was tried.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from itertools import chain, repeat
from typing import Any, TypeVar

import numpy as np
import simpy

from tests.bench.cases import Case
from tests.bench.outcome import Outcome

INCLUDED, SHARED, METERED, BLOCKED = range(4)
BLOCK = 10_000
Tier = TypeVar("Tier")


class Counter:
    """A tier without SimPy."""

    __slots__ = ("free",)

    def __init__(self, channels: int) -> None:
        self.free = channels


def textbook(case: Case, calls: int, seed: int) -> Outcome:
    """A process for each DID and for each call; `simpy.Resource` for the tiers; Python's own draws."""
    env, chance, counts = simpy.Environment(), random.Random(seed), [0] * 4

    def call(ladder: list[tuple[int, simpy.Resource]]) -> Generator[simpy.Event, Any, None]:
        for tier, channels in ladder:
            if channels.count < channels.capacity:
                counts[tier] += 1
                with channels.request() as request:
                    yield request
                    yield env.timeout(chance.expovariate(1 / case.holding))
                return
        counts[BLOCKED] += 1

    def did(ladder: list[tuple[int, simpy.Resource]]) -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(chance.expovariate(case.erlangs / case.holding))
            env.process(call(ladder))

    for ladder in _ladders(case, lambda channels: simpy.Resource(env, channels)):
        env.process(did(ladder))
    return _run(env, case, calls, counts)


def fast(case: Case, calls: int, seed: int) -> Outcome:
    """The fastest with SimPy's clock and resources: callbacks only, `simpy.Container` for the tiers."""
    env, timeout, counts = simpy.Environment(), simpy.Timeout, [0] * 4
    ladders = _ladders(case, lambda channels: simpy.Container(env, channels, channels))
    gap, hold, pick = _draws(case, seed)

    def arrive(_: simpy.Event) -> None:
        timeout(env, gap()).callbacks.append(arrive)
        for tier, channels in ladders[pick()]:
            if channels._level:
                channels.get(1)
                counts[tier] += 1
                timeout(env, hold(), channels).callbacks.append(hang_up)
                return
        counts[BLOCKED] += 1

    def hang_up(end: simpy.Event) -> None:
        end._value.put(1)

    timeout(env, gap()).callbacks.append(arrive)
    return _run(env, case, calls, counts)


def clock_only(case: Case, calls: int, seed: int) -> Outcome:
    """The same, with a number of free channels for each tier: SimPy keeps the time and nothing else."""
    env, timeout, counts = simpy.Environment(), simpy.Timeout, [0] * 4
    ladders = _ladders(case, Counter)
    gap, hold, pick = _draws(case, seed)

    def arrive(_: simpy.Event) -> None:
        timeout(env, gap()).callbacks.append(arrive)
        for tier, channels in ladders[pick()]:
            if channels.free:
                channels.free -= 1
                counts[tier] += 1
                timeout(env, hold(), channels).callbacks.append(hang_up)
                return
        counts[BLOCKED] += 1

    def hang_up(end: simpy.Event) -> None:
        end._value.free += 1

    timeout(env, gap()).callbacks.append(arrive)
    return _run(env, case, calls, counts)


def _ladders(case: Case, make: Callable[[int], Tier]) -> list[list[tuple[int, Tier]]]:
    """For each DID the tiers that its calls try, in order; tiers without channels are left out."""
    groups = [
        [(tier, make(channels)) for tier, channels in ((SHARED, case.shared), (METERED, case.metered)) if channels]
        for _ in range(case.groups)
    ]
    dids_each = case.dids // case.groups
    return [
        [(INCLUDED, make(case.included)), *groups[did // dids_each]] if case.included else groups[did // dids_each]
        for did in range(case.dids)
    ]


def _draws(case: Case, seed: int) -> tuple[Callable[[], float], Callable[[], float], Callable[[], int]]:
    """Time to the next call of any DID, holding time, and which DID is called."""
    rng = np.random.default_rng(seed)

    def one_by_one(block: Callable[[], np.ndarray]) -> Callable[[], Any]:
        return chain.from_iterable(block().tolist() for _ in repeat(None)).__next__

    return (
        one_by_one(lambda: rng.exponential(1 / case.calls_per_minute, BLOCK)),
        one_by_one(lambda: rng.exponential(case.holding, BLOCK)),
        one_by_one(lambda: rng.integers(case.dids, size=BLOCK)),
    )


def _run(env: simpy.Environment, case: Case, calls: int, counts: list[int]) -> Outcome:
    """Warm up, then count."""
    env.run(until=case.warm_up)
    before = sum(counts)
    counts[:] = [0] * 4
    env.run(until=case.warm_up + case.minutes(calls))
    included, shared, metered, blocked = counts
    return Outcome(before + sum(counts), (included, shared, metered, blocked))
