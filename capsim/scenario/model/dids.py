"""DIDs: their modes, fees, dedicated channels, groups and limits (R2, R3, R7, R8, R9, M4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LocalDate, Money, Name, PhoneNumber, TimeZone, bad, money, nearest
from capsim.scenario.model.countries import Country
from capsim.scenario.model.groups import PAY_PER_MINUTE
from capsim.scenario.model.pools import MAX_CHANNELS, MeteredPrice
from capsim.scenario.model.traffic import Traffic

MAX_COUNT = 100_000
"""Largest number of DIDs of one entry."""
MAX_CAPACITY_LIMIT = 32_767
"""Largest limit of simultaneous calls of a DID (R9)."""

Mode = Literal["DID+2", "DID+0", "metered"]
INCLUDED_BY_MODE: dict[str, int] = {"DID+2": 2, "DID+0": 0, "metered": 0}
"""Number of included channels by capacity mode."""
FEE_BY_MODE: dict[str, str] = {"DID+2": "DID+2", "DID+0": "DID+0", "metered": "DID+0"}
"""Mode whose price a DID pays, by its capacity mode."""


def _monthly(value: Any) -> Decimal | dict[str, Decimal]:
    if not isinstance(value, Mapping):
        return money(value)
    if not value:
        raise bad("must be one price, or prices by mode: {DID+2: 4.80, DID+0: 0.80}", "M4")
    prices = {}
    for mode, price in value.items():
        if mode not in ("DID+2", "DID+0"):
            raise bad(
                f"has the unknown mode {mode!r}; allowed: DID+2, DID+0{nearest(mode, ['DID+2', 'DID+0'])}",
                "M4",
            )
        prices[mode] = money(price)
    return prices


_price = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
MonthlyByMode = Annotated[
    Decimal | dict[str, Decimal],
    BeforeValidator(_monthly),
    WithJsonSchema(
        {
            "anyOf": [
                *_price["anyOf"],
                {
                    "type": "object",
                    "properties": {"DID+2": _price, "DID+0": _price},
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class Fees(Part):
    """Fees of the number itself (M4)."""

    setup: Money = Field(default=0, validate_default=True)
    """One-time fee when the number is activated."""
    monthly: MonthlyByMode = Field(default=0, validate_default=True)
    """Fee for each billing cycle of the number: one price, or a price for each mode."""
    per_minute: MeteredPrice | None = None
    """Price of every answered call, whatever its tier, as toll-free numbers have it."""


class Dedicated(Part):
    """Flat-rate channels of one DID."""

    pool: Name
    """Pool from which the channels come."""
    channels: int = Field(ge=0, le=MAX_CHANNELS)
    """Number of channels; in an entry with ``count``, each of its DIDs has this many."""


class DidEntry(Part):
    """An entry under ``dids``: one DID, or ``count`` identical DIDs."""

    RULES: ClassVar[Mapping[str, str]] = {
        "mode": "R2",
        "included": "R2",
        "country": "R6",
        "fees": "M4",
        "dedicated": "R5",
        "group": "R3",
        "capacity_limit": "R9",
        "additional_capacity": "R7",
        "activated": "M4",
    }

    number: PhoneNumber | None = None
    """Phone number, in quotes."""
    count: int | None = Field(default=None, ge=1, le=MAX_COUNT)
    """Number of identical DIDs, named NAME-1, NAME-2, ...; each has this traffic."""
    country: Country | None = None
    """Country by ISO 3166 alpha-2 code; needed for dedicated channels and groups (R6)."""
    timezone: TimeZone | None = None
    """IANA time zone of the DID's traffic. Default: the scenario's."""
    mode: Mode | None = None
    """Capacity mode (R2, R8): DID+2 (the default) has 2 included channels, DID+0 and metered have none."""
    included: int | None = Field(default=None, ge=0, le=MAX_CAPACITY_LIMIT)
    """Number of included channels of a number with a fixed capacity, instead of a mode (R2)."""
    fees: Fees = Fees()
    dedicated: Dedicated | None = None
    group: Name | None = None
    """Group whose shared and metered channels the DID uses (R3). Default: none; in mode metered, that of R8."""
    capacity_limit: int | None = Field(default=None, ge=1, le=MAX_CAPACITY_LIMIT)
    """Largest number of simultaneous calls of the DID, over all tiers (R9). Default: no limit."""
    activated: LocalDate | None = None
    """Activation day, from which the DID's billing cycles run (M4). A DID activated before the start has paid its
    setup. Default: the start of the horizon, or the day on which a change adds the DID."""
    additional_capacity: bool = True
    """Whether the DID can have dedicated channels, a group and a change of mode (R7)."""
    traffic: Traffic | None = None
    """Calls that arrive at the DID. Default: no calls."""

    @model_validator(mode="after")
    def _modes_agree(self) -> DidEntry:
        if self.mode is not None and self.included is not None:
            raise bad("has both mode and included; a number has a mode or a fixed capacity: leave one out", "R2")
        if self.number is not None and self.count is not None:
            raise bad("has both number and count; a number belongs to one DID: leave one out", "R3")
        monthly = self.fees.monthly
        if isinstance(monthly, dict) and (self.included is not None or self.fee_mode not in monthly):
            needed = "one price, as included is fixed" if self.included is not None else f"a price for {self.fee_mode}"
            raise bad(f"fees.monthly needs {needed} (got prices for {', '.join(monthly)})", "M4")
        return self

    @property
    def fee_mode(self) -> str:
        """Mode whose price the DID pays: a metered DID pays that of DID+0."""
        return FEE_BY_MODE[self.mode or "DID+2"]

    def monthly_fee(self, mode: str | None) -> Decimal | None:
        """Fee of a billing cycle in a mode; None if the entry has no price for the mode."""
        monthly = self.fees.monthly
        return monthly.get(FEE_BY_MODE[mode or "DID+2"]) if isinstance(monthly, dict) else monthly

    @property
    def included_channels(self) -> int:
        """Number of included channels at the start."""
        return INCLUDED_BY_MODE[self.mode or "DID+2"] if self.included is None else self.included

    @property
    def group_name(self) -> str | None:
        """Group of the entry: the group it names, or ``pay-per-minute`` for mode metered (R8)."""
        return PAY_PER_MINUTE if self.group is None and self.mode == "metered" else self.group

    @property
    def quantity(self) -> int:
        """Number of DIDs that the entry stands for."""
        return self.count or 1

    @property
    def dedicated_channels(self) -> int:
        """Number of dedicated channels of each DID at the start."""
        return self.dedicated.channels if self.dedicated is not None else 0


@dataclass(frozen=True, slots=True)
class Did:
    """One DID of a scenario: an entry of ``dids``, or one of the ``count`` DIDs that the entry stands for.

    Attributes
    ----------
    name : str
        name shown in reports, such as ``branch-07``
    entry_name : str
        key under ``dids``
    index : int
        position among the DIDs of the entry, from 0; with ``entry_name`` it names the DID for good
    entry : DidEntry
    """

    name: str
    entry_name: str
    index: int
    entry: DidEntry
