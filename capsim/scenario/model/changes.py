"""Changes: capacity that is bought, moved and given up during the horizon (R11, R12)."""

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
"""Actions of a change; each change has one."""
REPEATABLE = ("buy", "remove", "assign", "unassign", "set", "join", "leave")
"""Actions that may recur with ``every``."""
UNDONE_BY = {"buy": "remove", "assign": "unassign", "unassign": "assign", "add": "end"}
"""Actions that ``until`` undoes, and the actions that undo them."""

Channels = int


class Lot(Part):
    """Channels of a pool to buy or to remove."""

    pool: Name
    """Pool that gives its number of channels."""
    channels: Channels = Field(ge=1, le=MAX_CHANNELS)
    """Number of channels."""


class Assignment(Part):
    """Channels to assign to a DID or a group, or to take away."""

    did: Name | None = None
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    dedicated: Channels | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Number of dedicated channels of the DID."""
    pool: Name | None = None
    """Pool of the channels. Default: the pool of the DID's dedicated channels."""
    group: Name | None = None
    """Name of a group, instead of a DID."""
    shared: Channels | None = Field(default=None, ge=1, le=MAX_CHANNELS)
    """Number of shared channels of the group."""
    metered: Channels | None = Field(default=None, ge=1, le=MAX_METERED)
    """Number of metered channels of the group."""

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
"""Largest number of simultaneous calls (R9); ``none`` lifts the limit."""


class NewValues(Part):
    """New sizes and limits of a DID or a group."""

    did: Name | None = None
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    dedicated: Channels | None = Field(default=None, ge=0, le=MAX_CHANNELS)
    """Number of dedicated channels of the DID."""
    pool: Name | None = None
    """Pool of the channels. Default: the pool of the DID's dedicated channels."""
    group: Name | None = None
    """Name of a group, instead of a DID."""
    shared: Channels | None = Field(default=None, ge=0, le=MAX_CHANNELS)
    """Number of shared channels of the group."""
    metered: Channels | None = Field(default=None, ge=0, le=MAX_METERED)
    """Number of metered channels of the group."""
    capacity_limit: Limit | None = None
    """Largest number of simultaneous calls of the DID or the group (R9); ``none`` lifts the limit."""

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
    """A DID, or each DID of an entry, and the group that it joins."""

    did: Name
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    group: Name
    """Name of the group to join."""


class OfDid(Part):
    """A DID, or each DID of an entry."""

    did: Name
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""


class OfGroup(Part):
    """A group."""

    group: Name
    """Name of a group in which no DID is left."""


class Switch(Part):
    """Another capacity mode for a DID (R12)."""

    did: Name
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    mode: Literal["DID+2", "DID+0"]
    """Mode to switch to."""
    renew: AnyDuration | None = None
    """Period for which to renew the DID, so that the mode takes effect at once. Default: no renewal; the mode takes
    effect at the DID's next billing cycle."""


class Renewal(Part):
    """A new billing cycle for a DID, at once and at its full fee; a mode that waits takes effect (R12)."""

    did: Name
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    period: AnyDuration | None = None
    """Whole number of billing cycles, such as 2 months. Default: one."""


class Beginning(Part):
    """A DID, each DID of an entry, or a group, which exists only from the change on."""

    did: Name | None = None
    """Name of a DID, or of an entry under ``dids`` for all of its DIDs."""
    group: Name | None = None
    """Name of a group, instead of a DID."""

    @model_validator(mode="after")
    def _one(self) -> Beginning:
        if (self.did is None) == (self.group is None):
            raise bad("needs a did or a group" + (", not both" if self.did is not None else ""), "R11")
        return self


class Change(Part):
    """One change of capacity, which takes place once or repeatedly."""

    RULES: ClassVar[Mapping[str, str]] = {"switch": "R12", "renew": "R12", "clear": "R12"}

    at: Moment | None = None
    """Moment of the change: a local date or date-time, or a length of time after the start."""
    every: Recurring | None = None
    """Recurring moment of the change: a day and a local time, such as Friday 17:00."""
    until: MomentOrRecurring | None = None
    """End of a temporary change: of channels bought, assigned or unassigned, or of a DID added."""
    buy: Lot | None = None
    """Buy channels in a pool."""
    remove: Lot | None = None
    """Remove unassigned channels from a pool."""
    assign: Assignment | None = None
    """Assign more channels to a DID or a group."""
    unassign: Assignment | None = None
    """Take channels away from a DID or a group."""
    set: NewValues | None = None
    join: Membership | None = None
    """Put a DID into a group; the DID leaves any other group."""
    leave: OfDid | None = None
    """Take a DID out of its group."""
    switch: Switch | None = None
    renew: Renewal | None = None
    clear: OfDid | None = None
    """Withdraw the mode that waits for a DID's next billing cycle."""
    add: Beginning | None = None
    """Add a DID or a group that is written under ``dids`` or ``groups``; it exists only from then on."""
    end: OfDid | None = None
    """Give up a DID."""
    delete: OfGroup | None = None
    """Delete a group; its shared channels are unassigned again."""

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
            form = "a day and a time, such as Sunday 23:00" if self.every is not None else "a moment, like at"
            raise bad(f"until must be {form}", "R11")
        return self

    @property
    def action(self) -> str:
        """Name of the change's action."""
        return next(name for name in ACTIONS if getattr(self, name) is not None)
