"""Erlang's formula by recursion, quickly and to full accuracy.

In the number of channels, n, Erlang's B obeys [1]_

    B(n) = load B(n - 1) / (n + load B(n - 1)),

in which a relative error in B(n - 1) reaches B(n) multiplied by 1 - B(n), never by more than one. So the
recursion is stable, and more: far below the load it forgets where it began, because 1 - B(n) <= n / load.
It is started only as low as that forgetting needs, about 9 sqrt(load) channels below the load.

Arguments here are valid floats: the loads and the channels 0 or more and finite.

References
----------
.. [1] D. L. Jagerman, "Some properties of the Erlang loss function", Bell System Technical Journal 53(3),
   525-551, 1974.
.. [2] NIST Digital Library of Mathematical Functions, 8.7.1 and 8.9.2 (incomplete gamma functions).
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__: list[str] = []

_FORGOTTEN = 40.0  # an error at the start has shrunk to exp(-40) of itself, less than a float can tell
_FRACTION_DEPTH = 80  # levels of the continued fraction; 60 suffice at a load of 2, the worst case


def blocking_at(load: float, channels: float) -> float:
    """Erlang B of two valid floats."""
    if channels == 0.0 or load == 0.0:
        return 1.0 if channels == 0.0 else 0.0
    order, blocking = start(load, channels)
    for step in range(1, round(channels - order) + 1):
        overflow = load * blocking
        blocking = overflow / (order + step + overflow)
        if blocking == 0.0:
            break
    return blocking


def blockings_at(loads: NDArray[np.float64], channels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Erlang B of two flat arrays: the same steps as `blocking_at`, for all elements at once."""
    blocking = np.where(channels == 0.0, 1.0, 0.0)
    order = channels.copy()
    for i in np.flatnonzero((channels > 0.0) & (loads > 0.0)):
        order[i], blocking[i] = start(float(loads[i]), float(channels[i]))
    steps = np.rint(channels - order)
    longest_first = np.argsort(-steps, kind="stable")
    steps, load, order = steps[longest_first], loads[longest_first], order[longest_first]
    reached = blocking[longest_first]
    step, active = 0, int(np.count_nonzero(steps > 0))
    with np.errstate(under="ignore"):
        while active and reached[:active].any():
            step += 1
            overflow = load[:active] * reached[:active]
            reached[:active] = overflow / (order[:active] + step + overflow)
            while active and steps[active - 1] <= step:
                active -= 1
    blocking[longest_first] = reached
    return blocking


def start(load: float, channels: float) -> tuple[float, float]:
    """Order at or below `channels` from which the recursion may begin, and its blocking; load above 0."""
    fraction = channels % 1.0
    near = min(load, channels)
    depth = 9.0 * math.sqrt(load) + 1.0
    if 0.0 < near < load:
        depth = min(depth, _FORGOTTEN / math.log(load / near) + 1.0)
    skipped = math.floor(near - depth - fraction)
    if skipped >= 1:
        return fraction + skipped, 1.0 - (fraction + skipped) / load
    return fraction, 1.0 if fraction == 0.0 else fraction_state(load, fraction)[0]


def fraction_state(load: float, fraction: float) -> tuple[float, float]:
    """Blocking and mean idle channels of less than one channel (0 < fraction < 1), load above 0.

    Below 2 Erlangs by the series of the incomplete gamma function, from there by its continued fraction
    [2]_, whose terms are all positive; its tail is the idle part, ``fraction - load (1 - blocking)``.
    """
    if load < 2.0:
        term = total = 1.0 / (1.0 + fraction)
        order = 1.0 + fraction
        while term > 1e-18 * total:
            order += 1.0
            term *= load / order
            total += term
        power = load**fraction
        blocking = power / (math.exp(load) * math.gamma(1.0 + fraction) - power * load * total)
        blocking = min(1.0, blocking)
        return blocking, max(0.0, fraction - load * (1.0 - blocking))
    level = load + 2 * _FRACTION_DEPTH - fraction
    for k in range(_FRACTION_DEPTH, 1, -1):
        level = load + 2 * (k - 1) - fraction - k * (k - 1 - fraction) / level
    idle = fraction / level
    return (load - fraction + idle) / load, idle
