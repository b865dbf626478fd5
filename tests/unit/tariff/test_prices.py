"""M1 to M5: the price of a call, of a part of a cycle, of channels by quantity."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.scenario.model.pools import FlatRatePrice, MeteredPrice
from capsim.scenario.time.cycles import Cycle, CycleRule
from capsim.tariff import CallPrice, price_steps, prorate

SECOND = 1_000_000


def price_of(seconds: float, **price) -> Decimal:
    call = CallPrice.of(MeteredPrice(**price))
    return call.money(call.units(round(seconds * SECOND)))


@pytest.mark.parametrize(
    ("seconds", "first", "following", "expected"),
    [
        (0, "60 s", "60 s", "0.010"),
        (1, "60 s", "60 s", "0.010"),
        (60, "60 s", "60 s", "0.010"),
        (60.000001, "60 s", "60 s", "0.020"),
        (61, "60 s", "60 s", "0.020"),
        (61, "1 s", "1 s", "0.010"),
        (90, "1 s", "1 s", "0.015"),
        (61, "30 s", "6 s", "0.011"),
        (33, "30 s", "6 s", "0.006"),
    ],
)
def test_m3_a_call_is_billed_by_its_first_and_next_intervals(seconds, first, following, expected):
    assert price_of(seconds, rate="0.010", first_interval=first, next_interval=following) == Decimal(expected)


def test_m3_a_call_price_is_rounded_half_up_at_three_decimals():
    assert price_of(3, rate="0.010", first_interval="1 s", next_interval="1 s") == Decimal("0.001"), "0.0005 goes up"


def test_m3_the_connection_fee_is_part_of_what_is_rounded():
    assert price_of(60, rate="0.0104", connection_fee="0.0001") == Decimal("0.011")


@pytest.mark.parametrize(
    ("rounding", "expected"), [("half up", "0.003"), ("half even", "0.002"), ("up", "0.003"), ("down", "0.002")]
)
def test_m3_rounding_is_a_setting(rounding, expected):
    assert price_of(15, rate="0.010", first_interval="1 s", next_interval="1 s", rounding=rounding) == Decimal(expected)


@given(
    rate=st.decimals(0, 5, places=6),
    fee=st.decimals(0, 1, places=4),
    first=st.integers(1, 120),
    following=st.integers(1, 60),
    talk=st.integers(0, 7200 * SECOND),
    decimals=st.integers(0, 6),
)
def test_m3_prices_are_those_of_exact_fractions(rate, fee, first, following, talk, decimals):
    price = MeteredPrice(
        rate=rate, connection_fee=fee, first_interval=f"{first} s", next_interval=f"{following} s", decimals=decimals
    )
    steps = max(0, -(-(talk - first * SECOND) // (following * SECOND)))
    exact = (Fraction(fee) + Fraction(rate) * (first + steps * following) / 60) * 10**decimals
    assert CallPrice.of(price).units(talk) == (2 * exact + 1) // 2


def test_m3_prices_too_fine_for_64_bits_are_exact_all_the_same():
    price = MeteredPrice(rate="999999999.12345678", first_interval="7 s", next_interval="7 s", decimals=3)
    exact = Fraction("999999999.12345678") * 7 * 3 / 60 * 1000
    assert CallPrice.of(price).units(20 * SECOND) == (2 * exact + 1) // 2


def test_m2_the_worked_example_of_28_december():
    rule = CycleRule("month", date(2026, 1, 21))
    part = next(rule.cycles(date(2026, 12, 28), date(2027, 1, 10)))
    whole = rule.cycle_at(part.start)
    assert (part.days, whole.days) == (24, 31)
    fee = prorate(Decimal("25.00"), part, whole, "USD")
    assert fee == Decimal("19.35")
    assert fee + Decimal("25.00") == Decimal("44.35")


def test_a_monthly_cycle_keeps_its_day_over_short_months():
    rule = CycleRule("month", date(2026, 1, 31))
    starts = [cycle.start for cycle in rule.cycles(date(2026, 1, 31), date(2026, 6, 1))]
    assert starts == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_cycles_of_28_days_are_28_days():
    cycles = list(CycleRule("28 days", date(2026, 1, 5)).cycles(date(2026, 1, 1), date(2026, 3, 1)))
    assert cycles[0] == Cycle(date(2026, 1, 1), date(2026, 1, 5))
    assert [cycle.days for cycle in cycles[1:]] == [28, 28]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_cycles_follow_each_other_without_gap_or_overlap(anchor, day):
    for length in ("month", "28 days", "30 days"):
        rule = CycleRule(length, anchor)
        cycle = rule.cycle_at(day)
        assert cycle.start <= day < cycle.end
        assert rule.cycle_at(cycle.end).start == cycle.end


def test_m8_a_28_day_fee_is_more_in_a_month():
    assert CycleRule("28 days", date(2026, 1, 1)).per_month(Decimal(28)) == Decimal("30.4375")
    assert CycleRule("month", date(2026, 1, 1)).per_month(Decimal(15)) == Decimal(15)


def breaks(mode):
    return FlatRatePrice(
        setup=5,
        monthly=15,
        breaks=[{"from": 10, "monthly": 12}, {"from": 30, "setup": 1, "monthly": 10}],
        break_mode=mode,
    )


@pytest.mark.parametrize(
    ("quantity", "setup", "monthly"), [(1, 5, 15), (9, 45, 135), (10, 0, 120), (29, 0, 348), (30, 30, 300)]
)
def test_m5_a_break_holds_for_all_units(quantity, setup, monthly):
    steps = price_steps(breaks("all units"), quantity)
    assert sum(step.setup * step.quantity for step in steps) == setup
    assert sum(step.monthly * step.quantity for step in steps) == monthly


def test_m5_graduated_breaks_hold_from_their_quantity_on():
    steps = price_steps(breaks("graduated"), 31)
    assert [(step.quantity, step.monthly) for step in steps] == [(9, 15), (20, 12), (2, 10)]
    assert sum(step.quantity for step in steps) == 31
