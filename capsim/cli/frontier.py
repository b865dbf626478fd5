"""``capsim frontier``: blocking and cost of every size of a group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import (
    Debug,
    Jobs,
    Json,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Set,
    get_ready,
    load_scenario,
    numbers_of,
)
from capsim.cli.terminal import Bar, print_json, print_rich, say


def frontier(
    scenario: ScenarioFile,
    /,
    *,
    group: Annotated[str | None, Parameter(help="The group; may be left out where there is only one.")] = None,
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
        str | None, Parameter(help="one-pass or cell-by-cell; default: one pass, where it is exact.")
    ] = None,
    set_: Set = (),
    seed: Seed = None,
    replications: Replications = None,
    jobs: Jobs = 1,
    out: Annotated[
        Path | None, Parameter(help="Folder for frontier.json, the cells (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Blocking and cost of a group for every number of shared and metered channels; which is cheapest."""
    loaded = load_scenario(scenario, set_, seed, replications)
    get_ready(loaded, quiet=quiet, json=json, folder=out)
    from capsim.scenario.what_ifs import group_named
    from capsim.shares import asked_blocking
    from capsim.studies.frontier import frontier as find

    found = find(
        loaded,
        group_named(loaded, group, "--group"),
        max_shared,
        max_metered,
        {name: numbers_of(text, "--dedicated") for name, text in (_named(one) for one in dedicated)},
        asked_blocking(max_blocking, "--max-blocking"),
        method=method.replace("-", " ") if method is not None else None,
        n_jobs=jobs,
        progress=Bar(loaded.name, quiet),
        announce=None if quiet else say,
    )
    if out is not None:
        from capsim.studies.frontier.files import write_frontier

        written = write_frontier(found, out)
        if not quiet:
            say(f"wrote {out}: {', '.join(written)}")
    if json:
        print_json(found.to_dict())
    else:
        from capsim.studies.frontier.text import frontier_text

        print_rich(frontier_text(found))


def _named(setting: str) -> tuple[str, str]:
    from capsim.errors import InputError, Problem

    name, equals, text = setting.partition("=")
    if not equals or not name.strip() or not text.strip():
        raise InputError(Problem(f"--dedicated needs NAME=START:STOP:STEP, such as london=0:4:1 (got '{setting}')"))
    return name.strip(), text
