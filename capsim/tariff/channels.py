"""The price of flat-rate channels by the quantity owned (M1, M5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from capsim.scenario.model.pools import FlatRatePrice


@dataclass(frozen=True, slots=True)
class PriceStep:
    """So many channels at these prices each."""

    quantity: int
    setup: Decimal
    monthly: Decimal


def price_steps(price: FlatRatePrice, quantity: int, before: int = 0) -> tuple[PriceStep, ...]:
    """What the channels from number ``before + 1`` to ``quantity`` cost, where ``quantity`` are owned with them.

    One step at the price of the highest break that ``quantity`` reaches, for all units; or, graduated, a step for
    each break, for the channels from its quantity on.
    """
    levels = [
        (1, price.setup, price.monthly),
        *((item.from_, item.setup, item.monthly) for item in price.breaks),
    ]
    reached = [level for level in levels if level[0] <= quantity]
    if price.break_mode == "all units":
        reached = [(1, *level[1:]) for level in reached[-1:]]
    ends = [*(start for start, _, _ in reached[1:]), quantity + 1][: len(reached)]
    steps = (
        PriceStep(end - max(start, before + 1), setup, monthly)
        for (start, setup, monthly), end in zip(reached, ends, strict=True)
    )
    return tuple(step for step in steps if step.quantity > 0)
