"""The scenario: what a planner writes, as one frozen and validated value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationError

from capsim.errors import ScenarioError
from capsim.scenario.dids import PAY_PER_MINUTE, PAY_PER_MINUTE_CHANNELS, PAY_PER_MINUTE_POOL, DidEntry, Group
from capsim.scenario.document import Document
from capsim.scenario.part import Part
from capsim.scenario.paths import replace_values
from capsim.scenario.pools import Pool
from capsim.scenario.problems import explain
from capsim.scenario.rules import check_rules
from capsim.scenario.values import AnyDuration, Currency, LocalMoment, Name, TimeZone
from capsim.units import Duration, hours, microseconds_between

MOST_SEED, MOST_REPLICATIONS = 2**63 - 1, 100_000


class Billing(Part):
    """How recurring fees fall due (M1, M2, M4)."""

    cycle: Literal["month", "28 days", "30 days"] = "month"
    """Length of a billing cycle, of pools and of DIDs."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """The span [start, end) that counts, and the warm-up before it (R15)."""

    start: datetime
    end: datetime
    warm_up_start: datetime

    @property
    def microseconds(self) -> int:
        """Length of [start, end)."""
        return microseconds_between(self.start, self.end)

    @property
    def warm_up_microseconds(self) -> int:
        return microseconds_between(self.warm_up_start, self.start)

    @property
    def hours(self) -> float:
        return hours(self.microseconds)

    @property
    def days(self) -> float:
        return self.hours / 24


@dataclass(frozen=True, slots=True)
class Did:
    """One DID of a scenario: an entry of ``dids``, or one of the ``count`` that it stands for.

    ``entry_name`` and ``index`` (from 0) name it for good; ``name`` is what reports show, ``branch-07``.
    """

    name: str
    entry_name: str
    index: int
    entry: DidEntry


def _is_run_key(name: str, value: Any) -> bool:
    """Whether this is a sound value of ``seed`` or ``replications``."""
    least, most = {"seed": (0, MOST_SEED), "replications": (1, MOST_REPLICATIONS)}.get(name, (0, -1))
    return type(value) is int and least <= value <= most


class Scenario(Part):
    """A scenario, validated: format, then the rules R2 to R9.

    Made by `capsim.load` from a file, or here from the same keys as a file has, as Python values
    (``Scenario(start="2026-11-02", duration="4 weeks", dids={...})``).

    Raises
    ------
    ScenarioError
        with every problem that was found.
    """

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
    pools: dict[Name, Pool] = Field(default_factory=dict)
    """Capacity pools, by name."""
    groups: dict[Name, Group] = Field(default_factory=dict)
    """Capacity groups, by name."""
    dids: dict[Name, DidEntry] = Field(min_length=1)
    """DIDs, by name."""

    _document: Document = PrivateAttr()

    def __init__(self, _document: Document | None = None, /, **data: Any) -> None:
        document = Document(None, data) if _document is None else _document
        if not isinstance(document.data, dict):
            raise ScenarioError(document.problem((), "a scenario is a mapping of keys, such as `start:` and `dids:`"))
        try:
            self.__pydantic_validator__.validate_python(document.data, self_instance=self)
        except ValidationError as error:
            raise ScenarioError(explain(error, document, Scenario)) from None
        broken = [document.problem(path, text, rule) for path, text, rule in check_rules(self)]
        if broken:
            raise ScenarioError(sorted(broken, key=lambda problem: (problem.line or 0, problem.column or 0)))
        self._document = document

    def override(self, values: Mapping[str, Any]) -> Scenario:
        """A new, validated scenario with the values at some paths replaced.

        Parameters
        ----------
        values : path -> value, such as ``{"groups.support.shared": 20}``; a value of None takes the key out.
            ``*`` stands for every name: ``{"dids.*.capacity_limit": 5}``.

        Raises
        ------
        ScenarioError
            if a path leads nowhere, or the new scenario breaks a rule.
        """
        document = self._document
        if all(_is_run_key(name, value) for name, value in values.items()):
            same = self.model_copy(update=dict(values))  # what no rule looks at: no need to check them all again
            same._document = Document(document.file, {**document.data, **values}, document.places, document.keys)
            return same
        return Scenario(Document(document.file, replace_values(document, values), document.places, document.keys))

    @cached_property
    def horizon(self) -> Horizon:
        start = self.start.replace(tzinfo=ZoneInfo(self.timezone))
        return Horizon(start, self.duration.after(start), self.warm_up.after(start, -1))

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

    def assigned_channels(self, pool: str) -> int:
        """Dedicated and shared channels that come out of a pool (R5)."""
        dedicated = sum(
            entry.dedicated.channels * entry.quantity
            for entry in self.dids.values()
            if entry.dedicated is not None and entry.dedicated.pool == pool
        )
        return dedicated + sum(group.shared for group in self.all_groups.values() if group.pool == pool)

    def bought_channels(self, pool: str) -> int:
        """Flat-rate channels bought in a pool: those it names, or as many as are assigned."""
        channels = self.pools[pool].channels
        return self.assigned_channels(pool) if channels is None else channels
