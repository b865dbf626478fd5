"""WHAT THINGS COST: the prices of a scenario, as charges.

A charge listens to calls and gives the items of the invoice that follow.

`charge` is the protocol and `prices` the table of all charges; each charge has a file: `channel_fees` (M1, M2, M5),
`did_fees` (M4, R12), `metered_calls` (M3), `did_calls` (M4). `bill` is what charges give. `calls` prices one call, and
`rating` adds calls up. `account` is what a prepaid balance is drawn on by (R10).
"""

from capsim.tariff.account import Account, build_account
from capsim.tariff.bill import Bill, Cover, Item
from capsim.tariff.calls import CallPrice
from capsim.tariff.channel_fees import ChannelFees, price_steps
from capsim.tariff.charge import Charge, Listener
from capsim.tariff.did_calls import DidCalls
from capsim.tariff.did_fees import DidFees
from capsim.tariff.fees import prorate
from capsim.tariff.metered_calls import MeteredCalls
from capsim.tariff.prices import CHARGES, Prices, build_prices
from capsim.tariff.rating import CallPrices, RatedCalls

__all__ = [
    "CHARGES",
    "Account",
    "Bill",
    "CallPrice",
    "CallPrices",
    "ChannelFees",
    "Charge",
    "Cover",
    "DidCalls",
    "DidFees",
    "Item",
    "Listener",
    "MeteredCalls",
    "Prices",
    "RatedCalls",
    "build_account",
    "build_prices",
    "price_steps",
    "prorate",
]
