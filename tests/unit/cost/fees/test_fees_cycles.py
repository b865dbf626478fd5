"""Billing cycles, renewal days and channels owned before the start (M1, M2), by hand."""

from __future__ import annotations

import pytest

from capsim.tariff import build_prices
from capsim.units import DAY, HOUR, MINUTE
from tests.reference.fees import (
    buy,
    days,
    due,
    on,
    pool,
    quiet,
)


def test_m1_several_cycles_in_one_horizon():
    """Three months pay three times; what is due at the very end belongs to the next horizon."""
    made = quiet(duration="3 months", pools=pool("15.00", "2.00", channels=12))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 12, "24.00"),
        ("2026-11-02 00:00", "flat_rate", 12, "180.00"),
        ("2026-12-02 00:00", "flat_rate", 12, "180.00"),
        ("2027-01-02 00:00", "flat_rate", 12, "180.00"),
    ]


def test_m1_a_purchase_is_renewed_with_all_the_others():
    """2 bought on 17 November pay 15 of 30 days; on 2 December all 12 are one item."""
    made = quiet(buy("2026-11-17 09:00", 2), pools=pool(channels=10, setup="5.00"))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 10, "50.00"),
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-17 09:00", "setup", 2, "10.00"),
        ("2026-11-17 09:00", "flat_rate", 2, "30.00"),
        ("2026-12-02 00:00", "flat_rate", 12, "360.00"),
    ]


def test_m1_the_horizon_ends_a_minute_after_or_at_the_renewal():
    until_the_renewal = quiet(duration="1 month", pools=pool(channels=1))
    assert days(until_the_renewal) == ["2026-11-02"]
    a_minute_longer = quiet(duration=f"{30 * 24 * 60 + 1} min", pools=pool(channels=1))
    assert days(a_minute_longer) == ["2026-11-02", "2026-12-02"]


def test_m1_a_horizon_that_starts_within_a_day_pays_at_its_start_and_renews_at_midnight():
    made = quiet(start="2026-11-02 08:30", duration="1 month", pools=pool(channels=1))
    assert due(made) == [("2026-11-02 08:30", "flat_rate", 1, "30.00"), ("2026-12-02 00:00", "flat_rate", 1, "30.00")]
    assert [fee.at for fee in build_prices(made).fees] == [0, 30 * DAY - 8 * HOUR - 30 * MINUTE]


def test_m1_from_31_january_on_a_pool_renews_on_the_last_day_of_short_months():
    made = quiet(start="2026-01-31", duration="4 months", pools=pool(channels=1))
    assert days(made) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"], "and 31 May is the end"
    terms = [(fee.start, fee.end) for fee in build_prices(made).fees]
    assert [(end - start).days for start, end in terms] == [28, 31, 30, 31]


@pytest.mark.parametrize(
    ("start", "at", "monthly", "amount"),
    [
        ("2026-01-31", "2026-02-15", "28.00", "13.00"),  # 31 January to 28 February has 28 days, 13 of them left
        ("2026-01-31", "2026-03-01", "31.00", "30.00"),  # 28 February to 31 March has 31
        ("2026-01-31", "2026-04-29", "30.00", "1.00"),  # 31 March to 30 April has 30
        ("2028-01-31", "2028-02-15", "29.00", "14.00"),  # a leap year: 31 January to 29 February has 29
        ("2028-01-31", "2028-02-28", "29.00", "1.00"),
        ("2028-01-31", "2028-02-29", "31.00", "31.00"),  # 29 February to 31 March has 31, and this is their first
        ("2026-02-02", "2026-02-16", "28.00", "14.00"),  # 2 February to 2 March: 28 days
        ("2028-02-02", "2028-02-16", "29.00", "15.00"),  # and in a leap year 29
    ],
)
def test_m2_a_part_of_a_cycle_is_a_part_of_the_days_that_it_really_has(start, at, monthly, amount):
    made = quiet(buy(at, 1), start=start, duration="3 months", pools=pool(monthly, channels=0))
    assert due(made)[0][1:] == ("flat_rate", 1, amount)


def test_m1_a_pool_of_29_february_renews_on_the_28th_a_year_later_and_then_on_the_29th():
    made = quiet(start="2028-02-29", duration="14 months", pools=pool(channels=1))
    assert days(made)[11:] == ["2029-01-29", "2029-02-28", "2029-03-29"]


def test_m1_cycles_of_28_and_of_30_days():
    of_28 = quiet(start="2026-03-01", billing={"cycle": "28 days"}, pools=pool(channels=1))
    assert days(of_28) == ["2026-03-01", "2026-03-29", "2026-04-26"]
    of_30 = quiet(start="2026-03-01", billing={"cycle": "30 days"}, pools=pool(channels=1))
    assert days(of_30) == ["2026-03-01", "2026-03-31", "2026-04-30"]


@pytest.mark.parametrize(
    ("cycle", "left", "whole", "amount", "renewed"),
    [
        ("28 days", 12, 28, "12.86", "2026-03-29"),  # 12.857...
        ("30 days", 14, 30, "14.00", "2026-03-31"),
        ("month", 15, 31, "14.52", "2026-04-01"),  # 14.516...
    ],
)
def test_m2_a_part_of_28_of_30_and_of_31_days(cycle, left, whole, amount, renewed):
    """Bought on 17 March, in a cycle that began on the 1st: 12 of 28 days are left, or 14 of 30, or 15 of 31."""
    made = quiet(buy("2026-03-17", 1), start="2026-03-01", billing={"cycle": cycle}, pools=pool("30.00", channels=0))
    assert round(30 * left / whole, 2) == float(amount)
    assert due(made)[:2] == [
        ("2026-03-17 00:00", "flat_rate", 1, amount),
        (f"{renewed} 00:00", "flat_rate", 1, "30.00"),
    ]


def test_m2_pools_renew_each_on_its_own_day():
    """From 1 November, 9 of 31 days are left of the cycle to the 10th, and 24 of 31 of that to the 25th."""
    pools = {
        "standard": {"channels": 1, "renews": "2026-11-10", "flat_rate": {"monthly": "31.00"}},
        "extended": {"channels": 1, "renews": "2026-11-25", "flat_rate": {"monthly": "62.00"}, "coverage": "extended"},
    }
    made = quiet(start="2026-11-01", pools=pools)
    assert [(fee.pool, *row) for fee, row in zip(build_prices(made).fees, due(made), strict=True)] == [
        ("standard", "2026-11-01 00:00", "flat_rate", 1, "9.00"),
        ("extended", "2026-11-01 00:00", "flat_rate", 1, "48.00"),
        ("standard", "2026-11-10 00:00", "flat_rate", 1, "31.00"),
        ("extended", "2026-11-25 00:00", "flat_rate", 1, "62.00"),
        ("standard", "2026-12-10 00:00", "flat_rate", 1, "31.00"),
        ("extended", "2026-12-25 00:00", "flat_rate", 1, "62.00"),
    ]


def test_m2_billing_renews_is_the_day_of_the_pools_that_name_none():
    pools = pool(channels=1) | {"custom": {"channels": 1, "renews": "2026-11-07", "flat_rate": {"monthly": "30.00"}}}
    made = quiet(duration="1 month", billing={"renews": "2026-11-20"}, pools=pools)
    assert [(fee.pool, fee.start.day) for fee in build_prices(made).fees] == [
        ("standard", 2),
        ("custom", 2),
        ("custom", 7),
        ("standard", 20),
    ]


def test_m2_a_purchase_is_prorated_by_the_cycle_of_its_own_pool():
    """On 10 November 10 of 31 days are left to the 20th, and 22 of 30 to 2 December."""
    pools = pool("31.00", channels=0, renews="2026-11-20") | {
        "custom": {"channels": 0, "flat_rate": {"monthly": "30.00"}}
    }
    made = quiet(buy("2026-11-10", 1), buy("2026-11-10", 1, "custom"), duration="1 month", pools=pools)
    assert on(made, "2026-11-10") == [("flat_rate", 1, "10.00"), ("flat_rate", 1, "22.00")]


def test_m1_owned_channels_pay_nothing_before_the_next_renewal():
    made = quiet(
        duration="1 month",
        billing={"renews": "2026-11-20", "owned": {"standard": 12}},
        pools=pool("15.00", "2.00", channels=12),
    )
    assert due(made) == [("2026-11-20 00:00", "flat_rate", 12, "180.00")]


def test_m1_channels_of_the_first_day_beyond_the_owned_ones_are_bought_then():
    """4 of 12: setup 4 x 2.00; from 2 to 19 November 18 of 31 days: 4 x 15.50 x 18/31 = 36.00."""
    made = quiet(
        duration="1 month",
        billing={"renews": "2026-11-20", "owned": {"standard": 8}},
        pools=pool("15.50", "2.00", channels=12),
    )
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 4, "8.00"),
        ("2026-11-02 00:00", "flat_rate", 4, "36.00"),
        ("2026-11-20 00:00", "flat_rate", 12, "186.00"),
    ]


def test_m1_owned_channels_are_renewed_on_the_first_day_where_it_is_the_renewal_day():
    made = quiet(duration="1 month", billing={"owned": {"standard": 12}}, pools=pool("15.00", "2.00", channels=12))
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 12, "180.00")]


def test_m1_m5_a_first_days_purchase_is_priced_by_all_that_is_owned_then():
    """8 owned and 4 bought are 12, beyond the break at 10: the 4 cost 12.40 each, 18 of 31 days of it."""
    breaks = [{"from": 10, "setup": "1.00", "monthly": "12.40"}]
    keys = {"duration": "1 month", "billing": {"renews": "2026-11-20", "owned": {"standard": 8}}}
    made = quiet(**keys, pools=pool("15.50", "2.00", channels=12, breaks=breaks))
    assert on(made, "2026-11-02") == [("setup", 4, "4.00"), ("flat_rate", 4, "28.80")]
    graduated = quiet(**keys, pools=pool("15.50", "2.00", channels=12, breaks=breaks, break_mode="graduated"))
    assert on(graduated, "2026-11-02") == [
        ("setup", 1, "2.00"),
        ("setup", 3, "3.00"),
        ("flat_rate", 1, "9.00"),
        ("flat_rate", 3, "21.60"),
    ]
