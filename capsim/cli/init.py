"""``capsim init``: a scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import Debug, no_option
from capsim.cli.terminal import say
from capsim.errors import InputError, OutputError, Problem


def init(
    file: Annotated[
        str, Parameter(help="File to write; - is standard output.", allow_leading_hyphen=True, validator=no_option)
    ] = "scenario.yaml",
    /,
    *,
    force: Annotated[bool, Parameter(negative="", help="Overwrite an existing file.")] = False,
    debug: Debug = False,
) -> None:
    """Write a commented scenario to start from."""
    from capsim.scenario import TEMPLATE

    if file == "-":
        print(TEMPLATE, end="")
        return
    path = Path(file)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as target:
            target.write(TEMPLATE)
    except FileExistsError:
        raise InputError(Problem("is there already; --force writes over it", file)) from None
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", file)) from None
    say(f"wrote {file}; next: capsim run {file}")
