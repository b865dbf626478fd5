"""``capsim compare``: the same calls through several mixes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import NO_OUTPUT_OPTIONS, NO_RUN_OPTIONS, Output, Running, no_option
from capsim.cli.terminal import Bar, print_json, print_rich
from capsim.errors import InputError, Problem


def compare(
    *scenarios: Annotated[
        str,
        Parameter(help="Scenario files; the first one's seed is used.", allow_leading_hyphen=True, validator=no_option),
    ],
    options: Running = NO_RUN_OPTIONS,
    out: Annotated[
        Path | None, Parameter(help="Folder for comparison.json, tables (CSV, Parquet) and plots (PNG, SVG).")
    ] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> None:
    """Run the same calls through several mixes, and compare their cost and blocking."""
    if len(scenarios) < 2:
        raise InputError(Problem(f"compare needs two scenario files or more (got {len(scenarios)})"))
    loaded = options.load_mixes(scenarios)
    output.get_ready(*loaded.values(), folder=out)
    from capsim.studies.compare import compare as compare_mixes

    progress = Bar("compare", output.quiet)
    comparison = compare_mixes(loaded, engine=options.engine, n_jobs=options.jobs, progress=progress)
    if out is not None:
        from capsim.studies.compare.files import write_comparison

        output.written(out, ", ".join(write_comparison(comparison, out)))
    if output.json:
        print_json(comparison.to_dict())
    else:
        from capsim.studies.compare.text import comparison_text

        print_rich(comparison_text(comparison))
