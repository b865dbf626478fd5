"""``capsim records``: how a file of call records is understood, and what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from capsim.cli.options import NO_OUTPUT_OPTIONS, Column, Layout, Output, columns_of, no_option
from capsim.cli.terminal import Bar, print_json, print_rich

MOST_NUMBERS = 20
"""Largest number of phone numbers that are listed."""


def records(
    file: Annotated[str, Parameter(help="Call records: CSV, or CSV compressed by gzip.", validator=no_option)],
    /,
    *,
    layout: Layout = None,
    column: Column = (),
    timezone: Annotated[str, Parameter(help="Time zone of timestamps that carry none.")] = "UTC",
    rejects: Annotated[Path | None, Parameter(help="File for the rows that cannot be used, with their lines.")] = None,
    output: Output = NO_OUTPUT_OPTIONS,
) -> None:
    """Look at call records: how they are understood, and the calls of each number.

    Rows that cannot be used are counted by reason.
    """
    import numpy as np

    from capsim import cdr

    columns = columns_of(column)
    understood = cdr.sniff(file, layout, columns, timezone)
    if not output.json:
        print(understood.text())
    bar = Bar(Path(file).name, output.quiet or output.json)
    with cdr.read(file, layout, columns, timezone, rejects) as read:
        bar.begin(read.rows, "rows")
        size = len(read.names)
        counts, answered, blocked, talk = (np.zeros(size, np.int64) for _ in range(4))
        for batch in read.batches():
            counts += np.bincount(batch.number, minlength=size)
            answered += np.bincount(batch.number[batch.answered], minlength=size)
            blocked += np.bincount(batch.number[batch.blocked], minlength=size)
            np.add.at(talk, batch.number, batch.talk)
            bar.advance(len(batch))
        bar.end()
        found: dict[str, Any] = {
            "file": file,
            "layout": understood.layout.name,
            "rows": read.rows,
            "calls": read.calls,
            "duplicates": read.duplicates,
            "unusable": dict(read.unusable),
            "first": read.first.isoformat() if read.first is not None else None,
            "last": read.last.isoformat() if read.last is not None else None,
            "numbers": {
                name: {
                    "calls": int(counts[row]),
                    "answered": int(answered[row]),
                    "blocked": int(blocked[row]),
                    "acd_seconds": float(talk[row] / answered[row] / 1e6) if answered[row] else None,
                }
                for row, name in enumerate(read.names)
            },
        }
    if output.json:
        print_json(found)
        return
    _show(found)
    if rejects is not None:
        output.written(rejects, f"{sum(found['unusable'].values()):,} rows that cannot be used")


def _show(found: dict[str, Any]) -> None:
    from capsim.show import numbers
    from capsim.show.tables import new_table

    unusable = sum(found["unusable"].values())
    same, useless = f"{found['duplicates']:,} more rows of the same calls", f"{unusable:,} rows that cannot be used"
    print(f"\n{found['rows']:,} rows: {found['calls']:,} calls, {same}, {useless}")
    for reason, count in sorted(found["unusable"].items(), key=lambda one: -one[1]):
        print(f"  {count:>9,}  {reason}")
    if found["first"] is not None:
        print(f"from {found['first']} to {found['last']}\n")
    by_calls = sorted(found["numbers"].items(), key=lambda one: -one[1]["calls"])
    if not by_calls:
        return
    table = new_table("Number", "Calls", "Answered", "Blocked", "ACD")
    for name, calls in by_calls[:MOST_NUMBERS]:
        length = numbers.span(calls["acd_seconds"]) if calls["acd_seconds"] is not None else numbers.NOTHING
        table.add_row(name, f"{calls['calls']:,}", f"{calls['answered']:,}", f"{calls['blocked']:,}", length)
    print_rich(table)
    if len(by_calls) > MOST_NUMBERS:
        print(f"and {len(by_calls) - MOST_NUMBERS:,} more numbers")
