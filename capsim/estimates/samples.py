"""Samples of replications -> the figures of a run, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import CapacitySizes, Schedule, SizesOverTime
from capsim.cost import CostTotals, cost_names
from capsim.estimates.clusters import Clusters, expected_clusters
from capsim.estimates.estimate import NOT_APPLICABLE, Estimate, Estimates, of_means, of_probabilities, of_ratios
from capsim.measures.tally import Tally, stack
from capsim.records import CAPACITY_EXCEEDED, DID_LIMIT, GROUP_LIMIT, METERED, NO_BALANCE, SHARED, TIERS
from capsim.simulation.replication import CompiledScenario, Replication
from capsim.units import MINUTE, SECOND

Counts = NDArray[np.int64]
Figures = dict[str, Estimates]
"""Estimates by name: one for all calls, or one for each DID, group or tier, in the scenario's order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """Tallies of R replications (D DIDs, G groups).

    Attributes
    ----------
    schedule : Schedule
        Channels of DIDs and groups over time.
    account : bool
        Whether there is a prepaid account.
    redials : bool
        Whether callers who are blocked may try again.
    horizon : int
        Length of the horizon, microseconds.
    tally : Tally
        Tallies of all replications: every array has a leading axis R.
    billed : ndarray of shape (R, G)
        Billed time of metered calls, microseconds.
    peak : ndarray of shape (D,)
        Approximate peak-to-mean ratio of each DID's call rate.
    """

    schedule: Schedule
    account: bool
    redials: bool
    horizon: int
    tally: Tally
    billed: Counts
    peak: NDArray[np.float64]

    @classmethod
    def of(cls, replications: Sequence[Replication], compiled: CompiledScenario) -> Samples:
        """Gather the tallies and the billed time of replications."""
        billed = np.zeros((len(replications), len(compiled.schedule.first.group_names)), np.int64)
        for row, replication in enumerate(replications):
            for (group, _), charge in replication.charges.groups.items():
                billed[row, group] += charge.billed
        return cls(
            schedule=compiled.schedule,
            account=compiled.account is not None,
            redials=compiled.traffic.redials,
            horizon=compiled.horizon,
            tally=stack([replication.tally for replication in replications]),
            billed=billed,
            peak=compiled.traffic.peak,
        )

    @property
    def capacity(self) -> CapacitySizes:
        """Capacity at the start."""
        return self.schedule.first

    @cached_property
    def channels(self) -> SizesOverTime:
        """(4,) channels of each tier over the horizon."""
        return self.schedule.over(self.horizon, lambda channels: channels.sum(axis=0))

    @cached_property
    def all_channels(self) -> SizesOverTime:
        """Channels of all tiers together over the horizon."""
        return self.schedule.over(self.horizon, np.sum)

    def group_channels(self, tier: int) -> SizesOverTime:
        """(G + 1,) channels of one tier over the horizon, by group.

        The last row is that of the DIDs without a group.
        """
        return self.schedule.over(self.horizon, itemgetter((slice(None), tier)))

    def members(self, row: int) -> list[str]:
        """Return the names of the DIDs that are at any time in a group.

        ``row`` is that of the group; the last row is that of no group.
        """
        ever = np.any([capacity.group == row for _, capacity in self.schedule.in_turn()], axis=0)
        return [self.capacity.did_names[place] for place in np.flatnonzero(ever)]

    @cached_property
    def offered_and_blocked(self) -> tuple[Counts, Counts]:
        """(R,) calls offered and calls blocked in each replication."""
        calls = self.tally.outcomes.sum(axis=1)
        return calls.sum(axis=1), calls[:, CAPACITY_EXCEEDED:].sum(axis=1)

    # -- figures --------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> Figures:
        """Figures of all calls."""
        tally = self.tally
        offered, blocked = self.offered_and_blocked
        answers = tally.answers.sum(axis=1)
        blocking = of_probabilities(blocked, offered, self.clusters.overall)
        return {
            "offered": of_means(offered),
            "carried": of_means(offered - blocked),
            "blocked": _blocked(blocked, blocking, offered),
            "blocking": blocking,
            "erlangs": of_means(tally.busy.sum(axis=(1, 2)) / self.horizon),
            "peak_calls": of_means(tally.tier_peak[:, len(TIERS)]),
            **_answering(tally.talk.sum(axis=(1, 2)), answers, offered, self.clusters.overall),
            **self._calling(tally.callers.sum(axis=1), self.clusters.overall),
        }

    @cached_property
    def tiers(self) -> Figures:
        """Figures by tier; the utilization of a tier without channels is NaN.

        Utilization is channel time in use over channel time on hand. It is more than 1 if calls go on after their
        channels were taken away (R11).
        """
        tally, channels = self.tally, self.channels.mean
        erlangs = tally.busy.sum(axis=1) / self.horizon
        return {
            "carried": of_means(tally.outcomes.sum(axis=1)[:, : len(TIERS)]),
            "erlangs": of_means(erlangs),
            "utilization": of_means(erlangs / np.where(channels > 0, channels, np.nan)),
            "minutes": of_means(tally.talk.sum(axis=1) / MINUTE),
            "peak": of_means(tally.tier_peak[:, : len(TIERS)]),
        }

    @cached_property
    def billed_minutes(self) -> Estimate:
        """Billed minutes of all metered calls."""
        return of_means(self.billed.sum(axis=1) / MINUTE).one()

    @cached_property
    def causes(self) -> dict[str, Estimate]:
        """Calls blocked, or ended before their time, by cause."""
        calls = self.tally.outcomes.sum(axis=1)
        codes = {
            "capacity_exceeded": CAPACITY_EXCEEDED,
            "did_limit": DID_LIMIT,
            "group_limit": GROUP_LIMIT,
            "no_balance": NO_BALANCE,
        }
        offered = calls.sum(axis=1)
        of_did, of_group = self.schedule.limits
        possible = {DID_LIMIT: of_did, GROUP_LIMIT: of_group, NO_BALANCE: self.account}
        figures = {}
        for cause, code in codes.items():
            blocked = calls[:, code]
            chance = of_probabilities(blocked, offered, self.clusters.overall)
            bounded = possible.get(code, True)
            figures[cause] = (_blocked(blocked, chance, offered) if bounded else of_means(blocked)).one()
        return figures | {"teardown": of_means(self.tally.teardowns.sum(axis=1)).one()}

    @cached_property
    def dids(self) -> Figures:
        """Figures by DID."""
        tally = self.tally
        offered, blocked = tally.outcomes.sum(axis=2), tally.outcomes[:, :, CAPACITY_EXCEEDED:].sum(axis=2)
        blocking = of_probabilities(blocked, offered, self.clusters.dids)
        return {
            "offered": of_means(offered),
            "carried": of_means(offered - blocked),
            "blocked": _blocked(blocked, blocking, offered),
            "blocking": blocking,
            "erlangs": of_means(tally.busy.sum(axis=2) / self.horizon),
            **_answering(tally.talk.sum(axis=2), tally.answers, offered, self.clusters.dids),
            **self._calling(tally.callers, self.clusters.dids),
        }

    @cached_property
    def dids_by_tier(self) -> Figures:
        """(D, 4) figures by DID and tier."""
        return {
            "carried": of_means(self.tally.outcomes[:, :, : len(TIERS)]),
            "erlangs": of_means(self.tally.busy / self.horizon),
        }

    @cached_property
    def groups(self) -> Figures:
        """Figures by group, of all calls of its DIDs.

        ``overflow`` counts the calls that reached the group's channels, or found none of them free.
        """
        tally = self.tally
        calls, busy, talk = tally.group_outcomes[:, :-1], tally.group_busy[:, :-1], tally.group_talk[:, :-1]
        offered, blocked = calls.sum(axis=2), calls[:, :, CAPACITY_EXCEEDED:].sum(axis=2)
        reached = calls[:, :, [SHARED, METERED, CAPACITY_EXCEEDED, NO_BALANCE]].sum(axis=2)
        peaks = tally.group_peak[:, :-1]
        blocking = of_probabilities(blocked, offered, self.clusters.groups[:-1])
        return {
            "offered": of_means(offered),
            "blocked": _blocked(blocked, blocking, offered),
            "blocking": blocking,
            "overflow": of_means(reached),
            "shared_erlangs": of_means(busy[:, :, SHARED] / self.horizon),
            "metered_erlangs": of_means(busy[:, :, METERED] / self.horizon),
            "metered_minutes": of_means(talk[:, :, METERED] / MINUTE),
            "billed_minutes": of_means(self.billed / MINUTE),
            "shared_peak": of_means(peaks[:, :, SHARED]),
            "metered_peak": of_means(peaks[:, :, METERED]),
            **_answering(talk.sum(axis=2), tally.group_answers[:, :-1], offered, self.clusters.groups[:-1]),
            **self._calling(tally.group_callers[:, :-1], self.clusters.groups[:-1]),
        }

    def _calling(self, callers: Counts, cluster: NDArray[np.float64] | float) -> Figures:
        """First attempts, calls given up in the end, and their share; nothing if nobody tries again."""
        if not self.redials:
            return {}
        first, lost = callers[..., 0], callers[..., 1]
        loss = of_probabilities(lost, first, cluster)
        return {"first_attempts": of_means(first), "lost": _blocked(lost, loss, first), "loss": loss}

    @cached_property
    def clusters(self) -> Clusters:
        """Mean number of calls that are blocked together."""
        return expected_clusters(self.schedule, self.erlangs_at_peak)

    @property
    def erlangs_at_peak(self) -> NDArray[np.float64]:
        """(D, 4) mean busy channels by DID and tier at the highest call rate.

        Calls are blocked there.
        """
        erlangs: NDArray[np.float64] = self.tally.busy.mean(axis=0) / self.horizon * self.peak[:, None]
        return erlangs


def _answering(talk: Counts, answers: Counts, offered: Counts, cluster: NDArray[np.float64] | float) -> Figures:
    """ACD of answered calls, and ASR (answered / offered)."""
    unanswered = of_probabilities(offered - answers, offered, cluster)
    return {
        "acd_seconds": of_ratios(talk / SECOND, answers),
        "asr": Estimates(1 - unanswered.mean, 1 - unanswered.high, 1 - unanswered.low),
    }


def _blocked(blocked: Counts, blocking: Estimates, offered: Counts) -> Estimates:
    """Blocked calls of a replication.

    Counts of rare events are skewed, so the interval reaches at least as high as that of the blocking.
    """
    counts = of_means(blocked)
    return Estimates(counts.mean, counts.low, np.fmax(counts.high, blocking.high * offered.mean(axis=0)))


def cost_figures(totals: Sequence[CostTotals]) -> dict[str, Estimate]:
    """Estimate the costs by kind, their total, and the monthly cost (M8)."""
    return {name: of_means(np.array([float(of_run[name]) for of_run in totals])).one() for name in cost_names()}


def whole(sizes: NDArray[np.float64]) -> NDArray[Any]:
    """Return sizes as whole numbers, if all of them are whole."""
    return sizes.astype(np.int64) if (sizes == np.floor(sizes)).all() else sizes


__all__ = ["NOT_APPLICABLE", "Figures", "Samples", "cost_figures", "whole"]
