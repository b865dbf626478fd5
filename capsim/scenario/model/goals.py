"""Goals: what a planner accepts, in grade of service and in money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import BlockingShare, Money, Name, bad
from capsim.shares import LARGEST_BARE_BLOCKING

_blocking_schema = {"anyOf": [{"type": "number", "minimum": 0, "maximum": LARGEST_BARE_BLOCKING}, {"type": "string"}]}


def _of_one(value: Any) -> Any:
    """``0.2%``, or ``{blocking: 0.2%}``."""
    if isinstance(value, Mapping):
        if list(value) != ["blocking"]:
            raise bad(f"needs one key, blocking (got {', '.join(map(str, value)) or 'none'})")
        return value["blocking"]
    return value


OneGoal = Annotated[
    BlockingShare,
    BeforeValidator(_of_one),
    WithJsonSchema(
        {"anyOf": [*_blocking_schema["anyOf"], {"type": "object", "properties": {"blocking": _blocking_schema}}]}
    ),
]


class Goals(Part):
    """What is accepted: each goal is met, missed, or not proven by the replications there are."""

    blocking: BlockingShare | None = None
    """Blocking of all calls."""
    busy_hour: BlockingShare | None = None
    """Blocking in the mean busy hour: the hour of the day with the most calls, over all days (ITU-T E.520: 1%)."""
    busiest_days: BlockingShare | None = None
    """Blocking in that hour of the five days on which it has the most calls (ITU-T E.520: 7%)."""
    monthly_cost: Money | None = None
    """What recurs in a month (M8)."""
    each_group: BlockingShare | None = None
    """Blocking of all calls of a group's DIDs, for every group that ``groups`` does not name."""
    each_did: BlockingShare | None = None
    """Blocking of a DID, for every one that ``dids`` does not name."""
    groups: dict[Name, OneGoal] = Field(default_factory=dict)
    """The same, by group."""
    dids: dict[Name, OneGoal] = Field(default_factory=dict)
    """The same, by DID, or for each DID of an entry."""

    @model_validator(mode="after")
    def _some(self) -> Goals:
        if not self.model_fields_set:
            raise bad("needs a goal, such as blocking: 0.1% or monthly_cost: 500")
        return self

    def of_group(self, name: str) -> float | None:
        """What a group may block: by its own name, or as every one may."""
        return self.groups.get(name, self.each_group)

    def of_did(self, name: str, entry: str) -> float | None:
        """What a DID may block: by its own name, by that of its entry, or as every one may."""
        return self.dids.get(name, self.dids.get(entry, self.each_did))
