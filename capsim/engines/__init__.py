"""HOW TIME PASSES: (calls, capacity) -> log of calls. No chance, no policy, no statistics.

An engine is a function from call tables that follow each other in time to a log for each, and, with a prepaid account,
to what becomes of the balance. Every engine gives the same log for the same calls: `simpy` is the one that is written
to be read, `compiled` the fast one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol, get_args

from capsim.capacity import Schedule
from capsim.engines.ledger import Ledger
from capsim.errors import InputError
from capsim.records import CallLog, CallTable

EngineName = Literal["compiled", "simpy"]
ENGINES: tuple[str, ...] = get_args(EngineName)


class Engine(Protocol):
    """Serves the calls of tables that follow each other in time.

    The schedule changes nowhere inside a table. ``numbered`` asks for the numbers of channels; the ledger, where there
    is an account, is written as time passes, and complete when the logs are.
    """

    def __call__(
        self, tables: Iterable[CallTable], schedule: Schedule, numbered: bool = False, ledger: Ledger | None = None
    ) -> Iterator[CallLog]: ...


def first_use() -> str | None:
    """Why a run will take longer than it says, in words; None where it will not."""
    from capsim.kernels.jit import must_compile

    return must_compile()


def get_engine(name: str) -> Engine:
    """The engine of that name. Raises InputError for an unknown one."""
    if name == "compiled":
        from capsim.engines import compiled_engine

        return compiled_engine.run
    if name == "simpy":
        from capsim.engines import simpy_engine

        return simpy_engine.run
    raise InputError(f"there is no engine '{name}'; allowed: {', '.join(ENGINES)}")


__all__ = ["ENGINES", "Engine", "EngineName", "Ledger", "first_use", "get_engine"]
