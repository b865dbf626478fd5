"""``capsim plan``: the cheapest mix that keeps the grade of service, and the proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_OUTPUT_OPTIONS, Output, ScenarioFile, Seed, Set, at_least_one, load_scenario
from capsim.cli.terminal import DONE, FAILED, Bar, print_json, print_rich, say


def plan(
    scenario: ScenarioFile,
    /,
    *,
    max_blocking: Annotated[
        str | None,
        Parameter(help="Share of the calls that may be blocked, such as 0.1%; default: the scenario's goals."),
    ] = None,
    scope: Annotated[
        str, Parameter(help="Calls that --max-blocking is about: all (overall), or those of each group or each did.")
    ] = "overall",
    busy_hour: Annotated[
        str | None, Parameter(help="Share that may be blocked in the mean busy hour (E.520: 1%).")
    ] = None,
    busiest_days: Annotated[
        str | None, Parameter(help="Share that may be blocked in that hour of the five busiest days (E.520: 7%).")
    ] = None,
    explain: Annotated[bool, Parameter(negative="", show_default=False, help="Show each step.")] = False,
    budget: Annotated[int, Parameter(help="Most calls that the proof of one mix may take.")] = 150_000_000,
    set_: Set = (),
    seed: Seed = None,
    jobs: Annotated[
        int | None,
        Parameter(
            name=("--jobs", "-j"),
            validator=at_least_one,
            help="Replications at the same time; default: one for each processor.",
        ),
    ] = None,
    save: Annotated[Path | None, Parameter(help="File to write: the scenario with the mix.")] = None,
    out: Annotated[
        Path | None, Parameter(help="Folder for plan.json, mixes (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> int:
    """Find the cheapest mix that keeps the grade of service, and prove it.

    The proof is by simulation with fresh seeds.
    """
    loaded = load_scenario(scenario, set_, seed)
    output.get_ready(loaded, folder=out, file=save)
    from capsim.shares import asked_blocking
    from capsim.studies.plan import plan as make_plan

    made = make_plan(
        loaded,
        asked_blocking(max_blocking, "--max-blocking"),
        scope,
        asked_blocking(busy_hour, "--busy-hour"),
        asked_blocking(busiest_days, "--busiest-days"),
        budget=budget,
        n_jobs=jobs,
        progress=Bar(loaded.name, quiet=True),
        announce=None if output.quiet or output.json or explain else say,
    )
    if save is not None and made.planned is not None:
        from capsim.show.folders import write_text

        write_text(made.planned.at_home_anywhere().to_yaml(), save)
        output.written(save)
    if out is not None:
        from capsim.studies.plan.files import write_plan

        output.written(out, ", ".join(write_plan(made, out)))
    if output.json:
        print_json(made.to_dict())
    else:
        from capsim.studies.plan.text import plan_text

        print_rich(plan_text(made, explain))
    return DONE if made.best is not None else FAILED
