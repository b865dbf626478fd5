"""DIDs and the capacity groups they join (R2, R3, R4, R7, R8, R9, M4)."""

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
MAX_CAPACITY_LIMIT = 32_767

Mode = Literal["DID+2", "DID+0", "metered"]
INCLUDED_BY_MODE: dict[str, int] = {"DID+2": 2, "DID+0": 0, "metered": 0}
FEE_BY_MODE: dict[str, str] = {"DID+2": "DID+2", "DID+0": "DID+0", "metered": "DID+0"}


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
    """What the number itself costs (M4)."""

    setup: Money = Field(default=0, validate_default=True)
    """Once, when the number is activated."""
    monthly: MonthlyByMode = Field(default=0, validate_default=True)
    """One price, or a price for each mode, for each billing cycle of the number."""
    per_minute: MeteredPrice | None = None
    """A price for every answered call, whatever its tier (toll-free numbers)."""


class Dedicated(Part):
    """Flat-rate channels of one DID."""

    pool: Name
    """The pool whose channels they are."""
    channels: int = Field(ge=0, le=MAX_CHANNELS)
    """How many; for an entry with ``count``, of each of its DIDs."""


class DidEntry(Part):
    """One entry under ``dids``: a DID, or ``count`` DIDs that are alike."""

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
    """The phone number, in quotes."""
    count: int | None = Field(default=None, ge=1, le=MAX_COUNT)
    """So many DIDs alike, each with this traffic: NAME-1, NAME-2, ..."""
    country: Country | None = None
    """ISO 3166 alpha-2; needed for dedicated channels and groups (R6)."""
    timezone: TimeZone | None = None
    """IANA zone of the DID's days; left out: that of the scenario."""
    mode: Mode | None = None
    """DID+2 (the default), DID+0 or metered (R2, R8)."""
    included: int | None = Field(default=None, ge=0, le=MAX_CAPACITY_LIMIT)
    """Included channels of a number with a fixed capacity, instead of a mode (R2)."""
    fees: Fees = Fees()
    dedicated: Dedicated | None = None
    group: Name | None = None
    """The group whose shared and metered channels it uses (R3); left out: none, or for mode metered that of R8."""
    capacity_limit: int | None = Field(default=None, ge=1, le=MAX_CAPACITY_LIMIT)
    """Most simultaneous calls of the DID, over all tiers (R9)."""
    activated: LocalDate | None = None
    """Day of its activation, from which its billing cycles run (M4); before the start: it has paid its setup. Left
    out: the start of the horizon, or the day on which a change adds it."""
    additional_capacity: bool = True
    """Whether the DID supports dedicated channels, groups and a change of mode (R7)."""
    traffic: Traffic | None = None
    """Left out: no calls."""

    @model_validator(mode="after")
    def _modes_agree(self) -> DidEntry:
        if self.mode is not None and self.included is not None:
            raise bad("has both mode and included; a number has a capacity mode or a fixed capacity", "R2")
        if self.number is not None and self.count is not None:
            raise bad("has both number and count; a number belongs to one DID", "R3")
        monthly = self.fees.monthly
        if isinstance(monthly, dict) and (self.included is not None or self.fee_mode not in monthly):
            needed = "one price, as included is fixed" if self.included is not None else f"a price for {self.fee_mode}"
            raise bad(f"fees.monthly needs {needed} (got prices for {', '.join(monthly)})", "M4")
        return self

    @property
    def fee_mode(self) -> str:
        return FEE_BY_MODE[self.mode or "DID+2"]

    def monthly_fee(self, mode: str | None) -> Decimal | None:
        """The fee of a billing cycle in a mode; None where the entry has no price for it."""
        monthly = self.fees.monthly
        return monthly.get(FEE_BY_MODE[mode or "DID+2"]) if isinstance(monthly, dict) else monthly

    @property
    def included_channels(self) -> int:
        return INCLUDED_BY_MODE[self.mode or "DID+2"] if self.included is None else self.included

    @property
    def group_name(self) -> str | None:
        """The group that the entry is in: the one it names, or ``pay-per-minute`` for mode metered (R8)."""
        return PAY_PER_MINUTE if self.group is None and self.mode == "metered" else self.group

    @property
    def quantity(self) -> int:
        return self.count or 1

    @property
    def dedicated_channels(self) -> int:
        return self.dedicated.channels if self.dedicated is not None else 0


@dataclass(frozen=True, slots=True)
class Did:
    """One DID of a scenario: an entry of ``dids``, or one of the ``count`` that it stands for.

    ``entry_name`` and ``index`` (from 0) name it for good; ``name`` is what reports show, ``branch-07``.
    """

    name: str
    entry_name: str
    index: int
    entry: DidEntry
