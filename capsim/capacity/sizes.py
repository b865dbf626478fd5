"""A scenario's capacity as numbers: channels of each tier, and limits, of each DID and group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.kernels.tables import Capacity
from capsim.records import DEDICATED, INCLUDED, METERED, N_TIERS, SHARED, Int32
from capsim.scenario import Scenario

UNLIMITED = 2**31 - 1
"""Limit of a DID or group without one: more than any number of simultaneous calls."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CapacitySizes:
    """Channels and limits of D DIDs and G groups.

    Row G of the groups' columns is *no group*: no channel, no limit. A DID outside all groups is in it, so that every
    DID has a group and the admission rule needs no exception.

    Attributes
    ----------
    did_names : tuple of str
        Names of the DIDs.
    group_names : tuple of str
        Names of the groups.
    included : (D,) int32
        Included channels of each DID.
    dedicated : (D,) int32
        Dedicated channels of each DID.
    did_limit : (D,) int32
        Most simultaneous calls of each DID.
    group : (D,) int32
        Group of each DID.
    shared : (G + 1,) int32
        Shared channels of each group.
    metered : (G + 1,) int32
        Metered channels of each group.
    group_limit : (G + 1,) int32
        Most simultaneous calls of each group.
    """

    did_names: tuple[str, ...]
    group_names: tuple[str, ...]
    included: Int32
    dedicated: Int32
    did_limit: Int32
    group: Int32
    shared: Int32
    metered: Int32
    group_limit: Int32

    @property
    def columns(self) -> Capacity:
        """Channels and limits, as kernels take them."""
        return Capacity(
            included=self.included,
            dedicated=self.dedicated,
            did_limit=self.did_limit,
            group=self.group,
            shared=self.shared,
            metered=self.metered,
            group_limit=self.group_limit,
        )

    @property
    def no_group(self) -> int:
        """Row of the groups' columns that stands for no group."""
        return len(self.group_names)

    def group_channels(self) -> NDArray[np.int64]:
        """(G + 1, 4) channels of each tier that the calls of each group, or of the DIDs of no group, can take."""
        channels = np.zeros((self.no_group + 1, N_TIERS), np.int64)
        np.add.at(channels[:, INCLUDED], self.group, self.included)
        np.add.at(channels[:, DEDICATED], self.group, self.dedicated)
        channels[:, SHARED], channels[:, METERED] = self.shared, self.metered
        return channels


def build_sizes(scenario: Scenario) -> CapacitySizes:
    """Build the capacity of a scenario at the start of its horizon, and in its warm-up.

    What a change adds later has no channel, no limit and no member before that.
    """
    later_dids, later_groups = scenario.later
    groups = scenario.all_groups
    absent = np.array(sorted(later_dids), np.int64)

    def of_dids(values: list[int], where_absent: int) -> Int32:
        column: Int32 = scenario.per_did(np.array(values, np.int32))
        column[absent] = where_absent
        return column

    def of_groups(values: list[int], of_none: int) -> Int32:
        there = (of_none if name in later_groups else value for name, value in zip(groups, values, strict=True))
        return np.array([*there, of_none], np.int32)

    entries = scenario.dids.values()
    return CapacitySizes(
        did_names=tuple(did.name for did in scenario.all_dids),
        group_names=tuple(groups),
        included=of_dids([entry.included_channels for entry in entries], 0),
        dedicated=of_dids([entry.dedicated_channels for entry in entries], 0),
        did_limit=of_dids([entry.capacity_limit or UNLIMITED for entry in entries], UNLIMITED),
        group=of_dids([scenario.group_row(entry.group_name) for entry in entries], len(groups)),
        shared=of_groups([group.shared for group in groups.values()], 0),
        metered=of_groups([group.metered for group in groups.values()], 0),
        group_limit=of_groups([group.capacity_limit or UNLIMITED for group in groups.values()], UNLIMITED),
    )
