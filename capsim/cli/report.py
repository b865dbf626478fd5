"""``capsim report``: one self-contained HTML page, to show to people who decide."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from capsim.cli.options import (
    Debug,
    Engine,
    Jobs,
    Quiet,
    Replications,
    Seed,
    Set,
    get_ready,
    load_mixes,
    no_option,
    share_of,
)
from capsim.cli.terminal import Bar, say
from capsim.errors import InputError, Problem

if TYPE_CHECKING:
    from capsim.scenario import Scenario
    from capsim.study import RunResult
    from capsim.study.sizes import Frontier


def report(
    *scenarios: Annotated[
        str,
        Parameter(
            help="Scenario files: of one, a run; of several, a comparison.",
            allow_leading_hyphen=True,
            validator=no_option,
        ),
    ],
    frontier: Annotated[
        bool, Parameter(negative="", show_default=False, help="A frontier: every size of a group, instead of a run.")
    ] = False,
    group: Annotated[str | None, Parameter(help="With --frontier: the group.")] = None,
    max_shared: Annotated[int | None, Parameter(help="With --frontier: the most shared channels of its sizes.")] = None,
    max_metered: Annotated[int | None, Parameter(help="With --frontier: the most metered ones.")] = None,
    plan: Annotated[bool, Parameter(negative="", show_default=False, help="A plan, instead of a run.")] = False,
    max_blocking: Annotated[
        str | None, Parameter(help="With --frontier or --plan: share of the calls that may be blocked, such as 0.1%.")
    ] = None,
    out: Annotated[Path, Parameter(help="File to write.")] = Path("report.html"),
    set_: Set = (),
    seed: Seed = None,
    replications: Replications = None,
    engine: Engine = None,
    jobs: Jobs = 1,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """One self-contained HTML page of a run, a comparison, a frontier or a plan; nothing is loaded from anywhere."""
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
    if engine is not None and (frontier or plan):
        raise InputError(Problem("--engine goes with a run or a comparison, not with a frontier or a plan"))
    loaded = load_mixes(scenarios, set_, seed, replications)
    get_ready(*loaded.values(), quiet=quiet, file=out)
    from capsim.report import pages
    from capsim.report.files import write_text

    first = next(iter(loaded.values()))
    share, bar = share_of(max_blocking, "--max-blocking"), Bar(first.name, quiet)
    if frontier:
        from capsim.study.sizes import frontier as find

        announce = None if quiet else say
        found = find(first, group, max_shared, max_metered, None, share, n_jobs=jobs, progress=bar, announce=announce)
        options = sizes | {"--max-blocking": max_blocking}
        text = pages.frontier_page(found, _command(scenarios, set_, first, "--frontier", options))
    elif plan:
        from capsim.study.planning import plan as make_plan

        planned = make_plan(first, share, n_jobs=jobs, announce=None if quiet else say)
        text = pages.plan_page(planned, _command(scenarios, set_, first, "--plan", {"--max-blocking": max_blocking}))
    elif len(loaded) > 1:
        from capsim.study.comparison import compare

        compared = compare(loaded, engine=engine, n_jobs=jobs, progress=bar)
        text = pages.comparison_page(compared, _command(scenarios, set_, first))
    else:
        from capsim.study import simulate

        result = simulate(first, engine=engine, n_jobs=jobs, watch=True, progress=bar)
        text = pages.run_page(result, _command(scenarios, set_, first), _nearby(result, jobs))
    write_text(text, out)
    if not quiet:
        say(f"wrote {out}")


MOST_GROUPS = 3
MOST_CALLS = 20_000_000
"""So many groups, and calls of a run, may have the sizes around theirs looked at: one more pass for each."""


def _nearby(result: RunResult, jobs: int) -> dict[str, Frontier]:
    """The sizes around those that the groups have, where one pass tells them."""
    from capsim.study.sizes import neighbours

    offered = result.samples.totals["offered"].one().mean * result.replications
    names = result.samples.capacity.group_names
    if not 0 < len(names) <= MOST_GROUPS or not 0 < offered <= MOST_CALLS:
        return {}
    found = {name: neighbours(result.scenario, name, n_jobs=jobs) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def _command(
    paths: tuple[str, ...], settings: tuple[str, ...], scenario: Scenario, what: str = "",
    options: Mapping[str, object] | None = None,
) -> str:  # fmt: skip
    """What repeats the report."""
    parts = ["capsim", "report", *paths]
    parts += [what] if what else []
    for name, value in (options or {}).items():
        parts += [name, str(value)] if value is not None else []
    for setting in settings:
        parts += ["--set", setting]
    parts += ["--seed", str(scenario.seed), "--replications", str(scenario.replications)]
    return shlex.join(parts)
