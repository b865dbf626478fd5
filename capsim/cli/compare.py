"""``capsim compare``: the same calls through several mixes."""

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
    Seed,
    Set,
    load_scenario,
    mix_names,
    no_option,
    warn,
)
from capsim.cli.terminal import Bar, print_json, print_rich, say
from capsim.errors import InputError, Problem


def compare(
    *scenarios: Annotated[
        str,
        Parameter(help="Scenario files; the first one's seed is used.", allow_leading_hyphen=True, validator=no_option),
    ],
    set_: Set = (),
    seed: Seed = None,
    replications: Replications = None,
    engine: Engine = None,
    jobs: Jobs = 1,
    out: Annotated[
        Path | None, Parameter(help="Folder for comparison.json, tables (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """The same calls through each mix: what each costs and blocks, and how far they differ."""
    if len(scenarios) < 2:
        raise InputError(Problem(f"compare needs two scenario files or more (got {len(scenarios)})"))
    loaded = {}
    for path, name in zip(scenarios, mix_names(scenarios), strict=True):
        loaded[name] = load_scenario(path, set_, seed, replications)
        if not json and not quiet:
            warn(loaded[name])
    if out is not None:
        from capsim.report.files import check_folder

        check_folder(out)
    from capsim.engines import first_use
    from capsim.study.comparison import compare as compare_mixes

    if not quiet and (reason := first_use()):
        say(f"{reason} ...")
    found = compare_mixes(loaded, engine=engine, n_jobs=jobs, progress=Bar("compare", quiet))
    if out is not None:
        from capsim.report.files import write_comparison

        written = write_comparison(found, out)
        if not quiet:
            say(f"wrote {out}: {', '.join(written)}")
    if json:
        print_json(found.to_dict())
    else:
        from capsim.report.comparison_text import comparison_text

        print_rich(comparison_text(found))
