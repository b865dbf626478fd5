"""Text into records: one line each, the same number of columns each, and the line number of each.

Most lines are a record as they stand, and whole blocks of them are found so by a few operations on arrays.
Only lines with another number of columns, or with a quote that is still open at their end, are read
one by one: they are put right (a quoted field with line ends becomes one line, missing columns that are
not needed are added, empty ones too many are cut) or are unusable, with a reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

TOO_FEW = "too few columns"
TOO_MANY = "too many columns"
OPEN_QUOTE = "quote that is never closed"
TOO_LONG = "line of more than 1 MB"

HIDDEN_DELIMITER = "\x1d"
"""Stands for a delimiter inside a quoted field."""
PADDING = " \t'\"="
"""Around a value, these are no part of it."""
_HIDDEN_NEWLINE = "\x1e"
_LONGEST = 1 << 20
_MOST_LINES = 200
"""A quoted field is looked for over so many lines; a quote not closed by then belongs to its line alone."""
_NEWLINE, _QUOTE, _DELIMITER = 1, 2, 3

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some records of a file, in its order.

    Parameters
    ----------
    text : the usable records, one line each, without quotes.
    lines : shape (records,), the line on which each begins.
    faults : (line, reason) of the rows that are not in ``text``.
    hidden : whether delimiters inside fields were replaced by `HIDDEN_DELIMITER`.
    padded : whether some values may begin or end with one of `PADDING`.
    source : the text as it stood, from line ``first`` on; ``ends`` holds where each line's LF is.
    spans : index of a record's first line -> index of its last, where it has several.
    """

    text: bytes
    lines: Integers
    faults: tuple[tuple[int, str], ...]
    hidden: bool
    padded: bool
    source: bytes
    first: int
    ends: Integers
    spans: dict[int, int] = field(default_factory=dict)

    def raw(self, line: int) -> str:
        """The row that begins on ``line``, as it stood."""
        index = line - self.first
        begin = int(self.ends[index - 1]) + 1 if index else 0
        return self.source[begin : int(self.ends[self.spans.get(index, index)])].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Cutter:
    """How a file's lines become records: ``delimiter``, ``width`` columns, of which the first ``needed`` are read."""

    delimiter: str
    width: int
    needed: int

    def pieces(self, blocks: Iterator[bytes], first: int) -> Iterator[Piece]:
        """The records from line ``first`` on. ``blocks`` hold whole lines, each ended by LF."""
        line, carried = 1, b""
        for block in blocks:
            while line < first and block:
                block = block[block.index(b"\n") + 1 :]
                line += 1
            if not block:
                continue
            piece, taken = self._piece(carried + block, line, last=False)
            carried = piece.source[int(piece.ends[taken - 1]) + 1 if taken else 0 :]
            line += taken
            yield piece
        if carried:
            yield self._piece(carried, line, last=True)[0]

    def _piece(self, text: bytes, first: int, last: bool) -> tuple[Piece, int]:
        """The records of ``text``, and how many of its lines are done with; those that are not may go on."""
        marks = np.zeros(256, np.uint8)
        marks[[10, 34, ord(self.delimiter)]] = _NEWLINE, _QUOTE, _DELIMITER
        array = np.frombuffer(text, np.uint8)
        marked = marks[array]
        places = np.flatnonzero(marked)
        kinds = marked[places]
        del marked
        padded = _is_padded(array, places, kinds)
        newlines = np.flatnonzero(kinds == _NEWLINE)
        ends = places[newlines]
        starts = np.concatenate(([0], ends[:-1] + 1))
        delimiters = np.diff(newlines, prepend=-1) - 1
        odd = np.zeros(len(ends), bool)
        hidden = np.empty(0, np.int64)
        if b'"' in text:
            quotes = np.cumsum(kinds == _QUOTE, dtype=np.int32)
            upto = quotes[newlines]
            in_line = np.diff(upto, prepend=0)
            odd = (in_line & 1).astype(bool)
            if odd.any():
                before = np.repeat(upto - in_line, delimiters + 1)
                quotes[: len(before)] -= before
            inside = (kinds == _DELIMITER) & ((quotes & 1) == 1)
            hidden = places[inside]
            outside = np.cumsum((kinds == _DELIMITER) & ~inside, dtype=np.int32)[newlines]
            delimiters = np.diff(outside, prepend=0)
        if len(hidden):
            array = array.copy()
            array[hidden] = ord(HIDDEN_DELIMITER)
        unlike = np.flatnonzero((delimiters != self.width - 1) | odd | (ends - starts > _LONGEST))
        piece = Piece(
            text=text,
            lines=np.arange(first, first + len(ends)),
            faults=(),
            hidden=bool(len(hidden)),
            padded=padded,
            source=text,
            first=first,
            ends=ends,
        )
        if len(unlike):
            return self._mended(piece, array, starts, unlike, np.flatnonzero(odd), last)
        return (replace(piece, text=_unquoted(array)) if b'"' in text else piece), len(ends)

    def _mended(
        self, piece: Piece, array: NDArray[np.uint8], starts: Integers, unlike: Integers, odd: Integers, last: bool
    ) -> tuple[Piece, int]:
        """The records of ``piece``, where the lines ``unlike`` are not records as they stand."""
        text, ends, first = piece.source, piece.ends, piece.first
        parts: list[bytes] = []
        lines: list[Integers] = []
        faults: list[tuple[int, str]] = []
        spans: dict[int, int] = {}
        done, total = 0, len(ends)
        for index in unlike.tolist():
            if index < done:
                continue
            if index > done:
                parts.append(_unquoted(array[starts[done] : starts[index]]))
                lines.append(np.arange(first + done, first + index, dtype=np.int64))
            final = self._final(text, starts, ends, index, odd, last)
            if final is None:
                total = index
                break
            if final > index:
                spans[index] = final
            done = final + 1
            row, reason = self._row(text[starts[index] : ends[final]])
            if reason:
                faults.append((first + index, reason))
            elif row is not None:
                parts.append(row.encode() + b"\n")
                lines.append(np.array([first + index], np.int64))
        else:
            parts.append(_unquoted(array[starts[done] if done < total else len(array) :]))
            lines.append(np.arange(first + done, first + total, dtype=np.int64))
        numbers = np.concatenate(lines) if lines else np.empty(0, np.int64)
        mended = replace(piece, text=b"".join(parts), lines=numbers, faults=tuple(faults), hidden=True, spans=spans)
        return mended, total

    def _final(
        self, text: bytes, starts: Integers, ends: Integers, index: int, odd: Integers, last: bool
    ) -> int | None:
        """The last line of the record that begins on line ``index``; None if the text ends before it is known."""
        place = int(np.searchsorted(odd, index))
        if place == len(odd) or odd[place] != index:
            return index
        if place + 1 == len(odd):
            is_open = self._parse(text[starts[index] : ends[index]], strict=True) is None
            short = len(ends) - index <= _MOST_LINES and len(text) - starts[index] <= _LONGEST
            return None if is_open and short and not last else index
        final = int(odd[place + 1])
        if final - index > _MOST_LINES or ends[final] - starts[index] > _LONGEST:
            return index
        rows = self._parse(text[starts[index] : ends[final]], strict=True)
        return final if rows is not None and len(rows) == 1 and self.needed <= len(rows[0]) else index

    def _row(self, text: bytes) -> tuple[str | None, str]:
        """One record as a line of ``width`` columns, or the reason why not; neither for an empty line."""
        if not text.strip():
            return None, ""
        if len(text) > _LONGEST:
            return None, TOO_LONG
        rows = self._parse(text, strict=True)
        if rows is None:
            rows = self._parse(text, strict=False)
            if rows is None or not rows or len(rows[0]) < self.needed:
                return None, OPEN_QUOTE
        fields = rows[0] if rows else []
        if len(fields) < self.needed:
            return None, TOO_FEW
        if any(value.strip() for value in fields[self.width :]):
            return None, TOO_MANY
        fields = fields[: self.width] + [""] * (self.width - len(fields))
        return self.delimiter.join(
            value.strip(PADDING).replace(self.delimiter, HIDDEN_DELIMITER).replace("\n", _HIDDEN_NEWLINE)
            for value in fields
        ), ""

    def _parse(self, text: bytes, strict: bool) -> list[list[str]] | None:
        try:
            lines = io.StringIO(text.decode("utf-8", "replace"), newline="")
            return list(csv.reader(lines, delimiter=self.delimiter, strict=strict))
        except csv.Error:
            return None


def _unquoted(array: NDArray[np.uint8]) -> bytes:
    """Text without quotes."""
    text: bytes = array[array != ord('"')].tobytes()
    return text


def _is_padded(array: NDArray[np.uint8], places: Integers, kinds: NDArray[np.uint8]) -> bool:
    """Whether any value begins or ends with a blank or the like, inside its quotes or without.

    ``kinds`` are the delimiters, quotes and line ends at ``places``; the last one is a line end.
    """
    padding = np.zeros(256, bool)
    padding[[ord(sign) for sign in PADDING if sign != '"']] = True
    padding[np.unique(array[places[:1000]])] = False  # tabs that are delimiters
    outer = kinds != _QUOTE
    edges = places[outer]
    begins, finishes = edges + 1, edges - 1
    if not outer.all():
        touching = (np.diff(places) == 1) & (outer[:-1] != outer[1:])
        opens, closes = touching & outer[:-1], touching & outer[1:]
        begins = np.concatenate((begins, places[1:][opens] + 1))
        finishes = np.concatenate((finishes, places[:-1][closes] - 1))
    return bool(
        padding[array[0]]
        or padding[array[np.minimum(begins, len(array) - 1)]].any()
        or padding[array[np.maximum(finishes, 0)]].any()
        or (array[0] == ord('"') and padding[array[1]])
    )
