"""The second table: what a call costs as DIDs, and as calls, grow in number."""

from __future__ import annotations

from tests.bench.cases import LONG, spread
from tests.bench.contestants import OURS, our_calls
from tests.bench.measure import peak_of, race

DIDS = (10, 100, 1_000, 10_000)
MODES = (0, 2)
ONE_ROUND_FROM = 10**8


def by_dids(engine: str, quick: bool, rounds: int) -> None:
    """The same traffic, spread over more and more DIDs, without and with channels of their own."""
    from tests.bench import ours

    calls = our_calls(engine) // (4 if quick else 1)
    cases = {(dids, included): spread(dids, included) for included in MODES for dids in DIDS}
    timings = race({case.name: ours.prepare(case, calls, engine) for case in cases.values()}, rounds)
    print(f"\ncapsim, {calls:,} calls of 400 Erlangs in 10 groups, spread over DIDs (goal: flat within 1.5)")
    columns = (f"{f'DID+{included}, ns/call':>18s}{'spread':>8s}{'over least':>12s}" for included in MODES)
    print(f"{'DIDs':>15s}" + "".join(columns))
    for dids in DIDS:
        row = f"{dids:15,d}"
        for included in MODES:
            least = min(timings[cases[other, included].name].nanoseconds for other in DIDS)
            timing = timings[cases[dids, included].name]
            row += f"{timing.nanoseconds:18,.1f}{timing.spread:8.1%}{timing.nanoseconds / least:12.2f}"
        print(row)


def by_calls(engine: str, quick: bool, long: bool, rounds: int) -> None:
    """The loss group for longer and longer; a length from 1e8 on is timed once, and has no spread."""
    from tests.bench import ours

    lengths = [calls // 100 if engine == "simpy" else calls for calls in (10**6, 10**7, 10**8, 10**9)]
    chosen = lengths if long else lengths[:3]
    least = float("inf")
    print("\ncapsim, the loss group for longer and longer (goal: flat within 1.5)")
    print(f"{'calls':>15s}{'ns/call':>10s}{'spread':>8s}{'over least':>12s}{'peak MB':>9s}{'by run':>8s}")
    for calls in chosen[:2] if quick else chosen:
        once = calls >= ONE_ROUND_FROM
        timing = race({OURS: ours.prepare(LONG, calls, engine)}, 1 if once else rounds, warm=once)[OURS]
        least = min(least, timing.nanoseconds)
        memory = ""
        if not quick:
            peak, added = peak_of(LONG.name, OURS, ["--engine", engine, "--calls", str(calls)])
            memory = f"{peak:9,.0f}{added:8,.0f}"
        spread = "" if once else f"{timing.spread:.1%}"
        print(
            f"{calls:15,d}{timing.nanoseconds:10,.1f}{spread:>8s}{timing.nanoseconds / least:12.2f}{memory}", flush=True
        )
