"""What falls due when, worked by hand: purchases, renewals, numbers, removals (M1, M2, M4 to M8, R5, R11 to R13).

Prices are chosen so that a day costs a round amount: 30.00 in a cycle of 30 days, 31.00 in one of 31, and so on.
2 November to 2 December 2026 has 30 days, 2 December to 2 January has 31.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import capsim
from capsim.tariff import build_prices
from capsim.units import DAY, HOUR, MINUTE

QUIET = {"country": "GB", "traffic": {"calls_per_hour": 0, "holding": {"distribution": "exponential", "mean": "3 min"}}}
NUMBER = QUIET | {"fees": {"setup": "1.00", "monthly": {"DID+2": "4.80", "DID+0": "0.80"}}}


def scenario(*changes, **keys):
    """Two months from 2 November 2026, with one number that costs nothing."""
    usual = {"start": "2026-11-02", "duration": "2 months", "replications": 1, "dids": {"london": QUIET}}
    return capsim.Scenario(**(usual | keys), changes=list(changes))


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


# -- M2: bought within a cycle --------------------------------------------------------------------------------


def test_m2_the_worked_example_as_a_purchase_by_a_change():
    """25.00 x 24/31 = 19.35 and the setup of 25.00 make 44.35 on 28 December; 25.00 on 21 January."""
    made = scenario(
        buy("2026-12-28", 1), start="2026-12-21", pools=pool("25.00", "25.00", channels=0, renews="2026-12-21")
    )
    assert due(made) == [
        ("2026-12-28 00:00", "setup", 1, "25.00"),
        ("2026-12-28 00:00", "flat_rate", 1, "19.35"),
        ("2027-01-21 00:00", "flat_rate", 1, "25.00"),
    ]
    assert Decimal("25.00") + Decimal("19.35") == Decimal("44.35")


def test_m2_the_worked_example_on_the_invoice():
    made = scenario(
        buy("2026-12-28", 1), start="2026-12-21", pools=pool("25.00", "25.00", channels=0, renews="2026-12-21")
    )
    result = capsim.simulate(made)
    assert {(item.unit, item.quantity, item.unit_price) for item in result.invoices[0]} == {("channel", 1, Decimal(25))}
    assert [(item.what, item.start, item.end, str(item.amount)) for item in result.invoices[0]] == [
        ("Flat-rate channels, setup", date(2026, 12, 28), date(2026, 12, 28), "25.00"),
        ("Flat-rate channels, 24 of 31 days", date(2026, 12, 28), date(2027, 1, 21), "19.35"),
        ("Flat-rate channels", date(2027, 1, 21), date(2027, 2, 21), "25.00"),
    ]
    (totals,) = result.cost_totals
    assert (totals.setup, totals.flat_rate, totals.total) == (Decimal("25.00"), Decimal("44.35"), Decimal("69.35"))


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        ("2026-12-21", "31.00"),  # the first day of the cycle: 31 of 31 days
        ("2026-12-21 23:59", "31.00"),
        ("2026-12-22", "30.00"),
        ("2026-12-28 00:00", "24.00"),  # whatever the time of day, the day counts
        ("2026-12-28 23:59:59.999999", "24.00"),
        ("2026-12-29", "23.00"),
        ("2027-01-20 12:00", "1.00"),  # the last day: 1 of 31
    ],
)
def test_m2_the_day_of_purchase_counts_whatever_the_hour(at, amount):
    made = scenario(buy(at, 1), start="2026-12-21", duration="1 month", pools=pool("31.00", channels=0))
    assert [row[1:] for row in due(made)] == [("flat_rate", 1, amount)]


def test_m2_an_item_of_several_channels_is_rounded_once():
    """3 x 25.00 x 24/31 = 58.0645..., and not three times 19.35."""
    made = scenario(buy("2026-12-28", 3), start="2026-12-21", duration="1 month", pools=pool("25.00", channels=0))
    assert on(made, "2026-12-28") == [("flat_rate", 3, "58.06")]


def test_m2_half_a_cent_is_rounded_up():
    """0.01 for 15 of 30 days is half a cent; 0.03 is one and a half."""
    made = scenario(buy("2026-11-17", 1), duration="1 month", pools=pool("0.01", channels=0))
    assert on(made, "2026-11-17") == [("flat_rate", 1, "0.01")]
    made = scenario(buy("2026-11-17", 1), duration="1 month", pools=pool("0.03", channels=0))
    assert on(made, "2026-11-17") == [("flat_rate", 1, "0.02")]


def test_m2_a_moment_may_be_a_length_of_time_after_the_start():
    """Two weeks after 2 November is the 16th: 16 of 30 days. 36 h after is noon of the 3rd: 29 of 30."""
    made = scenario(buy("2 weeks", 1), buy("36 h", 1), duration="1 month", pools=pool(channels=0))
    assert due(made) == [("2026-11-03 12:00", "flat_rate", 1, "29.00"), ("2026-11-16 00:00", "flat_rate", 1, "16.00")]


def test_m2_the_end_of_the_horizon_divides_nothing():
    """Bought a day before the end, 22 November: paid to the end of the cycle, 2 December: 11 of 30 days."""
    made = scenario(buy("2026-11-21", 1), duration="20 days", pools=pool(channels=2))
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 2, "60.00"), ("2026-11-21 00:00", "flat_rate", 1, "11.00")]


# -- M1: cycles and their first days --------------------------------------------------------------------------


def test_m1_several_cycles_in_one_horizon():
    """Three months pay three times; what is due at the very end belongs to the next horizon."""
    made = scenario(duration="3 months", pools=pool("15.00", "2.00", channels=12))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 12, "24.00"),
        ("2026-11-02 00:00", "flat_rate", 12, "180.00"),
        ("2026-12-02 00:00", "flat_rate", 12, "180.00"),
        ("2027-01-02 00:00", "flat_rate", 12, "180.00"),
    ]


def test_m1_a_purchase_is_renewed_with_all_the_others():
    """2 bought on 17 November pay 15 of 30 days; on 2 December all 12 are one item."""
    made = scenario(buy("2026-11-17 09:00", 2), pools=pool(channels=10, setup="5.00"))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 10, "50.00"),
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-17 09:00", "setup", 2, "10.00"),
        ("2026-11-17 09:00", "flat_rate", 2, "30.00"),
        ("2026-12-02 00:00", "flat_rate", 12, "360.00"),
    ]


def test_m1_the_horizon_ends_a_minute_after_or_at_the_renewal():
    until_the_renewal = scenario(duration="1 month", pools=pool(channels=1))
    assert days(until_the_renewal) == ["2026-11-02"]
    a_minute_longer = scenario(duration=f"{30 * 24 * 60 + 1} min", pools=pool(channels=1))
    assert days(a_minute_longer) == ["2026-11-02", "2026-12-02"]


def test_m1_a_horizon_that_starts_within_a_day_pays_at_its_start_and_renews_at_midnight():
    made = scenario(start="2026-11-02 08:30", duration="1 month", pools=pool(channels=1))
    assert due(made) == [("2026-11-02 08:30", "flat_rate", 1, "30.00"), ("2026-12-02 00:00", "flat_rate", 1, "30.00")]
    assert [fee.at for fee in build_prices(made).fees] == [0, 30 * DAY - 8 * HOUR - 30 * MINUTE]


def test_m1_from_31_january_on_a_pool_renews_on_the_last_day_of_short_months():
    made = scenario(start="2026-01-31", duration="4 months", pools=pool(channels=1))
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
    made = scenario(buy(at, 1), start=start, duration="3 months", pools=pool(monthly, channels=0))
    assert due(made)[0][1:] == ("flat_rate", 1, amount)


def test_m1_a_pool_of_29_february_renews_on_the_28th_a_year_later_and_then_on_the_29th():
    made = scenario(start="2028-02-29", duration="14 months", pools=pool(channels=1))
    assert days(made)[11:] == ["2029-01-29", "2029-02-28", "2029-03-29"]


def test_m1_cycles_of_28_and_of_30_days():
    of_28 = scenario(start="2026-03-01", billing={"cycle": "28 days"}, pools=pool(channels=1))
    assert days(of_28) == ["2026-03-01", "2026-03-29", "2026-04-26"]
    of_30 = scenario(start="2026-03-01", billing={"cycle": "30 days"}, pools=pool(channels=1))
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
    made = scenario(buy("2026-03-17", 1), start="2026-03-01", billing={"cycle": cycle}, pools=pool("30.00", channels=0))
    assert round(30 * left / whole, 2) == float(amount)
    assert due(made)[:2] == [
        ("2026-03-17 00:00", "flat_rate", 1, amount),
        (f"{renewed} 00:00", "flat_rate", 1, "30.00"),
    ]


# -- changes of clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "hours", "renewed"),
    [
        ("UTC", "2026-03-01", 31 * 24, "2026-04-01 00:00 +0000"),
        ("Europe/London", "2026-03-01", 31 * 24 - 1, "2026-04-01 00:00 +0100"),  # forward on 29 March
        ("Europe/London", "2026-10-01", 31 * 24 + 1, "2026-11-01 00:00 +0000"),  # back on 25 October
        ("America/New_York", "2026-03-01", 31 * 24 - 1, "2026-04-01 00:00 -0400"),  # forward on 8 March
        ("America/New_York", "2026-10-15", 31 * 24 + 1, "2026-11-15 00:00 -0500"),  # back on 1 November
        ("Australia/Lord_Howe", "2026-09-15", 30 * 24 - 0.5, "2026-10-15 00:00 +1100"),  # forward by half an hour
    ],
)
def test_m1_a_renewal_falls_due_at_local_midnight_before_and_after_the_clocks_change(zone, start, hours, renewed):
    made = scenario(timezone=zone, start=start, duration="40 days", pools=pool(channels=1))
    first, second = build_prices(made).fees
    assert (first.at, second.at) == (0, hours * HOUR)
    assert f"{made.horizon.local(second.at):%Y-%m-%d %H:%M %z}" == renewed


@pytest.mark.parametrize(
    ("zone", "start", "hours", "first_instant"),
    [
        ("America/Asuncion", "2023-09-01", 30 * 24, "2023-10-01 01:00"),
        ("Africa/Cairo", "2026-03-24", 31 * 24, "2026-04-24 01:00"),
        ("Asia/Beirut", "2026-03-01 00:00", 28 * 24, "2026-03-29 01:00"),
    ],
)
def test_m1_where_the_clocks_skip_midnight_a_day_begins_at_one(zone, start, hours, first_instant):
    """No hour is missing before it: the renewal is due so many whole days after the start."""
    cycle = "28 days" if zone == "Asia/Beirut" else "month"
    made = scenario(timezone=zone, start=start, duration="40 days", billing={"cycle": cycle}, pools=pool(channels=1))
    assert due(made)[1][0] == first_instant
    assert build_prices(made).fees[1].at == hours * HOUR


def test_m1_where_midnight_comes_twice_a_renewal_is_due_the_first_time():
    """In Havana the clocks go from 01:00 back to 00:00 on 1 November 2026: it is due as 31 days have passed."""
    made = scenario(timezone="America/Havana", start="2026-10-01", duration="40 days", pools=pool(channels=1))
    assert build_prices(made).fees[1].at == 31 * DAY
    assert made.horizon.local(31 * DAY).hour == 0
    assert made.horizon.local(31 * DAY + HOUR).hour == 0


def test_m2_the_day_of_purchase_is_the_local_day():
    """23:30 on 19 March in New York is the 20th in Greenwich: 13 of 31 days, from the 19th on, not 12."""
    made = scenario(
        buy("2026-03-19 23:30", 1), timezone="America/New_York", start="2026-03-01", pools=pool("31.00", channels=0)
    )
    assert due(made)[0] == ("2026-03-19 23:30", "flat_rate", 1, "13.00")


def test_m2_days_of_23_and_of_25_hours_are_days():
    """Bought on the day on which clocks change: 29 March has 23 h, and 3 of 31 days are left; 25 October: 7 of 31."""
    keys = {"timezone": "Europe/London", "pools": pool("31.00", channels=0)}
    assert due(scenario(buy("2026-03-29 12:00", 1), start="2026-03-01", **keys))[0][3] == "3.00"
    assert due(scenario(buy("2026-10-25 12:00", 1), start="2026-10-01", **keys))[0][3] == "7.00"


def test_m4_a_number_renews_at_local_midnight_too():
    made = scenario(
        timezone="Europe/London",
        start="2026-03-01",
        duration="40 days",
        dids={"a": NUMBER | {"activated": "2026-02-14"}},
    )
    assert [fee.at for fee in build_prices(made).fees] == [13 * DAY], "14 March, before the clocks change"
    made = scenario(
        timezone="Europe/London",
        start="2026-03-20",
        duration="40 days",
        dids={"a": NUMBER | {"activated": "2026-02-14"}},
    )
    assert [fee.at for fee in build_prices(made).fees] == [25 * DAY - HOUR], "14 April, after they have changed"


# -- renewal days ---------------------------------------------------------------------------------------------


def test_m2_pools_renew_each_on_its_own_day():
    """From 1 November, 9 of 31 days are left of the cycle to the 10th, and 24 of 31 of that to the 25th."""
    pools = {
        "standard": {"channels": 1, "renews": "2026-11-10", "flat_rate": {"monthly": "31.00"}},
        "extended": {"channels": 1, "renews": "2026-11-25", "flat_rate": {"monthly": "62.00"}, "coverage": "extended"},
    }
    made = scenario(start="2026-11-01", pools=pools)
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
    made = scenario(duration="1 month", billing={"renews": "2026-11-20"}, pools=pools)
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
    made = scenario(buy("2026-11-10", 1), buy("2026-11-10", 1, "custom"), duration="1 month", pools=pools)
    assert on(made, "2026-11-10") == [("flat_rate", 1, "10.00"), ("flat_rate", 1, "22.00")]


# -- M1: owned before the start -------------------------------------------------------------------------------


def test_m1_owned_channels_pay_nothing_before_the_next_renewal():
    made = scenario(
        duration="1 month",
        billing={"renews": "2026-11-20", "owned": {"standard": 12}},
        pools=pool("15.00", "2.00", channels=12),
    )
    assert due(made) == [("2026-11-20 00:00", "flat_rate", 12, "180.00")]


def test_m1_channels_of_the_first_day_beyond_the_owned_ones_are_bought_then():
    """4 of 12: setup 4 x 2.00; from 2 to 19 November 18 of 31 days: 4 x 15.50 x 18/31 = 36.00."""
    made = scenario(
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
    made = scenario(duration="1 month", billing={"owned": {"standard": 12}}, pools=pool("15.00", "2.00", channels=12))
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 12, "180.00")]


def test_m1_m5_a_first_days_purchase_is_priced_by_all_that_is_owned_then():
    """8 owned and 4 bought are 12, beyond the break at 10: the 4 cost 12.40 each, 18 of 31 days of it."""
    breaks = [{"from": 10, "setup": "1.00", "monthly": "12.40"}]
    keys = {"duration": "1 month", "billing": {"renews": "2026-11-20", "owned": {"standard": 8}}}
    made = scenario(**keys, pools=pool("15.50", "2.00", channels=12, breaks=breaks))
    assert on(made, "2026-11-02") == [("setup", 4, "4.00"), ("flat_rate", 4, "28.80")]
    graduated = scenario(**keys, pools=pool("15.50", "2.00", channels=12, breaks=breaks, break_mode="graduated"))
    assert on(graduated, "2026-11-02") == [
        ("setup", 1, "2.00"),
        ("setup", 3, "3.00"),
        ("flat_rate", 1, "9.00"),
        ("flat_rate", 3, "21.60"),
    ]


# -- M2: removed ----------------------------------------------------------------------------------------------


def test_m2_a_removed_channel_is_not_paid_back_and_not_renewed():
    made = scenario(remove("2026-11-17 12:00", 4), pools=pool(channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-12-02 00:00", "flat_rate", 6, "180.00"),
    ]


def test_m2_removal_prorated_pays_back_the_whole_days_that_are_left():
    """From noon of 17 November on, 18 November to 1 December are left: 14 of 30 days of 4 x 30.00."""
    made = scenario(remove("2026-11-17 12:00", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-17 12:00", "flat_rate", -4, "-56.00"),
        ("2026-12-02 00:00", "flat_rate", 6, "180.00"),
    ]
    (back,) = [fee for fee in build_prices(made).fees if fee.quantity < 0]
    assert (back.start, back.end) == (date(2026, 11, 18), date(2026, 12, 2))


def test_m2_removal_prorated_at_midnight_pays_back_the_day_that_begins():
    """At 00:00 of 17 November that day is wholly left, and the removed channels are not there in it: 15 of 30 days."""
    made = scenario(remove("2026-11-17", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert on(made, "2026-11-17") == [("flat_rate", -4, "-60.00")]


def test_m2_removal_prorated_pays_nothing_back_on_the_last_day():
    made = scenario(remove("2026-12-01 00:01", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert on(made, "2026-12-01") == []


def test_m2_a_channel_bought_removed_and_bought_again_is_paid_twice_without_a_refund():
    """10 to 1 December: 22 days; 12 to 1 December: 20 days."""
    changes = buy("2026-11-10 09:00", 1), remove("2026-11-11 09:00", 1), buy("2026-11-12 09:00", 1)
    made = scenario(*changes, duration="1 month", pools=pool(setup="5.00", channels=0))
    assert due(made) == [
        ("2026-11-10 09:00", "setup", 1, "5.00"),
        ("2026-11-10 09:00", "flat_rate", 1, "22.00"),
        ("2026-11-12 09:00", "setup", 1, "5.00"),
        ("2026-11-12 09:00", "flat_rate", 1, "20.00"),
    ]


def test_m2_bought_for_a_while_is_paid_to_the_end_of_the_cycle_and_not_renewed():
    made = scenario(buy("2026-11-10 09:00", 2, until="2026-11-12 09:00"), pools=pool(channels=1))
    assert [row[1:] for row in due(made)] == [
        ("flat_rate", 1, "30.00"),
        ("flat_rate", 2, "44.00"),
        ("flat_rate", 1, "30.00"),
    ]


# -- M5: volume breaks ----------------------------------------------------------------------------------------

BREAKS = [{"from": 10, "setup": "3.00", "monthly": "24.00"}]
"""30.00 a channel, and 24.00 from 10 channels on; setup 5.00, and then 3.00."""


def test_m5_all_units_a_purchase_that_crosses_a_break_has_the_new_price_at_once_and_the_others_at_renewal():
    """8 owned, 4 more on 17 November: 12. The 4 pay 24.00 x 15/30 each; on 2 December all 12 pay 24.00."""
    pools = pool("30.00", "5.00", channels=8, breaks=BREAKS)
    made = scenario(buy("2026-11-17", 4), remove("2026-12-10", 3), duration="3 months", pools=pools)
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 8, "40.00"),
        ("2026-11-02 00:00", "flat_rate", 8, "240.00"),
        ("2026-11-17 00:00", "setup", 4, "12.00"),
        ("2026-11-17 00:00", "flat_rate", 4, "48.00"),
        ("2026-12-02 00:00", "flat_rate", 12, "288.00"),
        ("2027-01-02 00:00", "flat_rate", 9, "270.00"),  # 9 are below the break again
    ]


def test_m5_graduated_only_channels_from_the_break_on_have_the_new_price():
    """Of the 4 one is the ninth, at 30.00, and three are from the tenth on, at 24.00."""
    pools = pool("30.00", "5.00", channels=8, breaks=BREAKS, break_mode="graduated")
    made = scenario(buy("2026-11-17", 4), remove("2026-12-10", 3), duration="3 months", pools=pools)
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 8, "40.00"),
        ("2026-11-02 00:00", "flat_rate", 8, "240.00"),
        ("2026-11-17 00:00", "setup", 1, "5.00"),
        ("2026-11-17 00:00", "setup", 3, "9.00"),
        ("2026-11-17 00:00", "flat_rate", 1, "15.00"),
        ("2026-11-17 00:00", "flat_rate", 3, "36.00"),
        ("2026-12-02 00:00", "flat_rate", 9, "270.00"),
        ("2026-12-02 00:00", "flat_rate", 3, "72.00"),
        ("2027-01-02 00:00", "flat_rate", 9, "270.00"),
    ]


def test_m5_each_purchase_is_priced_by_what_is_owned_after_it():
    """Two purchases of one instant: the first makes 9, below the break, the second 10."""
    made = scenario(
        buy("2026-11-17", 1), buy("2026-11-17", 1), duration="1 month", pools=pool(channels=8, breaks=BREAKS)
    )
    assert on(made, "2026-11-17") == [("flat_rate", 1, "15.00"), ("setup", 1, "3.00"), ("flat_rate", 1, "12.00")]


@pytest.mark.parametrize(("before", "price"), [(8, "30.00"), (9, "24.00"), (10, "24.00")])
def test_m5_the_break_is_reached_with_the_tenth_channel(before, price):
    made = scenario(buy("2026-11-02", 1), duration="1 month", pools=pool(channels=before, breaks=BREAKS))
    assert due(made)[-1][1:] == ("flat_rate", 1, price)


def test_m5_the_last_of_several_breaks_that_is_reached_holds():
    breaks = [*BREAKS, {"from": 20, "monthly": "18.00"}]
    made = scenario(buy("2026-11-17", 15), pools=pool(channels=8, breaks=breaks))
    assert on(made, "2026-11-17") == [("flat_rate", 15, "135.00")], "23 are owned: 15 x 18.00 x 15/30; no setup there"
    assert on(made, "2026-12-02") == [("flat_rate", 23, "414.00")]


# -- R5: pools that follow what is assigned -------------------------------------------------------------------

DESK = {"desk": {"pool": "standard", "shared": 3}}


def london(**keys):
    return {"london": QUIET | {"dedicated": {"pool": "standard", "channels": 2}} | keys}


def test_r5_a_pool_without_channels_buys_what_is_assigned():
    """2 dedicated and 3 shared; 2 more shared on 17 November: 2 x 30.00 x 15/30."""
    more = {"at": "2026-11-17", "assign": {"group": "desk", "shared": 2}}
    made = scenario(more, groups=DESK, dids=london(), pools=pool(setup="1.00"))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 5, "5.00"),
        ("2026-11-02 00:00", "flat_rate", 5, "150.00"),
        ("2026-11-17 00:00", "setup", 2, "2.00"),
        ("2026-11-17 00:00", "flat_rate", 2, "30.00"),
        ("2026-12-02 00:00", "flat_rate", 7, "210.00"),
    ]


def test_r5_what_is_unassigned_there_is_removed():
    fewer = {"at": "2026-11-17 12:00", "unassign": {"group": "desk", "shared": 2}}
    made = scenario(fewer, groups=DESK, dids=london(), pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]
    made = scenario(fewer, groups=DESK, dids=london(), pools=pool(), billing={"removal": "prorated"})
    assert on(made, "2026-11-17") == [("flat_rate", -2, "-28.00")], "14 of 30 days"


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("removal", ["no refund", "prorated"])
def test_r5_channels_moved_from_a_did_to_a_group_at_one_instant_are_not_bought(first, removal):
    """In whichever order: what counts is what is assigned once all of the instant is done."""
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17 12:00", "assign": {"group": "desk", "shared": 2}},
    ]
    made = scenario(
        *move[first:], *move[:first], groups=DESK, dids=london(), pools=pool(), billing={"removal": removal}
    )
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 5, "150.00")]


def test_r5_a_move_that_adds_two_buys_two():
    move = [
        {"at": "2026-11-17", "set": {"did": "london", "dedicated": 0}},
        {"at": "2026-11-17", "set": {"group": "desk", "shared": 7}},
    ]
    made = scenario(*move, groups=DESK, dids=london(), pools=pool())
    assert on(made, "2026-11-17") == [("flat_rate", 2, "30.00")]


def test_r5_channels_that_are_free_for_a_minute_are_bought_again():
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17 12:01", "assign": {"group": "desk", "shared": 2}},
    ]
    made = scenario(*move, groups=DESK, dids=london(), pools=pool())
    assert on(made, "2026-11-17") == [("flat_rate", 2, "30.00")]


def test_r5_channels_moved_in_a_pool_that_names_its_number_cost_nothing():
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-18 12:00", "assign": {"group": "desk", "shared": 2}},
    ]
    made = scenario(*move, groups=DESK, dids=london(), pools=pool(channels=5))
    assert days(made) == ["2026-11-02", "2026-12-02"]


def test_r5_a_move_to_a_group_of_another_pool_is_bought_there():
    move = [
        {"at": "2026-11-17", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17", "assign": {"group": "desk", "shared": 2}},
    ]
    pools = pool() | {"custom": {"flat_rate": {"monthly": "60.00"}}}
    made = scenario(*move, groups={"desk": {"pool": "custom", "shared": 3}}, dids=london(), pools=pools)
    assert on(made, "2026-11-17") == [("flat_rate", 2, "60.00")], "2 x 60.00 x 15/30"
    assert on(made, "2026-12-02") == [("flat_rate", 5, "300.00")], "and the pool standard has none to renew"


def test_r5_a_turn_each_weekend_buys_each_time():
    """Fridays 6, 13, 20, 27 November: 26, 19, 12 and 5 of 30 days, and the setup again each time; 2 December: none."""
    weekends = {"every": "Friday 17:00", "until": "Sunday 23:00", "assign": {"group": "desk", "shared": 1}}
    made = scenario(weekends, duration="32 days", groups=DESK, pools=pool(setup="1.00"))
    assert due(made)[2:] == [
        ("2026-11-06 17:00", "setup", 1, "1.00"),
        ("2026-11-06 17:00", "flat_rate", 1, "26.00"),
        ("2026-11-13 17:00", "setup", 1, "1.00"),
        ("2026-11-13 17:00", "flat_rate", 1, "19.00"),
        ("2026-11-20 17:00", "setup", 1, "1.00"),
        ("2026-11-20 17:00", "flat_rate", 1, "12.00"),
        ("2026-11-27 17:00", "setup", 1, "1.00"),
        ("2026-11-27 17:00", "flat_rate", 1, "5.00"),
        ("2026-12-02 00:00", "flat_rate", 3, "90.00"),
    ]


def test_r5_metered_channels_come_and_go_without_a_fee():
    weekends = {"every": "Friday 17:00", "until": "Sunday 23:00", "assign": {"group": "desk", "metered": 50}}
    pools = {"standard": pool()["standard"] | {"metered": {"rate": "0.01"}}}
    assert days(scenario(weekends, groups=DESK, pools=pools)) == ["2026-11-02", "2026-12-02"]


def test_r11_a_group_that_is_added_buys_its_shared_channels_then():
    made = scenario({"at": "2026-11-17", "add": {"group": "desk"}}, groups=DESK, pools=pool())
    assert due(made) == [("2026-11-17 00:00", "flat_rate", 3, "45.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]


def test_r11_deleting_a_group_returns_its_shared_channels():
    """A pool that follows what is assigned renews without them."""
    groups = DESK | {"night": {"pool": "standard", "shared": 4}}
    made = scenario({"at": "2026-11-17", "delete": {"group": "night"}}, groups=groups, pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 7, "210.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]


def test_r11_r5_returned_channels_of_a_pool_are_paid_for_until_they_are_removed():
    groups = DESK | {"night": {"pool": "standard", "shared": 4}}
    delete = {"at": "2026-11-17", "delete": {"group": "night"}}
    made = scenario(delete, groups=groups, pools=pool(channels=7))
    assert on(made, "2026-12-02") == [("flat_rate", 7, "210.00")], "unassigned ones are paid for too"
    made = scenario(delete, remove("2026-11-17", 4), groups=groups, pools=pool(channels=7))
    assert on(made, "2026-12-02") == [("flat_rate", 3, "90.00")]


# -- M4: numbers ----------------------------------------------------------------------------------------------


def test_m4_a_number_pays_its_setup_and_each_cycle_from_its_first_day():
    assert due(scenario(dids={"a": NUMBER})) == [
        ("2026-11-02 00:00", "setup", 1, "1.00"),
        ("2026-11-02 00:00", "dids", 1, "4.80"),
        ("2026-12-02 00:00", "dids", 1, "4.80"),
    ]


def test_m4_numbers_of_one_entry_are_one_item():
    made = scenario(duration="1 month", dids={"branch": NUMBER | {"count": 40, "mode": "DID+0"}})
    assert due(made) == [("2026-11-02 00:00", "setup", 40, "40.00"), ("2026-11-02 00:00", "dids", 40, "32.00")]


def test_m4_mode_metered_pays_as_did_0():
    pools = {"standard": pool()["standard"] | {"metered": {"rate": "0.01"}}}
    made = scenario(duration="1 month", pools=pools, dids={"a": NUMBER | {"mode": "metered"}})
    assert due(made)[1] == ("2026-11-02 00:00", "dids", 1, "0.80")


@pytest.mark.parametrize(
    ("activated", "fee_days"),
    [
        ("2026-09-15", ["2026-11-15", "2026-12-15"]),
        ("2026-08-31", ["2026-11-30", "2026-12-31"]),  # on the last day of a month that has no 31st
        ("2020-02-29", ["2026-11-29", "2026-12-29"]),
        ("2026-10-02", ["2026-11-02", "2026-12-02"]),  # its cycle begins with the horizon
        ("2026-11-01", ["2026-12-01", "2027-01-01"]),
    ],
)
def test_m4_a_number_activated_before_the_start_has_its_own_days_and_has_paid_its_setup(activated, fee_days):
    made = scenario(dids={"a": NUMBER | {"activated": activated}})
    assert days(made) == fee_days
    assert {row[1:] for row in due(made)} == {("dids", 1, "4.80")}


def test_m4_cycles_of_28_days_run_from_the_activation():
    """28 October + 28 days is 25 November, and 23 December."""
    made = scenario(billing={"cycle": "28 days"}, dids={"a": NUMBER | {"activated": "2026-10-28"}})
    assert days(made) == ["2026-11-25", "2026-12-23"]


def test_m4_a_number_activated_on_the_first_day_pays_its_setup():
    made = scenario(duration="1 month", dids={"a": NUMBER | {"activated": "2026-11-02"}})
    assert [row[1:] for row in due(made)] == [("setup", 1, "1.00"), ("dids", 1, "4.80")]


def test_m4_a_number_added_within_a_month_has_its_own_cycle_in_full():
    """Added on 17 November at 13:30: all of 4.80 then, whatever the hour, and again on 17 December at midnight."""
    made = scenario({"at": "2026-11-17 13:30", "add": {"did": "a"}}, dids={"a": NUMBER})
    assert due(made) == [
        ("2026-11-17 13:30", "setup", 1, "1.00"),
        ("2026-11-17 13:30", "dids", 1, "4.80"),
        ("2026-12-17 00:00", "dids", 1, "4.80"),
    ]


def test_m4_numbers_of_one_entry_that_come_at_different_times_pay_at_different_times():
    changes = [{"at": "2026-11-17", "add": {"did": "a-2"}}, {"at": "2026-11-20", "add": {"did": "a-3"}}]
    made = scenario(*changes, duration="1 month", dids={"a": NUMBER | {"count": 3}})
    assert [row for row in due(made) if row[1] == "dids"] == [
        ("2026-11-02 00:00", "dids", 1, "4.80"),
        ("2026-11-17 00:00", "dids", 1, "4.80"),
        ("2026-11-20 00:00", "dids", 1, "4.80"),
    ]


def test_m4_a_number_that_is_never_added_in_the_horizon_pays_nothing():
    assert due(scenario({"at": "2027-02-01", "add": {"did": "a"}}, dids={"a": NUMBER})) == []


def test_m4_a_number_added_on_31_january_renews_on_28_february_and_31_march():
    made = scenario(
        {"at": "2026-01-31 10:00", "add": {"did": "a"}}, start="2026-01-02", duration="3 months", dids={"a": NUMBER}
    )
    assert [row[0] for row in due(made) if row[1] == "dids"] == [
        "2026-01-31 10:00",
        "2026-02-28 00:00",
        "2026-03-31 00:00",
    ]


def test_m4_an_added_number_brings_its_dedicated_channels():
    made = scenario({"at": "2026-11-17", "add": {"did": "london"}}, dids=london(), pools=pool())
    assert due(made) == [("2026-11-17 00:00", "flat_rate", 2, "30.00"), ("2026-12-02 00:00", "flat_rate", 2, "60.00")]


def test_m4_an_ended_number_pays_no_further_fee_and_gets_none_back():
    made = scenario({"at": "2026-11-17", "end": {"did": "a"}}, dids={"a": NUMBER, "b": QUIET})
    assert due(made) == [("2026-11-02 00:00", "setup", 1, "1.00"), ("2026-11-02 00:00", "dids", 1, "4.80")]


def test_m4_a_campaign_number_pays_one_cycle():
    changes = [{"at": "2026-12-04 17:00", "until": "2026-12-06 23:00", "add": {"did": "a"}}]
    made = scenario(*changes, duration="3 months", dids={"a": NUMBER, "b": QUIET})
    assert due(made) == [("2026-12-04 17:00", "setup", 1, "1.00"), ("2026-12-04 17:00", "dids", 1, "4.80")]


def test_r11_an_ended_number_gives_its_dedicated_channels_back():
    made = scenario({"at": "2026-11-17", "end": {"did": "london"}}, dids=london(), groups=DESK, pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]
    made = scenario({"at": "2026-11-17", "end": {"did": "london"}}, dids=london(), groups=DESK, pools=pool(channels=5))
    assert on(made, "2026-12-02") == [("flat_rate", 5, "150.00")], "unassigned, and paid for"


# -- R12: modes and renewals ----------------------------------------------------------------------------------

SINCE_THE_20TH = {"a": NUMBER | {"activated": "2026-10-20"}}


def switch(at, mode, **keys):
    return {"at": at, "switch": {"did": "a", "mode": mode} | keys}


def included(made):
    """Included channels of the number `a` as time passes: from when, how many."""
    return [
        (f"{made.horizon.local(step.at):%Y-%m-%d}", step.dids[0].included)
        for step in made.timeline.steps
        if 0 in step.dids
    ]


def test_r12_a_switch_waits_for_the_next_cycle():
    """Switched on the 5th, it has its two channels up to the 20th, and pays 0.80 from then on."""
    made = scenario(switch("2026-11-05", "DID+0"), dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-20 00:00", "dids", 1, "0.80"), ("2026-12-20 00:00", "dids", 1, "0.80")]
    assert included(made) == [("2026-11-20", 0)]


def test_r12_renewed_at_once_the_number_pays_in_full_and_has_a_new_cycle():
    """No credit for what was paid to the 20th; from the 5th on, it renews on the 5th."""
    made = scenario(switch("2026-11-05 14:00", "DID+0", renew="1 month"), dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-05 14:00", "dids", 1, "0.80"), ("2026-12-05 00:00", "dids", 1, "0.80")]
    assert included(made) == [("2026-11-05", 0)]


def test_r12_a_pending_switch_can_be_cleared():
    changes = switch("2026-11-05", "DID+0"), {"at": "2026-11-06", "clear": {"did": "a"}}
    made = scenario(*changes, dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-20 00:00", "dids", 1, "4.80"), ("2026-12-20 00:00", "dids", 1, "4.80")]
    assert {channels for _, channels in included(made)} <= {2}


def test_r12_cleared_and_switched_again_it_waits_again():
    changes = switch("2026-11-05", "DID+0"), {"at": "2026-11-06", "clear": {"did": "a"}}, switch("2026-11-25", "DID+0")
    assert [row[3] for row in due(scenario(*changes, dids=SINCE_THE_20TH))] == ["4.80", "0.80"]


def test_r12_switched_there_and_back():
    there_and_back = switch("2026-11-05", "DID+0"), switch("2026-11-25", "DID+2")
    made = scenario(*there_and_back, dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["0.80", "4.80"]
    assert included(made) == [("2026-11-20", 0), ("2026-12-20", 2)]


def test_r12_switched_back_before_the_next_cycle_nothing_changes():
    made = scenario(switch("2026-11-05", "DID+0"), switch("2026-11-06", "DID+2"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["4.80", "4.80"]
    assert {channels for _, channels in included(made)} <= {2}


def test_r12_r13_at_the_renewals_midnight_the_fee_comes_before_the_switch():
    """Switched at 00:00 of the 20th, it has just paid for the old mode, and the next cycle is that of 20 December."""
    made = scenario(switch("2026-11-20", "DID+0"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["4.80", "0.80"]
    assert included(made) == [("2026-12-20", 0)]


def test_r12_a_microsecond_before_the_renewals_midnight_the_switch_is_in_time():
    made = scenario(switch("2026-11-19 23:59:59.999999", "DID+0"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["0.80", "0.80"]


def test_r12_a_number_renewed_for_three_months_pays_them_at_once():
    """3 x 4.80 on 5 November, to 5 February; then a month again."""
    renew = {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}
    made = scenario(renew, duration="5 months", dids=SINCE_THE_20TH)
    assert due(made) == [
        ("2026-11-05 00:00", "dids", 1, "14.40"),
        ("2027-02-05 00:00", "dids", 1, "4.80"),
        ("2027-03-05 00:00", "dids", 1, "4.80"),
    ]
    first = build_prices(made).fees[0]
    assert (first.start, first.end) == (date(2026, 11, 5), date(2027, 2, 5))


def test_r12_a_mode_that_waits_takes_effect_with_a_renewal():
    changes = switch("2026-11-04", "DID+0"), {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}
    made = scenario(*changes, duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "2.40"), ("2027-02-05 00:00", "0.80")]
    assert included(made) == [("2026-11-05", 0)]


def test_r12_after_a_renewal_for_three_months_a_switch_waits_for_their_end():
    changes = {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}, switch("2026-11-10", "DID+0")
    made = scenario(*changes, duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "14.40"), ("2027-02-05 00:00", "0.80")]


def test_r12_renewed_on_31_december_it_renews_on_28_february_after_two_months():
    renew = {"at": "2026-12-31", "renew": {"did": "a", "period": "2 months"}}
    made = scenario(renew, start="2026-12-02", duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [
        ("2026-12-20 00:00", "4.80"),
        ("2026-12-31 00:00", "9.60"),
        ("2027-02-28 00:00", "4.80"),
        ("2027-03-31 00:00", "4.80"),
    ]


def test_r12_a_renewal_is_for_one_cycle_where_its_period_is_left_out():
    assert days(scenario({"at": "2026-11-05", "renew": {"did": "a"}}, dids=SINCE_THE_20TH)) == [
        "2026-11-05",
        "2026-12-05",
    ]


def test_r12_a_renewal_is_for_one_cycle_where_cycles_have_28_days_too():
    """4 cycles of 28 days are 16 weeks; the period left out is one cycle: from 5 November to 3 December, and to 31."""
    keys = {"billing": {"cycle": "28 days"}, "dids": SINCE_THE_20TH}
    made = scenario({"at": "2026-11-05", "renew": {"did": "a", "period": "8 weeks"}}, **keys)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "9.60"), ("2026-12-31 00:00", "4.80")]
    made = scenario({"at": "2026-11-05", "renew": {"did": "a"}}, **keys)
    assert days(made) == ["2026-11-05", "2026-12-03", "2026-12-31"]


def test_r12_a_switch_of_an_entry_is_a_switch_of_each_of_its_numbers():
    dids = {"a": NUMBER | {"count": 3, "activated": "2026-10-20"}}
    made = scenario(switch("2026-11-05", "DID+0"), dids=dids)
    assert due(made)[0] == ("2026-11-20 00:00", "dids", 3, "2.40")
    one = {"at": "2026-11-05", "switch": {"did": "a-2", "mode": "DID+0"}}
    assert sorted(on(scenario(one, dids=dids), "2026-11-20")) == [("dids", 1, "0.80"), ("dids", 2, "9.60")]


# -- R13: one instant -----------------------------------------------------------------------------------------


def test_r13_at_the_renewals_midnight_fees_of_cycles_come_before_changes():
    """At 00:00 of 2 December the 10 are renewed, then 4 are bought, for the whole of the new cycle."""
    made = scenario(buy("2026-12-02", 4), pools=pool("31.00", "1.00", channels=10))
    assert on(made, "2026-12-02") == [("flat_rate", 10, "310.00"), ("setup", 4, "4.00"), ("flat_rate", 4, "124.00")]


def test_r13_what_is_removed_at_the_renewals_midnight_has_been_renewed():
    made = scenario(remove("2026-12-02", 4), duration="3 months", pools=pool(channels=10))
    assert [(row[0][:10], row[2]) for row in due(made)] == [("2026-11-02", 10), ("2026-12-02", 10), ("2027-01-02", 6)]
    in_time = scenario(remove("2026-12-01 23:59:59.999999", 4), pools=pool(channels=10))
    assert on(in_time, "2026-12-02") == [("flat_rate", 6, "180.00")]


def test_r13_a_number_ended_at_its_renewals_midnight_has_been_renewed():
    made = scenario({"at": "2026-12-02", "end": {"did": "a"}}, dids={"a": NUMBER, "b": QUIET}, duration="3 months")
    assert days(made) == ["2026-11-02", "2026-11-02", "2026-12-02"]


def test_r13_what_is_bought_at_the_start_comes_after_the_first_days_own():
    made = scenario(buy("2026-11-02", 2), duration="1 month", pools=pool(setup="1.00", channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 10, "10.00"),
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-02 00:00", "setup", 2, "2.00"),
        ("2026-11-02 00:00", "flat_rate", 2, "60.00"),
    ]


def test_r13_changes_of_one_instant_are_taken_in_the_files_order():
    """Bought first, the channel can be removed at once; the other way round there is none."""
    bought_first = buy("2026-11-17", 1), remove("2026-11-17", 1)
    assert on(scenario(*bought_first, pools=pool(channels=0)), "2026-11-17") == [("flat_rate", 1, "15.00")]
    with pytest.raises(capsim.ScenarioError, match=r"changes\.0\.remove\.channels.*\[R11\]"):
        scenario(*reversed(bought_first), pools=pool(channels=0))


# -- M6, M7: currencies, prices of nothing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "monthly", "amount"),
    [
        ("USD", "25", "19.35"),  # 25 x 24/31 = 19.35483...
        ("JPY", "25", "19"),
        ("KWD", "25", "19.355"),
        ("JPY", "20.02", "15"),  # 15.499...
        ("JPY", "20.03", "16"),  # 15.507...
        ("KWD", "0.002", "0.002"),  # 0.00154...
    ],
)
def test_m6_a_part_of_a_fee_is_rounded_to_the_currencys_minor_unit(currency, monthly, amount):
    made = scenario(buy("2026-12-28", 1), start="2026-12-21", currency=currency, pools=pool(monthly, channels=0))
    assert due(made)[0] == ("2026-12-28 00:00", "flat_rate", 1, amount)


def test_m6_half_a_yen_and_half_a_fils_are_rounded_up():
    """15 of 30 days: half of 27 yen, and of 0.001 dinar."""
    keys = {"duration": "1 month"}
    assert due(scenario(buy("2026-11-17", 1), currency="JPY", pools=pool("27", channels=0), **keys))[0][3] == "14"
    assert due(scenario(buy("2026-11-17", 1), currency="KWD", pools=pool("0.001", channels=0), **keys))[0][3] == "0.001"


def test_m6_prices_of_numbers_are_rounded_as_an_item_too():
    """Three numbers at 0.335 yen are 1.005 yen: 1 yen, and not three times 0."""
    dids = {"a": QUIET | {"count": 3, "fees": {"monthly": "0.335"}}}
    assert due(scenario(duration="1 month", currency="JPY", dids=dids))[0][3] == "1"


def test_m7_what_costs_nothing_is_no_item():
    free = scenario(buy("2026-11-17", 2), pools=pool("0", "0", channels=3), dids={"a": QUIET})
    assert due(free) == []
    only_setup = scenario(buy("2026-11-17", 2), pools=pool("0", "1.00", channels=3))
    assert [row[1:] for row in due(only_setup)] == [("setup", 3, "3.00"), ("setup", 2, "2.00")]
    no_channel = scenario(pools=pool("30.00", "5.00", channels=0))
    assert due(no_channel) == []


def test_m4_where_one_mode_is_free_only_the_other_is_an_item():
    dids = {"a": QUIET | {"activated": "2026-10-20", "fees": {"monthly": {"DID+2": "4.80", "DID+0": "0"}}}}
    assert due(scenario(switch("2026-11-25", "DID+0"), dids=dids)) == [("2026-11-20 00:00", "dids", 1, "4.80")]


# -- M8: what recurs, a month ---------------------------------------------------------------------------------


def monthly(made):
    """The monthly equivalent, exactly, and as the result shows it."""
    exact = build_prices(made).fees_a_month()
    (totals,) = capsim.simulate(made).cost_totals
    assert totals.monthly == pytest.approx(exact, abs=Decimal("0.005"))
    return totals.monthly


@pytest.mark.parametrize("duration", ["3 days", "1 month", "45 days", "3 months"])
@pytest.mark.parametrize("renews", ["2026-11-02", "2026-11-20"])
def test_m8_a_constant_number_of_channels_is_its_monthly_fee_whatever_the_horizon(duration, renews):
    made = scenario(duration=duration, dids={"a": NUMBER}, pools=pool("15.00", "99.00", channels=3, renews=renews))
    assert monthly(made) == Decimal("49.80"), "3 x 15.00 and 4.80; what is paid once does not recur"


def test_m8_owned_channels_and_running_numbers_recur_from_the_first_day():
    made = scenario(
        duration="1 month",
        billing={"renews": "2026-11-20", "owned": {"standard": 3}},
        dids={"a": NUMBER | {"activated": "2026-09-15"}},
        pools=pool("15.00", channels=3),
    )
    assert monthly(made) == Decimal("49.80")


@pytest.mark.parametrize(("cycle", "amount"), [("month", "28.00"), ("28 days", "30.44"), ("30 days", "28.41")])
def test_m8_a_fee_for_28_or_30_days_is_more_in_a_month(cycle, amount):
    """28.00 x 30.4375/28 = 30.4375, and 28.00 x 30.4375/30 = 28.408..."""
    assert monthly(scenario(billing={"cycle": cycle}, pools=pool("28.00", channels=1))) == Decimal(amount)


def test_m8_what_is_bought_halfway_counts_for_half_of_the_time():
    """10 channels all of 30 days, 5 more for the last 15: 300.00 + 150.00 / 2."""
    made = scenario(buy("2026-11-17", 5), duration="1 month", pools=pool("30.00", "9.00", channels=10))
    assert monthly(made) == Decimal("375.00")


def test_m8_a_removed_channel_recurs_as_long_as_it_is_paid_for():
    """10 for 30 days, then 6 for 31: (10 x 15.00 x 30 + 6 x 15.00 x 31) / 61 = 119.508...

    Paid back from 18 November on, 4 x 15.00 x 14 days less: (7290 - 840) / 61 = 105.737...
    """
    kept = scenario(remove("2026-11-17 12:00", 4), pools=pool("15.00", channels=10))
    assert monthly(kept) == Decimal("119.51")
    back = scenario(remove("2026-11-17 12:00", 4), billing={"removal": "prorated"}, pools=pool("15.00", channels=10))
    assert monthly(back) == Decimal("105.74")


def test_m8_a_number_that_comes_and_one_that_goes():
    """Added on 17 November: 15 of 30 days. Ended then: paid to 2 December all the same."""
    added = scenario({"at": "2026-11-17", "add": {"did": "a"}}, duration="1 month", dids={"a": NUMBER, "b": QUIET})
    assert monthly(added) == Decimal("2.40")
    ended = scenario({"at": "2026-11-17", "end": {"did": "a"}}, duration="1 month", dids={"a": NUMBER, "b": QUIET})
    assert monthly(ended) == Decimal("4.80")


def test_m8_a_mode_counts_from_the_day_on_which_it_takes_effect():
    """From the 20th on, 12 of 30 days at 0.80: (18 x 4.80 + 12 x 0.80) / 30 = 3.20."""
    assert monthly(scenario(switch("2026-11-05", "DID+0"), duration="1 month", dids=SINCE_THE_20TH)) == Decimal("3.20")


# -- the invoice ----------------------------------------------------------------------------------------------


def test_m6_the_invoice_has_every_fee_of_a_quarter_with_its_days():
    """Growth: 4 channels more on 17 December; a campaign number for January."""
    made = scenario(
        buy("2026-12-17", 4),
        {"at": "2027-01-04", "until": "2027-01-31", "add": {"did": "campaign"}},
        duration="3 months",
        pools=pool("31.00", "2.00", channels=10),
        dids={"a": NUMBER, "campaign": NUMBER},
    )
    result = capsim.simulate(made)
    rows = [(item.kind, item.pool or item.did, int(item.quantity), str(item.amount), f"{item.start} to {item.end}")
            for item in result.invoices[0]]  # fmt: skip
    assert rows == [
        ("setup", "standard", 10, "20.00", "2026-11-02 to 2026-11-02"),
        ("setup", "a", 1, "1.00", "2026-11-02 to 2026-11-02"),
        ("setup", "standard", 4, "8.00", "2026-12-17 to 2026-12-17"),
        ("setup", "campaign", 1, "1.00", "2027-01-04 to 2027-01-04"),
        ("flat_rate", "standard", 10, "310.00", "2026-11-02 to 2026-12-02"),
        ("flat_rate", "standard", 10, "310.00", "2026-12-02 to 2027-01-02"),
        ("flat_rate", "standard", 4, "64.00", "2026-12-17 to 2027-01-02"),  # 16 of 31 days
        ("flat_rate", "standard", 14, "434.00", "2027-01-02 to 2027-02-02"),
        ("dids", "a", 1, "4.80", "2026-11-02 to 2026-12-02"),
        ("dids", "a", 1, "4.80", "2026-12-02 to 2027-01-02"),
        ("dids", "a", 1, "4.80", "2027-01-02 to 2027-02-02"),
        ("dids", "campaign", 1, "4.80", "2027-01-04 to 2027-02-04"),
    ]
    (totals,) = result.cost_totals
    assert (totals.setup, totals.flat_rate, totals.dids) == (Decimal("30.00"), Decimal("1118.00"), Decimal("19.20"))
    assert totals.total == Decimal("1167.20")


def test_m6_metered_calls_are_an_item_for_each_cycle_of_their_pool():
    """From 2 to 20 November, and from then to 2 December; each is the sum of its own calls, of 0.010 each."""
    calls = {"calls_per_hour": 20, "holding": {"distribution": "deterministic", "mean": "60 s"}}
    pools = {"standard": {"renews": "2026-11-20", "metered": {"rate": "0.010"}}}
    made = scenario(
        duration="1 month", pools=pools, groups={"desk": {"pool": "standard", "metered": 50}},
        dids={"a": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": calls}},
    )  # fmt: skip
    result = capsim.simulate(made, keep_calls=True)
    first, second = result.invoice.itertuples()
    assert (first.start, first.end, second.end) == (date(2026, 11, 2), date(2026, 11, 20), date(2026, 12, 2))
    early = int((result.calls.arrival < "2026-11-20").sum())
    assert first.amount == early * Decimal("0.010")
    assert second.amount == (len(result.calls) - early) * Decimal("0.010")
