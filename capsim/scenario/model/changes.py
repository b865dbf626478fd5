"""What a planner writes under ``changes``: capacity that is bought, moved and dropped as time goes by (R11, R12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import AnyDuration, Name, bad
from capsim.scenario.model.dids import MAX_CAPACITY_LIMIT
from capsim.scenario.model.groups import MAX_METERED
from capsim.scenario.model.moments import ClockTime, Moment, MomentOrRecurring, Recurring
from capsim.scenario.model.pools import MAX_CHANNELS

ACTIONS = (
    "buy", "remove", "assign", "unassign", "set", "join", "leave", "switch", "renew", "clear", "add", "end", "delete",
)  # fmt: skip
"""What a change can do; each change does one thing."""
REPEATABLE = ("buy", "remove", "assign", "unassign", "set", "join", "leave")
UNDONE_BY = {"buy": "remove", "assign": "unassign", "unassign": "assign", "add": "end"}
"""What can be undone by ``until``, and what undoes it."""

Channels = int


class Lot(Part):
    """Channels of a pool, to buy or to remove."""

    pool: Name
    """A pool that gives its number of channels."""
    channels: Channels = Field(ge=1, le=MAX_CHANNELS)
    """How many."""


class Assignment(Part):
    """Channels more, or fewer, for a DID or a group."""

    did: Name | None = None
    """A DID, or an entry of ``dids``: each of its DIDs."""
    dedicated: Channels | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Dedicated channels of the DID."""
    pool: Name | None = None
    """Where they come from; left out: the pool of the DID's dedicated channels."""
    group: Name | None = None
    """A group, in place of a DID."""
    shared: Channels | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Shared channels of the group."""
    metered: Channels | None = Field(default=None, ge=1, le=MAX_METERED)
    """Metered channels of the group."""

    @model_validator(mode="after")
    def _one_owner(self) -> Assignment:
        of_did, of_group = (self.dedicated, self.pool), (self.shared, self.metered)
        sound = (
            (self.did is not None and self.group is None and self.dedicated is not None and of_group == (None, None))
            or (self.group is not None and self.did is None and of_group != (None, None) and of_did == (None, None))
        )  # fmt: skip
        if not sound:
            raise bad("needs a did with dedicated channels, or a group with shared or metered ones", "R11")
        return self


def _limit(value: Any, info: ValidationInfo) -> int | str:
    most = MAX_CAPACITY_LIMIT if info.data.get("did") is not None else MAX_CHANNELS
    if value == "none":
        return "none"
    if type(value) is int and 1 <= value <= most:
        return value
    raise bad(f"must be 1 to {most:,}, or none", "R9")


Limit = Annotated[
    int | Literal["none"],
    BeforeValidator(_limit),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_CHANNELS}, {"const": "none"}]}),
]
"""Most simultaneous calls (R9); ``none`` lifts the limit."""


class NewValues(Part):
    """What a DID or a group has from now on."""

    did: Name | None = None
    """A DID, or an entry of ``dids``: each of its DIDs."""
    dedicated: Channels | None = Field(default=None, ge=0, le=MAX_CHANNELS)
    """Dedicated channels of the DID."""
    pool: Name | None = None
    """Where they come from; left out: the pool of the DID's dedicated channels."""
    group: Name | None = None
    """A group, in place of a DID."""
    shared: Channels | None = Field(default=None, ge=0, le=MAX_CHANNELS)
    """Shared channels of the group."""
    metered: Channels | None = Field(default=None, ge=0, le=MAX_METERED)
    """Metered channels of the group."""
    capacity_limit: Limit | None = None
    """Most simultaneous calls of the DID, or of the group (R9); ``none`` lifts the limit."""

    @model_validator(mode="after")
    def _one_owner(self) -> NewValues:
        of_did, of_group = (self.dedicated, self.pool), (self.shared, self.metered)
        limited = self.capacity_limit is not None
        sound = (
            (self.did is not None and self.group is None and of_group == (None, None)
             and (self.dedicated is not None or (limited and self.pool is None)))
            or (self.group is not None and self.did is None and of_did == (None, None)
                and (limited or of_group != (None, None)))
        )  # fmt: skip
        if not sound:
            text = "needs a did with dedicated or capacity_limit, or a group with shared, metered or capacity_limit"
            raise bad(text, "R11")
        return self


class Membership(Part):
    """A DID, or each DID of an entry, and a group."""

    did: Name
    """A DID, or an entry of ``dids``: each of its DIDs."""
    group: Name
    """The group that it joins."""


class OfDid(Part):
    """A DID, or each DID of an entry."""

    did: Name
    """A DID, or an entry of ``dids``: each of its DIDs."""


class OfGroup(Part):
    """A group."""

    group: Name
    """A group in which no DID is left."""


class Switch(Part):
    """Another capacity mode for a DID (R12)."""

    did: Name
    """A DID, or an entry of ``dids``: each of its DIDs."""
    mode: Literal["DID+2", "DID+0"]
    """The mode that it is to have."""
    renew: AnyDuration | None = None
    """Renew the DID for this long, so that the mode takes effect at once; left out: at its next billing cycle."""


class Renewal(Part):
    """A new billing cycle for a DID, at once and in full; a mode that waits takes effect (R12)."""

    did: Name
    """A DID, or an entry of ``dids``: each of its DIDs."""
    period: AnyDuration | None = None
    """A whole number of billing cycles; left out: one."""


class Beginning(Part):
    """A DID, each DID of an entry, or a group that is there only from now on."""

    did: Name | None = None
    """A DID, or an entry of ``dids``: each of its DIDs."""
    group: Name | None = None
    """A group, in place of a DID."""

    @model_validator(mode="after")
    def _one(self) -> Beginning:
        if (self.did is None) == (self.group is None):
            raise bad("needs a did or a group" + (", not both" if self.did is not None else ""), "R11")
        return self


class Change(Part):
    """One thing that changes, once or again and again."""

    RULES: ClassVar[Mapping[str, str]] = {"switch": "R12", "renew": "R12", "clear": "R12"}

    at: Moment | None = None
    """When: a local date or date-time, or a length of time after the start."""
    every: Recurring | None = None
    """When, again and again: a day and a local time, such as Friday 17:00."""
    until: MomentOrRecurring | None = None
    """When it is undone: channels bought, assigned or taken away, or a DID added, for a while."""
    buy: Lot | None = None
    """Channels are bought in a pool."""
    remove: Lot | None = None
    """Unassigned channels of a pool are given up."""
    assign: Assignment | None = None
    """A DID, or a group, has so many channels more."""
    unassign: Assignment | None = None
    """A DID, or a group, has so many channels fewer."""
    set: NewValues | None = None
    join: Membership | None = None
    """The DID is a member of this group from now on, and of no other."""
    leave: OfDid | None = None
    """The DID is a member of no group from now on."""
    switch: Switch | None = None
    renew: Renewal | None = None
    clear: OfDid | None = None
    """The mode that waits for the DID's next billing cycle is withdrawn."""
    add: Beginning | None = None
    """What stands under ``dids`` or ``groups`` is there only from now on."""
    end: OfDid | None = None
    """The DID is given up."""
    delete: OfGroup | None = None
    """The group is gone, and its shared channels are unassigned again."""

    @model_validator(mode="after")
    def _one_time_and_one_action(self) -> Change:
        actions = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(actions) != 1:
            got = f"got {', '.join(actions)}" if actions else "got none"
            raise bad(f"needs exactly one of {', '.join(ACTIONS)} ({got})", "R11")
        if (self.at is None) == (self.every is None):
            raise bad("needs either at or every" + (", not both" if self.at is not None else ""), "R11")
        if self.every is not None and actions[0] not in REPEATABLE:
            raise bad(f"{actions[0]} happens once; every goes with {', '.join(REPEATABLE)}", "R11")
        undone = actions[0] in UNDONE_BY and (actions[0] != "add" or (self.add is not None and self.add.group is None))
        if self.until is not None and not undone:
            raise bad("until goes with buy, assign, unassign, and add of a did", "R11")
        if self.until is not None and isinstance(self.until, ClockTime) != (self.every is not None):
            form = "a day and a time, such as Sunday 23:00" if self.every is not None else "a moment, as at is"
            raise bad(f"until must be {form}", "R11")
        return self

    @property
    def action(self) -> str:
        return next(name for name in ACTIONS if getattr(self, name) is not None)
