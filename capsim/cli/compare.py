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
    get_ready,
    load_mixes,
    no_option,
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
    loaded = load_mixes(scenarios, set_, seed, replications)
    get_ready(*loaded.values(), quiet=quiet, json=json, folder=out)
    from capsim.studies.compare import compare as compare_mixes

    found = compare_mixes(loaded, engine=engine, n_jobs=jobs, progress=Bar("compare", quiet))
    if out is not None:
        from capsim.studies.compare.files import write_comparison

        written = write_comparison(found, out)
        if not quiet:
            say(f"wrote {out}: {', '.join(written)}")
    if json:
        print_json(found.to_dict())
    else:
        from capsim.studies.compare.text import comparison_text

        print_rich(comparison_text(found))
