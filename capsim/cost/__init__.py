"""WHAT IT COST: (log of calls, prices) -> invoice. Decimal, itemised, adding up to the cent (M6).

`charges` rates calls log by log, `invoice` writes what is due.
"""

from capsim.cost.charges import Biller, Charge, Charges
from capsim.cost.invoice import KINDS, CostTotals, Invoicing, Item

__all__ = ["KINDS", "Biller", "Charge", "Charges", "CostTotals", "Invoicing", "Item"]
