"""Compare this version with another: ``python -m tests.versions OTHER_PYTHON [--systems N] [--first K]``.

Both versions run the same random systems and all of scenarios/ through their front door: logs, figures, frames,
invoices, comparisons and frontiers. Every outcome that differs is named, by a file of each version's outcomes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def outcomes(python: str, first: int, count: int) -> dict[str, str]:
    """What the capsim of a Python makes of the systems."""
    command = [python, str(HERE / "outcomes.py"), str(HERE / "systems.py"), str(first), str(count), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python}: {done.stderr}")
    found: dict[str, str] = json.loads(done.stdout)
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("python", help="Python of an environment in which the other version is installed")
    options.add_argument("--systems", type=int, default=200, help="number of random systems")
    options.add_argument("--first", type=int, default=0, help="number of the first one")
    given = options.parse_args()
    ours = outcomes(sys.executable, given.first, given.systems)
    theirs = outcomes(given.python, given.first, given.systems)
    different = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    for name in different:
        print(f"differs: {name}")
    kinds = Counter(name.split(" ", 1)[1] for name in different)
    errors = sum(name.endswith("error") for name in ours)
    print(f"{len(ours):,} outcomes compared, {errors:,} of them errors; {len(different):,} differ: {dict(kinds)}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
