"""Writing call detail records: columns -> a CSV file, whole or not at all."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from capsim.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    import pandas as pd


def write_records(frames: Iterable[pd.DataFrame], headers: tuple[str, ...], path: Path) -> int:
    """Write call records to a CSV file; gzip where the name ends in ``.gz``.

    Parameters
    ----------
    frames : iterable of DataFrame
        Rows as they will stand, with the columns of ``headers`` in order.
    headers : tuple of str
        First line of the file.
    path : Path
        File to write; a file that is there is replaced.

    Returns
    -------
    int
        Number of rows written.

    Raises
    ------
    InputError
        If the path is a folder.
    OutputError
        If the file cannot be written; then there is none.
    """
    if path.is_dir():
        raise InputError(Problem("is a folder; call records are written to a file", str(path)))
    written, draft = 0, None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".capsim.partial-", dir=path.parent)
        os.close(handle)
        with _open(Path(draft), path.suffix == ".gz") as file:
            file.write(",".join(headers) + "\n")
            for frame in frames:
                frame.to_csv(file, index=False, header=False, lineterminator="\n")
                written += len(frame)
        Path(draft).replace(path)
        draft = None
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(path))) from error
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
    return written


def _open(path: Path, compressed: bool) -> TextIO:
    if compressed:
        return gzip.open(path, "wt", encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")
