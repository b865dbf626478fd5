"""The rows that can't be used, in a file of their own: written whole, or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from capsim.errors import InputError, OutputError, Problem

Write = Callable[[int, str, str], None]


@contextmanager
def rejects_file(path: str | Path | None, source: Path) -> Iterator[Write]:
    """A function (line, reason, row as it stood) that adds to the CSV file ``path``; it does nothing for None.

    The file takes its place when all went well; one that was there before is replaced.
    """
    if path is None:
        yield _nothing
        return
    path = Path(path)
    if path.is_dir():
        raise InputError(Problem("is a folder; rejects names a file", str(path)))
    if path.exists() and path.samefile(source):
        raise InputError(Problem("is the file that is read; rejects names another one", str(path)))
    draft: str | None = None
    try:
        with _writing(path):
            handle, draft = tempfile.mkstemp(prefix=".capsim.partial-", dir=path.absolute().parent)
            file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        with file:
            writer = csv.writer(file, lineterminator="\n")

            def write(line: int, reason: str, row: str) -> None:
                with _writing(path):
                    writer.writerow((line, reason, row))

            with _writing(path):
                writer.writerow(("line", "reason", "row"))
            yield write
            with _writing(path):
                file.flush()
        with _writing(path):
            Path(draft).chmod(0o666 & ~_umask())
            Path(draft).replace(path)
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)


def _nothing(_line: int, _reason: str, _row: str) -> None:
    pass


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(path))) from error
