"""A sound scenario, and a way to break it at one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import load

EXAMPLE = Path(__file__).parents[2] / "fuzz" / "example.yaml"


@pytest.fixture
def example() -> str:
    """The text of a scenario that uses every key."""
    return EXAMPLE.read_text("utf-8")


@pytest.fixture
def broken(tmp_path, example):
    """A function: replace texts in the example, load it, and give the problems that come."""

    def problems(*changes: tuple[str, str]):
        text = example
        for old, new in changes:
            assert text.count(old) == 1, (old, text.count(old))
            text = text.replace(old, new)
        path = tmp_path / "s.yaml"
        path.write_text(text, "utf-8")
        try:
            load(path)
        except ScenarioError as error:
            for problem in error.problems:
                assert problem.file == str(path)
                assert problem.line is not None
                assert problem.column is not None
            return list(error.problems)
        return []

    return problems
