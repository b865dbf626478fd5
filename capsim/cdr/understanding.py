"""What was understood of a file, and how to tell it to the person who has to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from capsim.cdr.layouts import FIELDS, LENGTHS, Layout
from capsim.cdr.moments import Form
from capsim.cdr.source import Source

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {"utf-8-sig": "UTF-8 with a byte-order mark", "utf-8": "UTF-8", "latin-1": "Latin-1"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and what it serves as.

    Parameters
    ----------
    field : a key of `capsim.cdr.FIELDS`.
    position : 1-based.
    header : as it stands in the file; None in a file without headers.
    form : how moments are written; None for other columns, and where the sample had no moment.
    """

    field: str
    position: int
    header: str | None = None
    form: Form | None = None

    def __str__(self) -> str:
        named = f"column {self.position}" + (f" '{self.header}'" if self.header is not None else "")
        return named + (f", {self.form}" if self.form else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One usable row as it was understood; lengths in seconds."""

    line: int
    start: datetime
    ring: float
    talk: float
    answered: bool
    blocked: bool
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How a file of call detail records is read.

    Parameters
    ----------
    source : the file, its encoding and compression.
    delimiter : the character between columns.
    header : 1-based line of the headers; None where there are none.
    first : 1-based line on which the data begin.
    width : number of columns.
    layout : the layout whose words and codes are used.
    columns : the columns that are read.
    timezone : IANA name, of times that carry none.
    timezone_of_layout : whether the layout says so, whatever was asked for.
    decimal : the decimal mark of durations, ``.`` or ``,``; None where the sample had none.
    rows : the first usable rows.
    sampled : number of rows that were looked at.
    unusable : reason -> number, of those.
    """

    source: Source
    delimiter: str
    header: int | None
    first: int
    width: int
    layout: Layout
    columns: tuple[Column, ...]
    timezone: str
    timezone_of_layout: bool
    decimal: str | None = None
    rows: tuple[Row, ...] = ()
    sampled: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        return self.source.encoding

    @property
    def needed(self) -> int:
        """A row has at least so many columns; what stands behind them is not read."""
        return max(column.position for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column that serves as the field ``name``."""
        return next((column for column in self.columns if column.field == name), None)

    def text(self) -> str:
        """A preview in plain words, and a small table."""
        encoding = _ENCODINGS.get(self.encoding, self.encoding.upper())
        lines = [
            str(self.source.path),
            f"  layout     {self.layout.name}: {self.layout.title}",
            f"  text       {encoding}{', gzip' if self.source.gzipped else ''}, {self.width} columns separated by "
            f"{_DELIMITERS.get(self.delimiter, repr(self.delimiter))}",
            f"  headers    {f'on line {self.header}' if self.header else 'none'}; data from line {self.first} on",
            f"  time zone  {self.timezone}{' (the layout says so)' if self.timezone_of_layout else ''}, "
            "of times that carry none",
        ]
        if self.decimal:
            lines.append(f"  decimals   {'comma' if self.decimal == ',' else 'point'}")
        lines.append("")
        for name, meaning in FIELDS.items():
            column = self.column(name)
            if column is not None:
                lines.append(f"  {name + ':':<11}{column} -- {meaning}")
        missing = [name for name in ("number", "call_id") if self.column(name) is None]
        if "number" in missing:
            lines.append("  number:    none: all calls count as calls to one number without a name")
        if "call_id" in missing:
            lines.append("  call_id:   none: every row counts as one call")
        lines += ["", *self._table()]
        if self.unusable:
            reasons = ", ".join(f"{count} {reason}" for reason, count in self.unusable.items())
            lines.append(f"  unusable among the first {self.sampled} rows: {reasons}")
        return "\n".join(lines) + "\n"

    def _table(self) -> list[str]:
        if not self.rows:
            return ["  no usable row was seen"]
        table = [("line", "start (UTC)", "ring s", "talk s", "outcome", "number")]
        for row in self.rows:
            outcome = "answered" if row.answered else "blocked" if row.blocked else "not answered"
            start = row.start.strftime("%Y-%m-%d %H:%M:%S") + (f".{row.start:%f}".rstrip("0").rstrip("."))
            table.append((str(row.line), start, f"{row.ring:g}", f"{row.talk:g}", outcome, row.number))
        widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
        return [
            "  " + "  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip()
            for line in table
        ]

    @property
    def lengths(self) -> tuple[str, ...]:
        """The fields in use that are lengths of time."""
        return tuple(name for name in LENGTHS if self.column(name) is not None)
