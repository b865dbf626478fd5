"""The stationary distribution of a Markov chain that counts calls.

Every event of such a chain adds one call or takes one away. So states with equally many calls never lead to
one another, which makes a sweep through them, from few calls to many, cheap (Gauss-Seidel without fill).

References
----------
.. [1] W. J. Stewart, "Introduction to the Numerical Solution of Markov Chains", Princeton 1994, chapters 2
   (elimination), 3 (Gauss-Seidel) and 4 (GMRES).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__: list[str] = []

_DIRECT_STATES = 3000  # above, elimination in three or more dimensions fills memory
_GOAL = 1e-13  # imbalance at which the iteration is content
_POLISHING = 100  # sweeps that bring the rare states, lost beside the others, to their own accuracy
_ACCEPTED = 1e-9  # imbalance above which there is no answer


def stationary_distribution(
    generator: Any, calls: NDArray[np.int64], likely: int, dimensions: int, slowest: float
) -> tuple[NDArray[np.float64], float]:
    """Solve ``pi Q = 0`` with ``sum(pi) = 1``.

    Parameters
    ----------
    generator : scipy sparse matrix, shape (states, states)
        Rates per unit of time, each row adding up to 0; every state must lead to every other.
    calls : int64 array, shape (states,)
        Calls in progress in each state.
    likely : int
        A state that is not rare. Elimination leaves it out and measures the others by it, which keeps all in
        the range of a float.
    dimensions : int
        Number of counts that make up a state; up to two, elimination is cheap at any size.
    slowest : float
        The longest mean holding time, in the generator's unit of time: by it the imbalance is judged.

    Returns
    -------
    pi : float64 array, shape (states,)
        The probabilities.
    imbalance : float
        ``sum |pi Q| * slowest``: probability that moves, without a cause, per mean holding time.

    Raises
    ------
    ArithmeticError
        If the imbalance is above 1e-9.

    Notes
    -----
    Elimination (sparse LU with pivots on the diagonal, safe because no rate off the diagonal is negative)
    gives each probability to nearly full relative accuracy. Above 3,000 states of three or more dimensions:
    GMRES preconditioned by Gauss-Seidel [1]_, whose error is small beside 1, and then sweeps of Gauss-Seidel,
    which subtract nothing and so bring the rare states to an accuracy of their own.
    """
    size = generator.shape[0]
    balance = generator.T.tocsc()
    if size == 1:
        pi = np.ones(1)
    elif size <= _DIRECT_STATES or dimensions <= 2:
        pi = _by_elimination(balance, likely)
    else:
        pi = _by_iteration(balance, calls, slowest)
    imbalance = float(np.abs(balance @ pi).sum()) * slowest
    if not imbalance <= _ACCEPTED:
        raise ArithmeticError(f"the chain of {size:,} states was not solved: imbalance {imbalance:.1e}")
    return pi, imbalance


def _by_elimination(balance: Any, likely: int) -> NDArray[np.float64]:
    from scipy.sparse.linalg import splu

    others = np.flatnonzero(np.arange(balance.shape[0]) != likely)
    inflow = -balance[others][:, [likely]].toarray().ravel()
    factors = splu(
        balance[others][:, others].tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    pi = np.ones(balance.shape[0])
    pi[others] = np.maximum(factors.solve(inflow), 0.0)
    return np.asarray(pi / pi.sum())


def _by_iteration(balance: Any, calls: NDArray[np.int64], slowest: float) -> NDArray[np.float64]:
    from scipy.sparse import tril
    from scipy.sparse.linalg import LinearOperator, gmres, splu

    upward = np.argsort(calls, kind="stable")
    balance = balance[upward][:, upward].tocsc()
    sweep = splu(
        tril(balance, format="csc"),
        permc_spec="NATURAL",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    one_sweep = LinearOperator(balance.shape, matvec=sweep.solve, dtype=float)
    x = np.full(balance.shape[0], 1.0 / balance.shape[0])
    smallest = np.inf
    for _ in range(20):
        imbalance = balance @ x
        amount = float(np.abs(imbalance).sum()) * slowest
        if amount <= _GOAL or amount > 0.5 * smallest:  # content, or down to rounding
            break
        smallest = amount
        correction, _ = gmres(balance, -imbalance, M=one_sweep, rtol=1e-9, restart=40, maxiter=10)
        x = np.maximum(x + correction, 0.0)
        x /= x.sum()
    above = tril(balance, format="csr") - balance.tocsr()
    for _ in range(_POLISHING):
        x = sweep.solve(above @ x)
        x /= x.sum()
    pi = np.empty(len(x))
    pi[upward] = x
    return pi
