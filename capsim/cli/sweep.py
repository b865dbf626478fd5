"""``capsim sweep``: many what-ifs of one scenario."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from capsim.cli.options import NO_CHANGES, NO_OUTPUT_OPTIONS, Changes, Engine, Output, ScenarioFile, at_least_one
from capsim.cli.terminal import DONE, INTERRUPTED, Bar, print_json, print_rich, say
from capsim.errors import InputError, Problem


def sweep(
    scenario: ScenarioFile,
    /,
    *,
    vary: Annotated[
        tuple[str, ...],
        Parameter(
            negative="",
            show_default=False,
            help="PATH=START:STOP:STEP, PATH=A,B,C, or factors, PATH=*1.0:1.5:0.1 (repeatable: every combination).",
        ),
    ] = (),
    together: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help="Vary all paths together: their first values, their second values, ...",
        ),
    ] = False,
    metric: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="Figures to show, such as groups.NAME.blocking (repeatable)."),
    ] = (),
    options: Changes = NO_CHANGES,
    engine: Engine = None,
    jobs: Annotated[
        int,
        Parameter(name=("--jobs", "-j"), validator=at_least_one, help="Points at the same time, in processes."),
    ] = 1,
    executor: Annotated[
        str, Parameter(help="Who runs the points: processes, or dask, the workers of a scheduler.")
    ] = "processes",
    address: Annotated[
        str | None, Parameter(help="Address of the dask scheduler, such as tcp://10.0.0.1:8786.")
    ] = None,
    out: Annotated[
        Path | None, Parameter(help="Folder that keeps every point; the same sweep, run again, continues there.")
    ] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> int:
    """Run one scenario at many points: a grid of what-ifs."""
    from capsim.studies.sweep import SweepInterrupted, parse_vary
    from capsim.studies.sweep import sweep as sweep_points

    loaded = options.load(scenario)
    varied: dict[str, Any] = {}
    for text in vary:
        path, values = parse_vary(text)
        if path in varied:
            raise InputError(Problem(f"--vary names {path} twice", path=path))
        varied[path] = values
    if not varied:
        raise InputError(Problem("sweep needs --vary PATH=START:STOP:STEP, such as groups.support.shared=0:20:2"))
    output.get_ready(loaded)
    status = DONE
    with _executor(executor, address) as workers:
        try:
            swept = sweep_points(
                loaded, varied, together, engine=engine, n_jobs=jobs, executor=workers, out=out,
                progress=Bar(loaded.name, output.quiet),
            )  # fmt: skip
        except SweepInterrupted as interrupted:
            swept, status = interrupted.result, INTERRUPTED
            if not swept.results:
                raise
    if out is not None:
        from capsim.studies.sweep.files import write_sweep

        if status == DONE:
            write_sweep(swept, out)
        kept = f"{len(swept.results):,} of {len(swept.points):,} points"
        output.written(out, kept if status == DONE else f"{kept}; run it again to go on")
    if output.json:
        print_json(swept.to_dict())
    else:
        from capsim.studies.sweep.text import sweep_text

        print_rich(sweep_text(swept, metric))
    if status == INTERRUPTED:
        say(f"interrupted: {len(swept.results):,} of {len(swept.points):,} points were finished")
    return status


@contextmanager
def _executor(name: str, address: str | None) -> Iterator[Executor | None]:
    if name == "processes":
        if address is not None:
            raise InputError(Problem("--address is of a dask scheduler: it needs --executor dask", path="--address"))
        yield None
        return
    if name != "dask":
        raise InputError(Problem(f"--executor must be processes or dask (got '{name}')", path="--executor"))
    if address is None:
        raise InputError(Problem("--executor dask needs --address, such as tcp://10.0.0.1:8786", path="--address"))
    try:
        from distributed import Client
    except ImportError:
        text = "--executor dask needs dask.distributed, which is not installed: pip install 'capsim[dask]'"
        raise InputError(Problem(text, path="--executor")) from None
    try:
        client: Any = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(Problem(f"no dask scheduler answers there: {error}", path="--address")) from None
    with client:
        yield client.get_executor()
