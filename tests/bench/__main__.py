"""``python -m tests.bench``: ratios measured side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import capsim
from capsim.capacity import build_plan
from capsim.engines import get_engine
from capsim.traffic import build_streams, draw
from tests.bench import plain

ROUNDS = 5


def scenario(dids: dict, groups: dict, hours: float) -> capsim.Scenario:
    return capsim.Scenario(
        start="2026-01-05",
        duration=f"{hours} h",
        pools={"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}},
        groups=groups,
        dids=dids,
    )


def cases() -> dict[str, capsim.Scenario]:
    def traffic(erlangs: float) -> dict:
        return {"erlangs": erlangs, "holding": {"distribution": "exponential", "mean": "3 min"}}

    one = {"a": {"country": "GB", "mode": "DID+0", "group": "g", "traffic": traffic(90)}}
    fifty = {"d": {"country": "GB", "mode": "DID+2", "group": "g", "count": 50, "traffic": traffic(2)}}
    return {
        "1 DID, 100 shared, 90 Erlangs": scenario(one, {"g": {"pool": "standard", "shared": 100}}, 50),
        "50 DIDs with 2 included, 40 shared, 20 metered": scenario(
            fifty, {"g": {"pool": "standard", "shared": 40, "metered": 20}}, 40
        ),
    }


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    print("Calls served, ratio to a plain SimPy model of the same calls (drawing left out, best of rounds)\n")
    print(f"{'case':50s} {'calls':>8s} {'plain, calls/s':>15s} {'textbook':>9s} {'simpy engine':>13s}")
    for name, of in cases().items():
        plan = build_plan(of)
        (table,) = draw(build_streams(of), 1, 0, calls_per_window=10**9)
        run = get_engine("simpy")
        assert plain.fast(table, plan) == sum((~log.carried).sum() for log in run([table], plan)), (
            "same calls, same losses"
        )
        seconds = best(lambda: plain.fast(table, plan))  # noqa: B023
        textbook = best(lambda: plain.textbook(table, plan))  # noqa: B023
        engine = best(lambda: list(run([table], plan)))  # noqa: B023
        calls = len(table)
        print(f"{name:50s} {calls:8,d} {calls / seconds:15,.0f} {seconds / textbook:9.2f} {seconds / engine:13.2f}")


main()
