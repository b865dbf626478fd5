"""Understanding a file before it is read: its delimiter, where its headers are, and which column is what."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from capsim.cdr import database
from capsim.cdr.layouts import FIELDS, LAYOUTS, LENGTHS, MOMENTS, NOTHING, Layout, plain
from capsim.cdr.moments import Form, recognise
from capsim.cdr.records import Cutter
from capsim.cdr.source import Source, find
from capsim.cdr.understanding import Column, Row, Understanding
from capsim.cdr.zones import find_zone
from capsim.errors import InputError, Problem
from capsim.units import SECOND

Columns = Mapping[str, str | int | None]

DELIMITERS = ",;\t|"
_SAMPLE = 2000
"""Rows that are looked at."""
_SHOWN = 3
_SEARCHED = 60
"""Headers are searched for on so many first rows."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the head of a file. ``rows`` are (line, next line, values) of those that aren't empty."""

    delimiter: str
    rows: Sequence[tuple[int, int, list[str]]]
    header: int | None
    """Index into ``rows``."""
    begin: int
    """Index into ``rows`` of the first row of data."""
    layout: Layout
    uses: Mapping[str, int]
    """field -> 1-based position."""


def sniff(
    path: str | Path,
    layout: str | None = None,
    columns: Columns | None = None,
    timezone: str = "UTC",
    *,
    day_first: bool | None = None,
) -> Understanding:
    """Understand a file of call detail records without reading it all.

    Parameters
    ----------
    path : a file of CSV, also compressed with gzip.
    layout : a name of `LAYOUTS`; None tries them all.
    columns : field (of `FIELDS`) -> header or 1-based position. It goes before the layout's own columns; without
        a layout it is all that is used. None as a value takes a field away.
    timezone : IANA name, of times that carry none; a layout that says another wins.
    day_first : whether 1/9/2026 is in September; None finds out.

    Raises
    ------
    InputError
        if it is not a file of text, or if no layout fits.
    """
    known = None if layout is None else _layout(layout)
    asked = _checked(columns)
    find_zone(timezone)
    source = find(path)
    text = source.head()
    readings = [_read(text, delimiter, known, asked) for delimiter in DELIMITERS]
    found = [reading for reading in readings if isinstance(reading, _Reading)]
    if not found:
        raise _not_understood(source, text, known, asked)
    best = max(found, key=lambda reading: (reading.layout.name != "generic", len(reading.uses), _evenness(reading)))
    return _look(_understanding(source, best, timezone, day_first), text)


def _layout(name: str) -> Layout:
    names = [layout.name for layout in LAYOUTS]
    if name not in names:
        near = get_close_matches(name, names, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise InputError(f"the layout '{name}' is unknown; allowed: {', '.join(names)}.{hint}")
    return LAYOUTS[names.index(name)]


def _checked(columns: Columns | None) -> dict[str, str | int | None]:
    for name, wanted in (columns or {}).items():
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise InputError(f"columns: the field '{name}' is unknown; allowed: {', '.join(FIELDS)}.{hint}")
        if isinstance(wanted, bool) or not (wanted is None or isinstance(wanted, int | str)):
            raise InputError(f"columns: {name} is {wanted!r}; allowed: a header, or a position from 1 on")
        if isinstance(wanted, int) and wanted < 1:
            raise InputError(f"columns: {name} is {wanted}; positions count from 1")
    return dict(columns or {})


def _rows(text: str, delimiter: str) -> list[tuple[int, int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            if any(value.strip() for value in row):
                rows.append((line, reader.line_num + 1, [value.strip() for value in row]))
            line = reader.line_num + 1
            if len(rows) > _SAMPLE:
                break
    except csv.Error:
        pass
    return rows


def _read(text: str, delimiter: str, known: Layout | None, asked: dict[str, str | int | None]) -> _Reading | None:
    rows = _rows(text, delimiter)
    layouts = (known,) if known else LAYOUTS[-1:] if asked else LAYOUTS
    by_layout = known is not None or not asked
    for index, (_, _, values) in enumerate(rows[:_SEARCHED]):
        if len(values) < 2:
            continue
        headers = [plain(value) for value in values]
        for layout in layouts:
            uses = _by_headers(headers, layout, asked, by_layout)
            if uses is not None and not _is_moment(values[uses["start"] - 1]):
                return _Reading(delimiter, rows, index, index + 1, layout, uses)
            uses = _by_positions(values, layout, asked, by_layout)
            if uses is not None and by_layout:
                return _Reading(delimiter, rows, None, 0, layout, uses)  # whatever stands above is counted
            if uses is not None:
                above = rows[index - 1][2] if index else []
                header = index - 1 if len(above) == len(values) else None
                return _Reading(delimiter, rows, header, index, layout, uses)
    return None


def _by_headers(
    headers: list[str], layout: Layout, asked: dict[str, str | int | None], by_layout: bool
) -> dict[str, int] | None:
    """field -> position, if this row has the headers that are needed."""
    if any(isinstance(wanted, str) and plain(wanted) not in headers for wanted in asked.values()):
        return None
    if not by_layout and not any(isinstance(wanted, str) for wanted in asked.values()):
        return None
    uses: dict[str, int] = {}
    if by_layout:
        if not layout.headers or any(plain(mark) not in headers for mark in layout.marks):
            return None
        for name, meanings in layout.headers.items():
            place = next((headers.index(plain(one)) for one in meanings if plain(one) in headers), None)
            if place is not None:
                uses[name] = place + 1
    return _completed(
        uses, {name: headers.index(plain(one)) + 1 if isinstance(one, str) else one for name, one in asked.items()},
        len(headers),
    )  # fmt: skip


def _by_positions(
    values: list[str], layout: Layout, asked: dict[str, str | int | None], by_layout: bool
) -> dict[str, int] | None:
    """field -> position, if this row is one of data without headers."""
    if any(isinstance(wanted, str) for wanted in asked.values()):
        return None
    uses: dict[str, int] = {}
    if by_layout:
        if not layout.patterns or max(layout.patterns) > len(values):
            return None
        if any(not re.fullmatch(pattern, values[place - 1]) for place, pattern in layout.patterns.items()):
            return None
        uses = {name: place for name, place in layout.positions.items() if place <= len(values)}
    wanted = {name: one for name, one in asked.items() if not isinstance(one, str)}
    completed = _completed(uses, wanted, len(values))
    return completed if completed and _is_moment(values[completed["start"] - 1]) else None


def _completed(uses: dict[str, int], wanted: Mapping[str, int | None], width: int) -> dict[str, int] | None:
    for name, place in wanted.items():
        if place is None:
            uses.pop(name, None)
        else:
            uses[name] = place
    enough = "start" in uses and not uses.keys().isdisjoint(("end", "duration", "talk"))
    return uses if enough and max(uses.values()) <= width else None


def _is_moment(value: str) -> bool:
    return recognise([value.strip(" '\"=")]) is not None


def _evenness(reading: _Reading) -> float:
    widths = Counter(len(values) for _, _, values in reading.rows[reading.begin :])
    return max(widths.values(), default=0) / max(1, widths.total())


def _not_understood(source: Source, text: str, known: Layout | None, asked: dict[str, str | int | None]) -> InputError:
    rows = [row for delimiter in DELIMITERS for row in _rows(text, delimiter)[:_SEARCHED]]
    if not rows:
        return InputError(Problem("has no line that can be read as CSV", str(source.path)))
    line, _, values = max(rows, key=lambda row: len(row[2]))
    shown = ", ".join(f"'{value}'" for value in values[:30])
    named = [f"{name} = {wanted!r}" for name, wanted in asked.items() if wanted is not None]
    if asked:
        needed = f"no line has what columns asks for ({', '.join(named)}), with a start and one of end, duration, talk"
    elif known and known.headers:
        marks = known.marks or ("a start and one of end, duration, talk",)
        needed = f"the layout '{known.name}' needs the headers {', '.join(marks)}"
    elif known:
        needed = f"no line fits the layout '{known.name}', which has no headers ({known.title})"
    else:
        needed = "no known layout fits; say with columns which column is what, with a start and an end or a duration"
    return InputError(Problem(f"{needed}. Found on this line: {shown}", str(source.path), line))


def _understanding(source: Source, reading: _Reading, timezone: str, day_first: bool | None) -> Understanding:
    data = [values for _, _, values in reading.rows[reading.begin :]]
    header = reading.rows[reading.header] if reading.header is not None else None
    begin = reading.rows[reading.begin][0] if reading.begin < len(reading.rows) else reading.rows[-1][1]
    columns = []
    forms: dict[str, Form | None] = {}
    values = {name: _values(data, place) for name, place in reading.uses.items()}
    moments = [name for name in MOMENTS if name in values]
    for name in moments:
        forms[name] = recognise(values[name], "", day_first)
    if any(form and form.assumed for form in forms.values()):
        together = [value for name in moments for value in values[name]]
        general = recognise(together, source.elsewhere(), day_first)
        for name, form in forms.items():
            if form and form.assumed and general and general.mark == form.mark:
                forms[name] = replace(form, order=general.order, assumed=general.assumed)
    fallback = forms.get("start") or Form("iso", example="2026-11-02 08:30:00")
    for name in FIELDS:
        if name in reading.uses:
            place = reading.uses[name]
            title = header[2][place - 1].strip("\ufeff\"'") if header and place <= len(header[2]) else None
            columns.append(Column(name, place, title, (forms[name] or fallback) if name in MOMENTS else None))
    lengths = [value for name in LENGTHS for value in values.get(name, [])]
    decimal = next((mark for mark in ".," if any(re.fullmatch(rf".*\d[{mark}]\d+", one) for one in lengths)), None)
    zone = reading.layout.timezone
    return Understanding(
        source=source,
        delimiter=reading.delimiter,
        header=header[0] if header else None,
        first=header[1] if header else begin,
        width=_width(header[2] if header else None, data),
        layout=reading.layout,
        columns=tuple(columns),
        timezone=zone or timezone,
        timezone_of_layout=zone is not None,
        decimal=decimal,
    )


def _values(data: list[list[str]], place: int) -> list[str]:
    """What stands in one column, without quotes and blanks, where anything does."""
    values = (row[place - 1].strip(" '\"=") for row in data if len(row) >= place)
    return [value for value in values if value.lower() not in NOTHING]


def _width(header: list[str] | None, data: list[list[str]]) -> int:
    """The header's, unless most rows have more columns that are empty; the usual one where there is no header."""
    usual = Counter(len(row) for row in data).most_common(1)
    if header is None:
        return usual[0][0]
    if usual and usual[0][0] > len(header) and not any(any(row[len(header) :]) for row in data):
        return usual[0][0]
    return len(header)


def _look(understanding: Understanding, text: str) -> Understanding:
    """Read the head as the whole file would be read, for the preview."""
    lines = text.split("\n")[: understanding.first + _SAMPLE]
    head = ("\n".join(lines).rstrip("\n") + "\n").encode()
    cutter = Cutter(understanding.delimiter, understanding.width, understanding.needed)
    zone = find_zone(understanding.timezone)
    with (
        tempfile.TemporaryDirectory(prefix="capsim-") as name,
        database.opened(Path(name), on_disk=False) as connection,
    ):
        faults = [
            fault
            for piece in cutter.pieces(iter((head,)), understanding.first)
            for fault in database.add(connection, understanding, zone, piece, Path(name))
        ]
        usable = connection.execute("SELECT count(*) FROM calls").fetchall()[0][0]
        shown = connection.execute(
            "SELECT line, start, ring, talk, answered, blocked, number FROM calls "
            f"ORDER BY line LIMIT {_SHOWN}"
        ).fetchall()  # fmt: skip
    rows = tuple(
        Row(
            line=line,
            start=_moment(start),
            ring=ring / SECOND,
            talk=talk / SECOND,
            answered=answered,
            blocked=blocked,
            number=number,
        )
        for line, start, ring, talk, answered, blocked, number in shown
    )
    reasons = dict(sorted(Counter(reason for _, reason in faults).items()))
    return replace(understanding, rows=rows, sampled=usable + len(faults), unusable=reasons)


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
