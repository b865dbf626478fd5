"""Writing to the terminal: data on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, indent=1, allow_nan=False))


def print_rich(content: RenderableType) -> None:
    """Text and tables on standard output: with colour on a terminal, unless NO_COLOR is set."""
    from rich.console import Console

    wide = None if sys.stdout.isatty() else max(100, int(os.environ.get("COLUMNS", "100") or 100))
    console = Console(highlight=False, soft_wrap=False, width=wide, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(content)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def say(message: str) -> None:
    """A message on standard error."""
    print(message, file=sys.stderr, flush=True)


def say_errors(error: CapsimError, as_json: bool) -> None:
    """All problems of an error on standard error: a line each, or one JSON document."""
    if as_json:
        say(json.dumps({"errors": [problem.to_dict() for problem in error.problems]}, indent=1))
        return
    many = len(error.problems)
    for problem in error.problems[:50]:
        say(f"error: {problem}")
    if many > 50:
        say(f"error: and {many - 50} more")


class Bar:
    """Progress on standard error: what begins, and a bar if that is a terminal."""

    def __init__(self, name: str, quiet: bool = False) -> None:
        self.name, self.quiet = name, quiet
        self.bar: Any = None

    def begin(self, total: int, what: str) -> None:
        if not self.quiet:
            say(f"{self.name}: {total:,} {what if total > 1 else what.removesuffix('s')} ...")
        if not self.quiet and sys.stderr.isatty():
            from tqdm.auto import tqdm

            self.bar = tqdm(total=total, desc=what, unit="", leave=False, file=sys.stderr, dynamic_ncols=True)

    def advance(self, steps: int = 1) -> None:
        if self.bar is not None:
            self.bar.update(steps)

    def end(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None
