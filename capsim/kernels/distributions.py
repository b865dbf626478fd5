"""Lengths of time by their distribution: the codes, what each distribution is made of, and how a length is drawn.

This is the one table of distributions that kernels know. A new one is a code and a name here, and a branch in
``draw_length``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.chance import exp, exponential, gamma, nearest, normal, uniform
from capsim.kernels.jit import inlined
from capsim.records import Float64, Int64

EXPONENTIAL, LOGNORMAL, GAMMA, DETERMINISTIC, HYPEREXPONENTIAL, EMPIRICAL = range(6)
"""Codes of distributions."""
DISTRIBUTIONS = ("exponential", "lognormal", "gamma", "deterministic", "hyperexponential", "empirical")
"""Names of the distributions, by code."""
N_PARAMETERS = 4
"""Numbers that describe a distribution, at most."""
NO_LENGTH = -1
"""Length drawn from a distribution whose code no branch knows; a length is never negative."""


class Lengths(NamedTuple):
    """Distributions of a length of time (D DIDs, E values of empirical distributions).

    Attributes
    ----------
    kind : (D,) int64
        Code of each DID's distribution.
    parameters : (D, 4) float64
        What describes it, in microseconds where it is a time:

        - exponential: mean
        - lognormal: mean and standard deviation of ln microseconds
        - gamma: shape, scale
        - deterministic: the length
        - hyperexponential: probability and mean of the first branch, mean of the second
        - empirical: first entry of its values, entry after its last
    values : (E,) float64
        Values of empirical distributions, microseconds.
    cumulative : (E,) float64
        Their cumulative weights, up to 1.
    longest : float
        Length at which longer ones are cut, microseconds.
    """

    kind: Int64
    parameters: Float64
    values: Float64
    cumulative: Float64
    longest: float


def unknown_distribution(did: int, *lengths: Lengths) -> NotImplementedError:
    """The error of a DID with a distribution that no branch of ``draw_length`` knows."""
    codes = sorted({int(one.kind[did]) for one in lengths if len(one.kind)})
    known = ", ".join(f"{code} {name}" for code, name in enumerate(DISTRIBUTIONS))
    return NotImplementedError(
        f"the DID at position {did} has the distribution codes {', '.join(map(str, codes))}, and draw_length in "
        f"capsim.kernels.distributions knows only {known}"
    )


@inlined
def draw_length(lengths, did, a, b, branch_a, branch_b, counter):
    """Length of time, in whole microseconds: draw ``counter`` of a stream.

    Parameters
    ----------
    lengths : Lengths
        Distributions.
    did : int
        DID whose distribution is drawn from.
    a, b : int
        Key of the stream.
    branch_a, branch_b : int
        Key of the stream that picks the branch of a hyperexponential distribution.
    counter : int
        Number of the draw.

    Returns
    -------
    int
        Length in microseconds, or ``NO_LENGTH`` if no branch knows the distribution.
    """
    kind, parameters = lengths.kind[did], lengths.parameters[did]
    if kind == DETERMINISTIC:
        length = parameters[0]
    elif kind == GAMMA:
        length = gamma(parameters[0], a, b, counter) * parameters[1]
    elif kind == EXPONENTIAL:
        length = exponential(uniform(a, b, counter)) * parameters[0]
    elif kind == LOGNORMAL:
        length = exp(parameters[0] + parameters[1] * normal(uniform(a, b, counter)))
    elif kind == HYPEREXPONENTIAL:
        is_first = uniform(branch_a, branch_b, counter) < parameters[0]
        length = exponential(uniform(a, b, counter)) * (parameters[1] if is_first else parameters[2])
    elif kind == EMPIRICAL:
        length = _of_values(uniform(a, b, counter), lengths, parameters)
    else:
        return np.int64(NO_LENGTH)
    return nearest(min(length, lengths.longest))


@inlined
def _of_values(u, lengths, parameters):
    """Value at cumulative weight ``u`` of an empirical distribution, microseconds."""
    low, high = np.int64(parameters[0]), np.int64(parameters[1]) - 1
    while low < high:
        middle = (low + high) // 2
        if u < lengths.cumulative[middle]:
            high = middle
        else:
            low = middle + 1
    return lengths.values[low]
