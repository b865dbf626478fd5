"""Many replications: in threads, in processes, or in another executor.

The compiled engine leaves Python's lock while it works, so its replications run in threads: they start at once and
share what is compiled. The SimPy engine is Python throughout, and gets processes if several replications are to run at
a time. A worker gets the scenario once, and the number of a replication each time; calls never travel. No figure
depends on any of this.

A single job has a thread of its own too: the main thread only waits, and so hears Ctrl-C at once.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar

from capsim.errors import InputError, Problem
from capsim.simulation.interruption import ctrl_c_when_asked
from capsim.simulation.progress import Progress
from capsim.simulation.replication import CompiledScenario, Replication, RunRequest, replicate
from capsim.wording import counted

T = TypeVar("T")
LOOK_AGAIN = 0.1
"""Seconds between two looks at the progress, while no replication ends."""
AHEAD = 200
"""Number of replications that an executor, whose number of workers is not known, is given at a time."""


def check_jobs(n_jobs: int) -> None:
    """Raise InputError for a number of jobs below 1."""
    if n_jobs < 1:
        raise InputError(Problem(f"must be at least 1 (got {n_jobs})", path="n_jobs"))


class Stopped(Exception):  # noqa: N818 (nothing went wrong)
    """A replication ends early, since nobody wants what it has."""


def run_replications(
    request: RunRequest,
    compiled: CompiledScenario,
    numbers: Sequence[int],
    n_jobs: int,
    executor: Executor | None,
    progress: Progress,
) -> Iterator[Replication]:
    """Run replications, and give each as soon as it is done, in no promised order.

    Whatever ends the iteration, such as Ctrl-C, soon ends the workers too.

    Parameters
    ----------
    request : RunRequest
        The run.
    compiled : CompiledScenario
        Its scenario, compiled.
    numbers : sequence of int
        Numbers of the replications.
    n_jobs : int
        Number of workers that are started without an executor.
    executor : Executor or None
        Anything with the interface of `concurrent.futures.Executor`.
    progress : Progress
        Hears how many calls were served.
    """
    calls = compiled.traffic.expected_calls(compiled.traffic.begin, compiled.traffic.end)
    count = len(numbers)
    progress.begin(round(calls * count), f"calls in {counted(count, 'replication')}")
    n_jobs = min(n_jobs, count)
    with ctrl_c_when_asked() as ask:
        try:
            if executor is not None:
                job: Job[Replication] = _in_executor(request, executor, calls)
            elif request.engine == "compiled" or n_jobs == 1:
                job = _in_threads(partial(replicate, request, compiled), n_jobs)
            else:
                job = _in_processes(request, n_jobs)
            with job as (submit, ahead, news):
                yield from _as_they_end(submit, numbers, ahead, progress, news, ask)
        finally:
            progress.end()


def run_in_threads(
    work: Work[T], numbers: Sequence[int], n_jobs: int, calls_each: float, progress: Progress
) -> Iterator[T]:
    """Do work for each number, and give the results as they end.

    They come in no promised order.

    Parameters
    ----------
    work : callable
        The work, whose kernels leave Python's lock.
    numbers : sequence of int
        Numbers of the replications.
    n_jobs : int
        Number of threads.
    calls_each : float
        Expected number of calls of a replication.
    progress : Progress
        Hears how many calls were served.
    """
    progress.begin(round(calls_each * len(numbers)), f"calls in {len(numbers):,} replications")
    with ctrl_c_when_asked() as ask:
        try:
            with _in_threads(work, min(n_jobs, len(numbers))) as (submit, ahead, news):
                yield from _as_they_end(submit, numbers, ahead, progress, news, ask)
        finally:
            progress.end()


Submit = Callable[[int], Future[T]]
Work = Callable[[int, Callable[[int], None]], T]
"""Does the work for a number, and reports now and then how many more calls it has served."""
News = Callable[[int], int]
"""Returns how many calls were served since the last question; some number of replications has ended since then."""
Job = AbstractContextManager[tuple[Submit[T], int, News]]
"""Workers, which end soon after the context: how to submit a replication, how many at a time, and their news."""


def _as_they_end(
    submit: Submit[T], which: Sequence[int], ahead: int, progress: Progress, news: News, ask: Callable[[], None]
) -> Iterator[T]:
    """Submit replications, ``ahead`` of them at a time, and give their results as they end."""
    numbers = iter(which)
    waiting = {submit(number) for number in islice(numbers, ahead)}
    try:
        while waiting:
            ask()
            ended, waiting = wait(waiting, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
            waiting |= {submit(number) for number in islice(numbers, len(ended))}
            progress.advance(news(len(ended)))
            for future in ended:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


# -- threads ------------------------------------------------------------------------------------------


@contextmanager
def _in_threads(work: Work[T], n_jobs: int) -> Iterator[tuple[Submit[T], int, News]]:
    stop, lock, served = threading.Event(), threading.Lock(), [0]

    def note(calls: int) -> None:
        if stop.is_set():
            raise Stopped
        with lock:
            served[0] += calls

    def news(_: int) -> int:
        with lock:
            calls, served[0] = served[0], 0
        return calls

    def submit(number: int) -> Future[T]:
        return workers.submit(work, number, note)

    with ThreadPoolExecutor(n_jobs, thread_name_prefix="capsim") as workers:
        try:
            yield submit, 2 * n_jobs, news
        finally:
            stop.set()


# -- processes ----------------------------------------------------------------------------------------

_at_work: tuple[Any, ...] = ()
"""State of a worker process: request, compiled scenario, the flag to stop, and the count of calls served."""


@contextmanager
def _in_processes(request: RunRequest, n_jobs: int) -> Iterator[tuple[Submit[Replication], int, News]]:
    context = multiprocessing.get_context()
    stop, served = context.Event(), context.Value("q", 0)
    before = [0]

    def news(_: int) -> int:
        now: int = served.get_obj().value  # without waiting for the lock, which a killed worker may hold
        calls, before[0] = now - before[0], now
        return calls

    with ProcessPoolExecutor(
        n_jobs, mp_context=context, initializer=_start_work, initargs=(pickle.dumps(request), stop, served)
    ) as workers:
        try:
            yield lambda number: workers.submit(_work, number), 2 * n_jobs, news
        finally:
            stop.set()


def _start_work(parcel: bytes, stop: Any, served: Any) -> None:
    """Set a worker process up; it leaves Ctrl-C to the process that started it."""
    global _at_work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request: RunRequest = pickle.loads(parcel)
    _at_work = (request, CompiledScenario.of(request.scenario), stop, served)


def _work(number: int) -> Replication:
    request, compiled, stop, served = _at_work

    def note(calls: int) -> None:
        if stop.is_set():
            raise Stopped
        with served.get_lock():
            served.value += calls

    return replicate(request, compiled, number, note)


# -- another executor ---------------------------------------------------------------------------------


@contextmanager
def _in_executor(
    request: RunRequest, executor: Executor, calls: float
) -> Iterator[tuple[Submit[Replication], int, News]]:
    """Use the caller's executor, who ends it. How far it is within a replication is not known."""
    parcel = pickle.dumps(request)
    yield lambda number: executor.submit(_unpack_and_run, parcel, number), AHEAD, lambda ended: round(calls * ended)


@lru_cache(maxsize=2)
def _unpacked(parcel: bytes) -> tuple[RunRequest, CompiledScenario]:
    request: RunRequest = pickle.loads(parcel)
    return request, CompiledScenario.of(request.scenario)


def _unpack_and_run(parcel: bytes, number: int) -> Replication:
    """Run a replication, wherever this is; a scenario is compiled once, however many of its replications run there."""
    request, compiled = _unpacked(parcel)
    return replicate(request, compiled, number)
