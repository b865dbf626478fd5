"""``capsim report``: one self-contained HTML page, to show to people who decide."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_RUN_OPTIONS, Debug, Quiet, Running, get_ready, no_option
from capsim.cli.terminal import Bar, say
from capsim.errors import InputError, Problem

if TYPE_CHECKING:
    from capsim.scenario import Scenario
    from capsim.studies.frontier import Frontier
    from capsim.studies.run import RunResult


def report(
    *scenarios: Annotated[
        str,
        Parameter(
            help="Scenario files: one makes a run, several make a comparison.",
            allow_leading_hyphen=True,
            validator=no_option,
        ),
    ],
    frontier: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="Show a frontier, every size of a group, instead of a run."),
    ] = False,
    group: Annotated[str | None, Parameter(help="With --frontier: the group.")] = None,
    max_shared: Annotated[int | None, Parameter(help="With --frontier: most shared channels.")] = None,
    max_metered: Annotated[int | None, Parameter(help="With --frontier: most metered channels.")] = None,
    plan: Annotated[bool, Parameter(negative="", show_default=False, help="Show a plan, instead of a run.")] = False,
    max_blocking: Annotated[
        str | None, Parameter(help="With --frontier or --plan: share of the calls that may be blocked, such as 0.1%.")
    ] = None,
    out: Annotated[Path, Parameter(help="File to write.")] = Path("report.html"),
    options: Running = NO_RUN_OPTIONS,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write one HTML page of a run, a comparison, a frontier or a plan.

    The page is self-contained: it loads nothing.
    """
    if not scenarios:
        raise InputError(Problem("report needs a scenario file"))
    if frontier and plan:
        raise InputError(Problem("a page is of a frontier or of a plan; give one of --frontier and --plan"))
    if (frontier or plan) and len(scenarios) > 1:
        raise InputError(Problem(f"a frontier, or a plan, is of one scenario (got {len(scenarios)})"))
    sizes = {"--group": group, "--max-shared": max_shared, "--max-metered": max_metered}
    if not frontier and any(value is not None for value in sizes.values()):
        raise InputError(Problem(f"{', '.join(sizes)} go with --frontier"))
    if max_blocking is not None and not (frontier or plan):
        raise InputError(Problem("--max-blocking goes with --frontier or --plan"))
    if options.engine is not None and (frontier or plan):
        raise InputError(Problem("--engine goes with a run or a comparison, not with a frontier or a plan"))
    loaded = options.load_mixes(scenarios)
    get_ready(*loaded.values(), quiet=quiet, file=out)
    from capsim.shares import asked_blocking
    from capsim.show.folders import write_text

    first = next(iter(loaded.values()))
    share, bar, jobs = asked_blocking(max_blocking, "--max-blocking"), Bar(first.name, quiet), options.jobs
    announce = None if quiet else say
    if frontier:
        from capsim.scenario.what_ifs import group_named
        from capsim.studies.frontier import frontier as find
        from capsim.studies.frontier.page import frontier_page

        group = group_named(first, group, "--group")
        sized = find(first, group, max_shared, max_metered, None, share, n_jobs=jobs, progress=bar, announce=announce)
        own = sizes | {"--max-blocking": max_blocking}
        text = frontier_page(sized, _command(scenarios, options.set_, first, "--frontier", own))
    elif plan:
        from capsim.studies.plan import plan as make_plan
        from capsim.studies.plan.page import plan_page

        planned = make_plan(first, share, n_jobs=jobs, announce=announce)
        own = {"--max-blocking": max_blocking}
        text = plan_page(planned, _command(scenarios, options.set_, first, "--plan", own))
    elif len(loaded) > 1:
        from capsim.studies.compare import compare
        from capsim.studies.compare.page import comparison_page

        compared = compare(loaded, engine=options.engine, n_jobs=jobs, progress=bar)
        text = comparison_page(compared, _command(scenarios, options.set_, first))
    else:
        from capsim.studies.frontier.page import sizes_nearby
        from capsim.studies.run import simulate
        from capsim.studies.run.page.report import run_page

        result = simulate(first, engine=options.engine, n_jobs=jobs, watch=True, progress=bar)
        nearby = tuple(sizes_nearby(result, _nearby(result, jobs)))
        text = run_page(result, _command(scenarios, options.set_, first), nearby)
    write_text(text, out)
    if not quiet:
        say(f"wrote {out}")


MOST_GROUPS = 3
"""Largest number of groups for which the sizes around theirs are evaluated, with one more pass for each."""
MOST_CALLS = 20_000_000
"""Largest run for which they are, in calls."""


def _nearby(result: RunResult, jobs: int) -> dict[str, Frontier]:
    """Evaluate the sizes around those that the groups have, by group; nothing if one pass is not exact."""
    from capsim.studies.frontier import neighbours

    offered = result.samples.totals["offered"].one().mean * result.replications
    names = result.samples.capacity.group_names
    if not 0 < len(names) <= MOST_GROUPS or not 0 < offered <= MOST_CALLS:
        return {}
    frontiers = {name: neighbours(result.scenario, name, n_jobs=jobs) for name in names}
    return {name: frontier for name, frontier in frontiers.items() if frontier is not None}


def _command(
    paths: tuple[str, ...], settings: tuple[str, ...], scenario: Scenario, what: str = "",
    options: Mapping[str, object] | None = None,
) -> str:  # fmt: skip
    """Return the command that repeats the report."""
    parts = ["capsim", "report", *paths]
    parts += [what] if what else []
    for name, value in (options or {}).items():
        parts += [name, str(value)] if value is not None else []
    for setting in settings:
        parts += ["--set", setting]
    parts += ["--seed", str(scenario.seed), "--replications", str(scenario.replications)]
    return shlex.join(parts)
