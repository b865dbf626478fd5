"""Samples of replications -> the figures of a result, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import CapacitySizes, Schedule, SizesOverTime
from capsim.cost import CostTotals
from capsim.records import CAPACITY_EXCEEDED, DID_LIMIT, GROUP_LIMIT, METERED, NO_BALANCE, SHARED, TIERS
from capsim.study.clusters import Clusters, expected_clusters
from capsim.study.estimates import NOT_APPLICABLE, Estimate, Estimates, of_means, of_probabilities, of_ratios
from capsim.study.replication import Replication, Setting
from capsim.units import MINUTE, SECOND

Counts = NDArray[np.int64]
Figures = dict[str, Estimates]
"""Estimates by name: one, or one for each DID, group or tier, in the scenario's order."""


@dataclass(frozen=True, eq=False)
class Samples:
    """The tallies of R replications, stacked: the first axis of every array is the replication."""

    schedule: Schedule
    account: bool
    """Whether there is a prepaid account."""
    horizon: int
    outcomes: Counts
    answers: Counts
    callers: Counts
    teardowns: Counts
    talk: Counts
    busy: Counts
    group_outcomes: Counts
    group_answers: Counts
    group_callers: Counts
    group_talk: Counts
    group_busy: Counts
    group_peak: Counts
    tier_peak: Counts
    billed: Counts
    peak: NDArray[np.float64]
    """By DID, about its highest rate of calls over the mean."""
    redials: bool
    """Whether callers who are blocked may try again."""

    @classmethod
    def of(cls, replications: Sequence[Replication], setting: Setting) -> Samples:
        tallies = [replication.tally for replication in replications]
        names = (
            "outcomes", "answers", "callers", "teardowns", "talk", "busy", "group_outcomes", "group_answers",
            "group_callers", "group_talk", "group_busy", "group_peak", "tier_peak",
        )  # fmt: skip
        billed = np.zeros((len(tallies), len(setting.schedule.first.group_names)), np.int64)
        for row, replication in enumerate(replications):
            for (group, _), charge in replication.charges.groups.items():
                billed[row, group] += charge.billed
        stacked = {name: np.stack([getattr(tally, name) for tally in tallies]) for name in names}
        return cls(
            setting.schedule,
            setting.account is not None,
            setting.horizon,
            **stacked,
            billed=billed,
            peak=setting.traffic.peak,
            redials=setting.traffic.redials,
        )

    @property
    def capacity(self) -> CapacitySizes:
        """The capacity at the start."""
        return self.schedule.first

    @cached_property
    def channels(self) -> SizesOverTime:
        """(4,) channels of each tier over the horizon."""
        return self.schedule.over(self.horizon, lambda channels: channels.sum(axis=0))

    # -- figures --------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> Figures:
        calls = self.outcomes.sum(axis=1)
        offered, blocked = calls.sum(axis=1), calls[:, CAPACITY_EXCEEDED:].sum(axis=1)
        answers = self.answers.sum(axis=1)
        blocking = of_probabilities(blocked, offered, self.clusters.overall)
        return {
            "offered": of_means(offered),
            "carried": of_means(offered - blocked),
            "blocked": _blocked(blocked, blocking, offered),
            "blocking": blocking,
            "erlangs": of_means(self.busy.sum(axis=(1, 2)) / self.horizon),
            "peak_calls": of_means(self.tier_peak[:, 4]),
            **_answering(self.talk.sum(axis=(1, 2)), answers, offered, self.clusters.overall),
            **self._calling(self.callers.sum(axis=1), self.clusters.overall),
        }

    @cached_property
    def tiers(self) -> Figures:
        """By tier; utilisation is NaN where there are no channels.

        It is channel time in use over channel time on hand: more than 1 where calls go on after their channels have
        been taken away (R11).
        """
        channels = self.channels.mean
        erlangs = self.busy.sum(axis=1) / self.horizon
        return {
            "carried": of_means(self.outcomes.sum(axis=1)[:, : len(TIERS)]),
            "erlangs": of_means(erlangs),
            "utilization": of_means(erlangs / np.where(channels > 0, channels, np.nan)),
            "minutes": of_means(self.talk.sum(axis=1) / MINUTE),
            "peak": of_means(self.tier_peak[:, :4]),
        }

    @cached_property
    def billed_minutes(self) -> Estimate:
        """Billed time of all metered calls."""
        return of_means(self.billed.sum(axis=1) / MINUTE).one()

    @cached_property
    def causes(self) -> dict[str, Estimate]:
        calls = self.outcomes.sum(axis=1)
        codes = {
            "capacity_exceeded": CAPACITY_EXCEEDED,
            "did_limit": DID_LIMIT,
            "group_limit": GROUP_LIMIT,
            "no_balance": NO_BALANCE,
        }
        offered = calls.sum(axis=1)
        of_did, of_group = self.schedule.limits
        possible = {DID_LIMIT: of_did, GROUP_LIMIT: of_group, NO_BALANCE: self.account}
        found = {}
        for cause, code in codes.items():
            blocked = calls[:, code]
            chance = of_probabilities(blocked, offered, self.clusters.overall)
            bounded = possible.get(code, True)
            found[cause] = (_blocked(blocked, chance, offered) if bounded else of_means(blocked)).one()
        return found | {"teardown": of_means(self.teardowns.sum(axis=1)).one()}

    @cached_property
    def dids(self) -> Figures:
        offered, blocked = self.outcomes.sum(axis=2), self.outcomes[:, :, CAPACITY_EXCEEDED:].sum(axis=2)
        blocking = of_probabilities(blocked, offered, self.clusters.dids)
        return {
            "offered": of_means(offered),
            "carried": of_means(offered - blocked),
            "blocked": _blocked(blocked, blocking, offered),
            "blocking": blocking,
            "erlangs": of_means(self.busy.sum(axis=2) / self.horizon),
            **_answering(self.talk.sum(axis=2), self.answers, offered, self.clusters.dids),
            **self._calling(self.callers, self.clusters.dids),
        }

    @cached_property
    def dids_by_tier(self) -> Figures:
        """By DID and tier, (D, 4)."""
        return {
            "carried": of_means(self.outcomes[:, :, : len(TIERS)]),
            "erlangs": of_means(self.busy / self.horizon),
        }

    @cached_property
    def groups(self) -> Figures:
        """By group, of all calls of its DIDs; ``overflow`` are those that reached its channels, or found none free."""
        calls, busy, talk = (of[:, :-1] for of in (self.group_outcomes, self.group_busy, self.group_talk))
        offered, blocked = calls.sum(axis=2), calls[:, :, CAPACITY_EXCEEDED:].sum(axis=2)
        reached = calls[:, :, [SHARED, METERED, CAPACITY_EXCEEDED, NO_BALANCE]].sum(axis=2)
        peaks = self.group_peak[:, :-1]
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
            **_answering(talk.sum(axis=2), self.group_answers[:, :-1], offered, self.clusters.groups[:-1]),
            **self._calling(self.group_callers[:, :-1], self.clusters.groups[:-1]),
        }

    def _calling(self, callers: Counts, cluster: NDArray[np.float64] | float) -> Figures:
        """First attempts, calls that were given up in the end, and these over those; where callers may try again."""
        if not self.redials:
            return {}
        first, lost = callers[..., 0], callers[..., 1]
        loss = of_probabilities(lost, first, cluster)
        return {"first_attempts": of_means(first), "lost": _blocked(lost, loss, first), "loss": loss}

    @cached_property
    def clusters(self) -> Clusters:
        """Calls that are lost are so where the load is high."""
        return expected_clusters(self.schedule, self.busy.mean(axis=0) / self.horizon * self.peak[:, None])


def _answering(talk: Counts, answers: Counts, offered: Counts, cluster: NDArray[np.float64] | float) -> Figures:
    """ACD of answered calls, and ASR: answered / offered."""
    unanswered = of_probabilities(offered - answers, offered, cluster)
    return {
        "acd_seconds": of_ratios(talk / SECOND, answers),
        "asr": Estimates(1 - unanswered.mean, 1 - unanswered.high, 1 - unanswered.low),
    }


def _blocked(blocked: Counts, blocking: Estimates, offered: Counts) -> Estimates:
    """Blocked calls of a replication. Counts of rare events are skewed: up to where the blocking may be, at least."""
    counts = of_means(blocked)
    return Estimates(counts.mean, counts.low, np.fmax(counts.high, blocking.high * offered.mean(axis=0)))


def cost_figures(totals: Sequence[CostTotals]) -> dict[str, Estimate]:
    """Costs of the horizon by kind, their total, and the monthly equivalent (M8)."""
    names = ("setup", "flat_rate", "metered", "dids", "total", "monthly")
    return {name: of_means(np.array([float(getattr(one, name)) for one in totals])).one() for name in names}


def whole(sizes: NDArray[np.float64]) -> NDArray[Any]:
    """Sizes as whole numbers, where all of them are."""
    return sizes.astype(np.int64) if (sizes == np.floor(sizes)).all() else sizes


__all__ = ["NOT_APPLICABLE", "Figures", "Samples", "cost_figures", "whole"]
