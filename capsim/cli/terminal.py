"""Writing to the terminal: data on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError
from capsim.wording import about

if TYPE_CHECKING:
    from rich.console import RenderableType


DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""


def print_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    print(json.dumps(document, indent=1, allow_nan=False))


def print_rich(content: RenderableType) -> None:
    """Write text and tables to standard output.

    They have colour on a terminal, unless NO_COLOR is set.
    """
    from rich.console import Console

    wide = None if sys.stdout.isatty() else max(100, int(os.environ.get("COLUMNS", "100") or 100))
    console = Console(highlight=False, soft_wrap=False, width=wide, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(content)
    print("\n".join(line.rstrip() for line in capture.get().splitlines()))


def say(message: str) -> None:
    """Write a message to standard error."""
    print(message, file=sys.stderr, flush=True)


def say_errors(error: CapsimError, as_json: bool) -> None:
    """Write the problems of an error to standard error: lines, or one JSON document."""
    if as_json:
        say(json.dumps({"errors": [problem.to_dict() for problem in error.problems]}, indent=1))
        return
    many = len(error.problems)
    for problem in error.problems[:50]:
        say(f"error: {problem}")
    if many > 50:
        say(f"error: and {many - 50} more")


class Bar:
    """Progress on standard error: a bar on a terminal, or else a line now and then.

    Parameters
    ----------
    name : str
        Name of the work, such as the scenario's.
    quiet : bool
        Whether nothing is shown.
    """

    EVERY = 30.0
    """Seconds between two lines without a terminal."""

    def __init__(self, name: str, quiet: bool = False) -> None:
        self.name, self.quiet = name, quiet
        self.bar: Any = None
        self.unit = ""
        self.total, self.done, self.began, self.shown = 0, 0, 0.0, 0.0

    def begin(self, total: int, what: str) -> None:
        """Say what begins, and start a bar on a terminal."""
        self.total, self.done, self.unit = total, 0, what.partition(" ")[0]
        self.began = self.shown = time.monotonic()
        if self.quiet:
            return
        say(f"{self.name}: about {total:,} {what} ...")
        if sys.stderr.isatty():
            from tqdm.auto import tqdm

            form = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{unit}, {rate_fmt}, {remaining} left"
            self.bar = tqdm(
                total=total, unit=f" {self.unit}", unit_scale=True, bar_format=form, leave=False, file=sys.stderr,
                dynamic_ncols=True,
            )  # fmt: skip

    def advance(self, steps: int = 1) -> None:
        """Move the bar, or write a line if the last one is long ago."""
        self.done += steps
        if self.bar is not None:
            self.bar.update(min(steps, self.total - self.bar.n))  # the total is a mean; the bar ends where it does
        elif not self.quiet and time.monotonic() - self.shown > self.EVERY and 0 < self.done < self.total:
            self.shown = time.monotonic()
            left = (self.shown - self.began) * (self.total - self.done) / self.done
            say(f"{self.name}: {self.done / self.total:.0%} of the {self.unit}, about {about(left)} left")

    def end(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
