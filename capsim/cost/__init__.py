"""WHAT IT COST: (logs of calls, charges) -> invoice, to the cent.

Money is Decimal; an invoice is itemised, and its items add up to its total (M6).

`biller` lets the charges hear the calls of a replication, `invoice` writes what is due, and `kinds` is the table of
kinds of cost that every report reads. `each` prices single calls, for call records.
"""

from capsim.cost.biller import Biller, Charges
from capsim.cost.invoice import CostTotals, Invoicing
from capsim.cost.kinds import COST_KINDS, CostKind, channel_kinds, compared_kinds, cost_names, kinds_by_use
from capsim.tariff import Item

__all__ = [
    "COST_KINDS",
    "Biller",
    "Charges",
    "CostKind",
    "CostTotals",
    "Invoicing",
    "Item",
    "channel_kinds",
    "compared_kinds",
    "cost_names",
    "kinds_by_use",
]
