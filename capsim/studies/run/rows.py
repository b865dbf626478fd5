"""A run as rows of values: what its tables and pictures show, before anybody chooses columns and digits.

Values are means over replications, unless they are estimates with their interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from capsim.capacity import SizesOverTime
from capsim.estimates.estimate import Estimate, Estimates
from capsim.records import METERED, SHARED, TIERS

if TYPE_CHECKING:
    from capsim.studies.run.goals import GoalOutcome, Status
    from capsim.studies.run.result import RunResult

WORST_FIRST: tuple[Status, ...] = ("missed", "not proven", "met")
"""Statuses of goals, in the order in which tables and sentences name them."""
MOST_GOALS = 20
"""Largest number of goals that are listed one by one."""


# -- tiers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channels:
    """How many channels there are over the horizon.

    Attributes
    ----------
    mean : float
        Mean over time.
    least : int
        Fewest at any time.
    most : int
        Most at any time.
    """

    mean: float
    least: int
    most: int

    @classmethod
    def of(cls, sizes: SizesOverTime, *at: int) -> Channels:
        """Pick one row of sizes, or the only one."""
        return cls(float(sizes.mean[at]), int(sizes.least[at]), int(sizes.most[at]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRow:
    """One tier, or all of them, in a replication.

    Attributes
    ----------
    name : str
        Tier, or ``all``.
    channels : Channels
        Channels of the tier.
    carried : float
        Calls carried.
    of_offered : float
        Calls carried, % of the calls offered; NaN without calls.
    erlangs : float
        Load carried.
    utilization : float
        Load, % of the channels; NaN without channels.
    minutes : float
        Minutes of answered calls.
    peak : float
        Most calls at once.
    """

    name: str
    channels: Channels
    carried: float
    of_offered: float
    erlangs: float
    utilization: float
    minutes: float
    peak: float


def tier_rows(result: RunResult) -> list[TierRow]:
    """Return the tiers that have a channel at any time.

    They come in the order in which calls try them (R1).
    """
    figures, sizes = result.samples.tiers, result.samples.channels
    offered = result.samples.totals["offered"].one().mean
    rows = []
    for place, tier in enumerate(TIERS):
        if sizes.most[place]:
            means = {name: estimates[place].mean for name, estimates in figures.items()}
            rows.append(
                TierRow(
                    name=tier,
                    channels=Channels.of(sizes, place),
                    carried=means["carried"],
                    of_offered=_percent(means["carried"], offered),
                    erlangs=means["erlangs"],
                    utilization=100 * means["utilization"],
                    minutes=means["minutes"],
                    peak=means["peak"],
                )
            )
    return rows


def all_tiers(result: RunResult) -> TierRow:
    """Return the tiers together."""
    totals = {name: estimates.one().mean for name, estimates in result.samples.totals.items()}
    return TierRow(
        name="all",
        channels=Channels.of(result.samples.all_channels),
        carried=totals["carried"],
        of_offered=_percent(totals["carried"], totals["offered"]),
        erlangs=totals["erlangs"],
        utilization=_percent(totals["erlangs"], float(result.samples.channels.mean.sum())),
        minutes=float(result.samples.tiers["minutes"].mean.sum()),
        peak=totals["peak_calls"],
    )


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else np.nan


def ladder_rows(result: RunResult) -> dict[str, float]:
    """Return the calls that each tier took, and those that were blocked.

    Tiers come in the order in which calls try them. Tiers that have no channel are left out.
    """
    carried, channels = result.samples.tiers["carried"].mean, result.samples.channels.most
    taken = {tier: float(carried[row]) for row, tier in enumerate(TIERS) if channels[row] or carried[row]}
    return taken | {"blocked": float(result.samples.totals["blocked"].one().mean)}


def channel_bands(result: RunResult, group: str | None) -> tuple[int, ...]:
    """Return the tiers whose channels fill one after the other.

    They are the group's tiers, or all of them if it has only one DID. ``group`` is None for the DIDs without a group;
    if there are several of them, they share no channels.
    """
    names = result.samples.capacity.group_names
    alone = len(result.samples.members(len(names) if group is None else names.index(group))) == 1
    return tuple(range(len(TIERS))) if alone else () if group is None else (SHARED, METERED)


# -- who is blocked, and why --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingRow:
    """Calls of a DID or group in a replication.

    Attributes
    ----------
    name : str
        The DID or group.
    offered : float
        Calls offered.
    blocked : float
        Calls blocked.
    blocking : Estimate
        Blocked / offered.
    """

    name: str
    offered: float
    blocked: float
    blocking: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow(BlockingRow):
    """Calls of a group, and its channels.

    Attributes
    ----------
    shared_erlangs : float
        Load of its shared channels.
    metered_erlangs : float
        Load of its metered channels.
    shared : Channels
        Shared channels that it has.
    metered : Channels
        Metered channels that it has.
    """

    shared_erlangs: float
    metered_erlangs: float
    shared: Channels
    metered: Channels


@dataclass(frozen=True, slots=True, kw_only=True)
class DidRow(BlockingRow):
    """Calls of a DID.

    Attributes
    ----------
    erlangs : float
        Load of its calls.
    """

    erlangs: float


def group_rows(result: RunResult, most: int) -> list[GroupRow]:
    """Return the groups with the highest blocking, at most ``most`` of them."""
    figures, names = result.samples.groups, result.samples.capacity.group_names
    shared, metered = (result.samples.group_channels(tier) for tier in (SHARED, METERED))
    return [
        GroupRow(
            name=names[row],
            offered=figures["offered"][row].mean,
            blocked=figures["blocked"][row].mean,
            blocking=figures["blocking"][row],
            shared_erlangs=figures["shared_erlangs"][row].mean,
            metered_erlangs=figures["metered_erlangs"][row].mean,
            shared=Channels.of(shared, row),
            metered=Channels.of(metered, row),
        )
        for row in highest_first(figures["blocking"])[:most]
    ]


def did_rows(result: RunResult, most: int) -> list[DidRow]:
    """Return the DIDs with the highest blocking, at most ``most`` of them."""
    figures, names = result.samples.dids, result.samples.capacity.did_names
    return [
        DidRow(
            name=names[row],
            offered=figures["offered"][row].mean,
            blocked=figures["blocked"][row].mean,
            blocking=figures["blocking"][row],
            erlangs=figures["erlangs"][row].mean,
        )
        for row in highest_first(figures["blocking"])[:most]
    ]


def groups_that_lost_most(result: RunResult, most: int) -> list[int]:
    """Return the rows of the groups with most blocked calls."""
    return highest_first(result.samples.groups["blocked"], missing=0.0)[:most]


def highest_first(figures: Estimates, missing: float = -1.0) -> list[int]:
    """Return rows by falling mean, and by the scenario's order if it is equal.

    ``missing`` stands for NaN.
    """
    rows: list[int] = np.argsort(-np.nan_to_num(figures.mean, nan=missing), kind="stable").tolist()
    return rows


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Calls that were blocked, or ended before their time, by one cause."""

    cause: str
    calls: Estimate


def cause_rows(result: RunResult) -> list[CauseRow]:
    """Return the causes that there were."""
    causes = result.samples.causes.items()
    return [CauseRow(name.replace("_", " "), calls) for name, calls in causes if calls.mean > 0]


# -- goals --------------------------------------------------------------------------------------------------


def goal_rows(outcomes: Sequence[GoalOutcome]) -> tuple[list[GoalOutcome], int]:
    """Return the goals to be listed, and how many others there are.

    If there are many, those that are not met come first.
    """
    listed = list(outcomes)
    if len(listed) > MOST_GOALS:
        listed = sorted(listed, key=lambda outcome: WORST_FIRST.index(outcome.status))[:MOST_GOALS]
    return listed, len(outcomes) - len(listed)


# -- congestion ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CongestionRow:
    """Congestion periods of a DID or group.

    Attributes
    ----------
    scope : str
        ``did`` or ``group``.
    name : str
        The DID or group.
    periods : float
        Congestion periods in a replication.
    mean_seconds : float
        Their mean length.
    longest_seconds : float
        The longest of them in any replication.
    share_of_time : float
        Share of the horizon that they take together.
    lost : float
        Calls lost in them, in a replication.
    """

    scope: Literal["did", "group"]
    name: str
    periods: float
    mean_seconds: float
    longest_seconds: float
    share_of_time: float
    lost: float


def congestion_rows(result: RunResult, by: Literal["longest", "lost"], most: int = 10) -> list[CongestionRow]:
    """Return the DIDs and groups with the worst congestion periods.

    These are the longest ones, or those in which most calls were lost.
    """
    figures, longest = result.watching.exhaustion(), result.watching.longest
    capacity, horizon = result.samples.capacity, result.scenario.horizon.microseconds / 1e6
    dids = len(capacity.did_names)
    names = [*capacity.did_names, *capacity.group_names]
    order = np.argsort(-(longest if by == "longest" else figures["lost"].mean), kind="stable")[:most].tolist()
    return [
        CongestionRow(
            scope="did" if row < dids else "group",
            name=names[row],
            periods=periods,
            mean_seconds=figures["seconds"].mean[row] / periods,
            longest_seconds=float(longest[row]),
            share_of_time=figures["seconds"].mean[row] / horizon,
            lost=figures["lost"].mean[row],
        )
        for row in order
        if (periods := float(figures["spells"].mean[row])) > 0
    ]


def number_congested(result: RunResult) -> int:
    """Return the number of DIDs and groups that had a congestion period."""
    return int(np.count_nonzero(result.watching.exhaustion()["spells"].mean))
