"""A sweep as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.folders import write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capsim.studies.sweep.result import Sweep


def write_sweep(sweep: Sweep, folder: Path) -> list[str]:
    """Write a sweep into a folder: a summary, the differences, and plots.

    Returns the names of the files. See `capsim.show.folders.write_folder`.
    """
    tables = {"summary": sweep.to_frame()}
    if len(sweep.differences):
        tables["differences"] = sweep.differences
    return write_folder(folder, texts={}, tables=tables, plots=sweep.plot.all())
