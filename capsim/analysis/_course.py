"""What the chain and the approximation of a time-dependent load have in common: intervals, a course of blocking."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.analysis._checks import nonnegative, positive

Array = NDArray[Any] | Sequence[float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
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
    return np.append(0.0, np.cumsum(lengths))


def freeze(*arrays: Floats) -> None:
    for array in arrays:
        array.setflags(write=False)


def lengths_of(durations: Array) -> Floats:
    lengths = np.array([positive("durations", length) for length in durations])
    if not len(lengths):
        raise ValueError("durations must have one interval or more")
    return lengths


def rates_of(rates: Array, intervals: int) -> Floats:
    values = np.array([nonnegative("rates", rate) for rate in rates])
    if len(values) != intervals:
        raise ValueError(f"rates and durations must be of one length: got {len(values)} and {intervals}")
    return values
