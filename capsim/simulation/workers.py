"""Many replications: in threads, in processes, or in anybody's executor.

The compiled engine leaves Python's lock while it works, so its replications run in threads: they start at once and
share what is compiled. The SimPy engine is Python throughout, and gets processes where several are to run at a time. A
worker is told the scenario once and the number of a replication each time; calls never travel. No figure depends on
any of this.

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
from capsim.units import counted

T = TypeVar("T")
LOOK_AGAIN = 0.1
"""Seconds after which progress is shown, while no replication ends."""


AHEAD = 200
"""So many replications at a time are handed to an executor whose number of workers is not known."""


def check_jobs(n_jobs: int) -> None:
    """Raise InputError for a number of jobs below 1."""
    if n_jobs < 1:
        raise InputError(Problem(f"must be at least 1 (got {n_jobs})", path="n_jobs"))


class Stopped(Exception):  # noqa: N818 (nothing went wrong)
    """A replication was told to end early; nobody wants what it has."""


def run_replications(
    request: RunRequest,
    compiled: CompiledScenario,
    numbers: Sequence[int],
    n_jobs: int,
    executor: Executor | None,
    progress: Progress,
) -> Iterator[Replication]:
    """Replications of these numbers, each as soon as it is done, in no promised order.

    ``executor`` is anything that keeps the interface of `concurrent.futures.Executor`; without one, ``n_jobs`` workers
    are started. Whatever ends the iteration, Ctrl-C for one, ends the workers soon.
    """
    each = compiled.traffic.expected_calls(compiled.traffic.begin, compiled.traffic.end)
    count = len(numbers)
    progress.begin(round(each * count), f"calls in {counted(count, 'replication')}")
    n_jobs = min(n_jobs, count)
    with ctrl_c_when_asked() as ask:
        try:
            if executor is not None:
                job: Job[Replication] = _in_anybodys(request, executor, each)
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
    """``work`` of each number, each as soon as it is done, in no promised order; its kernels leave Python's lock."""
    progress.begin(round(calls_each * len(numbers)), f"calls in {len(numbers):,} replications")
    with ctrl_c_when_asked() as ask:
        try:
            with _in_threads(work, min(n_jobs, len(numbers))) as (submit, ahead, news):
                yield from _as_they_end(submit, numbers, ahead, progress, news, ask)
        finally:
            progress.end()


Submit = Callable[[int], Future[T]]
Work = Callable[[int, Callable[[int], None]], T]
"""Does what there is to do for a number, and now and then tells how many calls more it has served."""
News = Callable[[int], int]
"""How many calls were served since it was last asked, so many replications ago."""
Job = AbstractContextManager[tuple[Submit[T], int, News]]
"""Workers: how to hand them a replication, how many are handed ahead, and what they say of their progress. They end
with the context, soon."""


def _as_they_end(
    submit: Submit[T], which: Sequence[int], ahead: int, progress: Progress, news: News, ask: Callable[[], None]
) -> Iterator[T]:
    """Submit replications, ``ahead`` of them at a time, and give their results as they come."""
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

    def tell(calls: int) -> None:
        if stop.is_set():
            raise Stopped
        with lock:
            served[0] += calls

    def news(_: int) -> int:
        with lock:
            calls, served[0] = served[0], 0
        return calls

    def submit(number: int) -> Future[T]:
        return workers.submit(work, number, tell)

    with ThreadPoolExecutor(n_jobs, thread_name_prefix="capsim") as workers:
        try:
            yield submit, 2 * n_jobs, news
        finally:
            stop.set()


# -- processes ----------------------------------------------------------------------------------------

_at_work: tuple[Any, ...] = ()
"""In a worker process: its request and compiled scenario, the flag to stop, and the count of calls served."""


@contextmanager
def _in_processes(request: RunRequest, n_jobs: int) -> Iterator[tuple[Submit[Replication], int, News]]:
    context = multiprocessing.get_context()
    stop, served = context.Event(), context.Value("q", 0)
    before = [0]

    def news(_: int) -> int:
        now: int = served.get_obj().value  # not waiting for the lock, which a worker that was killed may hold
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

    def tell(calls: int) -> None:
        if stop.is_set():
            raise Stopped
        with served.get_lock():
            served.value += calls

    return replicate(request, compiled, number, tell)


# -- anybody's executor -------------------------------------------------------------------------------


@contextmanager
def _in_anybodys(
    request: RunRequest, executor: Executor, each: float
) -> Iterator[tuple[Submit[Replication], int, News]]:
    """Theirs to end; it is not known how many workers there are, nor how far they are in a replication."""
    parcel = pickle.dumps(request)
    yield lambda number: executor.submit(_unpack_and_run, parcel, number), AHEAD, lambda ended: round(each * ended)


@lru_cache(maxsize=2)
def _unpacked(parcel: bytes) -> tuple[RunRequest, CompiledScenario]:
    request: RunRequest = pickle.loads(parcel)
    return request, CompiledScenario.of(request.scenario)


def _unpack_and_run(parcel: bytes, number: int) -> Replication:
    """A replication wherever it is; a scenario is set up once, however many of its replications run there."""
    request, compiled = _unpacked(parcel)
    return replicate(request, compiled, number)
