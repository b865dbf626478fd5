"""``python -m tests.bench``: ratios measured side by side in one run.

Nothing here passes or fails by time: a reader compares figures and goals. What fails is a contestant that does
not simulate what the others do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench.cases import CASES, find
from tests.bench.contestants import contestants
from tests.bench.measure import resident_peak

ROUNDS, QUICK_ROUNDS = 7, 3


def main() -> None:
    options = _options()
    if options.peak:
        _peak(*options.peak, options.engine, options.calls)
        return
    from tests.bench import flatness, frontier, jobs, ratios, versions

    if options.against:
        versions.table(options.against.resolve(), options.pairs)
        return

    rounds = QUICK_ROUNDS if options.quick else ROUNDS
    if options.frontier:
        frontier.table(options.quick, rounds)
        return
    print(
        f"Median of {rounds} rounds in turn, one core, all compiled before; drawing and counting included.\n"
        "spread: slowest round less fastest, over the median; in brackets: least and greatest ratio in a round.\n"
        "peak MB: resident, each in a process of its own; by run: how much of it came with the run itself."
    )
    for case in CASES:
        if options.case in (None, case.name):
            ratios.table(case, options.engine, options.quick, rounds)
    if options.case is None:
        flatness.by_dids(options.engine, options.quick, rounds)
        flatness.by_calls(options.engine, options.quick, options.long, rounds)
        jobs.table(options.engine, options.quick)
        frontier.table(options.quick, rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure capsim beside its peers.")
    parser.add_argument("--case", choices=[case.name for case in CASES], help="the ratios of this case only")
    parser.add_argument("--frontier", action="store_true", help="the frontier beside a run only")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="this checkout beside another one only")
    parser.add_argument("--pairs", type=int, default=11, help="with --against: pairs of runs (default: 11)")
    parser.add_argument("--quick", action="store_true", help="short timings, few rounds, no memory")
    parser.add_argument("--long", action="store_true", help="also 1e9 calls in one run")
    parser.add_argument("--engine", default="compiled", help="capsim's engine (default: compiled)")
    parser.add_argument("--peak", nargs=2, metavar=("CASE", "CONTESTANT"), help="peak memory of one run, in MB")
    parser.add_argument("--calls", type=int, help="with --peak: calls of that run")
    return parser.parse_args()


def _peak(case: str, contestant: str, engine: str, calls: int | None) -> None:
    """Print the peak of one run, and how much a run of that length adds to one of a hundredth."""
    (one,) = (one for one in contestants(engine, quick=False) if one.name == contestant)
    calls = calls or one.calls
    one.prepare(find(case), calls // 100)(0)
    run = one.prepare(find(case), calls)
    before = resident_peak()
    run(1)
    print(f"{resident_peak():.1f} MB, of which {resident_peak() - before:.1f} MB by the run")


if __name__ == "__main__":
    main()
