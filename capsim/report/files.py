"""Writing a run to a folder: JSON, tables as CSV and Parquet, plots as PNG and SVG. All of it, or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from capsim.errors import InputError, OutputError, Problem
from capsim.report.plots.run import RunPlots
from capsim.report.plots.style import drawing
from capsim.study import RunResult

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from capsim.study.comparison import Comparison
    from capsim.study.planning import Plan
    from capsim.study.sizes import Frontier
    from capsim.study.sweeping import Sweep

TABLES = (
    "totals", "tiers", "groups", "dids", "causes", "cost", "invoice",
    "usage", "sampled", "week", "by_replication", "exhaustion", "spells", "exceeded",
)  # fmt: skip
ACCOUNT_TABLES = ("account", "balance")
DIGITS = "%.12g"
"""Of numbers in CSV: none of them binary noise, such as 1102.5594999999998."""
MOST_INVOICES = 100
"""So many invoices are written as text, of the first replications; the table has those of all."""


def write_run(result: RunResult, folder: Path) -> list[str]:
    """Write a run into ``folder``, which is made if it is missing; the names of the files, in order.

    Everything is written into a draft first and moved at the end, so that a full disk or an
    interruption leaves it as it was. Files of an earlier run are replaced; others are left alone.

    Raises
    ------
    InputError
        if ``folder`` is a file.
    OutputError
        if it cannot be written.
    """
    with _whole(folder) as draft:
        (draft / "result.json").write_text(json.dumps(result.to_dict(), indent=1, allow_nan=False) + "\n", "utf-8")
        more = (*(ACCOUNT_TABLES if result.account_figures else ()), *(("goals",) if result.goal_outcomes else ()))
        for name in (*TABLES, *more):
            write_table(getattr(result, name), draft / name)
        (draft / "invoice.txt").write_text(_invoices(result), "utf-8")
        _write_plots(RunPlots(result).all(), draft / "plots")
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_frontier(frontier: Frontier, folder: Path) -> list[str]:
    """Write a frontier into ``folder``, as `write_run` writes a run: frontier.json, cells as tables, plots."""
    with _whole(folder) as draft:
        (draft / "frontier.json").write_text(json.dumps(frontier.to_dict(), allow_nan=False) + "\n", "utf-8")
        write_table(frontier.to_frame(), draft / "frontier")
        _write_plots(frontier.plot.all(), draft / "plots")
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_comparison(comparison: Comparison, folder: Path) -> list[str]:
    """Write a comparison into ``folder``, as `write_run` writes a run: comparison.json, tables, plots."""
    with _whole(folder) as draft:
        document = json.dumps(comparison.to_dict(), indent=1, allow_nan=False)
        (draft / "comparison.json").write_text(document + "\n", "utf-8")
        write_table(comparison.mixes, draft / "mixes")
        write_table(comparison.to_frame(), draft / "differences")
        _write_plots(comparison.plot.all(), draft / "plots")
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_plan(plan: Plan, folder: Path) -> list[str]:
    """Write a plan into ``folder``, as `write_run` writes a run: plan.json, the mixes, plots, the planned scenario."""
    with _whole(folder) as draft:
        (draft / "plan.json").write_text(json.dumps(plan.to_dict(), indent=1, allow_nan=False) + "\n", "utf-8")
        write_table(plan.to_frame(), draft / "mixes")
        if plan.planned is not None:
            (draft / "planned.yaml").write_text(plan.planned.at_home_anywhere().to_yaml(), "utf-8")
        _write_plots(plan.plot.all(), draft / "plots")
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def write_sweep(sweep: Sweep, folder: Path) -> None:
    """Write what is made of all points into the folder that has them: a summary as CSV and Parquet, plots."""
    with _whole(folder) as draft:
        write_table(sweep.to_frame(), draft / "summary")
        if len(sweep.differences):
            write_table(sweep.differences, draft / "differences")
        _write_plots(sweep.plot.all(), draft / "plots")


def write_text(text: str, path: Path) -> None:
    """Write a text file, whole or not at all."""
    if path.is_dir():
        raise InputError(Problem("is a folder; a file is needed", str(path)))
    draft = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(path))) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def check_file(path: Path) -> None:
    """Raise InputError if no file could be written there, before any work is done."""
    if path.is_dir():
        raise InputError(Problem("is a folder; a file is needed", str(path)))
    check_folder(path.absolute().parent)


def check_folder(folder: Path) -> None:
    """Raise InputError if nothing could be written there, before any work is done."""
    if folder.exists() and not folder.is_dir():
        raise InputError(Problem("is a file; --out names a folder", str(folder)))
    parent = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not parent.is_dir():
        raise InputError(Problem(f"cannot be made: {parent} is a file", str(folder)))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """``path.csv`` and ``path.parquet``; the row names become columns."""
    import duckdb

    rows = table.reset_index() if table.index.name else table
    rows.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n", float_format=DIGITS)
    texts = []  # are text also where a table has no row, or no value in any
    for name in rows.columns:
        kind = str(rows[name].dtype)
        if kind in ("object", "str", "category"):
            rows = rows.assign(**{name: rows[name].astype(object).where(rows[name].notna(), None)})
        if kind in ("str", "category"):
            texts.append(f'CAST("{name}" AS VARCHAR) AS "{name}"')
    chosen = f"SELECT * REPLACE ({', '.join(texts)}) FROM rows_" if texts else "SELECT * FROM rows_"
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as database:
        database.register("rows_", rows)
        target = str(path.with_suffix(".parquet")).replace("'", "''")
        database.execute(f"COPY ({chosen}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _invoices(result: RunResult) -> str:
    return "\n\n".join(result.invoice_text(number) for number in range(min(result.replications, MOST_INVOICES)))


def _write_plots(plots: Mapping[str, Axes], folder: Path) -> None:
    import matplotlib as mpl

    folder.mkdir()
    for name, axes in plots.items():
        with drawing(), mpl.rc_context({"svg.hashsalt": "capsim"}):
            figure = axes.get_figure(root=True)
            assert figure is not None
            figure.savefig(folder / f"{name}.png", dpi=150)
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A draft folder in ``folder``, or beside it where it is still to be made; its files move if all went well."""
    check_folder(folder)
    draft: Path | None = None
    try:
        beside = folder if folder.exists() else folder.absolute().parent
        beside.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".capsim.partial-", dir=beside))
        yield draft
        for path in sorted(draft.rglob("*")):
            target = folder / path.relative_to(draft)
            if path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(folder))) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("duckdb", "_duckdb"):
            raise OutputError(Problem(f"cannot be written: {error}", str(folder))) from error
        raise
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
