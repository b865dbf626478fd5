"""A sound scenario with changes: loaded, or its problems."""

from __future__ import annotations

import pytest

import capsim
from tests.reference.marked_changes import SOUND


@pytest.fixture
def loaded(tmp_path):
    """A function: the example with some changes, loaded from a file."""

    def load(*changes: str, replacing: tuple[tuple[str, str], ...] = ()) -> capsim.Scenario:
        text = SOUND
        for old, new in replacing:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "s.yaml"
        lines = "".join(f"  - {change.replace('»', '')}\n" for change in changes)
        file.write_text(f"{text}changes:\n{lines}", "utf-8")
        return capsim.load(file)

    return load


@pytest.fixture
def broken(loaded, tmp_path):
    """A function: the problems of the example with some changes."""

    def problems(*changes: str, replacing: tuple[tuple[str, str], ...] = ()):
        try:
            loaded(*changes, replacing=replacing)
        except capsim.ScenarioError as error:
            for problem in error.problems:
                assert problem.file == str(tmp_path / "s.yaml")
                assert problem.line is not None
                assert problem.column is not None
            return list(error.problems)
        return []

    return problems
