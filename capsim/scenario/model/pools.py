"""Capacity pools: countries, bought flat-rate channels, and their prices (R5, R6, M1, M3, M5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import ElapsedDuration, LocalDate, Money, bad, nearest
from capsim.scenario.model.countries import COUNTRIES, COVERAGE
from capsim.units import Duration

MAX_CHANNELS = 1_000_000
"""Largest number of channels of a pool, a group or a DID."""
_MINUTE = Duration.parse("60 s")


class MeteredPrice(Part):
    """Price of a call by its billed time (M3)."""

    rate: Money
    """Price per minute of billed time."""
    first_interval: ElapsedDuration = _MINUTE
    """Shortest billed time of an answered call."""
    next_interval: ElapsedDuration = _MINUTE
    """Step in which billed time grows after the first interval."""
    connection_fee: Money = Field(default=0, validate_default=True)
    """Price of each answered call, whatever its length."""
    decimals: int = Field(default=3, ge=0, le=8)
    """Number of decimal places to which the price of a call is rounded."""
    rounding: Literal["half up", "half even", "up", "down"] = "half up"
    """How the price of a call is rounded."""

    @model_validator(mode="after")
    def _intervals_last(self) -> MeteredPrice:
        for key in ("first_interval", "next_interval"):
            length = getattr(self, key).microseconds
            if not 0 < length <= 86_400_000_000:
                raise bad(f"{key} must be longer than 0 s and at most 24 h (got {getattr(self, key)})", "M3")
        return self


class Break(Part):
    """Volume break: another price from a quantity on (M5)."""

    from_: int = Field(alias="from", ge=1, le=MAX_CHANNELS)
    """Smallest number of channels owned at which this price applies."""
    setup: Money = Field(default=0, validate_default=True)
    """One-time price of a channel when it is bought."""
    monthly: Money
    """Price of a channel for each billing cycle of the pool."""


class FlatRatePrice(Part):
    """Price of a flat-rate channel (M1, M5)."""

    RULES: ClassVar[Mapping[str, str]] = {"breaks": "M5"}

    setup: Money = Field(default=0, validate_default=True)
    """One-time price of a channel when it is bought."""
    monthly: Money
    """Price of a channel for each billing cycle of the pool."""
    breaks: tuple[Break, ...] = Field(default=(), strict=False)
    """Volume breaks in order of rising quantity."""
    break_mode: Literal["all units", "graduated"] = "all units"
    """Channels to which the price of a break applies: all units, or (graduated) those from its quantity on."""

    @model_validator(mode="after")
    def _breaks_rise(self) -> FlatRatePrice:
        starts = [item.from_ for item in self.breaks]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise bad(f"breaks must rise by `from` (got {', '.join(map(str, starts))})", "M5")
        return self


def _coverage(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        if value in COVERAGE:
            return value
        raise bad(
            f"must be standard, extended, or a list of countries such as [GB, DE]{nearest(value, COVERAGE)}",
            "R6",
        )
    if not isinstance(value, Sequence) or not value:
        raise bad("must be standard, extended, or a list of countries such as [GB, DE]", "R6")
    for code in value:
        if not isinstance(code, str) or code not in COUNTRIES:
            raise bad(f"has {code!r}, which is no country code by ISO 3166 alpha-2", "R6")
    if len(set(value)) < len(value):
        raise bad("names a country twice; name each once", "R6")
    return tuple(value)


Coverage = Annotated[
    str | tuple[str, ...],
    BeforeValidator(_coverage),
    PlainSerializer(lambda value: value if isinstance(value, str) else list(value)),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["standard", "extended"]},
                {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}, "minItems": 1},
            ]
        }
    ),
]


class Pool(Part):
    """Capacity pool: countries, the flat-rate channels bought there, and their prices."""

    RULES: ClassVar[Mapping[str, str]] = {
        "coverage": "R6",
        "channels": "R5",
        "renews": "M2",
        "flat_rate": "M1",
        "metered": "M3",
    }

    coverage: Coverage = "standard"
    """Countries covered: standard, extended, or a list of ISO 3166 alpha-2 codes (R6)."""
    channels: int | None = Field(default=None, ge=0, le=MAX_CHANNELS)
    """Number of flat-rate channels bought, a hard bound (R5). Default: as many as are assigned."""
    renews: LocalDate | None = None
    """First renewal day of the billing cycle (M2). Default: that of ``billing``, or the start of the horizon."""
    flat_rate: FlatRatePrice | None = None
    """Price of dedicated and shared channels (M1)."""
    metered: MeteredPrice | None = None
    """Price of calls on metered channels (M3)."""

    @property
    def countries(self) -> frozenset[str]:
        """Codes of the countries covered."""
        return COVERAGE[self.coverage] if isinstance(self.coverage, str) else frozenset(self.coverage)

    def covers(self, country: str) -> bool:
        """Whether the pool covers a country, by its code."""
        return country in self.countries
