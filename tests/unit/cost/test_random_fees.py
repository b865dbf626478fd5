"""Fees of random scenarios with changes, against the bookkeeper."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings

from capsim.tariff import build_prices
from tests.reference.bookkeeper import MINOR_UNITS, Bookkeeper, half_up
from tests.reference.random_scenarios import ACTIONS, MOST, SEEDS, timeline

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@given(SEEDS, MOST)
@settings(max_examples=90)
def test_fees_are_those_that_a_plain_bookkeeper_writes_down(seed, most):
    keys, made = timeline(seed, most)
    book, fees = Bookkeeper(keys).book, build_prices(made).fees
    of_pools = [fee for fee in fees if fee.pool is not None]
    assert sorted(
        (fee.at, bool(fee.stage), fee.kind, fee.pool, fee.quantity, Fraction(fee.unit_price), fee.start, fee.end,
         Fraction(fee.amount))
        for fee in of_pools
    ) == sorted(
        (one.at, one.by_change, one.kind, one.whose, one.quantity, one.each, one.start, one.end, one.amount)
        for one in book if one.whose in keys["pools"]
    )  # fmt: skip
    of_dids: Counter = Counter()
    for fee in fees:
        if fee.did is not None:
            each = Fraction(fee.unit_price)
            of_dids[fee.at, bool(fee.stage), fee.kind, fee.did, each, fee.start, fee.end] += fee.quantity
            assert fee.amount == half_up(Fraction(fee.quantity) * each, MINOR_UNITS[made.currency])
    assert of_dids == Counter(
        (one.at, one.by_change, one.kind, one.whose, one.each, one.start, one.end)
        for one in book if one.whose in keys["dids"]
    )  # fmt: skip


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_fees_are_in_order_of_time_inside_the_horizon_and_inside_a_cycle(seed, most):
    keys, made = timeline(seed, most)
    fees, keeper = build_prices(made).fees, Bookkeeper(keys)
    assert [(fee.at, fee.stage) for fee in fees] == sorted((fee.at, fee.stage) for fee in fees)
    for fee in fees:
        assert 0 <= fee.at < made.horizon.microseconds
        day = keeper.time.day(fee.at)
        begins = keeper.time.beginning(day) == fee.at
        assert fee.start == (day + timedelta(days=1) if fee.quantity < 0 and not begins else day)
        assert fee.quantity != 0
        assert fee.unit_price > 0
        if fee.kind == "setup":
            assert fee.end == fee.start
        if fee.kind == "flat_rate":
            anchor = keeper.pool_anchor(fee.pool)
            assert keeper.renews(anchor, fee.end)
            inside = [fee.start + timedelta(days=number) for number in range(1, (fee.end - fee.start).days)]
            assert not any(keeper.renews(anchor, one) for one in inside), "no renewal day within it"


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_at_each_renewal_the_channels_owned_then_are_paid_for(seed, most):
    keys, made = timeline(seed, most)
    keeper = Bookkeeper(keys)
    renewed: Counter = Counter()
    for fee in build_prices(made).fees:
        if fee.kind == "flat_rate" and fee.stage == 0 and fee.at > 0:
            renewed[fee.pool, fee.start] += fee.quantity
    for (pool, day), quantity in keeper.owned_at.items():
        levels = [keys["pools"][pool]["flat_rate"], *keys["pools"][pool]["flat_rate"]["breaks"]]
        if all(Decimal(level["monthly"]) for level in levels):
            assert renewed[pool, day] == quantity
        else:
            assert renewed[pool, day] <= quantity, "what costs nothing is no item"


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_what_is_assigned_never_exceeds_what_is_bought(seed, most):
    """The bookkeeper looks at each instant (R5), and for groups without channels (R4) or deleted with DIDs (R11)."""
    keys, made = timeline(seed, most)
    keeper = Bookkeeper(keys)
    bought = {name: made.bought_channels(name) for name in keys["pools"]}
    for step in made.timeline.steps:
        for purchase in step.purchases:
            assert purchase.before == bought[purchase.pool]
            bought[purchase.pool] += purchase.added
    assert bought == keeper.bought
    assert bought["loose"] == keeper.assigned("loose")


def test_random_timelines_have_changes_of_every_kind():
    """Else the tests above would say little."""
    seen: Counter = Counter()
    for seed in range(60):
        keys, made = timeline(seed, most=20)
        for change in keys["changes"]:
            seen.update(set(change) - {"at"})
        seen["paid back"] += any(fee.quantity < 0 for fee in build_prices(made).fees)
    assert min(seen[name] for name in {*ACTIONS, "every", "until", "paid back"}) >= 5, seen


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [("0.005", 2, "0.01"), ("0.00499", 2, "0"), ("-0.005", 2, "-0.01"), ("13.5", 0, "14"), ("-13.4", 0, "-13")],
)
def test_the_bookkeeper_rounds_half_up(exact, places, rounded):
    assert half_up(Fraction(exact), places) == Fraction(rounded)
