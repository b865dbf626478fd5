"""Channels that are bought or removed within a cycle (M2), by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import capsim
from capsim.tariff import build_prices
from tests.reference.fees import (
    buy,
    due,
    on,
    pool,
    quiet,
    remove,
)


def test_m2_the_worked_example_as_a_purchase_by_a_change():
    """25.00 x 24/31 = 19.35 and the setup of 25.00 make 44.35 on 28 December; 25.00 on 21 January."""
    made = quiet(
        buy("2026-12-28", 1), start="2026-12-21", pools=pool("25.00", "25.00", channels=0, renews="2026-12-21")
    )
    assert due(made) == [
        ("2026-12-28 00:00", "setup", 1, "25.00"),
        ("2026-12-28 00:00", "flat_rate", 1, "19.35"),
        ("2027-01-21 00:00", "flat_rate", 1, "25.00"),
    ]
    assert Decimal("25.00") + Decimal("19.35") == Decimal("44.35")


def test_m2_the_worked_example_on_the_invoice():
    made = quiet(
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
    made = quiet(buy(at, 1), start="2026-12-21", duration="1 month", pools=pool("31.00", channels=0))
    assert [row[1:] for row in due(made)] == [("flat_rate", 1, amount)]


def test_m2_an_item_of_several_channels_is_rounded_once():
    """3 x 25.00 x 24/31 = 58.0645..., and not three times 19.35."""
    made = quiet(buy("2026-12-28", 3), start="2026-12-21", duration="1 month", pools=pool("25.00", channels=0))
    assert on(made, "2026-12-28") == [("flat_rate", 3, "58.06")]


def test_m2_half_a_cent_is_rounded_up():
    """0.01 for 15 of 30 days is half a cent; 0.03 is one and a half."""
    made = quiet(buy("2026-11-17", 1), duration="1 month", pools=pool("0.01", channels=0))
    assert on(made, "2026-11-17") == [("flat_rate", 1, "0.01")]
    made = quiet(buy("2026-11-17", 1), duration="1 month", pools=pool("0.03", channels=0))
    assert on(made, "2026-11-17") == [("flat_rate", 1, "0.02")]


def test_m2_a_moment_may_be_a_length_of_time_after_the_start():
    """Two weeks after 2 November is the 16th: 16 of 30 days. 36 h after is noon of the 3rd: 29 of 30."""
    made = quiet(buy("2 weeks", 1), buy("36 h", 1), duration="1 month", pools=pool(channels=0))
    assert due(made) == [("2026-11-03 12:00", "flat_rate", 1, "29.00"), ("2026-11-16 00:00", "flat_rate", 1, "16.00")]


def test_m2_the_end_of_the_horizon_divides_nothing():
    """Bought a day before the end, 22 November: paid to the end of the cycle, 2 December: 11 of 30 days."""
    made = quiet(buy("2026-11-21", 1), duration="20 days", pools=pool(channels=2))
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 2, "60.00"), ("2026-11-21 00:00", "flat_rate", 1, "11.00")]


def test_m2_a_removed_channel_is_not_paid_back_and_not_renewed():
    made = quiet(remove("2026-11-17 12:00", 4), pools=pool(channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-12-02 00:00", "flat_rate", 6, "180.00"),
    ]


def test_m2_removal_prorated_pays_back_the_whole_days_that_are_left():
    """From noon of 17 November on, 18 November to 1 December are left: 14 of 30 days of 4 x 30.00."""
    made = quiet(remove("2026-11-17 12:00", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-17 12:00", "flat_rate", -4, "-56.00"),
        ("2026-12-02 00:00", "flat_rate", 6, "180.00"),
    ]
    (back,) = [fee for fee in build_prices(made).fees if fee.quantity < 0]
    assert (back.start, back.end) == (date(2026, 11, 18), date(2026, 12, 2))


def test_m2_removal_prorated_at_midnight_pays_back_the_day_that_begins():
    """At 00:00 of 17 November that day is wholly left, and the removed channels are not there in it: 15 of 30 days."""
    made = quiet(remove("2026-11-17", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert on(made, "2026-11-17") == [("flat_rate", -4, "-60.00")]


def test_m2_removal_prorated_pays_nothing_back_on_the_last_day():
    made = quiet(remove("2026-12-01 00:01", 4), billing={"removal": "prorated"}, pools=pool(channels=10))
    assert on(made, "2026-12-01") == []


def test_m2_a_channel_bought_removed_and_bought_again_is_paid_twice_without_a_refund():
    """10 to 1 December: 22 days; 12 to 1 December: 20 days."""
    changes = buy("2026-11-10 09:00", 1), remove("2026-11-11 09:00", 1), buy("2026-11-12 09:00", 1)
    made = quiet(*changes, duration="1 month", pools=pool(setup="5.00", channels=0))
    assert due(made) == [
        ("2026-11-10 09:00", "setup", 1, "5.00"),
        ("2026-11-10 09:00", "flat_rate", 1, "22.00"),
        ("2026-11-12 09:00", "setup", 1, "5.00"),
        ("2026-11-12 09:00", "flat_rate", 1, "20.00"),
    ]


def test_m2_bought_for_a_while_is_paid_to_the_end_of_the_cycle_and_not_renewed():
    made = quiet(buy("2026-11-10 09:00", 2, until="2026-11-12 09:00"), pools=pool(channels=1))
    assert [row[1:] for row in due(made)] == [
        ("flat_rate", 1, "30.00"),
        ("flat_rate", 2, "44.00"),
        ("flat_rate", 1, "30.00"),
    ]
