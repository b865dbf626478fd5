"""Capacity groups: DIDs that use the same shared and metered channels (R3, R4, R8, R9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import Name
from capsim.scenario.model.pools import MAX_CHANNELS

MAX_METERED = 1000
"""Metered channels of a group (R4)."""
PAY_PER_MINUTE = "pay-per-minute"
"""The group that DIDs of mode `metered` join unless the scenario places them (R8)."""
PAY_PER_MINUTE_CHANNELS = 100
PAY_PER_MINUTE_POOL = "standard"


class Group(Part):
    """DIDs that use the same shared and metered channels."""

    RULES: ClassVar[Mapping[str, str]] = {"capacity_limit": "R9"}

    pool: Name
    """The pool that the channels belong to."""
    shared: int = Field(default=0, ge=0, le=MAX_CHANNELS)
    """Flat-rate channels of the group."""
    metered: int = Field(default=0, ge=0, le=MAX_METERED)
    """Pay-per-minute channels of the group, at most 1,000 (R4)."""
    capacity_limit: int | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Most simultaneous calls of all its DIDs, over all tiers (R9)."""
