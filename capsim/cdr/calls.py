"""The calls that a file told of: counts, and columns in the order of their starts."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.cdr.understanding import Understanding

COLUMNS: dict[str, str] = {
    "start": "<i8",
    "ring": "<i8",
    "talk": "<i8",
    "answered": "?",
    "blocked": "?",
    "number": "<i4",
    "caller": "<u8",
    "line": "<i8",
}
"""Column -> its type, in the order of `CallBatch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBatch:
    """Some calls, as arrays of shape (calls,).

    Parameters
    ----------
    start : microseconds since 1970 UTC.
    ring : microseconds from start to answer (0 where unknown), or to the end of a call that was not answered.
    talk : microseconds from answer to end.
    answered : whether it was.
    blocked : whether the record says that there was no capacity for it.
    number : index into `CallRecords.names`.
    caller : the same for calls of one caller, within one reading; 0 where the record does not say who called.
    line : 1-based line of the file on which the call's first row begins.
    """

    start: NDArray[np.int64]
    ring: NDArray[np.int64]
    talk: NDArray[np.int64]
    answered: NDArray[np.bool_]
    blocked: NDArray[np.bool_]
    number: NDArray[np.int32]
    caller: NDArray[np.uint64]
    line: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, kw_only=True)
class CallRecords:
    """The calls of a file, kept in temporary files until `close` (or the end of a ``with``).

    ``calls + duplicates + unusable (all reasons) == rows``.

    Parameters
    ----------
    understanding : how the file was read.
    rows : rows of data, all of them.
    calls : different calls.
    duplicates : usable rows that told of a call that another row had told of (routing attempts).
    unusable : reason -> rows.
    first, last : the first and the last start, UTC; None without calls.
    names : the called numbers, in alphabetical order.
    """

    understanding: Understanding = field(repr=False)
    rows: int
    calls: int
    duplicates: int
    unusable: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    names: tuple[str, ...]
    folder: Path = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_finalizer", weakref.finalize(self, shutil.rmtree, self.folder, True))

    def batches(self, size: int = 1_000_000) -> Iterator[CallBatch]:
        """All calls, ``size`` at once, by start and then by line."""
        if size < 1:
            raise ValueError(f"size is {size}; allowed: 1 or more")
        if self.closed:
            raise ValueError("the call records are closed")
        for begin in range(0, self.calls, size):
            count = min(size, self.calls - begin)
            arrays: dict[str, Any] = {}
            for name, kind in COLUMNS.items():
                dtype = np.dtype(kind)
                arrays[name] = np.fromfile(self.folder / name, dtype, count, offset=begin * dtype.itemsize)
            yield CallBatch(**arrays)

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive  # type: ignore[attr-defined]

    def close(self) -> None:
        """Remove the temporary files. The counts and names stay."""
        self._finalizer()  # type: ignore[attr-defined]

    def __enter__(self) -> CallRecords:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
