"""HOW TIME PASSES: (calls, capacity) -> log of calls. No chance, no policy, no statistics.

An engine is a function: it takes call tables that follow each other in time, gives a log for each, and, with a prepaid
account, writes what becomes of the balance. Every engine gives the same log for the same calls: `simpy` is the one that
is written to be read, `compiled` the fast one.
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
    """Serves the calls of tables that follow each other in time."""

    def __call__(
        self, tables: Iterable[CallTable], schedule: Schedule, numbered: bool = False, ledger: Ledger | None = None
    ) -> Iterator[CallLog]:
        """Yield a log for each table.

        Parameters
        ----------
        tables : iterable of CallTable
            Calls, in the order of time.
        schedule : Schedule
            Channels and limits; they change nowhere inside a table.
        numbered : bool
            Whether to number the channels of carried calls.
        ledger : Ledger, optional
            Where to write what becomes of an account; it is complete when the logs are.
        """
        ...


def first_use() -> str | None:
    """Reason why a run will take longer than it says, in words; None if it will not."""
    from capsim.kernels.jit import must_compile

    return must_compile()


def get_engine(name: str) -> Engine:
    """Return the engine of a name; raise InputError for an unknown one."""
    if name == "compiled":
        from capsim.engines import compiled_engine

        return compiled_engine.run
    if name == "simpy":
        from capsim.engines import simpy_engine

        return simpy_engine.run
    raise InputError(f"there is no engine '{name}'; allowed: {', '.join(ENGINES)}")


__all__ = ["ENGINES", "Engine", "EngineName", "Ledger", "first_use", "get_engine"]
