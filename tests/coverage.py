"""Branch coverage of the last `make test`, room by room, held against its floor: ``python -m tests.coverage``.

Kernels are left out, since a measuring tool does not see compiled code; `make coverage-kernels` measures them.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path

import coverage

ROW = "{:24}{:>12}{:>8}{:>10}{:>8}{:>9}"


def main() -> int:
    """Print the table; 1 where the total is below ``fail_under`` of pyproject.toml."""
    measured = coverage.Coverage()
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        measured.json_report(outfile=str(Path(folder, "coverage.json")))
        found = json.loads(Path(folder, "coverage.json").read_text("utf-8"))
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, file in found["files"].items():
        path = Path(name).parts
        for room in {path[1] if len(path) > 2 else "(files beside the rooms)", "total"}:
            for place, key in enumerate(("num_statements", "missing_lines", "num_branches", "missing_branches")):
                rooms[room][place] += file["summary"][key]
    print(ROW.format("branch coverage", "statements", "missed", "branches", "missed", "covered"))
    total = rooms.pop("total")
    for room, counts in [*sorted(rooms.items()), ("total", total)]:
        print(ROW.format(room, *counts, f"{_percent(counts):.1f}%"))
    floor = float(measured.get_option("report:fail_under") or 0)
    if _percent(total) < floor:
        print(f"below the floor of {floor:g}%: `coverage report -m` names the lines and branches that no test reaches")
        return 1
    return 0


def _percent(counts: list[int]) -> float:
    statements, missed, branches, untaken = counts
    return 100 * (1 - (missed + untaken) / max(statements + branches, 1))


if __name__ == "__main__":
    raise SystemExit(main())
