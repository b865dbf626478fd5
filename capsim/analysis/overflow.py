"""Overflow: calls that a group of channels does not carry, offered to the next.

Calls that overflow come in bunches, while the first group is full. Two numbers describe them: the mean and
the variance of the calls that the overflow would keep in progress on unlimited channels. Their ratio, the
peakedness, is 1 for Poisson calls and more for overflow.

The formulas are written in the mean number of idle channels, which a recursion of positive terms gives
without cancellation, idle(n) = n (1 + idle(n-1)) / (load + 1 + idle(n-1)).

References
----------
.. [1] R. I. Wilkinson, "Theories for toll traffic engineering in the U.S.A.", Bell System Technical Journal
   35(2), 421-514, 1956; its appendix by J. Riordan derives the moments of overflow, which L. Kosten found
   in 1937.
.. [2] Y. Rapp, "Planning of junction network in a multi-exchange area", Ericsson Technics 20(1), 77-130,
   1964.
.. [3] A. A. Fredericks, "Congestion in blocking systems - a simple approximation technique", Bell System
   Technical Journal 59(6), 805-827, 1980.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from capsim.analysis._checks import nonnegative, positive
from capsim.analysis.erlang import erlang_b
from capsim.analysis.recursion import fraction_state

__all__ = [
    "EquivalentGroup",
    "OverflowMoments",
    "equivalent_random",
    "hayward_blocking",
    "overflow_blocking",
    "overflow_moments",
    "peakedness",
]


class OverflowMoments(NamedTuple):
    """Mean (Erlangs) and variance (Erlangs squared) of the calls that overflow."""

    mean: float
    variance: float


class EquivalentGroup(NamedTuple):
    """A Poisson load (Erlangs) and a number of channels, whole or not, whose overflow stands for another."""

    load: float
    channels: float


def overflow_moments(load: float, channels: float) -> OverflowMoments:
    """Mean and variance of the overflow of Poisson calls (Kosten, Riordan [1]_).

    Parameters
    ----------
    load : float
        Offered load in Erlangs, 0 or more.
    channels : float
        Channels of the first group, 0 or more; need not be whole.

    Returns
    -------
    OverflowMoments
        ``mean = load B`` and ``variance = mean (1 - mean + load / (channels + 1 + mean - load))``, B being
        Erlang's; the calls overflow into an unlimited group, holding times are exponential.

    Raises
    ------
    ValueError
        If the load or the channels are negative or not finite.

    Examples
    --------
    >>> mean, variance = overflow_moments(10, 10)
    >>> round(mean, 3), round(variance, 3)
    (2.146, 4.362)
    """
    mean = load * erlang_b(load, channels)
    return OverflowMoments(mean, mean * peakedness(load, channels))


def peakedness(load: float, channels: float) -> float:
    """Ratio of variance to mean of the overflow of Poisson calls.

    Parameters
    ----------
    load : float
        Offered load in Erlangs, 0 or more.
    channels : float
        Channels of the first group, 0 or more; need not be whole.

    Returns
    -------
    float
        1 or more (1 for no channels, and as the limit for no load); right also where the mean is too small
        for a float.

    Raises
    ------
    ValueError
        If the load or the channels are negative or not finite.

    Notes
    -----
    Riordan's formula [1]_ in other letters: ``(channels + 1) (1 - idle(channels) / idle(channels + 1))``.
    The relative error is about channels times 1e-16. Time grows with the channels, 5 ms at 100,000.
    """
    load, channels = nonnegative("load", load), nonnegative("channels", channels)
    if load == 0.0 or channels == 0.0:
        return 1.0
    fraction = channels % 1.0
    before, idle = 0.0, fraction_state(load, fraction)[1] if fraction else 0.0
    for step in range(1, math.floor(channels) + 2):
        before, idle = idle, (fraction + step) * (1.0 + idle) / (load + 1.0 + idle)
    return max(1.0, (channels + 1.0) * (1.0 - before / idle))


def equivalent_random(mean: float, variance: float) -> EquivalentGroup:
    """Poisson load and channels whose overflow has a given mean and variance (Wilkinson [1]_).

    Parameters
    ----------
    mean : float
        Mean of the overflow in Erlangs, 0 or more.
    variance : float
        Its variance in Erlangs squared, no less than the mean: smoother than Poisson has no equivalent here.

    Returns
    -------
    EquivalentGroup
        Load (Erlangs) and channels (not whole in general). Equal mean and variance, which is Poisson, give
        the mean itself and no channels.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or the variance is less than the mean (by more than rounding).

    Notes
    -----
    With z = variance / mean, Riordan's formula fixes the channels for any load,
    ``channels = load (1 + 1 / (mean + z - 1)) - mean - 1``, and the load is then found from the mean by
    Brent's method, between the load that leaves no channels and twice, four times, ... Rapp's approximation
    ``variance + 3 z (z - 1)`` [2]_.
    """
    mean, variance = nonnegative("mean", mean), nonnegative("variance", variance)
    if variance < mean * (1.0 - 1e-12):
        raise ValueError(f"variance must be no less than the mean {mean!r}: got {variance!r}")
    if variance <= mean * (1.0 + 1e-12):
        return EquivalentGroup(mean, 0.0)
    from scipy.optimize import brentq

    excess = variance / mean - 1.0

    def channels(load: float) -> float:
        return max(0.0, load * (1.0 + 1.0 / (mean + excess)) - mean - 1.0)

    def surplus(load: float) -> float:
        return load * erlang_b(load, channels(load)) / mean - 1.0

    low = mean + excess / (mean + excess + 1.0)
    high = max(low, variance + 3.0 * (excess + 1.0) * excess)
    while surplus(high) > 0.0:
        low, high = high, 2.0 * high
    load = float(brentq(surplus, low, high, xtol=1e-300, rtol=1e-15)) if surplus(low) > 0.0 else low
    return EquivalentGroup(load, channels(load))


def overflow_blocking(means: Sequence[float], variances: Sequence[float], channels: float) -> float:
    """Blocking of several independent overflow streams on one group (equivalent random theory [1]_).

    Parameters
    ----------
    means : sequence of float, shape (streams,)
        Mean of each stream, in Erlangs.
    variances : sequence of float, shape (streams,)
        Variance of each stream, in Erlangs squared; equal to the mean for Poisson calls.
    channels : float
        Channels of the group that they share, 0 or more.

    Returns
    -------
    float
        Share of all the streams' calls that is lost, 0 to 1. A stream of its own may lose more, if it is
        more peaked. Exact for one stream that is the overflow of one group, otherwise an approximation.
        Without any load it is what `erlang_b` says of a load of 0.

    Raises
    ------
    ValueError
        If the sequences differ in length, a number is negative or not finite, or the variances add up to
        less than the means.
    """
    if len(means) != len(variances):
        raise ValueError(f"means and variances must be of one length: got {len(means)} and {len(variances)}")
    mean = math.fsum(nonnegative("means", value) for value in means)
    variance = math.fsum(nonnegative("variances", value) for value in variances)
    if mean == 0.0:
        return erlang_b(0.0, channels)
    load, first = equivalent_random(mean, variance)
    return min(1.0, load * erlang_b(load, first + nonnegative("channels", channels)) / mean)


def hayward_blocking(mean: float, peakedness: float, channels: float) -> float:
    """Blocking of a peaked or smooth stream (Hayward's approximation, Fredericks [3]_).

    Parameters
    ----------
    mean : float
        Offered load in Erlangs, 0 or more.
    peakedness : float
        Variance over mean of the stream, above 0; 1 is Poisson, below 1 is smoother.
    channels : float
        Channels, 0 or more.

    Returns
    -------
    float
        ``erlang_b(mean / peakedness, channels / peakedness)``, 0 to 1.

    Raises
    ------
    ValueError
        If the mean or the channels are negative, the peakedness not above 0, or any not finite.
    """
    peakedness = positive("peakedness", peakedness)
    return erlang_b(nonnegative("mean", mean) / peakedness, nonnegative("channels", channels) / peakedness)
