"""capsim run"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import (
    Debug,
    Engine,
    Jobs,
    Json,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Set,
    get_ready,
    load_scenario,
)
from capsim.cli.terminal import DONE, FAILED, INTERRUPTED, Bar, print_json, print_rich, say
from capsim.errors import InputError, Problem


def run(
    scenario: ScenarioFile,
    /,
    *,
    set_: Set = (),
    seed: Seed = None,
    replications: Replications = None,
    engine: Engine = None,
    jobs: Jobs = 1,
    out: Annotated[
        Path | None, Parameter(help="Folder for result.json, tables (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    records: Annotated[
        Path | None, Parameter(help="File for the first replication's calls as call records (CSV; .gz: compressed).")
    ] = None,
    precision: Annotated[
        str | None,
        Parameter(help="Replications until the 95% interval is this narrow, such as 5% (half its width, of the mean)."),
    ] = None,
    precision_of: Annotated[str, Parameter(help="blocking, or cost.")] = "blocking",
    check: Annotated[
        bool, Parameter(negative="", show_default=False, help="Exit with 1 unless all goals are proven to be met.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> int:
    """Simulate a scenario: blocking first, then tiers, groups, DIDs and the cost."""
    loaded = load_scenario(scenario, set_, seed, replications)
    if check and loaded.goals is None:
        raise InputError(
            Problem("--check needs goals in the scenario, such as `goals: {blocking: 0.1%}`", path="goals")
        )
    get_ready(loaded, quiet=quiet, json=json, folder=out, file=records)
    from capsim.shares import asked_share
    from capsim.studies.run import Interrupted, simulate
    from capsim.studies.run.goals import all_met
    from capsim.studies.run.words import goals_in_short

    status = DONE
    try:
        watch = out is not None or not json  # the JSON has nothing of it
        keep, bar = records is not None, Bar(loaded.name, quiet)
        result = simulate(
            loaded, engine=engine, n_jobs=jobs, keep_calls=keep, watch=watch, progress=bar,
            precision=asked_share(precision, "--precision"), precision_of=precision_of,  # type: ignore[arg-type]
            announce=None if quiet else say,
        )  # fmt: skip
    except Interrupted as interrupted:
        if interrupted.result is None:
            raise
        result, status = interrupted.result, INTERRUPTED
    if not json and not quiet:
        for note in result.notes:
            say(f"note: {note}")
    written: list[str] = []
    if out is not None:
        from capsim.studies.run.files import write_run

        written = write_run(result, out)
    if records is not None:
        rows = result.write_call_records(records)
        if not quiet:
            say(f"wrote {records}: {rows:,} calls of the first replication")
    if json:
        print_json(result.to_dict())
    else:
        from capsim.studies.run.text.summary import summary

        print_rich(summary(result))
    if written and not quiet:
        say(f"wrote {out}: {', '.join(written)}")
        if result.watching.cut_short:
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
