"""Ladders of tiers as states of a Markov chain, and how a call or a release changes them.

The admission rule is stated here a second time, on purpose: a reference model that borrowed the simulator's own rule
would prove nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.analysis._checks import nonnegative, positive

__all__ = ["CAUSES", "TIERS", "ChainDid", "ChainGroup"]

TIERS = ("included", "dedicated", "shared", "metered")
CAUSES = ("did_limit", "group_limit", "capacity_exceeded")
OUTCOMES = TIERS + CAUSES

State = tuple[int, ...]  # for each DID, its calls in the four tiers


@dataclass(frozen=True, slots=True)
class ChainDid:
    """A DID with Poisson calls and exponential holding times.

    Parameters
    ----------
    rate : float
        Calls per unit of time, 0 or more.
    mean_holding : float
        Mean holding time in the same unit of time, above 0.
    included : int
        Its included channels, 0 or more.
    dedicated : int
        Its dedicated channels, 0 or more.
    limit : int, optional
        Most simultaneous calls over all tiers, 1 or more; None for no limit.
    group : int, optional
        Position of its group among those given to `solve_ladder`, from 0; None for no group.

    Raises
    ------
    ValueError
        If a value is out of its range.
    """

    rate: float
    mean_holding: float
    included: int = 0
    dedicated: int = 0
    limit: int | None = None
    group: int | None = None

    def __post_init__(self) -> None:
        nonnegative("rate", self.rate)
        positive("mean_holding", self.mean_holding)
        _check_counts(included=self.included, dedicated=self.dedicated, limit=self.limit, group=self.group)


@dataclass(frozen=True, slots=True)
class ChainGroup:
    """Channels that the DIDs of a group share.

    Parameters
    ----------
    shared : int
        Shared channels, 0 or more.
    metered : int
        Metered channels, 0 or more.
    limit : int, optional
        Most simultaneous calls of all its DIDs over all tiers, 1 or more; None for no limit.

    Raises
    ------
    ValueError
        If a value is out of its range.
    """

    shared: int = 0
    metered: int = 0
    limit: int | None = None

    def __post_init__(self) -> None:
        _check_counts(shared=self.shared, metered=self.metered, limit=self.limit)


def outcome_of_call(busy: State, which: int, dids: Sequence[ChainDid], group: ChainGroup) -> str:
    """Rules R1 and R9: the tier that a call of DID `which` takes, or the cause for which it is blocked."""
    did = dids[which]
    included, dedicated, shared, metered = busy[len(TIERS) * which : len(TIERS) * (which + 1)]
    if did.limit is not None and included + dedicated + shared + metered >= did.limit:
        return "did_limit"
    if group.limit is not None and sum(busy) >= group.limit:
        return "group_limit"
    if included < did.included:
        return "included"
    if dedicated < did.dedicated:
        return "dedicated"
    if sum(busy[TIERS.index("shared") :: len(TIERS)]) < group.shared:
        return "shared"
    if sum(busy[TIERS.index("metered") :: len(TIERS)]) < group.metered:
        return "metered"
    return "capacity_exceeded"


def explore(dids: Sequence[ChainDid], group: ChainGroup, max_states: int) -> tuple[list[State], NDArray[np.int64], Any]:
    """All states that can be reached from the empty one, the outcome of a call in each, and the generator."""
    from scipy.sparse import csr_matrix, diags

    states: list[State] = [(0,) * (len(TIERS) * len(dids))]
    position = {states[0]: 0}
    outcomes: list[list[int]] = []
    sources, targets, rates = [], [], []

    def move(source: int, place: int, change: int, rate: float) -> None:
        busy = states[source]
        after = (*busy[:place], busy[place] + change, *busy[place + 1 :])
        target = position.setdefault(after, len(states))
        if target == len(states):
            if target >= max_states:
                raise ValueError(f"the chain has more than {max_states:,} states (max_states)")
            states.append(after)
        sources.append(source)
        targets.append(target)
        rates.append(rate)

    for source, busy in enumerate(states):  # the list grows while it is read
        row = [OUTCOMES.index(outcome_of_call(busy, which, dids, group)) for which in range(len(dids))]
        outcomes.append(row)
        for which, outcome in enumerate(row):
            if outcome < len(TIERS) and dids[which].rate > 0:
                move(source, len(TIERS) * which + outcome, 1, dids[which].rate)
        for place, count in enumerate(busy):
            if count:
                move(source, place, -1, count / dids[place // len(TIERS)].mean_holding)
    size = len(states)
    flows = csr_matrix((rates, (sources, targets)), shape=(size, size), dtype=float)
    generator = flows - diags(np.asarray(flows.sum(axis=1)).ravel(), format="csr")
    return states, np.array(outcomes, np.int64), generator


def _check_counts(**counts: int | None) -> None:
    """Raise ValueError naming a count that is not whole or too small; None is none."""
    for name, count in counts.items():
        least = 1 if name == "limit" else 0
        if count is not None and (count != int(count) or count < least):
            raise ValueError(f"{name} must be a whole number, {least} or more: got {count!r}")
