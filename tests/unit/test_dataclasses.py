"""Wide dataclasses are built by keyword: with positions, two fields of one type can change places unseen."""

from __future__ import annotations

import ast

from tests.reference.import_graph import modules

MOST_POSITIONAL = 6


def wide_and_positional() -> list[str]:
    """Dataclasses with more fields than may be given by position."""
    found = []
    for name, module in modules().items():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            made = [one for one in node.decorator_list if "dataclass" in ast.unparse(one)]
            fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
            if made and len(fields) > MOST_POSITIONAL and "kw_only=True" not in ast.unparse(made[0]):
                found.append(f"{name}.{node.name}: {len(fields)}")
    return sorted(found)


def test_dataclasses_of_more_than_six_fields_are_built_by_keyword():
    assert wide_and_positional() == []
