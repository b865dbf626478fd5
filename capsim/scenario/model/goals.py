"""Goals: the blocking and the cost that a planner accepts."""

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
    """Accepted blocking and cost: each goal is met, missed, or not proven by the replications at hand."""

    blocking: BlockingShare | None = None
    """Accepted blocking of all calls: the share of offered calls that are blocked."""
    busy_hour: BlockingShare | None = None
    """Accepted blocking in the busy hour: the hour of the day with the most calls over all days (ITU-T E.520: 1%)."""
    busiest_days: BlockingShare | None = None
    """Accepted blocking in the busy hour of the five days with the most calls in that hour (ITU-T E.520: 7%)."""
    monthly_cost: Money | None = None
    """Accepted monthly cost: what recurs, for a month of 30.4375 days (M8)."""
    each_group: BlockingShare | None = None
    """Accepted blocking of the calls of each group's DIDs, for groups that ``groups`` does not name."""
    each_did: BlockingShare | None = None
    """Accepted blocking of each DID that ``dids`` does not name."""
    groups: dict[Name, OneGoal] = Field(default_factory=dict)
    """Accepted blocking by group."""
    dids: dict[Name, OneGoal] = Field(default_factory=dict)
    """Accepted blocking by DID, or for each DID of an entry."""

    @model_validator(mode="after")
    def _some(self) -> Goals:
        if not self.model_fields_set:
            raise bad("needs a goal, such as blocking: 0.1% or monthly_cost: 500")
        return self

    def of_group(self, name: str) -> float | None:
        """Accepted blocking of a group, by its own name or as for each group; None without a goal."""
        return self.groups.get(name, self.each_group)

    def of_did(self, name: str, entry: str) -> float | None:
        """Accepted blocking of a DID, by its own name, by its entry's, or as for each DID; None without a goal."""
        return self.dids.get(name, self.dids.get(entry, self.each_did))
