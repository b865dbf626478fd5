"""A scenario as it is written: its keys, and what follows from them without a look at time.

`capsim.scenario.time` works on these values alone; `capsim.scenario.Scenario` is a written scenario that is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import AnyDuration, Currency, LocalMoment, Name, TimeZone
from capsim.scenario.model.billing import Account, Billing
from capsim.scenario.model.changes import Change
from capsim.scenario.model.dids import Did, DidEntry
from capsim.scenario.model.goals import Goals
from capsim.scenario.model.groups import PAY_PER_MINUTE, PAY_PER_MINUTE_CHANNELS, PAY_PER_MINUTE_POOL, Group
from capsim.scenario.model.horizon import Horizon
from capsim.scenario.model.pools import Pool
from capsim.scenario.model.profiles import NamedProfile, Profile
from capsim.scenario.model.replay import Replay
from capsim.units import Duration, local_midnight

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAX_DIDS = 100_000
MOST_SEED, MOST_REPLICATIONS = 2**63 - 1, 100_000


class WrittenScenario(Part):
    """The keys of a scenario, each of the right kind; whether they agree is checked on top of it."""

    RULES: ClassVar[Mapping[str, str]] = {
        "currency": "M6",
        "start": "R15",
        "duration": "R15",
        "warm_up": "R15",
        "billing": "M1",
        "pools": "R5",
        "groups": "R4",
        "changes": "R11",
        "account": "R10",
    }

    name: str = Field(default="Untitled scenario", min_length=1, max_length=200)
    """What reports call it."""
    currency: Currency = "USD"
    """ISO 4217 code of all money in the scenario (M6)."""
    timezone: TimeZone = "UTC"
    """IANA zone in which dates, days and billing are local."""
    start: LocalMoment
    """Local date or date-time at which the horizon begins."""
    duration: AnyDuration
    """Length of the horizon: days, weeks, months by the local calendar; s, min, h elapsed."""
    warm_up: AnyDuration = Duration.parse("0 s")
    """Simulated before start, left out of every figure (R15)."""
    seed: int = Field(default=1, ge=0, le=MOST_SEED)
    """Names the random numbers: the same seed, the same calls."""
    replications: int = Field(default=10, ge=1, le=MOST_REPLICATIONS)
    """Independent repetitions of the horizon."""
    billing: Billing = Billing()
    profiles: dict[Name, NamedProfile] = Field(default_factory=dict)
    """How traffic varies by hour and weekday, by name."""
    pools: dict[Name, Pool] = Field(default_factory=dict)
    """Capacity pools, by name."""
    groups: dict[Name, Group] = Field(default_factory=dict)
    """Capacity groups, by name."""
    dids: dict[Name, DidEntry] = Field(min_length=1)
    """DIDs, by name."""
    replay: Replay | None = None
    """Calls from call records, in place of traffic."""
    changes: tuple[Change, ...] = Field(default=(), strict=False, max_length=20_000)
    """What changes in the course of the horizon (R11, R12)."""
    account: Account | None = None
    """A prepaid account; left out: money never blocks or ends a call (R10)."""
    goals: Goals | None = None
    """What is accepted of blocking and cost; every command says whether it is met."""

    @cached_property
    def horizon(self) -> Horizon:
        zone = ZoneInfo(self.timezone)
        start = self.start.replace(tzinfo=zone)
        first = local_midnight(start.date(), zone) if start.time() == datetime.min.time() else start
        return Horizon(first, self.duration.after(start), self.warm_up.after(start, -1))

    @cached_property
    def all_groups(self) -> dict[str, Group]:
        """The groups that are written, and ``pay-per-minute`` where DIDs of mode metered need it (R8)."""
        groups = dict(self.groups)
        if PAY_PER_MINUTE not in groups and any(entry.group_name == PAY_PER_MINUTE for entry in self.dids.values()):
            groups[PAY_PER_MINUTE] = Group(pool=PAY_PER_MINUTE_POOL, metered=PAY_PER_MINUTE_CHANNELS)
        return groups

    @cached_property
    def all_dids(self) -> tuple[Did, ...]:
        """Every DID, in the scenario's order; an entry with ``count`` gives ``branch-01``, ``branch-02``, ..."""
        found: list[Did] = []
        for name, entry in self.dids.items():
            if entry.count is None:
                found.append(Did(name, name, 0, entry))
            else:
                digits = len(str(entry.count))
                found.extend(Did(f"{name}-{index + 1:0{digits}d}", name, index, entry) for index in range(entry.count))
        return tuple(found)

    @cached_property
    def _group_rows(self) -> dict[str | None, int]:
        return {name: row for row, name in enumerate(self.all_groups)} | {None: len(self.all_groups)}

    def group_row(self, name: str | None) -> int:
        """Row of a group in arrays by group; None, which is no group, has the row after the last."""
        return self._group_rows[name]

    @cached_property
    def quantities(self) -> tuple[int, ...]:
        """Number of DIDs that each entry of ``dids`` stands for."""
        return tuple(entry.quantity for entry in self.dids.values())

    @property
    def is_countable(self) -> bool:
        """Whether the entries stand for no more DIDs than a scenario may have: only then may they be listed."""
        return sum(self.quantities) <= MAX_DIDS

    def per_did(self, values: ArrayLike) -> NDArray[Any]:
        """Values by DID from values by entry.

        Parameters
        ----------
        values : (E, ...)
            one for each entry of ``dids``

        Returns
        -------
        numpy.ndarray, (D, ...)
            one for each DID, in the order of ``all_dids``
        """
        import numpy as np

        return np.repeat(np.asarray(values), self.quantities, axis=0)

    @cached_property
    def later(self) -> tuple[frozenset[int], frozenset[str]]:
        """Positions of DIDs, and names of groups, that are there only once a change adds them."""
        added = [change.add for change in self.changes if change.add is not None]
        names = {one.did for one in added if one.did is not None}
        dids = (row for row, did in enumerate(self.all_dids) if names & {did.name, did.entry_name}) if names else ()
        return frozenset(dids), frozenset(one.group for one in added if one.group is not None)

    def profile_of(self, entry: DidEntry) -> Profile | None:
        """The profile of an entry's traffic, in place or by name."""
        given = entry.traffic.profile if entry.traffic is not None else None
        return self.profiles[given] if isinstance(given, str) else given

    def renewal_day(self, pool: str) -> date:
        """First renewal day of a pool's billing cycle (M2)."""
        return self.pools[pool].renews or self.billing.renews or self.horizon.start.date()
