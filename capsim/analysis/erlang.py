"""Erlang's loss formula, and its two inverses.

Poisson calls with a mean of `load` calls in progress, if all were carried, meet `channels` channels, and a
call that finds them all busy is lost. The formula needs no more of the holding times than their mean.

References
----------
.. [1] D. L. Jagerman, "Some properties of the Erlang loss function", Bell System Technical Journal 53(3),
   525-551, 1974.
.. [2] A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
   telephone exchanges", Elektroteknikeren 13, 1917.
"""

import math
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from capsim.analysis._checks import nonnegative, positive
from capsim.analysis.recursion import blocking_at, blockings_at, start

__all__ = ["channels_for", "erlang_b", "load_for"]

_Array = NDArray[Any] | Sequence[float]


@overload
def erlang_b(load: float, channels: float) -> float: ...
@overload
def erlang_b(load: _Array, channels: float | _Array) -> NDArray[np.float64]: ...
@overload
def erlang_b(load: float | _Array, channels: _Array) -> NDArray[np.float64]: ...
def erlang_b(load: float | _Array, channels: float | _Array) -> float | NDArray[np.float64]:
    """Blocking probability of a group of channels offered Poisson calls (Erlang B).

    Parameters
    ----------
    load : float or array_like
        Offered load in Erlangs, 0 or more.
    channels : float or array_like
        Number of channels, 0 or more. Between the whole numbers stands Jagerman's continuation [1]_,
        ``1 / B = load * integral of exp(-load t) (1 + t)**channels dt over t >= 0``, which equivalent
        random theory needs.

    Returns
    -------
    float or ndarray of float64
        Share of the calls that is lost, 0 to 1: a float for two scalars, otherwise an array of the shape to
        which the two broadcast. A load of 0 gives 0, but 1 where there are no channels.

    Raises
    ------
    ValueError
        If a load or a number of channels is negative or not finite.

    Notes
    -----
    The relative error is below 1e-10, and mostly below 1e-13, up to 100,000 channels. Probabilities below
    the least float are 0. The time grows as the square root of the load, and as the channels beyond it.

    Examples
    --------
    >>> round(erlang_b(90, 107), 6)
    0.008799
    """
    if isinstance(load, int | float) and isinstance(channels, int | float):
        return blocking_at(nonnegative("load", load), nonnegative("channels", channels))
    loads, counts = np.broadcast_arrays(np.asarray(load, float), np.asarray(channels, float))
    for name, values in (("load", loads), ("channels", counts)):
        wrong = ~((values >= 0) & (values < np.inf))
        if wrong.any():
            nonnegative(name, float(values[wrong][0]))
    blocking = blockings_at(loads.ravel(), counts.ravel())
    return blocking.reshape(loads.shape) if loads.ndim else float(blocking[0])


def channels_for(load: float, blocking: float) -> int:
    """Least whole number of channels that keeps the blocking at or below a target.

    Parameters
    ----------
    load : float
        Offered load in Erlangs, 0 or more.
    blocking : float
        The target: share of calls lost, above 0, up to 1.

    Returns
    -------
    int
        The least n with ``erlang_b(load, n) <= blocking``. A load of 0 takes 1 channel, unless the target
        is 1: without channels, whoever calls is blocked.

    Raises
    ------
    ValueError
        If the load is negative or not finite, or the target not above 0 and at most 1.

    Notes
    -----
    The search climbs the recursion of [1]_ from load (1 - blocking), the calls that must be carried.

    Examples
    --------
    >>> channels_for(90, 0.01)
    107
    """
    load, blocking = nonnegative("load", load), float(blocking)
    if not 0.0 < blocking <= 1.0:
        raise ValueError(f"blocking must be above 0 and at most 1: got {blocking!r}")
    if blocking == 1.0 or load == 0.0:
        return 0 if blocking == 1.0 else 1
    least = math.floor(load * (1.0 - blocking))
    order, reached = start(load, float(least))
    while order < least or reached > blocking:
        order += 1.0
        overflow = load * reached
        reached = overflow / (order + overflow)
    channels = int(order)
    while blocking_at(load, channels) > blocking:
        channels += 1
    while channels > 0 and blocking_at(load, channels - 1) <= blocking:
        channels -= 1
    return channels


def load_for(channels: float, blocking: float) -> float:
    """Offered load at which a group of channels reaches a given blocking.

    Parameters
    ----------
    channels : float
        Number of channels, above 0; need not be whole.
    blocking : float
        Share of calls lost, 0 or more, below 1.

    Returns
    -------
    float
        The load in Erlangs with ``erlang_b(load, channels) == blocking``; there is one, since the blocking
        grows with the load from 0 to 1.

    Raises
    ------
    ValueError
        If the channels are not above 0 and finite, or the blocking is not in [0, 1).

    Notes
    -----
    Newton's iteration on log B as a function of log load, whose slope is the mean number of idle channels,
    ``channels - load (1 - B)`` [1]_. The slope falls with the load, so the iteration, begun below the load
    sought, approaches it from below and never passes it.

    Examples
    --------
    >>> round(load_for(15, 0.01), 3)
    8.108
    """
    channels, blocking = positive("channels", channels), float(blocking)
    if not 0.0 <= blocking < 1.0:
        raise ValueError(f"blocking must be 0 or more and below 1: got {blocking!r}")
    if blocking == 0.0:
        return 0.0
    load = _load_below(channels, blocking)
    last = math.inf
    for _ in range(200):
        reached = blocking_at(load, channels)
        if reached == 0.0:  # the load, or the blocking, is less than the least float
            break
        idle = channels - load * (1.0 - reached)
        if load > 1e6 and load > 100.0 * channels:  # too few idle ones to be told from rounding
            idle = channels / (load - channels)
        step = math.log(blocking / reached) / idle
        if step == 0.0 or (abs(step) < 1e-9 and abs(step) >= abs(last)):  # only rounding is left
            break
        load, last = load * math.exp(step), step
    return load


def _load_below(channels: float, blocking: float) -> float:
    """A load at or below the one sought by `load_for`, mostly close to it.

    Up to a load equal to the channels, B is at most twice the Poisson probability of as many calls as there
    are channels, since Poisson's distribution function is at least a half there.
    """
    target = math.log(blocking) - math.log(2.0) + math.lgamma(channels + 1.0)
    if channels * math.log(channels) - channels <= target:
        return channels
    log_load = target / channels
    for _ in range(100):
        load = math.exp(log_load)
        if load >= channels:
            return channels
        step = (target - channels * log_load + load) / (channels - load)
        log_load += step
        if step < 1e-3:
            break
    return math.exp(log_load)
