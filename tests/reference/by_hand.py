"""Small systems, prices and calls of the hand-worked cases, as one-line builders."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from tests.reference.admission import Did, Group
from tests.reference.comparison import Outcome
from tests.reference.prepaid import Change, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.systems import System

FULL, POOR = "capacity_exceeded", "no_balance"

PRICE = IntervalPrice(first=3, following=2, at_once=Fraction(7), each=Fraction(2))
"""4 to connect and 1 a tick: 7 for the first three ticks, and 2 for each two after them."""

FREE = IntervalPrice(first=3, following=2, at_once=Fraction(0), each=Fraction(0))

OWN = IntervalPrice(first=4, following=4, at_once=Fraction(10), each=Fraction(10))
"""10 for every four ticks."""


def talk(arrival: int, length: int, ring: int = 0, did: int = 0, answered: bool = True) -> RingingCall:
    """A call that talks for ``length`` ticks once it is answered."""
    return RingingCall(did, arrival, ring, length, answered)


def prepaid(
    balance: int, *calls: RingingCall, metered: int = 1, price: IntervalPrice = PRICE, dids: int = 1, **other
) -> System:
    """DIDs in one group that has metered channels only, and an account."""
    account = PrepaidAccount(balance, metered=[price], **{"own": [None] * dids, **other})
    return System([Did(group=0)] * dids, [Group(metered=metered)], list(calls), account=account)


def moves(result: Outcome, opening: int) -> list[tuple[int, int]]:
    """Instants at which the balance changed, each with the new balance."""
    balances = [opening, *result.closing]
    return [(at, after) for at, (before, after) in enumerate(pairwise(balances)) if after != before]


def call(did: int, arrival: int, end: int) -> RingingCall:
    """A call that is answered at once and lasts until ``end``."""
    return RingingCall(did, arrival, 0, end - arrival)


def channels(tier: str, size: int, limit: int | None = None) -> System:
    """One DID in one group, with ``size`` channels of one tier, and no calls yet."""
    own = tier in ("included", "dedicated")
    did = Did(**({tier: size} if own else {}), group=0)
    return System([replace(did, limit=limit)], [Group(**({} if own else {tier: size}))], [])


def resized(at: int, tier: str, size: int) -> Change:
    """A change of the size of one tier of ``channels``."""
    system = channels(tier, size)
    return Change(at, 0, system.dids[0] if tier in ("included", "dedicated") else system.groups[0])
