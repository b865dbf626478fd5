"""Intervals, and the course of blocking over them, for the chain and the approximation of a time-dependent load."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.analysis._checks import nonnegative, positive

Array = NDArray[Any] | Sequence[float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Course:
    """Blocking over intervals."""

    edges: Floats
    offered: Floats
    blocked: Floats
    busy: Floats

    @property
    def blocking(self) -> float:
        """Blocked over offered calls of the whole horizon; NaN where none are offered."""
        offered = float(self.offered.sum())
        return float(self.blocked.sum()) / offered if offered else math.nan

    @property
    def blocking_by_interval(self) -> Floats:
        """Blocked over offered calls of each interval; NaN where none are offered."""
        share = np.full(len(self.offered), math.nan)
        np.divide(self.blocked, self.offered, out=share, where=self.offered > 0)
        return share


def edges_of(lengths: Floats) -> Floats:
    """Edges of intervals of these lengths, from 0."""
    return np.append(0.0, np.cumsum(lengths))


def freeze(*arrays: Floats) -> None:
    """Make arrays read-only."""
    for array in arrays:
        array.setflags(write=False)


def lengths_of(durations: Array) -> Floats:
    """Lengths of intervals, checked."""
    lengths = np.array([positive("durations", length) for length in durations])
    if not len(lengths):
        raise ValueError("durations must have one interval or more")
    return lengths


def rates_of(rates: Array, intervals: int) -> Floats:
    """Rates of intervals, checked."""
    values = np.array([nonnegative("rates", rate) for rate in rates])
    if len(values) != intervals:
        raise ValueError(f"rates and durations must be of one length: got {len(values)} and {intervals}")
    return values
