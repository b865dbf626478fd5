"""A scenario as it is written: its keys, and the values that follow from them at any time.

`capsim.scenario.time` reads these values alone; `capsim.scenario.Scenario` is a written scenario that keeps all rules.
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
"""Largest number of DIDs of a scenario."""
MOST_SEED, MOST_REPLICATIONS = 2**63 - 1, 100_000


class WrittenScenario(Part):
    """The keys of a scenario, each of the right kind; whether they agree is not checked here."""

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
    """Title shown in reports."""
    currency: Currency = "USD"
    """ISO 4217 code of all amounts of money (M6)."""
    timezone: TimeZone = "UTC"
    """IANA time zone of dates, days and billing."""
    start: LocalMoment
    """Local date or date-time at which the horizon begins."""
    duration: AnyDuration
    """Length of the horizon: days, weeks and months follow the local calendar; s, min and h are elapsed time."""
    warm_up: AnyDuration = Duration.parse("0 s")
    """Time simulated before the start to fill the channels; no figure includes it (R15)."""
    seed: int = Field(default=1, ge=0, le=MOST_SEED)
    """Seed of all random numbers: the same seed gives the same calls."""
    replications: int = Field(default=10, ge=1, le=MOST_REPLICATIONS)
    """Number of independent repetitions of the horizon; intervals come from their spread."""
    billing: Billing = Billing()
    profiles: dict[Name, NamedProfile] = Field(default_factory=dict)
    """Profiles by name: how traffic varies by hour and weekday."""
    pools: dict[Name, Pool] = Field(default_factory=dict)
    """Capacity pools by name."""
    groups: dict[Name, Group] = Field(default_factory=dict)
    """Capacity groups by name."""
    dids: dict[Name, DidEntry] = Field(min_length=1)
    """DIDs (phone numbers) by name."""
    replay: Replay | None = None
    """Calls replayed from call records, instead of traffic."""
    changes: tuple[Change, ...] = Field(default=(), strict=False, max_length=20_000)
    """Changes during the horizon, such as channels bought or DIDs added (R11, R12)."""
    account: Account | None = None
    """Prepaid account. Default: none, and money never blocks or ends a call (R10)."""
    goals: Goals | None = None
    """Accepted blocking and cost; every command reports whether the goals are met."""

    @cached_property
    def horizon(self) -> Horizon:
        """Start and end of the horizon, and the start of the warm-up, in the scenario's zone."""
        zone = ZoneInfo(self.timezone)
        start = self.start.replace(tzinfo=zone)
        first = local_midnight(start.date(), zone) if start.time() == datetime.min.time() else start
        return Horizon(first, self.duration.after(start), self.warm_up.after(start, -1))

    @cached_property
    def all_groups(self) -> dict[str, Group]:
        """Groups by name: those written, and ``pay-per-minute`` if DIDs of mode metered need it (R8)."""
        groups = dict(self.groups)
        if PAY_PER_MINUTE not in groups and any(entry.group_name == PAY_PER_MINUTE for entry in self.dids.values()):
            groups[PAY_PER_MINUTE] = Group(pool=PAY_PER_MINUTE_POOL, metered=PAY_PER_MINUTE_CHANNELS)
        return groups

    @cached_property
    def all_dids(self) -> tuple[Did, ...]:
        """All DIDs in the scenario's order; an entry with ``count`` gives ``branch-01``, ``branch-02``, ..."""
        dids: list[Did] = []
        for name, entry in self.dids.items():
            if entry.count is None:
                dids.append(Did(name, name, 0, entry))
            else:
                digits = len(str(entry.count))
                dids.extend(Did(f"{name}-{index + 1:0{digits}d}", name, index, entry) for index in range(entry.count))
        return tuple(dids)

    @cached_property
    def _group_rows(self) -> dict[str | None, int]:
        return {name: row for row, name in enumerate(self.all_groups)} | {None: len(self.all_groups)}

    def group_row(self, name: str | None) -> int:
        """Row of a group in arrays by group; None (no group) has the row after the last group."""
        return self._group_rows[name]

    @cached_property
    def quantities(self) -> tuple[int, ...]:
        """Number of DIDs of each entry of ``dids``."""
        return tuple(entry.quantity for entry in self.dids.values())

    @property
    def is_countable(self) -> bool:
        """Whether the entries stand for at most 100,000 DIDs; only then may ``all_dids`` be asked for."""
        return sum(self.quantities) <= MAX_DIDS

    def per_did(self, values: ArrayLike) -> NDArray[Any]:
        """Repeat the values of entries for their DIDs.

        Parameters
        ----------
        values : array_like, (E, ...)
            one value for each entry of ``dids``

        Returns
        -------
        ndarray, (D, ...)
            one value for each DID, in the order of ``all_dids``
        """
        import numpy as np

        return np.repeat(np.asarray(values), self.quantities, axis=0)

    @cached_property
    def later(self) -> tuple[frozenset[int], frozenset[str]]:
        """Positions of DIDs and names of groups that exist only once a change adds them."""
        added = [change.add for change in self.changes if change.add is not None]
        names = {addition.did for addition in added if addition.did is not None}
        dids = (row for row, did in enumerate(self.all_dids) if names & {did.name, did.entry_name}) if names else ()
        return frozenset(dids), frozenset(addition.group for addition in added if addition.group is not None)

    def profile_of(self, entry: DidEntry) -> Profile | None:
        """Profile of an entry's traffic, or None; a name is looked up."""
        given = entry.traffic.profile if entry.traffic is not None else None
        return self.profiles[given] if isinstance(given, str) else given

    def renewal_day(self, pool: str) -> date:
        """First renewal day of a pool's billing cycle (M2)."""
        return self.pools[pool].renews or self.billing.renews or self.horizon.start.date()
