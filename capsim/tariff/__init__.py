"""WHAT THINGS COST: a scenario's prices as exact numbers. Rates one call, prorates one fee.

`calls` is M3, `channels` M5; `fees` says what falls due when (M1, M2, M4, R12), and `prices` gathers what a scenario
says (M7). `account` is what a prepaid balance is drawn on by (R10).
"""

from capsim.tariff.account import Account, build_account
from capsim.tariff.calls import CallPrice
from capsim.tariff.channels import price_steps
from capsim.tariff.fees import Fee, Fees, fees_of_dids, fees_of_pool, prorate
from capsim.tariff.prices import CallPrices, Prices, build_prices

__all__ = [
    "Account",
    "CallPrice",
    "CallPrices",
    "Fee",
    "Fees",
    "Prices",
    "build_account",
    "build_prices",
    "fees_of_dids",
    "fees_of_pool",
    "price_steps",
    "prorate",
]
