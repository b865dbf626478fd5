"""A scenario's capacity in the course of time, as plain values: what becomes of whom at which instants.

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
    """What a DID has from an instant on; a DID that is not there has no channel and no group."""

    included: int
    dedicated: int
    limit: int | None
    group: str | None


@dataclass(frozen=True, slots=True)
class GroupState:
    """What a group has from an instant on."""

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
    """What a DID's fees depend on: it is added, renewed for some cycles, ended, or a mode takes effect."""

    at: int
    day: date
    what: Literal["add", "renew", "mode", "end"]
    mode: str | None = None
    cycles: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes different at one instant of the clock, on a local date."""

    at: int
    day: date
    dids: Mapping[int, DidState]
    groups: Mapping[str, GroupState]
    purchases: tuple[Purchase, ...]


Warned = tuple[Path, str]
"""Path and text of what is allowed, and may not be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The course of a scenario's capacity.

    bought, assigned : flat-rate channels at the start, by pool
    later_dids, later_groups : positions of DIDs and names of groups that are there only once a change adds them
    steps : what changes, by time, inside the horizon
    lives : by position, what happens to the DIDs that are not simply there all the time
    warnings : what is allowed, and may not be meant
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
        """From when to when a DID is there, by position, for those that are not always; None: before or beyond."""
        found = {}
        for position, life in self.lives.items():
            clock = {event.what: event.at for event in life}
            if position in self.later_dids or "end" in clock:
                found[position] = clock.get("add", NEVER if position in self.later_dids else None), clock.get("end")
        return found
