"""WHAT IT COST: (logs of calls, charges) -> invoice. Decimal, itemised, adding up to the cent (M6).

`biller` lets the charges hear the calls of a replication, `invoice` writes what is due. `each` prices single calls, for
call records.
"""

from capsim.cost.biller import Biller, Charges
from capsim.cost.invoice import KINDS, CostTotals, Invoicing
from capsim.tariff import Item

__all__ = [
    "KINDS",
    "Biller",
    "Charges",
    "CostTotals",
    "Invoicing",
    "Item",
]
