"""A scenario's capacity over time, as plain values: what changes for which DID, group and pool, and when.

`capsim.scenario.time.checking` finds it out from what is written under ``changes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from capsim.scenario.language.document import Path
from capsim.units import NEVER


@dataclass(frozen=True, slots=True)
class DidState:
    """Channels, limit and group of a DID from an instant on; a DID that is not there has none."""

    included: int
    dedicated: int
    limit: int | None
    group: str | None


@dataclass(frozen=True, slots=True)
class GroupState:
    """Channels and limit of a group from an instant on."""

    shared: int
    metered: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """Channels bought in a pool that had ``before``, or removed from it (``added`` below zero)."""

    pool: str
    before: int
    added: int


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event on which a DID's fees depend: it is added, renewed for some cycles, or ended, or its mode changes."""

    at: int
    day: date
    what: Literal["add", "renew", "mode", "end"]
    mode: str | None = None
    cycles: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """New states and purchases at one instant of the clock (microseconds after the start), on a local date."""

    at: int
    day: date
    dids: Mapping[int, DidState]
    groups: Mapping[str, GroupState]
    purchases: tuple[Purchase, ...]


Warned = tuple[Path, str]
"""Path and text of what is allowed but may be a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A scenario's capacity over time.

    bought, assigned : flat-rate channels at the start, by pool
    later_dids, later_groups : positions of DIDs and names of groups that exist only once a change adds them
    steps : what changes, by time, inside the horizon
    lives : events by position, for the DIDs that have any or are added later
    warnings : what is allowed but may be a mistake
    """

    bought: Mapping[str, int] = field(default_factory=dict)
    assigned: Mapping[str, int] = field(default_factory=dict)
    later_dids: frozenset[int] = frozenset()
    later_groups: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    lives: Mapping[int, tuple[LifeEvent, ...]] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()

    @property
    def stays(self) -> dict[int, tuple[int | None, int | None]]:
        """Clock at which a DID is added and ended, by position, for DIDs that are not always there; None if never."""
        stays = {}
        for position, life in self.lives.items():
            clock = {event.what: event.at for event in life}
            if position in self.later_dids or "end" in clock:
                stays[position] = clock.get("add", NEVER if position in self.later_dids else None), clock.get("end")
        return stays
