"""Blocking under a time-dependent load by its modified offered load: Erlang B of the load without limits.

References
----------
.. [1] D. L. Jagerman, "Nonstationary blocking in telephone traffic", Bell System Technical Journal 54(3),
   625-661, 1975.
.. [2] W. A. Massey, W. Whitt, "An analysis of the modified offered-load approximation for the nonstationary
   Erlang loss model", Annals of Applied Probability 4(4), 1145-1160, 1994.
"""

import math
from dataclasses import dataclass

import numpy as np

from capsim.analysis._checks import nonnegative, positive
from capsim.analysis._course import Array, Course, Floats, edges_of, freeze, lengths_of, rates_of
from capsim.analysis.erlang import erlang_b

__all__ = ["ModifiedOfferedLoad", "modified_offered_load"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModifiedOfferedLoad(Course):
    """The approximation of a time-dependent load; n intervals.

    Parameters
    ----------
    edges : float64 array, shape (n + 1,)
        Edges of the intervals, from 0, in the unit of time of the durations.
    offered : float64 array, shape (n,)
        Expected calls of each interval.
    blocked : float64 array, shape (n,)
        Expected blocked calls of each interval.
    busy : float64 array, shape (n,)
        Mean busy channels over each interval.
    loads : float64 array, shape (n + 1,)
        Mean calls in progress on unlimited channels, in Erlangs, at the edges.
    mean_loads : float64 array, shape (n,)
        Its mean over each interval, in Erlangs.
    """

    loads: Floats
    mean_loads: Floats


def modified_offered_load(
    rates: Array, durations: Array, mean_holding: float, channels: float, start: float | str = 0.0
) -> ModifiedOfferedLoad:
    """Approximate blocking under a time-dependent rate: Erlang B of the mean load without limits [1]_ [2]_.

    Parameters
    ----------
    rates : sequence of float
        Calls per unit of time in each interval, steady within it, 0 or more.
    durations : sequence of float
        Length of each interval, above 0, in the same unit of time.
    mean_holding : float
        Mean holding time in the same unit of time, above 0.
    channels : float
        Number of channels, 0 or more; need not be whole.
    start : float or "periodic"
        Mean calls in progress at time 0, in Erlangs, 0 or more; or the mean to which the horizon returns if it
        is repeated forever.

    Returns
    -------
    ModifiedOfferedLoad
        With m(t) the mean calls in progress on unlimited channels, which within an interval approaches
        a = rate x mean_holding as ``m(t) = a + (m(0) - a) exp(-t / mean_holding)``: blocked calls are the
        integral of rate B(m(t), channels), busy channels the mean of m(t) (1 - B(m(t), channels)).

    Raises
    ------
    ValueError
        If a rate or the start is negative or not finite, the sequences are empty or differ in length, a
        duration or the mean holding time is not above 0, or the channels are negative or not finite.

    Notes
    -----
    Exponential holding times (the idea holds for others, with another m). Exact for a steady rate in
    equilibrium, and in the limit of no blocking; good while blocking is small, and the better the slower the
    rate changes beside the holding time [2]_. Where much is blocked it lags: while the rate rises it finds too
    little, after an overload too much, since its load keeps the calls that were blocked. The integrals
    themselves are exact to about 1e-11 of their value.

    Examples
    --------
    >>> round(modified_offered_load([1.0, 3.0], [60.0, 30.0], 3.0, 8).blocking, 4)
    0.1571
    """
    lengths = lengths_of(durations)
    rate = rates_of(rates, len(lengths))
    holding, channels = positive("mean_holding", mean_holding), nonnegative("channels", channels)
    targets, kept, lost = rate * holding, np.exp(-lengths / holding), -np.expm1(-lengths / holding)
    loads = np.empty(len(rate) + 1)
    if isinstance(start, str):
        if start != "periodic":
            raise ValueError(f'start must be a load or "periodic": got {start!r}')
        after = 0.0
        for target, keep, lose in zip(targets, kept, lost, strict=True):
            after = after * keep + target * lose
        loads[0] = after / -math.expm1(-float(lengths.sum()) / holding)
    else:
        loads[0] = nonnegative("start", start)
    for i, target in enumerate(targets):
        loads[i + 1] = loads[i] * kept[i] + target * lost[i]
    nodes, weights = np.polynomial.legendre.leggauss(8)
    blocked, busy = np.empty(len(rate)), np.empty(len(rate))
    for i, length in enumerate(lengths):
        cuts = _panels(length, holding, abs(loads[i] - targets[i]) / math.sqrt(channels + 1.0))
        half = np.diff(cuts)[:, np.newaxis] / 2
        times = ((cuts[:-1] + cuts[1:])[:, np.newaxis] / 2 + half * nodes).ravel()
        load = targets[i] + (loads[i] - targets[i]) * np.exp(-times / holding)
        each = erlang_b(load, channels)
        blocked[i] = rate[i] * float((half * weights).ravel() @ each)
        busy[i] = float((half * weights).ravel() @ (load * (1.0 - each))) / length
    mean_loads = targets + (loads[:-1] - targets) * lost * holding / lengths
    edges, offered = edges_of(lengths), rate * lengths
    freeze(edges, offered, blocked, busy, loads, mean_loads)
    return ModifiedOfferedLoad(
        edges=edges, offered=offered, blocked=blocked, busy=busy, loads=loads, mean_loads=mean_loads
    )


def _panels(length: float, holding: float, swing: float) -> Floats:
    """Edges of the panels over which the blocking is smooth: of half a holding time until the load stands still,
    and finer while it passes its whole way, `swing` times the width that the knee of Erlang's B has."""
    still = min(length, 40.0 * holding)
    steady = np.arange(0.0, still, holding / 2.0)
    moving = -holding * np.log1p(-np.arange(1.0, math.ceil(swing)) / math.ceil(swing)) if swing > 1.0 else steady
    return np.unique(np.concatenate((steady, moving[moving < still], [still, length])))
