"""The recipe of a sweep: points, run in parallel, kept as they come."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.simulation.interruption import ctrl_c_when_asked
from capsim.simulation.progress import Progress, Silence
from capsim.simulation.replication import CompiledScenario
from capsim.simulation.workers import check_jobs
from capsim.studies.sweep.folder import SweepFolder
from capsim.studies.sweep.point import PointResult, Task, run_point
from capsim.studies.sweep.result import Sweep
from capsim.studies.sweep.varying import Point, points_of, scenario_at

AHEAD = 200
"""Number of points that an executor, whose number of workers is not known, is given at a time."""


class SweepInterrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a sweep.

    Attributes
    ----------
    result : Sweep
        The sweep, with the points that were finished.
    """

    def __init__(self, result: Sweep) -> None:
        super().__init__(f"interrupted with {len(result.results):,} of {len(result.points):,} points finished")
        self.result = result


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Sequence[Any]],
    together: bool = False,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a scenario at many points: every combination of values at some paths.

    Parameters
    ----------
    scenario : Scenario
        Scenario that is varied.
    vary : mapping of str to sequence
        Values by path, such as ``{"groups.support.shared": range(0, 21, 2)}``. A `capsim.Factor` multiplies the present
        value, or all traffic of DIDs for ``dids.*.traffic``. Pools buy the channels that they lack.
    together : bool
        Whether the first values of all paths make the first point, the second values the second point, and so on.
    replications : int, optional
        Number of replications, in place of the scenario's.
    seed : int, optional
        Seed of the calls, in place of the scenario's. All points have the same seed, and so the same calls.
    engine : str, optional
        ``compiled``, the default, or ``simpy``, the slower reference. No figure depends on it.
    n_jobs : int
        Points at the same time, in processes. No figure depends on it.
    executor : Executor, optional
        Any `concurrent.futures.Executor` that runs the points, such as that of a dask client.
    out : str or Path, optional
        Folder that keeps each point as it is finished. A sweep that finds its own folder continues there, and writes
        what an uninterrupted sweep would have written.
    progress : Progress, optional
        Hears how many calls were served.

    Raises
    ------
    InputError
        If a point is no valid scenario, which is found before any point is run, or if the folder has another sweep.
    SweepInterrupted
        On Ctrl-C; it has the points that were finished.
    """
    changes = {name: value for name, value in (("replications", replications), ("seed", seed)) if value is not None}
    scenario = scenario.override(changes) if changes else scenario
    check_jobs(n_jobs)
    paths, points = tuple(vary), points_of(vary, together)
    calls = _check(scenario, paths, points)
    folder = SweepFolder(Path(out), scenario, paths, points) if out is not None else None
    done = folder.done() if folder is not None else {}
    missing = [number for number in range(len(points)) if number not in done]
    parcel = pickle.dumps(Task(scenario, paths, engine))
    progress = progress or Silence()
    if missing:
        progress.begin(round(calls * len(missing)), f"calls at {len(missing):,} of {len(points):,} points")
    try:
        with ctrl_c_when_asked() as ask, _workers(n_jobs, executor, len(missing)) as (workers, ahead):
            for result in _as_they_end(workers, ahead, parcel, points, missing, ask):
                if folder is not None:
                    folder.keep(result)
                done[result.number] = result
                progress.advance(round(calls))
    except KeyboardInterrupt:
        raise SweepInterrupted(Sweep(scenario, paths, tuple(points), done)) from None
    finally:
        progress.end()
    return Sweep(scenario, paths, tuple(points), dict(sorted(done.items())))


def _check(scenario: Scenario, paths: tuple[str, ...], points: Sequence[Point]) -> float:
    """Make every point's scenario, so that a bad one is known before any is run; return the mean calls of a point."""
    calls = []
    for number, point in enumerate(points):
        try:
            changed = scenario_at(scenario, paths, point)
        except InputError as error:
            values = ", ".join(f"{path}={value}" for path, value in zip(paths, point, strict=True))
            problems = [
                Problem(f"{problem.message} (at {values})", path=problem.path, rule=problem.rule)
                for problem in error.problems
            ]
            raise InputError(problems) from None
        if number in (0, len(points) // 2, len(points) - 1):
            traffic = CompiledScenario.of(changed).traffic
            runs = changed.replications if traffic.varies else 1
            calls.append(traffic.expected_calls(traffic.begin, traffic.end) * runs)
    return sum(calls) / len(calls)


def _as_they_end(
    workers: Executor | None, ahead: int, parcel: bytes, points: Sequence[Point], missing: Sequence[int], ask: Any
) -> Iterator[PointResult]:
    if workers is None:
        for number in missing:
            ask()
            yield run_point(parcel, number, points[number])
        return
    numbers = iter(missing)
    waiting: set[Future[PointResult]] = set()
    try:
        while True:
            for number in islice(numbers, ahead - len(waiting)):
                waiting.add(workers.submit(run_point, parcel, number, points[number]))
            if not waiting:
                return
            ask()
            ended, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


def _workers(
    n_jobs: int, executor: Executor | None, count: int
) -> AbstractContextManager[tuple[Executor | None, int]]:  # fmt: skip
    if executor is not None:
        return nullcontext((executor, AHEAD))
    if n_jobs == 1 or count <= 1:
        return nullcontext((None, 1))
    return _processes(min(n_jobs, count))


@contextmanager
def _processes(n_jobs: int) -> Iterator[tuple[Executor, int]]:
    with ProcessPoolExecutor(n_jobs, mp_context=get_context(), initializer=_start_work) as workers:
        try:
            yield workers, 2 * n_jobs
        except BaseException:
            workers.shutdown(wait=True, cancel_futures=True)
            raise


def _start_work() -> None:
    """Set a worker process up; it leaves Ctrl-C to the process that started it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
