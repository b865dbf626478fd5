"""Files -> scenarios."""

from __future__ import annotations

import sys
from pathlib import Path

from capsim.errors import Problem, ScenarioError
from capsim.scenario.language.document import MAX_BYTES, read_document
from capsim.scenario.scenario import Scenario


def load(path: str | Path) -> Scenario:
    """Read and validate a scenario file; ``-`` is standard input.

    Raises
    ------
    ScenarioError
        with every problem of the file, each with its line and column.
    """
    name = "<stdin>" if str(path) == "-" else str(path)
    try:
        if name == "<stdin>":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise ScenarioError(Problem("is a folder, not a scenario file", name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(Problem(f"cannot be read: {reason}", name)) from None
    return Scenario(read_document(raw, name))
