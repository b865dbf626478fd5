"""How far a study is, for whoever shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Progress of a study, which the terminal and the notebook show."""

    def begin(self, total: int, what: str) -> None:
        """Begin about ``total`` steps.

        Parameters
        ----------
        total : int
            Number of steps.
        what : str
            Kind of the steps, such as ``calls in 10 replications``.
        """

    def advance(self, steps: int = 1) -> None:
        """Report that more steps are done."""

    def end(self) -> None:
        """Report that no more steps will come."""


class Silence:
    """A progress that shows nothing."""

    def begin(self, total: int, what: str) -> None:
        """Show nothing."""

    def advance(self, steps: int = 1) -> None:
        """Show nothing."""

    def end(self) -> None:
        """Show nothing."""
