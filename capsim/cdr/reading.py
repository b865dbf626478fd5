"""Reading a whole file: rows into calls, in bounded memory.

Blocks of text go into a database on disk, which brings the rows of a call together and sorts; the
columns of the calls are then written out, one file each.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from capsim.cdr import database
from capsim.cdr.calls import COLUMNS, CallRecords
from capsim.cdr.records import Cutter, Piece
from capsim.cdr.rejects import rejects_file
from capsim.cdr.sniffing import Columns, sniff
from capsim.cdr.zones import find_zone
from capsim.errors import OutputError
from capsim.units import HOUR

APART = HOUR
"""A Call ID that comes again more than this after its last row ended is another call: some switches start over."""
_AT_ONCE = 500_000
_SMALL = 1 << 22
"""Bytes of a file whose calls need no database on disk."""


def read(
    path: str | Path,
    layout: str | None = None,
    columns: Columns | None = None,
    timezone: str = "UTC",
    rejects: str | Path | None = None,
    progress: Callable[[int], object] | None = None,
    *,
    day_first: bool | None = None,
) -> CallRecords:
    """Read a file of call detail records.

    Rows with the same Call ID are one call, from the first start to the last end, answered at the first answer,
    blocked if all of them say so; rows without a Call ID are calls.

    Parameters
    ----------
    path, layout, columns, timezone, day_first : as for `sniff`.
    rejects : a file to write the unusable rows to, as CSV (line, reason, row); whole, or not at all.
    progress : is called with the number of rows done, now and then.

    Raises
    ------
    InputError
        if the file can't be understood.
    OutputError
        if ``rejects`` or the temporary files can't be written.
    """
    understanding = sniff(path, layout, columns, timezone, day_first=day_first)
    zone = find_zone(understanding.timezone)
    cutter = Cutter(understanding.delimiter, understanding.width, understanding.needed)
    unusable: Counter[str] = Counter()
    rows = 0
    with ExitStack() as undo:
        folder = Path(tempfile.mkdtemp(prefix="capsim-"))
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        source = understanding.source
        on_disk = source.gzipped or source.path.stat().st_size > _SMALL
        with rejects_file(rejects, source.path) as reject, database.opened(folder, on_disk) as connection:
            for piece in undo.enter_context(closing(_ahead(cutter.pieces(source.blocks(), understanding.first)))):
                faults = database.add(connection, understanding, zone, piece, folder)
                for line, reason in faults:
                    reject(line, reason, piece.raw(line))
                unusable.update(reason for _, reason in faults)
                rows += len(piece.lines) + len(piece.faults)
                if progress is not None:
                    progress(rows)
            calls, names, first, last = _finish(connection, understanding.column("call_id") is not None, folder)
        for name in ("calls.duckdb", "calls.duckdb.wal", "block.csv"):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / "spill", ignore_errors=True)
        undo.pop_all()
    reasons = dict(sorted(unusable.items()))
    duplicates = rows - unusable.total() - calls
    return CallRecords(
        understanding=understanding,
        rows=rows,
        calls=calls,
        duplicates=duplicates,
        unusable=reasons,
        first=first,
        last=last,
        names=names,
        folder=folder,
    )


def _ahead(pieces: Iterator[Piece]) -> Generator[Piece, None, None]:
    """The same, each one made while its predecessor is in use."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = thread.submit(next, pieces, None)
            yield piece


def _finish(
    connection: Any, has_ids: bool, folder: Path
) -> tuple[int, tuple[str, ...], datetime | None, datetime | None]:
    """Bring rows of one call together, sort, and write the columns to ``folder``."""
    if has_ids:
        _merge(connection)
    connection.execute(
        "CREATE TABLE names AS SELECT number, CAST(row_number() OVER (ORDER BY number) - 1 AS INTEGER) AS place "
        "FROM (SELECT DISTINCT number FROM calls)"
    )
    connection.execute(
        "CREATE TABLE sorted AS SELECT start, ring, talk, answered, blocked, place AS number, caller, line "
        "FROM calls JOIN names USING (number) ORDER BY start, line"
    )
    ((calls, first, last),) = connection.execute("SELECT count(*), min(start), max(start) FROM sorted").fetchall()
    names = tuple(name for (name,) in connection.execute("SELECT number FROM names ORDER BY place").fetchall())
    try:
        with ExitStack() as stack:
            files = {name: stack.enter_context((folder / name).open("wb")) for name in COLUMNS}
            for begin in range(0, calls, _AT_ONCE):
                arrays = connection.execute(
                    "SELECT * FROM sorted WHERE rowid >= ? AND rowid < ?", [begin, begin + _AT_ONCE]
                ).fetchnumpy()
                for name, kind in COLUMNS.items():
                    arrays[name].astype(kind).tofile(files[name])
    except OSError as error:
        raise OutputError(f"the calls cannot be kept in the temporary folder {folder}: {error}") from error
    return calls, names, _moment(first), _moment(last)


def _merge(connection: Any) -> None:
    """Replace the rows that have their Call ID in common by one row for each call."""
    connection.execute(
        "CREATE TABLE shared AS SELECT call FROM calls WHERE call IS NOT NULL GROUP BY call HAVING count(*) > 1"
    )
    if not connection.execute("SELECT count(*) FROM shared").fetchall()[0][0]:
        return
    connection.execute(
        "CREATE TABLE merged AS WITH several AS (SELECT *, start + ring + talk AS stop FROM calls SEMI JOIN shared "
        "USING (call)), marked AS (SELECT *, coalesce(start > max(stop) OVER (PARTITION BY call ORDER BY start, line "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + {APART}, false) AS anew FROM several), "
        "numbered AS (SELECT *, sum(CAST(anew AS INTEGER)) OVER (PARTITION BY call ORDER BY start, line "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS part FROM marked), "
        "grouped AS (SELECT min(start) AS start, max(stop) AS stop, "
        "min(start + ring) FILTER (answered) AS answer, bool_or(answered) AS answered, "
        "bool_and(blocked) AS blocked, arg_min(number, line) AS number, arg_min(caller, line) AS caller, "
        "min(line) AS line, call "
        "FROM numbered GROUP BY call, part) "
        "SELECT start, coalesce(answer, stop) - start AS ring, stop - coalesce(answer, stop) AS talk, answered, "
        "blocked, number, caller, line, call FROM grouped"
    )
    connection.execute(
        "CREATE TABLE together AS SELECT * FROM calls WHERE call IS NULL UNION ALL "
        "SELECT * FROM calls ANTI JOIN shared USING (call) WHERE call IS NOT NULL UNION ALL SELECT * FROM merged"
    )
    connection.execute("DROP TABLE calls")
    connection.execute("ALTER TABLE together RENAME TO calls")


def _moment(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
