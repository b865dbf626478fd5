"""HOW TIME PASSES: (calls, capacity) -> log of calls. No chance, no policy, no statistics.

An engine is a function from call tables that follow each other in time to a log for each. Every engine gives
the same log for the same calls; `simpy` is the one that is written to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, get_args

from capsim.capacity import CapacityPlan
from capsim.errors import InputError
from capsim.records import CallLog, CallTable

Engine = Callable[[Iterable[CallTable], CapacityPlan], Iterator[CallLog]]
EngineName = Literal["simpy"]
ENGINES: tuple[str, ...] = get_args(EngineName)


def get_engine(name: str) -> Engine:
    """The engine of that name. Raises InputError for an unknown one."""
    if name == "simpy":
        from capsim.engines import simpy_engine

        return simpy_engine.run
    raise InputError(f"there is no engine '{name}'; allowed: {', '.join(ENGINES)}")


__all__ = ["ENGINES", "Engine", "EngineName", "get_engine"]
