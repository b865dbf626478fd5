"""The temporary database in which rows become calls. DuckDB is imported here, and only when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from capsim.cdr.layouts import NOTHING
from capsim.cdr.query import calls_sql, values_sql
from capsim.cdr.records import Piece
from capsim.cdr.understanding import Understanding
from capsim.errors import OutputError

MEMORY = "384MB"
"""What DuckDB may hold in memory; it uses the temporary folder beyond."""


@contextmanager
def opened(folder: Path, on_disk: bool = True) -> Iterator[Any]:
    """A connection to a database in ``folder`` (or in memory, for a few rows) with an empty table ``calls``.

    Raises OutputError where DuckDB can't go on: no room on the disk, or in memory.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
    }
    if not on_disk:
        config["threads"] = 1
    try:
        with duckdb.connect(str(folder / "calls.duckdb") if on_disk else ":memory:", config=config) as connection:
            with suppress(duckdb.Error):  # in a notebook without widgets it has no bar that could be turned off
                connection.execute("SET enable_progress_bar = false")
            connection.execute(
                "CREATE TABLE calls (start BIGINT, ring BIGINT, talk BIGINT, answered BOOLEAN, blocked BOOLEAN, "
                "number VARCHAR, caller UBIGINT, line BIGINT, call UHUGEINT)"
            )
            yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutputError(f"the calls cannot be kept in the temporary folder {folder}: {error}") from error


def add(
    connection: Any, understanding: Understanding, zone: ZoneInfo, piece: Piece, folder: Path
) -> list[tuple[int, str]]:
    """Add the usable rows of ``piece`` to the table ``calls``; (line, reason) of the others, by line."""
    faults = list(piece.faults)
    if not len(piece.lines):
        return sorted(faults)
    file = folder / "block.csv"
    try:
        file.write_bytes(piece.text)
    except OSError as error:
        raise OutputError(f"the calls cannot be kept in the temporary folder {folder}: {error}") from error
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(understanding.width))
    words = dict.fromkeys(form for word in NOTHING for form in (word, word.upper(), word.capitalize()))
    nothing = ", ".join(f"'{word}'" for word in words)
    rows = (
        f"read_csv(?, auto_detect = false, header = false, delim = '{understanding.delimiter}', quote = '', "
        f"escape = '', new_line = '\\n', nullstr = [{nothing}], strict_mode = true, max_line_size = 4000000, "
        f"columns = {{{names}}})"
    )
    for usual in (True, False):
        values = values_sql(understanding, piece, rows, usual)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE vals AS {values}", [str(file)])
        ((read, unusual, low, high),) = connection.execute(
            "SELECT count(*), bool_or(unusual), min(start_local), max(start_local) FROM vals"
        ).fetchall()
        assert read == len(piece.lines), "line numbers would be wrong"
        if not unusual:
            break
    told = f"({calls_sql(understanding, zone, low or 0, high or 0)})"
    first, count = int(piece.lines[0]), len(piece.lines)
    if int(piece.lines[-1]) - first == count - 1:
        line, joined = f"i + {first}", told
    else:
        connection.register("lines_", {"j": np.arange(count, dtype=np.int64), "line": piece.lines})
        line, joined = "line", f"{told} JOIN lines_ ON i = j"
    ((added,),) = connection.execute(
        f"INSERT INTO calls SELECT start, ring, talk, answered, blocked, number, caller, {line}, call FROM {joined} "
        "WHERE reason IS NULL"
    ).fetchall()
    if added < count:
        faults += connection.execute(f"SELECT {line}, reason FROM {joined} WHERE reason IS NOT NULL").fetchall()
    return sorted(faults)
