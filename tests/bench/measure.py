"""Time and memory: rounds that take turns, and peaks each in a process of its own."""

from __future__ import annotations

import gc
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.outcome import Outcome, total

ROOT = Path(__file__).parents[2]
MANY_CORES = 1.1


@dataclass(frozen=True)
class Timings:
    """Rounds of one contestant: seconds of the clock, seconds of all cores, and what came out."""

    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def each(self) -> list[float]:
        """Nanoseconds of a call, by round."""
        return [1e9 * s / outcome.served for s, outcome in zip(self.seconds, self.outcomes, strict=True)]

    @property
    def nanoseconds(self) -> float:
        """Of a call: the median of the rounds."""
        return statistics.median(self.each)

    @property
    def spread(self) -> float:
        """Slowest round less fastest, over the median: the noise of the machine."""
        return (max(self.each) - min(self.each)) / self.nanoseconds

    @property
    def cores(self) -> float:
        """How many cores were at work."""
        return sum(self.cpu_seconds) / sum(self.seconds)

    @property
    def all(self) -> Outcome:
        """All rounds as one run."""
        return total(self.outcomes)


def race(runs: Mapping[str, Callable[[int], Outcome]], rounds: int, warm: bool = False) -> dict[str, Timings]:
    """Time runs in rounds: in each, every contestant once, with a seed that it shares with nobody's other round.

    A round that is not timed goes first, unless all are warm: it compiles what is to be compiled and fills caches.
    Python's collector of cycles rests meanwhile, as in `timeit`, to nobody's disadvantage.
    """
    names = list(runs)
    if not warm:
        for run in runs.values():
            run(0)
    found: dict[str, list[tuple[float, float, Outcome]]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            found[name].append(_timed(runs[name], number + 1))
    return {
        name: Timings(*(tuple(column) for column in zip(*readings, strict=True))) for name, readings in found.items()
    }


def _timed(run: Callable[[int], Outcome], seed: int) -> tuple[float, float, Outcome]:
    gc.collect()
    gc.disable()
    try:
        cpu, start = time.process_time(), time.perf_counter()
        outcome = run(seed)
        return time.perf_counter() - start, time.process_time() - cpu, outcome
    finally:
        gc.enable()


def quotients(above: Timings, below: Timings) -> tuple[float, float, float]:
    """Median, least and greatest ratio of the two, round by round: neighbours in time share the machine's mood."""
    found = [a / b for a, b in zip(above.each, below.each, strict=True)]
    return statistics.median(found), min(found), max(found)


def peak_of(case: str, contestant: str, options: Sequence[str]) -> tuple[float, float]:
    """Peak of a run in a process of its own, megabytes, and how much of it the run added."""
    command = [sys.executable, "-m", "tests.bench", "--peak", case, contestant, *options]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    peak, added = re.findall(r"([\d.]+) MB", done.stdout)
    return float(peak), float(added)


def resident_peak() -> float:
    """The most memory that this process has had so far, megabytes.

    Linux counts in the peak of `getrusage` what the parent had when it started us, but not in VmHWM.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        import resource

        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
