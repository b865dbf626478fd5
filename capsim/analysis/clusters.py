"""How blocked calls cluster.

The first call that finds all channels busy is seldom the last: until one is released, every call is lost.
The times between blocked calls of M/M/c/c are independent and alike, because after each of them the group is
full [1]_. So two moments of that time tell how much the count of blocked calls varies over a long time.

Derivation. Let T(n) be the time in which the calls in progress rise from n to n + 1, T(c) the time from a
full group to the next blocked call, which is the time between two of them. In mean holding times, the first
event comes after an exponential time of rate load + n: a call, with probability load / (load + n), or a
release, after which T(n-1) and another T(n) follow. First and second moments are then [2]_

    m(n) = (1 + n m(n-1)) / load,      q(n) = 2 m(n)^2 + (n / load) q(n-1),

so that h(n) = q(n) / (2 m(n)^2), in which nothing is large or small, obeys

    h(n) = 1 + h(n-1) load n / (load + 1 + idle(n-1))^2,      h(0) = 1,

with the mean idle channels of n channels (m(n-1) / m(n) = load / (load + 1 + idle(n-1)), as load m(n) is the
inverse of Erlang's B). The squared coefficient of variation of T(c) is 2 h(c) - 1.

References
----------
.. [1] C. Palm, "Intensitätsschwankungen im Fernsprechverkehr", Ericsson Technics 44, 1943.
.. [2] J. Keilson, "Markov Chain Models - Rarity and Exponentiality", Springer 1979, chapter 5 (passage times
   of birth-death processes).
.. [3] D. R. Cox, "Renewal Theory", Methuen 1962, section 4 (variance of the number of renewals).
"""

from capsim.analysis._checks import nonnegative

__all__ = ["overflow_cluster_size", "overflow_dispersion"]


def overflow_dispersion(load: float, channels: int) -> float:
    """Index of dispersion of the count of blocked calls over a long time.

    Parameters
    ----------
    load : float
        Offered load in Erlangs, 0 or more.
    channels : int
        Number of channels, 0 or more.

    Returns
    -------
    float
        Variance over mean of the number of blocked calls, as the time grows without bound; equal to the
        squared coefficient of variation of the time between two of them [3]_. 1 for no channels (every call
        is blocked, and they are Poisson) and as the limit for no load; 1 or more otherwise.

    Raises
    ------
    ValueError
        If the load is negative or not finite, or the channels are not a whole number of 0 or more.

    Notes
    -----
    Calls are Poisson and holding times exponential. Time grows with the channels, 10 ms at 100,000.
    """
    return 2.0 * overflow_cluster_size(load, channels) - 1.0


def overflow_cluster_size(load: float, channels: int) -> float:
    """Mean number of calls that are blocked together.

    Parameters
    ----------
    load : float
        Offered load in Erlangs, 0 or more.
    channels : int
        Number of channels, 0 or more.

    Returns
    -------
    float
        The mean size, 1 or more, of the clusters that a Poisson process of clusters, of geometrically
        distributed sizes, must have to match `overflow_dispersion`: (dispersion + 1) / 2.

    Raises
    ------
    ValueError
        If the load is negative or not finite, or the channels are not a whole number of 0 or more.

    Examples
    --------
    >>> round(overflow_cluster_size(970, 1000), 1)
    20.2
    """
    load = nonnegative("load", load)
    count = nonnegative("channels", channels)
    if count % 1.0:
        raise ValueError(f"channels must be a whole number: got {channels!r}")
    size, idle = 1.0, 0.0
    for n in range(1, int(count) + 1 if load else 1):
        seen = load + 1.0 + idle
        size = 1.0 + size * (load / seen) * (n / seen)
        idle = n * (1.0 + idle) / seen
    return size
