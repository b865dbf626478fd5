"""How far a study is: what it tells, and whoever shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a study tells of how far it is; the terminal and the notebook show it."""

    def begin(self, total: int, what: str) -> None:
        """About ``total`` steps begin, ``calls in 10 replications`` for one."""

    def advance(self, steps: int = 1) -> None:
        """So many steps more are done."""

    def end(self) -> None:
        """No more steps will come."""


class Silence:
    """A progress that shows nothing."""

    def begin(self, total: int, what: str) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def end(self) -> None: ...
