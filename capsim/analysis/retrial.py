"""Small loss systems whose blocked callers dial again, solved exactly.

Poisson calls meet a number of channels, holding times are exponential. Whoever finds all channels busy dials
again with a given probability, after an exponential delay, until the call succeeds, the caller gives up, or the
attempts allowed are spent. The busy channels, and the callers who will dial again by the attempts that they
have behind them (the orbit), are a Markov chain [1]_. It has no end, but the orbit has a bound: if every
attempt were blocked, the callers waiting after their i-th attempt would be those in progress on unlimited
channels, Poisson of mean rate x delay x p^i, independent of one another, and each real caller who waits is
one of them. So the chain may be cut where Poisson's tail is negligible.

References
----------
.. [1] G. I. Falin, J. G. C. Templeton, "Retrial Queues", Chapman & Hall 1997, chapter 2 (multiserver, with
   callers who may give up).
.. [2] J. W. Cohen, "Basic problems of telephone traffic theory and the influence of repeated calls", Philips
   Telecommunication Review 18(2), 49-100, 1957 (also the limit of long delays).
.. [3] R. W. Wolff, "Poisson arrivals see time averages", Operations Research 30(2), 223-231, 1982.
.. [4] W. J. Stewart, "Introduction to the Numerical Solution of Markov Chains", Princeton 1994, chapters 2
   (elimination) and 4 (GMRES, incomplete factors).
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.analysis._checks import nonnegative, positive
from capsim.analysis.erlang import erlang_b
from capsim.analysis.markov import stationary_distribution

__all__ = ["RetrialSolution", "solve_retrials"]

_DIRECT_STATES = 5_000  # above, elimination in three or more dimensions takes long
_ACCEPTED = 1e-9  # imbalance above which there is no answer


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RetrialSolution:
    """Long-run behaviour of a loss system with redials.

    Parameters
    ----------
    first_blocking : float
        Share of the first attempts that is blocked.
    attempt_blocking : float
        Share of all attempts that is blocked.
    attempts_per_call : float
        Mean attempts made for a call, 1 or more.
    lost : float
        Share of the calls that never get a channel.
    blocking_by_attempt : float64 array, shape (attempts,) or (2,)
        Share of the first, second, ... attempts that is blocked, NaN where none are made; without a limit of
        attempts, of the first ones and of all later ones.
    busy : float
        Mean busy channels, in Erlangs.
    waiting : float
        Mean callers who will dial again.
    states : int
        Size of the chain solved.
    truncated : float
        Bound on the probability that more callers wait than the chain has room for.
    turned_away : float
        Share of the calls that the chain took as lost because it had no room for one more who waits; part of
        `lost`, and a measure of the error by truncation.
    imbalance : float
        The chain's numerical error: probability unaccounted for, per mean holding time or delay.
    """

    first_blocking: float
    attempt_blocking: float
    attempts_per_call: float
    lost: float
    blocking_by_attempt: NDArray[np.float64]
    busy: float
    waiting: float
    states: int
    truncated: float
    turned_away: float
    imbalance: float


def solve_retrials(
    rate: float,
    mean_holding: float,
    channels: int,
    redial: float,
    mean_delay: float,
    attempts: int | None = None,
    accuracy: float = 1e-12,
    max_states: int = 200_000,
) -> RetrialSolution:
    """Solve a loss system with redials exactly.

    Parameters
    ----------
    rate : float
        Calls, that is first attempts, per unit of time, above 0.
    mean_holding : float
        Mean holding time in the same unit of time, above 0.
    channels : int
        Number of channels, 1 or more.
    redial : float
        Probability, 0 to 1, that a blocked attempt is followed by another; without a limit of attempts below 1.
    mean_delay : float
        Mean time from a blocked attempt to the next, exponential, in the same unit of time, above 0.
    attempts : int, optional
        Most attempts for one call, the first included, 1 or more; None for no limit.
    accuracy : float
        The probability that may be cut off, above 0, at most 0.01.
    max_states : int
        Most states of the chain: (channels + 1) times the ways in which up to m callers wait, m + 1 for two
        attempts or no limit, (m + 1) (m + 2) / 2 for three, and so on.

    Returns
    -------
    RetrialSolution

    Raises
    ------
    ValueError
        If a value is out of its range, or the chain has more states than `max_states`.
    ArithmeticError
        If the chain could not be solved to an imbalance of 1e-9.

    Notes
    -----
    Valid for exponential holding times and delays: unlike Erlang B, the answer depends on both distributions.
    First attempts see the chain as time does [3]_; later ones come as the callers who wait decide, so that they
    are counted as they come. The error is that of truncation (`truncated`, `turned_away`) and of rounding, the
    latter below 1e-11. Time: about 0.2 s with two attempts or no limit, 1 s at 50,000 states with a limit of
    three or four, 10 s at 200,000.

    With long delays (rate x mean_delay large) all attempts together become Poisson calls, of the rate
    ``rate (1 + p B + (p B)^2 + ...)``, B being Erlang's at that rate [2]_; the difference falls as 1 /
    mean_delay.

    Examples
    --------
    >>> solved = solve_retrials(4.0, 1.0, 5, redial=0.7, mean_delay=0.5, attempts=3)
    >>> round(solved.first_blocking, 4), round(solved.lost, 4)
    (0.2639, 0.1434)
    """
    rate, holding, delay = (
        positive("rate", rate),
        positive("mean_holding", mean_holding),
        positive("mean_delay", mean_delay),
    )
    redial, accuracy = nonnegative("redial", redial), positive("accuracy", accuracy)
    for name, count in (("channels", channels), ("attempts", attempts)):
        if count is not None and (not 1 <= count < math.inf or count != int(count)):
            raise ValueError(f"{name} must be a whole number, 1 or more: got {count!r}")
    if redial > 1.0 or (redial == 1.0 and attempts is None):
        raise ValueError(f"redial must be at most 1, and below 1 without a limit of attempts: got {redial!r}")
    if accuracy > 0.01:
        raise ValueError(f"accuracy must be at most 0.01: got {accuracy!r}")
    chain = _Chain(rate, holding, delay, int(channels), redial, attempts)
    return chain.solve(accuracy, max_states)


@dataclass(frozen=True, slots=True)
class _Chain:
    rate: float
    holding: float
    delay: float
    channels: int
    redial: float
    attempts: int | None

    @property
    def classes(self) -> int:
        """Kinds of callers who wait: by the attempts behind them, or all alike."""
        if self.redial == 0.0:
            return 0
        return 1 if self.attempts is None else int(self.attempts) - 1

    def waiting_if_blocked(self, blocking: float) -> list[float]:
        """Mean callers of each class, if every attempt were blocked with this probability, free of the others."""
        again = blocking * self.redial
        if self.attempts is None:
            return [self.rate * self.delay * again / (1.0 - again)] * self.classes
        return [self.rate * self.delay * again ** (i + 1) for i in range(self.classes)]

    def solve(self, accuracy: float, max_states: int) -> RetrialSolution:
        room, truncated = _room(sum(self.waiting_if_blocked(1.0)), accuracy) if self.classes else (0, 0.0)
        size = (self.channels + 1) * math.comb(room + self.classes, self.classes)
        if size > max_states:
            raise ValueError(f"the chain has {size:,} states, more than {max_states:,} (max_states)")
        orbits = _orbits(self.classes, room)
        waiting = np.array(orbits, np.int64).reshape(len(orbits), self.classes)
        generator, likely = self._generator(orbits, waiting, room)
        pi, imbalance = _stationary(generator, likely, self.classes + 1, max(self.holding, self.delay))
        return self._measure(pi.reshape(len(orbits), -1), waiting, room, truncated, imbalance)

    def _generator(self, orbits: list[tuple[int, ...]], waiting: NDArray[np.int64], room: int) -> tuple[Any, int]:
        """Rates of the chain, state = orbit x (channels + 1) + busy, and a state that is not rare."""
        from scipy.sparse import csr_matrix, diags

        position = {orbit: i for i, orbit in enumerate(orbits)}
        full, wide = self.channels, self.channels + 1
        every, busy = np.arange(len(orbits))[:, np.newaxis] * wide, np.arange(wide)
        moves: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []

        def move(sources: NDArray[np.int64], targets: NDArray[np.int64], rates: NDArray[np.float64]) -> None:
            flat = np.broadcast_arrays(sources, targets, np.asarray(rates, float))
            moves.append((flat[0].ravel(), flat[1].ravel(), flat[2].ravel()))

        def to(where: NDArray[np.int64], change: dict[int, int]) -> NDArray[np.int64]:
            after = waiting[where].copy()
            for kind, step in change.items():
                after[:, kind] += step
            return np.array([position[orbit] for orbit in map(tuple, after.tolist())], np.int64) * wide

        move(every + busy[:-1], every + busy[1:], np.array(self.rate))
        move(every + busy[1:], every + busy[:-1], busy[1:] / self.holding)
        if self.classes:
            some = np.flatnonzero(waiting.sum(axis=1) < room)
            move(some * wide + full, to(some, {0: 1}) + full, np.array(self.rate * self.redial))
        for kind in range(self.classes):
            some = np.flatnonzero(waiting[:, kind] > 0)
            coming = waiting[some, kind] / self.delay
            fewer = to(some, {kind: -1})
            move(some[:, np.newaxis] * wide + busy[:-1], fewer[:, np.newaxis] + busy[1:], coming[:, np.newaxis])
            stays = 0.0
            if self.attempts is None:
                stays = self.redial
            elif kind + 1 < self.classes:
                stays = self.redial
                move(some * wide + full, to(some, {kind: -1, kind + 1: 1}) + full, coming * stays)
            move(some * wide + full, fewer + full, coming * (1.0 - stays))
        sources, targets, rates = (np.concatenate(column) for column in zip(*moves, strict=True))
        size = len(orbits) * wide
        flows = csr_matrix((rates, (sources, targets)), shape=(size, size), dtype=float)
        flows.eliminate_zeros()
        blocking = self._blocking_of_long_delays()
        likely = tuple(int(mean) for mean in self.waiting_if_blocked(blocking))
        load = self.rate * self.holding * (1.0 - blocking) / (1.0 - blocking * self.redial)
        at = position[likely] * wide + min(self.channels, int(load))
        return flows - diags(np.asarray(flows.sum(axis=1)).ravel(), format="csr"), at

    def _blocking_of_long_delays(self) -> float:
        """Erlang's B at the rate of all attempts, were they Poisson: their share is close to it."""
        low, high = 0.0, 1.0
        for _ in range(60):
            blocking = (low + high) / 2.0
            again = blocking * self.redial
            if self.attempts is None:
                tries = 1.0 / (1.0 - again)
            else:
                tries = math.fsum(again**i for i in range(self.classes + 1))
            if erlang_b(self.rate * self.holding * tries, self.channels) > blocking:
                low = blocking
            else:
                high = blocking
        return low

    def _measure(
        self, pi: NDArray[np.float64], waiting: NDArray[np.int64], room: int, truncated: float, imbalance: float
    ) -> RetrialSolution:
        orbit, full = pi.sum(axis=1), pi[:, -1]
        made = np.append(self.rate, orbit @ waiting / self.delay)  # attempts per unit of time, by their number
        blocked = np.append(self.rate * full.sum(), full @ waiting / self.delay)
        again = np.full(len(made), self.redial)
        if self.attempts is not None:
            again[-1] = 0.0
        away = self.rate * self.redial * float(full @ (waiting.sum(axis=1) == room)) if self.classes else 0.0
        by_attempt = np.full(2 if self.attempts is None else int(self.attempts), math.nan)
        np.divide(blocked, made, out=by_attempt[: len(made)], where=made > 0)
        by_attempt.setflags(write=False)
        return RetrialSolution(
            first_blocking=float(full.sum()),
            attempt_blocking=float(blocked.sum() / made.sum()),
            attempts_per_call=float(made.sum()) / self.rate,
            lost=(float(blocked @ (1.0 - again)) + away) / self.rate,
            blocking_by_attempt=by_attempt,
            busy=float(pi.sum(axis=0) @ np.arange(self.channels + 1)),
            waiting=float((orbit @ waiting).sum()),
            states=pi.size,
            truncated=truncated,
            turned_away=away / self.rate,
            imbalance=imbalance,
        )


def _room(mean: float, accuracy: float) -> tuple[int, float]:
    """Least m that a Poisson number exceeds with at most this probability, and a bound of that probability."""
    top, log_term = math.floor(mean), 0.0
    while True:
        top += 1
        # P(N > top) <= P(N = top + 1) / (1 - mean / (top + 2)), the ratio of terms falling from there
        log_term = (top + 1) * math.log(mean) - mean - math.lgamma(top + 2.0)
        bound = math.exp(log_term) / (1.0 - mean / (top + 2.0))
        if bound <= accuracy:
            return top, bound


def _orbits(classes: int, room: int) -> list[tuple[int, ...]]:
    """All ways in which up to `room` callers can wait in this many classes."""
    if classes == 0:
        return [()]
    return [
        tuple(mark - before - 1 for before, mark in itertools.pairwise((-1, *marks)))
        for marks in itertools.combinations(range(room + classes), classes)
    ]


def _stationary(generator: Any, likely: int, dimensions: int, slowest: float) -> tuple[NDArray[np.float64], float]:
    """Stationary distribution and its imbalance: by elimination where that is cheap, else by GMRES behind an
    incomplete elimination [4]_; sweeps from few calls to many, as for ladders, do not lead there."""
    size = generator.shape[0]
    if dimensions <= 2 or size <= _DIRECT_STATES:
        return stationary_distribution(generator, np.zeros(size, np.int64), likely, 2, slowest)
    from scipy.sparse.linalg import LinearOperator, gmres, spilu

    balance = generator.T.tocsc()
    others = np.flatnonzero(np.arange(size) != likely)
    system, inflow = balance[others][:, others].tocsc(), -balance[others][:, [likely]].toarray().ravel()
    factors = spilu(
        system,
        drop_tol=1e-2,
        fill_factor=5,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    eased = LinearOperator(system.shape, matvec=factors.solve, dtype=float)
    x, pi, imbalance = np.zeros(size - 1), np.ones(size), math.inf
    for _ in range(20):
        correction, _ = gmres(system, inflow - system @ x, M=eased, rtol=1e-10, restart=30, maxiter=4)
        x += correction
        trial = np.ones(size)
        trial[others] = np.maximum(x, 0.0)
        trial /= trial.sum()
        amount = float(np.abs(balance @ trial).sum()) * slowest
        if not amount < 0.5 * imbalance:  # down to rounding
            break
        pi, imbalance = trial, amount
    if not imbalance <= _ACCEPTED:
        raise ArithmeticError(f"the chain of {size:,} states was not solved: imbalance {imbalance:.1e}")
    return pi, imbalance
