"""Folders of files: JSON, tables as CSV and Parquet, plots as PNG and SVG. All of them are written, or none."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsim.errors import InputError, OutputError, Problem
from capsim.show.style import drawing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DIGITS = "%.12g"
"""Format of numbers in CSV, without binary noise such as 1102.5594999999998."""


def write_folder(
    folder: Path,
    *,
    texts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    plots: Mapping[str, Axes],
) -> list[str]:
    """Write files into ``folder``, which is made if it is missing.

    Everything is written into a draft first and moved at the end, so that a full disk or an interruption leaves the
    folder as it was. Files of an earlier run are replaced; others are left alone.

    Parameters
    ----------
    folder : Path
        Folder to write to.
    texts : mapping of str to str
        Text of each file, by its name.
    tables : mapping of str to DataFrame
        Tables by name; each gives ``NAME.csv`` and ``NAME.parquet``.
    plots : mapping of str to Axes
        Plots by name; each gives ``plots/NAME.png`` and ``plots/NAME.svg``.

    Returns
    -------
    list of str
        Names of the files written, sorted.

    Raises
    ------
    InputError
        If ``folder`` is a file.
    OutputError
        If it cannot be written.
    """
    with _whole(folder) as draft:
        for name, text in texts.items():
            (draft / name).write_text(text, "utf-8")
        for name, table in tables.items():
            write_table(table, draft / name)
        _write_plots(plots, draft / "plots")
        return sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())


def json_text(document: Mapping[str, Any], indent: int | None = 1) -> str:
    """Return a JSON document as the text of a file."""
    return json.dumps(document, indent=indent, allow_nan=False) + "\n"


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
    """Check, before any work is done, that a file can be written.

    Raises
    ------
    InputError
        If it cannot.
    """
    if path.is_dir():
        raise InputError(Problem("is a folder; a file is needed", str(path)))
    check_folder(path.absolute().parent)


def check_folder(folder: Path) -> None:
    """Check, before any work is done, that a folder can be written.

    Raises
    ------
    InputError
        If it cannot.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(Problem("is a file; --out names a folder", str(folder)))
    parent = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not parent.is_dir():
        raise InputError(Problem(f"cannot be made: {parent} is a file", str(folder)))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as ``path.csv`` and ``path.parquet``; row names become columns."""
    import duckdb

    rows = table.reset_index() if table.index.name else table
    rows.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n", float_format=DIGITS)
    texts = []  # columns that are text, also in a table without rows or values
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
    """Give a draft folder, in ``folder`` or beside it; its files move to ``folder`` if all goes well."""
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
