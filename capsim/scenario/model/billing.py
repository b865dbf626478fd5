"""When money is due: billing cycles, channels owned before the start, and a prepaid account (M1, M2, R10)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LocalDate, Money, Name


class Billing(Part):
    """Billing cycles, and channels bought before the horizon (M1, M2, M4)."""

    RULES: ClassVar[Mapping[str, str]] = {"renews": "M2", "removal": "M2"}

    cycle: Literal["month", "28 days", "30 days"] = "month"
    """Length of a billing cycle of pools and DIDs."""
    renews: LocalDate | None = None
    """First renewal day of pools that name none themselves. Default: the start of the horizon."""
    owned: dict[Name, int] = Field(default_factory=dict)
    """Number of channels by pool that were bought before the horizon. These channels pay no setup; their next monthly
    fee is due at the pool's next renewal (M1)."""
    removal: Literal["no refund", "prorated"] = "no refund"
    """Refund for a removed channel: none, or the monthly fee for the whole days left in its cycle (M2)."""


class TopUp(Part):
    """Automatic top-up of the account (R10)."""

    threshold: Money
    """The amount is added when a charge takes the balance below this threshold."""
    amount: Money = Field(gt=0)
    """Amount added at once."""


class Account(Part):
    """Prepaid account from which fees and calls are paid (R10)."""

    balance: Money
    """Balance at the start of the horizon."""
    top_up: TopUp | None = None
    """Automatic top-up. Default: none."""

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """All amounts of money that the account names."""
        return (self.balance, *((self.top_up.threshold, self.top_up.amount) if self.top_up else ()))
