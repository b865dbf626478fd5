"""Scenario files -> scenarios."""

from __future__ import annotations

import sys
from pathlib import Path

from capsim.errors import Problem, ScenarioError
from capsim.scenario.language.document import MAX_BYTES, read_document
from capsim.scenario.scenario import Scenario


def load(path: str | Path) -> Scenario:
    """Read and validate a scenario file.

    Parameters
    ----------
    path : str or Path
        scenario file; ``-`` reads standard input

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        if the file cannot be read, or breaks the format or a rule; ``problems`` has all that was found, each with its
        line and column
    """
    name = "<stdin>" if str(path) == "-" else str(path)
    try:
        if name == "<stdin>":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise ScenarioError(Problem("is a folder; name a scenario file in it", name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(Problem(f"cannot be read: {reason}", name)) from None
    return Scenario(read_document(raw, name))
