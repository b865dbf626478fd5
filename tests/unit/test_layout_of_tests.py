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
