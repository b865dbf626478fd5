"""A comparison as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.folders import json_text, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capsim.studies.compare.result import Comparison


def write_comparison(comparison: Comparison, folder: Path) -> list[str]:
    """Write a comparison into a folder: comparison.json, tables and plots.

    Returns the names of the files. See `capsim.show.folders.write_folder`.
    """
    return write_folder(
        folder,
        texts={"comparison.json": json_text(comparison.to_dict())},
        tables={"mixes": comparison.mixes, "differences": comparison.to_frame()},
        plots=comparison.plot.all(),
    )
