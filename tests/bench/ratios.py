"""The first table: who serves how many calls a second, and what capsim's ratio to each is."""

from __future__ import annotations

from tests.bench.agreement import check
from tests.bench.cases import Case
from tests.bench.contestants import OURS, Contestant, contestants
from tests.bench.measure import MANY_CORES, Timings, peak_of, quotients, race

HEAD = (
    f"{'':21s}{'calls/s':>12s}{'ns/call':>9s}{'spread':>8s}  {'capsim against it':31s}{'goal':16s}"
    f"{'overflow':>9s}{'blocked':>9s}{'peak MB':>9s}{'by run':>8s}"
)


def table(case: Case, engine: str, quick: bool, rounds: int) -> None:
    """Measure a case, check that all simulated the same, and print."""
    entered = [one for one in contestants(engine, quick) if not one.cases or case.name in one.cases]
    field = [one for one in entered if one.installed]
    ours, plain = field[0], field[1]
    runs = {one.name: one.prepare(case, one.calls) for one in field}  # all of them before any runs
    timings = race(runs, rounds)
    check(case, ours.prepare(case, plain.calls), {one.title: timings[one.name].all for one in field})
    print(f"\n{case.name}: {case.title}\n{HEAD}", flush=True)
    for one in entered:
        print(_row(case, one, timings, engine, quick) if one in field else f"{one.title:21s}not installed", flush=True)
    for one in field:
        if timings[one.name].cores > MANY_CORES:
            print(f"{one.title} kept {timings[one.name].cores:.1f} cores busy: not comparable")


def _row(case: Case, one: Contestant, timings: dict[str, Timings], engine: str, quick: bool) -> str:
    mine, ours = timings[one.name], timings[OURS]
    against = ""
    if one.name != OURS:
        middle, low, high = quotients(ours, mine) if one.in_times else quotients(mine, ours)
        against = f"{middle:.3g} x {'its time' if one.in_times else 'as fast'} ({low:.3g} to {high:.3g})"
    outcome = mine.all
    shares = f"{outcome.overflow:9.3%}{outcome.blocking:9.3%}" if outcome.offered else f"{'':18s}"
    memory = ""
    if not quick:
        peak, added = peak_of(case.name, one.name, ["--engine", engine])
        memory = f"{peak:9,.0f}{added:8,.0f}"
    return (
        f"{one.title:21s}{1e9 / mine.nanoseconds:12,.0f}{mine.nanoseconds:9,.0f}{mine.spread:8.1%}  "
        f"{against:31s}{one.goal:16s}{shares}{memory}"
    )
