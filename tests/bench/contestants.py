"""Who takes part, in which cases, with how many calls to a timing, and against which goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from tests.bench.cases import Case
from tests.bench.outcome import Outcome

Run = Callable[[int], Outcome]
"""One run by its seed."""
OURS = "capsim"


@dataclass(frozen=True)
class Contestant:
    """One way to simulate a case.

    needs : the package without which it does not take part.
    calls : of one timing.
    goal : what capsim is to reach against it; empty where it is shown for comparison.
    cases : names of the cases that it takes part in; empty for all.
    in_times : whether to show capsim's time over its own, not how often capsim is faster.
    """

    name: str
    title: str
    prepare: Callable[[Case, int], Run]
    needs: str
    calls: int
    goal: str = ""
    cases: tuple[str, ...] = ()
    in_times: bool = False

    @property
    def installed(self) -> bool:
        return find_spec(self.needs) is not None


def contestants(engine: str, quick: bool) -> Iterator[Contestant]:
    """capsim first. With ``quick``, timings are a quarter as long, and vary more."""
    share = 4 if quick else 1
    yield Contestant(OURS, f"capsim, {engine}", partial(_ours, engine), "capsim", our_calls(engine) // share)
    yield Contestant(
        "plain", "SimPy, fastest plain", partial(_plain, "fast"), "simpy", 100_000 // share, ">= 200, aim 400"
    )
    yield Contestant("textbook", "SimPy, textbook", partial(_plain, "textbook"), "simpy", 50_000 // share)
    yield Contestant("clock", "SimPy, clock only", partial(_plain, "clock_only"), "simpy", 200_000 // share)
    yield Contestant("ciw", "Ciw", _ciw, "ciw", 25_000 // share, cases=("loss",))
    yield Contestant("cimba", "Cimba", _cimba, "cimba", 2_000_000 // share, ">= 2, aim 4", cases=("loss",))
    yield Contestant("floor", "floor: two draws", _floor, "numpy", 10_000_000 // share, "<= 8, aim 4", in_times=True)


def our_calls(engine: str) -> int:
    """Calls of one timing of capsim: a quarter of a second or so."""
    return 100_000 if engine == "simpy" else 4_000_000


# Imports wait until a contestant is prepared, so that the memory of one does not hold the packages of another.


def _ours(engine: str, case: Case, calls: int) -> Run:
    from tests.bench import ours

    return ours.prepare(case, calls, engine)


def _plain(model: str, case: Case, calls: int) -> Run:
    from tests.bench import plain

    return partial(getattr(plain, model), case, calls)


def _ciw(case: Case, calls: int) -> Run:
    from tests.bench import peers

    return peers.ciw(case, calls)


def _cimba(case: Case, calls: int) -> Run:
    from tests.bench import peers

    return peers.cimba(case, calls)


def _floor(case: Case, calls: int) -> Run:
    from tests.bench import peers

    return peers.floor(case, calls)
