"""``capsim sweep``: many what-ifs of one scenario."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from capsim.cli.options import (
    Debug,
    Engine,
    Json,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Set,
    at_least_one,
    get_ready,
    load_scenario,
)
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
        bool, Parameter(negative="", show_default=False, help="Paths vary together: first values, second ones, ...")
    ] = False,
    metric: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="Figures to show, such as groups.NAME.blocking (repeatable)."),
    ] = (),
    set_: Set = (),
    seed: Seed = None,
    replications: Replications = None,
    engine: Engine = None,
    jobs: Annotated[
        int,
        Parameter(name=("--jobs", "-j"), validator=at_least_one, help="Points at the same time, in processes."),
    ] = 1,
    executor: Annotated[str, Parameter(help="processes, or dask: the workers of a scheduler.")] = "processes",
    address: Annotated[str | None, Parameter(help="Of the dask scheduler, such as tcp://10.0.0.1:8786.")] = None,
    out: Annotated[
        Path | None, Parameter(help="Folder that keeps every point; run again, the sweep goes on where it was.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> int:
    """A grid of what-ifs: one scenario at many points."""
    from capsim.studies.sweep import SweepInterrupted, parse_vary
    from capsim.studies.sweep import sweep as sweep_points

    loaded = load_scenario(scenario, set_, seed, replications)
    varied: dict[str, Any] = {}
    for one in vary:
        path, values = parse_vary(one)
        if path in varied:
            raise InputError(Problem(f"--vary names {path} twice", path=path))
        varied[path] = values
    if not varied:
        raise InputError(Problem("sweep needs --vary PATH=START:STOP:STEP, such as groups.support.shared=0:20:2"))
    get_ready(loaded, quiet=quiet, json=json)
    status = DONE
    with _executor(executor, address) as workers:
        try:
            found = sweep_points(
                loaded, varied, together, engine=engine, n_jobs=jobs, executor=workers, out=out,
                progress=Bar(loaded.name, quiet),
            )  # fmt: skip
        except SweepInterrupted as interrupted:
            found, status = interrupted.result, INTERRUPTED
            if not found.results:
                raise
    if out is not None:
        from capsim.studies.sweep.files import write_sweep

        if status == DONE:
            write_sweep(found, out)
        if not quiet:
            kept = f"{len(found.results):,} of {len(found.points):,} points"
            say(f"wrote {out}: {kept}" + ("" if status == DONE else "; run it again to go on"))
    if json:
        print_json(found.to_dict())
    else:
        from capsim.studies.sweep.text import sweep_text

        print_rich(sweep_text(found, metric))
    if status == INTERRUPTED:
        say(f"interrupted: {len(found.results):,} of {len(found.points):,} points were finished")
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
