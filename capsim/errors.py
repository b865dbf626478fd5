"""What can go wrong, as one tree.

::

    CapsimError
    |-- InputError            what the user gave cannot be used: exit status 2
    |   `-- ScenarioError     a scenario breaks its format or a rule; carries every Problem found
    `-- OutputError           what was computed cannot be written: exit status 1

Every error a user can meet is one of these; its text is written for the person who has to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and where.

    Parameters
    ----------
    message : what was wrong, what was found, and what is allowed.
    file : the file as the user named it; None for a scenario made in Python.
    line, column : 1-based place in the file; None where there is no file.
    path : the value's path in the scenario, ``dids.london.dedicated.channels``.
    rule : the rule of docs/rules.md that is broken (``R5``), or None for the file format itself.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str = ""
    rule: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        cited = f" [{self.rule}]" if self.rule else ""
        return ": ".join(part for part in (where, self.path, self.message + cited) if part)

    def to_dict(self) -> dict[str, str | int | None]:
        """The problem as the JSON of ``--json`` shows it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "rule": self.rule,
        }


class CapsimError(Exception):
    """Base of all errors of capsim. Its text has one line for each problem."""

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[CapsimError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class InputError(CapsimError):
    """What the user gave cannot be used."""


class ScenarioError(InputError):
    """A scenario breaks its format or a rule. ``problems`` has all that were found, in file order."""


class OutputError(CapsimError):
    """What was computed cannot be written."""
