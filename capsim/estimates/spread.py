"""How much one replication differs from the next: what the interval of a mean does not say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEAST_FOR_EIGHT_IN_TEN = 20
"""Least number of replications for the range of eight in ten; below it, the range is that of all of them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The range in which a figure lies from one replication to the next.

    Attributes
    ----------
    replications : int
        Number of replications that have the figure.
    eight_in_ten : bool
        Whether the range is that of eight in ten replications, and not of all.
    low : float
        Lower end of the range.
    high : float
        Upper end of the range.
    """

    replications: int
    eight_in_ten: bool
    low: float
    high: float

    @classmethod
    def of(cls, values: ArrayLike) -> Spread | None:
        """Return the range of the figures (R,) of replications.

        None if they are all alike.
        """
        figures = np.asarray(values, np.float64)
        if len(np.unique(figures)) < 2:
            return None
        eight_in_ten = len(figures) >= LEAST_FOR_EIGHT_IN_TEN
        low, high = np.quantile(figures, (0.1, 0.9) if eight_in_ten else (0.0, 1.0))
        return cls(len(figures), eight_in_ten, float(low), float(high))
