"""``capsim run``: simulate a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_OUTPUT_OPTIONS, NO_RUN_OPTIONS, Output, Running, ScenarioFile
from capsim.cli.terminal import DONE, FAILED, INTERRUPTED, Bar, print_json, print_rich, say
from capsim.errors import InputError, Problem


def run(
    scenario: ScenarioFile,
    /,
    *,
    options: Running = NO_RUN_OPTIONS,
    out: Annotated[
        Path | None, Parameter(help="Folder for result.json, tables (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    records: Annotated[
        Path | None, Parameter(help="File for the first replication's calls as call records (CSV; .gz: compressed).")
    ] = None,
    precision: Annotated[
        str | None,
        Parameter(help="Run until half the width of the 95% interval is this share of the mean, such as 5%."),
    ] = None,
    precision_of: Annotated[str, Parameter(help="Figure that --precision is about: blocking or cost.")] = "blocking",
    check: Annotated[
        bool, Parameter(negative="", show_default=False, help="Exit with 1 unless all goals are proven to be met.")
    ] = False,
    output: Output = NO_OUTPUT_OPTIONS,
) -> int:
    """Simulate a scenario, and show blocking, tiers, groups, DIDs and cost."""
    loaded = options.load(scenario)
    if check and loaded.goals is None:
        raise InputError(
            Problem("--check needs goals in the scenario, such as `goals: {blocking: 0.1%}`", path="goals")
        )
    output.get_ready(loaded, folder=out, file=records)
    from capsim.shares import asked_share
    from capsim.studies.run import Interrupted, simulate
    from capsim.studies.run.goals import all_met
    from capsim.studies.run.words import goals_in_short

    status, quiet = DONE, output.quiet
    try:
        watch = out is not None or not output.json  # the JSON has nothing of it
        keep, bar = records is not None, Bar(loaded.name, quiet)
        result = simulate(
            loaded, engine=options.engine, n_jobs=options.jobs, keep_calls=keep, watch=watch, progress=bar,
            precision=asked_share(precision, "--precision"), precision_of=precision_of,  # type: ignore[arg-type]
            announce=None if quiet else say,
        )  # fmt: skip
    except Interrupted as interrupted:
        if interrupted.result is None:
            raise
        result, status = interrupted.result, INTERRUPTED
    if not output.json and not quiet:
        for note in result.notes:
            say(f"note: {note}")
    written: list[str] = []
    if out is not None:
        from capsim.studies.run.files import write_run

        written = write_run(result, out)
    if records is not None:
        rows = result.write_call_records(records)
        output.written(records, f"{rows:,} calls of the first replication")
    if output.json:
        print_json(result.to_dict())
    else:
        from capsim.studies.run.text.summary import summary

        print_rich(summary(result))
    if out is not None and written:
        output.written(out, ", ".join(written))
        if result.watching.cut_short and not quiet:
            say("spells and exceeded list the first 100,000 of a replication; exhaustion counts them all")
    if status == INTERRUPTED:
        asked = "" if precision is not None else f" of {loaded.replications:,}"
        finished = f"{result.replications:,}{asked} replications"
        say(f"interrupted: the figures are of the {finished} that were finished")
    if check and not result.goal_outcomes:
        raise InputError(Problem("--check: the goals are of no group and no DID that is there", path="goals"))
    if check and status == DONE and not all_met(result.goal_outcomes):
        if not quiet:
            say(f"--check: {goals_in_short(result.goal_outcomes)}")
        return FAILED
    return status
