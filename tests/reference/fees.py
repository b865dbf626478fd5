"""What falls due in small scenarios without calls, worked by hand (M1, M2, M4 to M8, R5, R11 to R13).

Prices are chosen so that a day costs a round amount: 30.00 in a cycle of 30 days, 31.00 in one of 31, and so on.
2 November to 2 December 2026 has 30 days, 2 December to 2 January has 31.
"""

from __future__ import annotations

from capsim.tariff import build_prices
from tests.reference.scenarios import HOLDING, numbers

QUIET = {"country": "GB", "traffic": {"calls_per_hour": 0, "holding": HOLDING}}

NUMBER = QUIET | {"fees": {"setup": "1.00", "monthly": {"DID+2": "4.80", "DID+0": "0.80"}}}


def quiet(*changes, **keys):
    """Two months from 2 November 2026, with one DID that costs nothing and has no call."""
    usual = {"duration": "2 months", "replications": 1, "dids": {"london": QUIET}}
    return numbers(**{**usual, **keys}, changes=list(changes))


def pool(monthly="30.00", setup="0", **keys):
    """The pool `standard` at a price, as a scenario has it; with ``channels`` left out, it follows what is assigned."""
    price = {"setup": setup, "monthly": monthly}
    price |= {key: keys.pop(key) for key in ("breaks", "break_mode") if key in keys}
    return {"standard": {"flat_rate": price, **keys}}


def due(made):
    """What falls due: local time, kind, quantity, amount."""
    return [
        (f"{made.horizon.local(fee.at):%Y-%m-%d %H:%M}", fee.kind, fee.quantity, str(fee.amount))
        for fee in build_prices(made).fees
    ]


def on(made, day):
    """What falls due on one day: kind, quantity, amount."""
    return [row[1:] for row in due(made) if row[0].startswith(day)]


def days(made):
    """The days on which something falls due."""
    return [row[0].removesuffix(" 00:00") for row in due(made)]


def buy(at, channels, pool="standard", **keys):
    return {"at": at, "buy": {"pool": pool, "channels": channels}, **keys}


def remove(at, channels, pool="standard"):
    return {"at": at, "remove": {"pool": pool, "channels": channels}}


DESK = {"desk": {"pool": "standard", "shared": 3}}


def london(**keys):
    return {"london": QUIET | {"dedicated": {"pool": "standard", "channels": 2}} | keys}


SINCE_THE_20TH = {"a": NUMBER | {"activated": "2026-10-20"}}


def switch(at, mode, **keys):
    return {"at": at, "switch": {"did": "a", "mode": mode} | keys}
