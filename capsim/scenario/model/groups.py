"""Capacity groups: DIDs that use the same shared and metered channels (R3, R4, R8, R9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import Name
from capsim.scenario.model.pools import MAX_CHANNELS

MAX_METERED = 1000
"""Largest number of metered channels of a group (R4)."""
PAY_PER_MINUTE = "pay-per-minute"
"""Group that DIDs of mode ``metered`` join unless the scenario names another (R8)."""
PAY_PER_MINUTE_CHANNELS = 100
"""Number of metered channels of that group, unless the scenario writes the group."""
PAY_PER_MINUTE_POOL = "standard"
"""Pool of that group, unless the scenario writes the group."""


class Group(Part):
    """Capacity group: DIDs that use the same shared and metered channels."""

    RULES: ClassVar[Mapping[str, str]] = {"capacity_limit": "R9"}

    pool: Name
    """Pool from which the channels come."""
    shared: int = Field(default=0, ge=0, le=MAX_CHANNELS)
    """Number of flat-rate channels that all DIDs of the group can use."""
    metered: int = Field(default=0, ge=0, le=MAX_METERED)
    """Number of pay-per-minute channels that all DIDs of the group can use, at most 1,000 (R4)."""
    capacity_limit: int | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Largest number of simultaneous calls of the group's DIDs, over all tiers (R9). Default: no limit."""
