"""``capsim frontier``: blocking and cost of every size of a group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_CHANGES, NO_OUTPUT_OPTIONS, Changes, Jobs, Output, ScenarioFile, numbers_of
from capsim.cli.terminal import Bar, print_json, print_rich, say
from capsim.errors import InputError, Problem


def frontier(
    scenario: ScenarioFile,
    /,
    *,
    group: Annotated[str | None, Parameter(help="The group; default: the only one.")] = None,
    max_shared: Annotated[
        int | None, Parameter(help="Most shared channels; default: the group's and unassigned ones.")
    ] = None,
    max_metered: Annotated[int | None, Parameter(help="Most metered channels; default: the group's.")] = None,
    dedicated: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", show_default=False, help="NAME=START:STOP:STEP: vary dedicated channels too (repeatable)."
        ),
    ] = (),
    max_blocking: Annotated[
        str | None,
        Parameter(help="What the cheapest size may block, such as 0.1%; default: the goal, or as much as now."),
    ] = None,
    method: Annotated[
        str | None, Parameter(help="one-pass or cell-by-cell; default: one pass, if that is exact.")
    ] = None,
    options: Changes = NO_CHANGES,
    jobs: Jobs = 1,
    out: Annotated[
        Path | None, Parameter(help="Folder for frontier.json, the cells (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> None:
    """Show blocking and cost of every size of a group, and which is cheapest."""
    loaded = options.load(scenario)
    output.get_ready(loaded, folder=out)
    from capsim.scenario.what_ifs import group_named
    from capsim.shares import asked_blocking
    from capsim.studies.frontier import frontier as find_sizes

    sizes = find_sizes(
        loaded,
        group_named(loaded, group, "--group"),
        max_shared,
        max_metered,
        {name: numbers_of(text, "--dedicated") for name, text in map(_named, dedicated)},
        asked_blocking(max_blocking, "--max-blocking"),
        method=method.replace("-", " ") if method is not None else None,
        n_jobs=jobs,
        progress=Bar(loaded.name, output.quiet),
        announce=None if output.quiet else say,
    )
    if out is not None:
        from capsim.studies.frontier.files import write_frontier

        output.written(out, ", ".join(write_frontier(sizes, out)))
    if output.json:
        print_json(sizes.to_dict())
    else:
        from capsim.studies.frontier.text import frontier_text

        print_rich(frontier_text(sizes))


def _named(setting: str) -> tuple[str, str]:
    """Read a name and its numbers from ``--dedicated``."""
    name, equals, text = setting.partition("=")
    if not equals or not name.strip() or not text.strip():
        raise InputError(Problem(f"--dedicated needs NAME=START:STOP:STEP, such as london=0:4:1 (got '{setting}')"))
    return name.strip(), text
