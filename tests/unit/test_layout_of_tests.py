"""How the tests themselves are laid out."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
OTHER_TEST = re.compile(r"(?:from|import)\s+tests\.[\w.]*\btest_\w+")


def test_no_file_imports_from_a_test_file():
    """Also not in code that a test hands to another process as text: what several tests need is in tests/reference."""
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{file.relative_to(TESTS)}: {line}" for file in files for line in OTHER_TEST.findall(file.read_text("utf-8"))
    ]
    assert found == []


def test_no_file_is_too_long_to_be_of_one_subject():
    lengths = {str(file.relative_to(TESTS)): len(file.read_text("utf-8").splitlines()) for file in TESTS.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
