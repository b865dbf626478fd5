"""Fees: charges that are known before any call (M1, M2, M4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from capsim.money import round_money
from capsim.scenario.time.cycles import Cycle
from capsim.tariff.bill import Bill
from capsim.tariff.charge import Charge


@dataclass(frozen=True, slots=True)
class Fees(Charge[None]):
    """Charges that fall due at known instants, whatever the calls do.

    Parameters
    ----------
    fees
        Items by the instants at which they fall due, and the days that they cover.
    """

    fees: Bill

    def due(self) -> Bill:
        """Bill all fees."""
        return self.fees

    def obstacle(self, group: int, calls: float) -> None:
        """Say that nothing stands against one pass: fees follow from the sizes alone."""


def prorate(fee: Decimal, part: Cycle, whole: Cycle, currency: str) -> Decimal:
    """Share of a cycle's fee for the days that remain (M2), rounded once (M6).

    25.00 from 28 December in a cycle of 31 days that renews on 21 January: 25.00 x 24 / 31 = 19.35.
    """
    return round_money(fee * part.days / whole.days, currency)


def share_text(part: Cycle, whole: Cycle) -> str:
    """Write which part of a cycle is paid for: ``, 24 of 31 days``.

    A whole cycle has no text.
    """
    return "" if part == whole else f", {part.days} of {whole.days} days"
