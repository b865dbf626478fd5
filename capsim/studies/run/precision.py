"""As many replications as a precision needs, by a look-ahead rule that keeps the coverage of the interval.

If the interval is checked after each replication, and accepted as soon as it is narrow enough, it is too narrow too
often: the run stops when the spread happens to be small. So the precision has to hold for some more replications before
it is accepted.

References
----------
Hoad, Robinson, Davies (2010). Automated selection of the number of replications for a discrete-event simulation.
Journal of the Operational Research Society 61: the look-ahead of 5 replications, and of 5 in 100 beyond a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Literal

from capsim.cost import Invoicing
from capsim.errors import InputError, Problem
from capsim.estimates.estimate import of_means, of_probabilities
from capsim.records import CAPACITY_EXCEEDED
from capsim.simulation.replication import CompiledScenario, Replication
from capsim.studies.run import words

PrecisionOf = Literal["blocking", "cost"]
LEAST, MOST = 10, 100_000
"""Least and largest number of replications."""
AHEAD = 5
"""Least number of replications for which the precision has to hold."""
AT_MOST_TIMES = 4
"""Largest growth of the number of replications before the forecast is made again."""


def check_precision(precision: float, of: str) -> None:
    """Check a precision and the figure that it is about.

    Raises
    ------
    InputError
        If one of them is out of range.
    """
    if not 0.0005 <= precision < 1:
        raise InputError(Problem(f"must be a share from 0.05% to 100% (got {100 * precision:g}%)", path="precision"))
    if of not in ("blocking", "cost"):
        raise InputError(Problem(f"must be blocking or cost (got {of!r})", path="precision_of"))


def look_ahead(replications: int) -> int:
    """Return for how many more replications the precision has to hold."""
    return max(AHEAD, replications * AHEAD // 100)


class Precision:
    """Tells whether replications suffice, and about how many would.

    Parameters
    ----------
    share : float
        Half the width of the interval, as a share of the mean, that is asked for.
    of : str
        Figure that it is about: ``blocking`` or ``cost``.
    compiled : CompiledScenario
        The scenario.
    """

    def __init__(self, share: float, of: PrecisionOf, compiled: CompiledScenario) -> None:
        self.share, self.of, self.invoicing = share, of, Invoicing(compiled.prices)
        self.tops: list[float] = []
        self.bottoms: list[float] = []
        self.reached: list[bool] = []

    def add(self, replication: Replication) -> None:
        """Add a replication; replications come in their order."""
        if self.of == "cost":
            totals = self.invoicing.totals(self.invoicing.bill(replication.charges))
            self.tops.append(float(totals["monthly"]))
            self.bottoms.append(1.0)
        else:
            calls = replication.tally.outcomes.sum(axis=0)
            self.tops.append(float(calls[CAPACITY_EXCEEDED:].sum()))
            self.bottoms.append(float(calls.sum()))
        self.reached.append(self.width() <= self.share)

    def width(self) -> float:
        """Return half the width of the interval as a share of the mean.

        It is infinite without an interval, and 0 for a cost that never varies.
        """
        if len(self.tops) < 3:
            return math.inf
        # The cluster only bounds a blocking of 0, which has no relative width.
        estimates = of_means(self.tops) if self.of == "cost" else of_probabilities(self.tops, self.bottoms, cluster=1.0)
        figure = estimates.one()
        if figure.high == figure.low:
            return 0.0
        return figure.half_width / abs(figure.mean) if figure.mean else math.inf

    def enough(self) -> int | None:
        """Return after how many replications to stop; None while more are needed."""
        held = 0
        for place, reached in enumerate(self.reached):
            held = held + 1 if reached and place + 1 >= LEAST else 0
            if held and held > look_ahead(place + 2 - held):
                return place + 1
        return None

    @property
    def nothing_blocked(self) -> bool:
        """Whether no replication blocked a call: no precision can be reached."""
        return self.of == "blocking" and not any(self.tops)

    def forecast(self) -> int:
        """Forecast how many replications it takes in all."""
        count, width = len(self.tops), self.width()
        if not math.isfinite(width):
            return min(MOST, AT_MOST_TIMES * max(count, LEAST))
        needed = math.ceil(count * (width / self.share) ** 2)
        needed = max(needed, LEAST)
        return min(MOST, needed + look_ahead(needed) + 1)


def run_until(
    precision: Precision, run: Callable[[Sequence[int]], list[Replication]], announce: Callable[[str], None]
) -> list[Replication]:
    """Run as many replications as a precision needs.

    Parameters
    ----------
    precision : Precision
        Precision that is asked for.
    run : callable
        ``run(numbers)`` runs replications, and returns them in their order.
    announce : callable
        Hears how many replications it takes, and about how long.
    """
    done: list[Replication] = []
    begun = perf_counter()
    goal = LEAST
    while True:
        new = run(range(len(done), goal))
        for replication in new:
            precision.add(replication)
        done += new
        enough = precision.enough()
        if enough is not None:
            return done[:enough]
        if precision.nothing_blocked and len(done) >= 2 * LEAST:
            announce(words.OUT_OF_REACH)
            return done
        if len(done) >= MOST:
            announce(words.precision_missed(MOST))
            return done
        forecast = max(precision.forecast(), len(done) + look_ahead(len(done)))
        seconds = (perf_counter() - begun) / len(done) * max(forecast - len(done), 0)
        announce(words.precision_forecast(forecast, seconds))
        goal = min(forecast, AT_MOST_TIMES * len(done), MOST)
