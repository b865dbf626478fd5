"""Small ladders of tiers, solved exactly: a reference model for the simulator.

A call takes a channel of the first tier that has one free, in the order included, dedicated, shared, metered,
keeps it to its end, and is lost if none is free (rules R1 and R3); limits of the DID and of its group are
looked at first (R9). With Poisson calls and exponential holding times the counts of calls, by DID and tier,
are a Markov chain, whose stationary distribution says everything.

Groups do not feel one another, and a DID without a group is alone, so each is solved by itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.analysis.ladder import CAUSES, OUTCOMES, TIERS, ChainDid, ChainGroup, explore
from capsim.analysis.markov import stationary_distribution

__all__ = ["CAUSES", "TIERS", "ChainDid", "ChainGroup", "LadderSolution", "solve_ladder"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LadderSolution:
    """Long-run behaviour of a ladder (D DIDs and G groups, in the order given).

    Parameters
    ----------
    dids : tuple of ChainDid
        The ladder's DIDs.
    groups : tuple of ChainGroup
        The ladder's groups.
    blocked_by_cause : float64 array, shape (D, 3)
        Probability that a call of the DID is blocked, by cause in the order of `CAUSES`.
    carried : float64 array, shape (D, 4)
        Carried calls per unit of time, by tier in the order of `TIERS`.
    erlangs : float64 array, shape (D, 4)
        Mean busy channels, by tier; for a DID's shared and metered ones, those that its calls hold.
    states : tuple of int
        Sizes of the chains solved, one for each group with DIDs, then one for each DID without a group.
    imbalance : float
        The worst chain's numerical error: probability unaccounted for, per longest mean holding time.
    """

    dids: tuple[ChainDid, ...]
    groups: tuple[ChainGroup, ...]
    blocked_by_cause: NDArray[np.float64]
    carried: NDArray[np.float64]
    erlangs: NDArray[np.float64]
    states: tuple[int, ...]
    imbalance: float

    @property
    def offered(self) -> NDArray[np.float64]:
        """Offered calls per unit of time, shape (D,)."""
        return np.array([did.rate for did in self.dids], float)

    @property
    def blocking(self) -> NDArray[np.float64]:
        """Probability that a call of the DID is blocked, shape (D,); of one more call, at a rate of 0."""
        return np.asarray(self.blocked_by_cause.sum(axis=1))

    @property
    def overall_blocking(self) -> float:
        """Blocked over offered calls of all DIDs; NaN where none are offered."""
        return self._share_blocked(np.arange(len(self.dids)))

    @property
    def group_blocking(self) -> NDArray[np.float64]:
        """Blocked over offered calls of the group's DIDs, shape (G,); NaN where none are offered."""
        return np.array([self._share_blocked(self._members(g)) for g in range(len(self.groups))], float)

    @property
    def group_carried(self) -> NDArray[np.float64]:
        """Carried calls of the group's DIDs per unit of time, by tier, shape (G, 4)."""
        return self._by_group(self.carried)

    @property
    def group_erlangs(self) -> NDArray[np.float64]:
        """Mean busy channels of the group's DIDs by tier, shape (G, 4)."""
        return self._by_group(self.erlangs)

    def _members(self, group: int) -> NDArray[np.int64]:
        return np.array([i for i, did in enumerate(self.dids) if did.group == group], np.int64)

    def _by_group(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = [values[self._members(g)].sum(axis=0) for g in range(len(self.groups))]
        return np.array(rows, float).reshape(len(self.groups), len(TIERS))

    def _share_blocked(self, members: NDArray[np.int64]) -> float:
        offered = self.offered[members]
        total = float(offered.sum())
        return float(offered @ self.blocking[members]) / total if total else math.nan


def solve_ladder(
    dids: Sequence[ChainDid], groups: Sequence[ChainGroup] = (), max_states: int = 200_000
) -> LadderSolution:
    """Solve a ladder of tiers exactly.

    Parameters
    ----------
    dids : sequence of ChainDid
        The DIDs.
    groups : sequence of ChainGroup
        The groups.
    max_states : int
        Largest number of states of one chain (one group with its DIDs, or one DID alone).

    Returns
    -------
    LadderSolution

    Raises
    ------
    ValueError
        If a DID names a group that is not there, or a chain has more states than `max_states`.
    ArithmeticError
        If a chain could not be solved to an imbalance of 1e-9.

    Notes
    -----
    Arrivals see the chain as time does (PASTA), so that a share of time is a share of calls.

    References
    ----------
    .. [1] R. W. Wolff, "Poisson arrivals see time averages", Operations Research 30(2), 223-231, 1982.
    """
    for did in dids:
        if did.group is not None and did.group >= len(groups):
            raise ValueError(f"group must be below the number of groups, {len(groups)}: got {did.group}")
    parts = [([i for i, did in enumerate(dids) if did.group == g], group) for g, group in enumerate(groups)]
    parts += [([i], ChainGroup()) for i, did in enumerate(dids) if did.group is None]
    outcome = np.zeros((len(dids), len(OUTCOMES)))
    erlangs = np.zeros((len(dids), len(TIERS)))
    states, imbalance = [], 0.0
    for members, group in parts:
        if members:
            outcome[members], erlangs[members], size, error = _solve_part([dids[i] for i in members], group, max_states)
            states.append(size)
            imbalance = max(imbalance, error)
    rates = np.array([did.rate for did in dids], float)[:, np.newaxis]
    blocked, carried = outcome[:, len(TIERS) :], outcome[:, : len(TIERS)] * rates
    for array in (blocked, carried, erlangs):
        array.setflags(write=False)
    return LadderSolution(
        dids=tuple(dids),
        groups=tuple(groups),
        blocked_by_cause=blocked,
        carried=carried,
        erlangs=erlangs,
        states=tuple(states),
        imbalance=imbalance,
    )


def _solve_part(
    dids: Sequence[ChainDid], group: ChainGroup, max_states: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, float]:
    """Outcome probabilities (D, 7), Erlangs (D, 4), states and imbalance of DIDs that share one group."""
    states, outcomes, generator = explore(dids, group, max_states)
    busy = np.array(states, np.int64)
    rates = np.array([did.rate for did in dids], float)
    releases = busy / np.repeat([float(did.mean_holding) for did in dids], len(TIERS))
    drift = np.where(outcomes < len(TIERS), rates, 0.0) - releases.reshape(len(busy), -1, len(TIERS)).sum(axis=2)
    pi, imbalance = stationary_distribution(
        generator,
        calls=busy.sum(axis=1),
        likely=int(np.abs(drift).sum(axis=1).argmin()),
        dimensions=int(np.count_nonzero(busy.max(axis=0))),
        slowest=max(float(did.mean_holding) for did in dids),
    )
    outcome = np.array([np.bincount(column, pi, len(OUTCOMES)) for column in outcomes.T])
    return outcome, (pi @ busy).reshape(len(dids), len(TIERS)), len(states), imbalance
