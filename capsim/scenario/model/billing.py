"""How money falls due: billing cycles, channels owned already, and a prepaid account (M1, M2, R10)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LocalDate, Money, Name


class Billing(Part):
    """How recurring fees fall due (M1, M2, M4)."""

    RULES: ClassVar[Mapping[str, str]] = {"renews": "M2", "removal": "M2"}

    cycle: Literal["month", "28 days", "30 days"] = "month"
    """Length of a billing cycle, of pools and of DIDs."""
    renews: LocalDate | None = None
    """First renewal day of the pools that name none themselves. Left out: the start of the horizon."""
    owned: dict[Name, int] = Field(default_factory=dict)
    """By pool: so many of its channels were bought before the horizon. They pay no setup, and their next fee at the
    pool's next renewal (M1)."""
    removal: Literal["no refund", "prorated"] = "no refund"
    """What is paid back for a removed channel: nothing, or the fee of the whole days left in its cycle (M2)."""


class TopUp(Part):
    """Automatic top-up of the account (R10)."""

    threshold: Money
    """A charge that takes the balance below this adds the amount."""
    amount: Money = Field(gt=0)
    """What is added, at once."""


class Account(Part):
    """A prepaid account that fees and calls draw on (R10)."""

    balance: Money
    """At the start of the horizon."""
    top_up: TopUp | None = None
    """Left out: nothing is ever added."""

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """All amounts that the account names."""
        return (self.balance, *((self.top_up.threshold, self.top_up.amount) if self.top_up else ()))
