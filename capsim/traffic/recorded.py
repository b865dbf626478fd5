"""Calls from call records: as they were, on other dates, more or fewer, or by whole days drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from capsim.kernels.chance import fill_uniform
from capsim.kernels.streams import name_streams
from capsim.records import CallTable, Flags, Float64, Int32, Int64
from capsim.units import HOUR, MINUTE, hour_starts

DAY_OF, COPIES, SHIFT = range(101, 104)
"""Purposes of draws: the date that is replayed, copies of a call, time shift of a copy."""
NEAR = 15 * MINUTE
"""Largest time shift of a copy of a call, made by a scale above 1, microseconds."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recorded:
    """Recorded calls by local date (K), ready to be put on the dates of a horizon.

    Rows are in the order of dates, then DIDs, then time.

    Attributes
    ----------
    first : (K + 1,) int64
        First row of each date.
    did : (n,) int32
        DID of each call.
    offset : (n,) int64
        Arrival after the date's midnight, microseconds.
    ring : (n,) int64
        As in a `CallTable`, and so are the next two.
    holding : (n,) int64
    answered : (n,) bool
    dates : (K,) int64
        Ordinal of each date.
    targets : tuple of tuple of int
        For each date of the horizon its ordinal, its midnight and the next one (clock, microseconds).
    zone : ZoneInfo
        Time zone in which a call keeps its time of day when clocks change.
    stays : tuple of (D,) int64
        Clock from which and until which each DID receives calls, microseconds.
    begin : int
        Clock at which the warm-up begins, microseconds.
    end : int
        Clock at which the horizon ends, microseconds.
    shift : int
        Days from a recorded date to the date of the horizon on which it is replayed.
    drawn_anew : bool
        Whether each date of the horizon replays a recorded date of the same weekday, drawn at random.
    scale : float
        Number of times that each call comes, on average.
    notes : tuple of str
        Notes for the user on how the file was read.
    clocks : (k,) int64
        Instants of the clock, microseconds.
    calls : (k,) float64
        Calls that are expected up to each of them; in between, on a straight line.
    erlangs : float
        Mean busy channels of all DIDs, if no call were blocked.
    peak : (D,) float64
        About the highest rate over the mean rate.
    """

    first: Int64
    did: Int32
    offset: Int64
    ring: Int64
    holding: Int64
    answered: Flags
    dates: Int64
    targets: tuple[tuple[int, int, int], ...]
    zone: ZoneInfo
    stays: tuple[Int64, Int64]
    begin: int
    end: int
    shift: int
    drawn_anew: bool
    scale: float
    notes: tuple[str, ...]
    clocks: Int64
    calls: Float64
    erlangs: float
    peak: Float64

    redials = False

    @property
    def varies(self) -> bool:
        """Whether replications differ."""
        return self.drawn_anew or self.scale != int(self.scale) or self.scale > 1

    def expected_calls(self, begin: int, end: int) -> float:
        """Number of calls that are expected between two instants of the clock."""
        before, after = np.interp([begin, end], self.clocks, self.calls)
        return float(after - before)

    def tables(self, seed: int, replication: int, cuts: Sequence[int] = ()) -> Iterator[CallTable]:
        """Yield the calls of one replication, date by date; no table reaches over one of the ``cuts``."""
        for ordinal, midnight, next_midnight in self.targets:
            begin, end = max(midnight, self.begin), min(next_midnight, self.end)
            if begin >= end:
                continue
            rows, arrival = self._of_date(seed, replication, ordinal, midnight, next_midnight)
            did = self.did[rows]
            there = (arrival >= self.stays[0][did]) & (arrival < self.stays[1][did])
            edges = [begin, *(cut for cut in cuts if begin < cut < end), end]
            for low, high in pairwise(edges):
                yield self._table(rows, arrival, there & (arrival >= low) & (arrival < high), low, high)

    def _of_date(
        self, seed: int, replication: int, ordinal: int, midnight: int, next_midnight: int
    ) -> tuple[Int64, Int64]:
        """Rows that arrive on a date of the horizon and their arrivals, by DID and then by time."""
        place = self._source(seed, replication, ordinal)
        if place < 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        rows = np.arange(self.first[place], self.first[place + 1])
        recorded, length = int(self.dates[place]), next_midnight - midnight
        offset = _by_the_clock(
            self.offset[rows], *(hour_starts(date.fromordinal(day), self.zone) for day in (recorded, ordinal))
        )
        if self.scale != 1:
            whole, part = divmod(self.scale, 1)
            copies = int(whole) + (uniforms(seed, replication, COPIES, ordinal, len(rows)) < part)
            again = np.repeat(np.arange(len(rows)), copies)
            first_of_its = np.append(True, again[1:] != again[:-1])[: len(again)]
            moved = (2 * uniforms(seed, replication, SHIFT, ordinal, len(again)) - 1) * NEAR
            rows, offset = rows[again], offset[again] + np.where(first_of_its, 0, moved).astype(np.int64)
        offset = np.abs(offset)  # what would leave the date at either end comes as far from it on this side
        arrival = midnight + np.where(offset < length, offset, 2 * length - 1 - offset)
        in_order = np.lexsort((arrival, self.did[rows]))
        return rows[in_order], arrival[in_order]

    def _source(self, seed: int, replication: int, ordinal: int) -> int:
        """Position of the recorded date that a date of the horizon replays; -1 for none."""
        if not self.drawn_anew:
            place = int(np.searchsorted(self.dates, ordinal - self.shift))
            return place if place < len(self.dates) and self.dates[place] == ordinal - self.shift else -1
        alike = np.flatnonzero(self.dates % 7 == ordinal % 7)
        if not len(alike):
            return -1
        return int(alike[int(uniforms(seed, replication, DAY_OF, ordinal, 1)[0] * len(alike))])

    def _table(self, rows: Int64, arrival: Int64, which: Flags, begin: int, end: int) -> CallTable:
        rows, dids = rows[which], len(self.stays[0])
        return CallTable(
            begin=begin,
            end=end,
            first=np.searchsorted(self.did[rows], np.arange(dids + 1)).astype(np.int64),
            arrival=arrival[which],
            ring=self.ring[rows],
            holding=self.holding[rows],
            answered=self.answered[rows],
        )


def _by_the_clock(offset: Int64, recorded: Sequence[int], there: Sequence[int]) -> Int64:
    """Times after midnight that read the same on the clock of a date whose hours begin at other times.

    Calls of an hour that the date skips go to the next hour; calls of an hour that comes twice go to the first.
    """
    if recorded == there:
        return offset
    begins = np.array(recorded)
    hour = np.searchsorted(begins, offset, side="right") - 1
    lasts = np.diff(there)[hour]
    within = offset - begins[hour]
    at: Int64 = np.array(there)[hour] + np.where(lasts > 0, within % np.maximum(lasts, 1), within % HOUR)
    return at


def uniforms(seed: int, replication: int, purpose: int, ordinal: int, count: int) -> Float64:
    """Uniform draws that belong to (seed, replication, purpose, date)."""
    keys, found = np.empty((1, 2), np.uint64), np.empty(count)
    name = np.array([[purpose, ordinal, 0]], np.uint64)
    name_streams(np.uint64(seed), np.uint64(replication), name, keys)
    fill_uniform(keys[0, 0], keys[0, 1], 0, found)
    return found
