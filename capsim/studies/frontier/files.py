"""A frontier as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.folders import json_text, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capsim.studies.frontier.result import Frontier


def write_frontier(frontier: Frontier, folder: Path) -> list[str]:
    """Write a frontier into a folder: frontier.json, cells as a table, and plots.

    Returns the names of the files. See `capsim.show.folders.write_folder`.
    """
    return write_folder(
        folder,
        texts={"frontier.json": json_text(frontier.to_dict(), indent=None)},
        tables={"frontier": frontier.to_frame()},
        plots=frontier.plot.all(),
    )
