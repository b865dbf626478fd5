"""Kept calls as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import CapacitySizes
from capsim.errors import InputError
from capsim.estimates.local_times import local_times
from capsim.records import CAPACITY_EXCEEDED, CAUSES, TIERS, CallLog, join_logs
from capsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def calls_frame(scenario: Scenario, capacity: CapacitySizes, logs: Sequence[Sequence[CallLog]]) -> pd.DataFrame:
    """Return a row for each counted call, in the order of arrivals.

    ``arrival``, ``answer`` and ``end`` are local times, to the microsecond; ``answer`` is missing for a call that was
    not answered. ``tier`` and ``channel`` (from 1, within the tier) are missing for a blocked call, and ``cause`` for
    a call that ended by itself. If callers try again, a row is an attempt: ``attempt`` counts the attempts of a call
    from 1, and ``lost`` marks the last attempt of a counted call that was given up.

    Parameters
    ----------
    scenario : Scenario
        The scenario that was run.
    capacity : CapacitySizes
        Capacity at the start, which names the DIDs.
    logs : sequence of sequence of CallLog
        Calls of each replication.

    Raises
    ------
    InputError
        If the run did not keep its calls.
    """
    import pandas as pd

    if not any(logs):
        raise InputError("this run did not keep its calls; use simulate(..., keep_calls=True)")
    frames = []
    for number, parts in enumerate(logs):
        log = join_logs(parts)
        calls, order = log.calls, log.calls.order
        counted = order[calls.arrival[order] >= 0]
        outcome, carried = log.outcome[counted], log.carried[counted]
        arrival, end = calls.arrival[counted], log.end[counted]
        answered = carried & calls.answered[counted]
        blocked_for = np.where(
            carried, np.where(log.torn_down[counted], len(CAUSES) - 1, -1), outcome - CAPACITY_EXCEEDED
        )

        def moments(clock: np.ndarray, where: np.ndarray | None = None) -> pd.Series:
            times = pd.Series(local_times(scenario, clock))
            return times if where is None else times.where(where)

        frames.append(
            pd.DataFrame(
                {
                    "replication": np.full(len(counted), number),
                    "did": _categories(calls.did[counted], capacity.did_names),
                    "arrival": moments(arrival),
                    "answer": moments(arrival + calls.ring[counted], answered),
                    "end": moments(end),
                    "tier": _categories(np.where(carried, outcome, -1), TIERS),
                    "channel": pd.array(log.channel[counted], dtype="Int32"),
                    "cause": _categories(blocked_for, CAUSES),
                }
            )
        )
        frames[-1].loc[~carried, "channel"] = pd.NA
        if calls.attempt is not None and calls.began is not None:
            lost = log.given_up & (calls.began >= 0)
            frames[-1] = frames[-1].assign(attempt=calls.attempt[counted], lost=lost[counted])
    return pd.concat(frames, ignore_index=True)


def _categories(codes: NDArray[np.integer], names: Sequence[str]) -> pd.Categorical[str]:
    """Return names by code; -1 is missing."""
    import pandas as pd

    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(names))
