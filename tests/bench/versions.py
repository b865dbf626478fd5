"""This checkout beside another one, in turn: the same runs, processor time in user mode, and whether figures are equal.

Each checkout runs in a process of its own, which compiles once and then waits to be asked. Other work on the machine
disturbs both alike, so the median of the ratios of pairs is what counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]
HOLDING = {"distribution": "exponential", "mean": "3 min"}
REDIAL = {"probability": 0.7, "attempts": 4, "delay": {"distribution": "exponential", "mean": "1 min"}}
ACCOUNT = {"balance": 2000, "top_up": {"threshold": 100, "amount": 500}}


def _dids(groups: int, count: int, erlangs: float, included: int = 1, **more: Any) -> dict[str, Any]:
    """DIDs of each group: this many, with this load each."""
    traffic = {"erlangs": erlangs, "holding": HOLDING} | more.pop("traffic", {})
    entry = {"traffic": traffic, "country": "GB", "included": included, "count": count} | more
    return {f"d{row}": entry | {"group": f"g{row}"} for row in range(groups)}


def _groups(groups: int, shared: int, metered: int = 0, **more: Any) -> dict[str, Any]:
    return {f"g{row}": {"pool": "p", "shared": shared, "metered": metered} | more for row in range(groups)}


LIMITED = {"dids": _dids(5, 20, 3, 2, capacity_limit=6), "groups": _groups(5, 20, 3, capacity_limit=60)}
SCENARIOS: dict[str, dict[str, Any]] = {
    "loss group, 100 Erlangs": {"duration": "30 days", "dids": _dids(1, 1, 100, 0), "groups": _groups(1, 117)},
    "own channels": {"duration": "30 days", "dids": _dids(1, 1, 100, 112), "groups": _groups(1, 5)},
    "200 DIDs, a group": {"duration": "20 days", "dids": _dids(1, 200, 0.8), "groups": _groups(1, 40, 3)},
    "1,000 DIDs, 20 groups": {"duration": "8 days", "dids": _dids(20, 50, 0.3), "groups": _groups(20, 9, 3)},
    "limits": {"duration": "10 days"} | LIMITED,
    "account": {"duration": "30 days", "dids": _dids(4, 10, 2), "groups": _groups(4, 8, 4), "account": ACCOUNT},
    "redials": {
        "duration": "14 days",
        "dids": _dids(4, 10, 4, 0, traffic={"redial": REDIAL}),
        "groups": _groups(4, 40),
    },
    "watched": {"duration": "20 days", "dids": _dids(10, 20, 0.8), "groups": _groups(10, 9, 1)},
    "frontier in one pass": {"duration": "20 days", "dids": _dids(1, 200, 0.8), "groups": _groups(1, 80, 40)},
}
SAMPLES = {"hybrid.yaml": {"duration": "52 weeks"}, "quarter.yaml": {}, "office.yaml": {"duration": "13 weeks"}}
CASES = (*SCENARIOS, *SAMPLES)


# -- a checkout's process --------------------------------------------------------------------------


def _prepare(case: str) -> Callable[[], Any]:
    import capsim

    if case in SAMPLES:
        scenario = capsim.load(HERE / "scenarios" / case).override(SAMPLES[case])
        return lambda: capsim.simulate(scenario, replications=1)
    pool = {"flat_rate": {"monthly": 4}, "metered": {"rate": "0.02", "decimals": 4}}
    keys = {
        "start": "2026-03-02",
        "timezone": "Europe/London",
        "warm_up": "1 h",
        "currency": "USD",
        "pools": {"p": pool},
    }
    scenario = capsim.Scenario(**keys, **SCENARIOS[case], replications=2 if case.startswith("frontier") else 1)
    if case.startswith("frontier"):
        return lambda: capsim.frontier(scenario)
    return lambda: capsim.simulate(scenario, watch=case == "watched")


def serve() -> None:
    """Run cases as they are asked for on stdin; print user time and a digest of what came out."""
    runs: dict[str, Callable[[], Any]] = {}
    for line in sys.stdin:
        case = line.strip()
        if case not in runs:
            runs[case] = _prepare(case)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        found = runs[case]()
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
        digest = hashlib.blake2b(json.dumps(found.to_dict(), sort_keys=True).encode(), digest_size=8)
        print(json.dumps([spent, digest.hexdigest()]), flush=True)


# -- both ------------------------------------------------------------------------------------------


@contextmanager
def _processes(*checkouts: Path) -> Iterator[list[Callable[[str], list[Any]]]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
        )
        for checkout in checkouts
    ]

    def asking(process: subprocess.Popen[str]) -> Callable[[str], list[Any]]:
        def ask(case: str) -> list[Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            print(case, file=process.stdin, flush=True)
            answer: list[Any] = json.loads(process.stdout.readline())
            return answer

        return ask

    try:
        yield [asking(process) for process in started]
    finally:
        for process in started:
            process.communicate()


def table(other: Path, pairs: int) -> None:
    """Print the user time of this checkout over that of another, case by case."""
    print(f"User time of this checkout over {other}: median of {pairs} pairs, in brackets its quartiles.")
    print(f"{'':24s}{'its ms':>9s}{'our ms':>9s}{'ratio':>8s}{'':20s}figures")
    with _processes(other, HERE) as (theirs, ours):
        for case in CASES:
            digests = [ask(case)[1] for ask in (theirs, ours)]
            readings: list[tuple[float, float]] = []
            for number in range(pairs):
                turns = (theirs, ours) if number % 2 else (ours, theirs)
                spent = {ask: ask(case) for ask in turns}
                readings.append((spent[theirs][0], spent[ours][0]))
            ratios = [mine / before for before, mine in readings]
            low, ratio, high = statistics.quantiles(ratios, n=4)
            times = [1e3 * statistics.median(column) for column in zip(*readings, strict=True)]
            same = "equal" if digests[0] == digests[1] else "DIFFER"
            print(
                f"{case:24s}{times[0]:9.1f}{times[1]:9.1f}{ratio:8.3f}  ({low:.3f} to {high:.3f})  {same}",
                flush=True,
            )


if __name__ == "__main__":
    serve()
