"""Write the generated parts of the reference: ``python -m docs._site.write``, or ``make reference``.

A generated part stands between two comments of a page, which GitHub and the site hide::

    <!-- generated: python: capsim.load, capsim.Scenario -->
    ...
    <!-- end -->

The word after ``generated:`` names the maker in `MAKERS`; what follows it is the maker's argument. With ``--check``,
nothing is written, and the exit status is 1 if a page is not current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from . import command_line, python_names, scenario_keys
from .pages import GENERATED

DOCS = Path(__file__).parents[1]
COMMAND = "make reference"
MAKERS: dict[str, Callable[[str], str]] = {
    "scenario keys": lambda _: scenario_keys.markdown(),
    "scenario template": lambda _: scenario_keys.template(),
    "scenarios": lambda _: scenario_list(),
    "command line": lambda _: command_line.markdown(),
    "python": python_names.markdown,
}
"""Name of a generated part -> function that makes its text from the rest of the comment."""


def scenario_list() -> str:
    """Return the table of ready scenarios, as ``scenarios/README.md`` has it."""
    text = (DOCS.parent / "scenarios" / "README.md").read_text("utf-8")
    return text.split("\n", 2)[2].rstrip()


def current(page: str) -> str:
    """Return a page with each generated part as it has to be today."""

    def part(found: re.Match[str]) -> str:
        text = MAKERS[found["name"]](found["names"] or "")
        return f"{found['begin']}\n{text.strip()}\n\n{found['end']}"

    return GENERATED.sub(part, page)


def pages() -> list[Path]:
    """Return the pages that have a generated part."""
    return [page for page in sorted(DOCS.rglob("*.md")) if GENERATED.search(page.read_text("utf-8"))]


def main(check: bool = False) -> int:
    """Write, or only check, all pages; return the exit status."""
    stale = 0
    for page in pages():
        old = page.read_text("utf-8")
        new = current(old)
        if new == old:
            continue
        stale += 1
        if check:
            print(f"docs/{page.relative_to(DOCS)} is not current: run `{COMMAND}`", file=sys.stderr)
        else:
            page.write_text(new, "utf-8")
            print(f"wrote docs/{page.relative_to(DOCS)}")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
