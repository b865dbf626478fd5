"""The monthly cost (M8), by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

import capsim
from capsim.tariff import build_prices
from tests.reference.fees import (
    NUMBER,
    QUIET,
    SINCE_THE_20TH,
    buy,
    pool,
    quiet,
    remove,
    switch,
)


def monthly(made):
    """The monthly equivalent, exactly, and as the result shows it."""
    exact = build_prices(made).fees_a_month()
    (totals,) = capsim.simulate(made).cost_totals
    assert totals.monthly == pytest.approx(exact, abs=Decimal("0.005"))
    return totals.monthly


@pytest.mark.parametrize("duration", ["3 days", "1 month", "45 days", "3 months"])
@pytest.mark.parametrize("renews", ["2026-11-02", "2026-11-20"])
def test_m8_a_constant_number_of_channels_is_its_monthly_fee_whatever_the_horizon(duration, renews):
    made = quiet(duration=duration, dids={"a": NUMBER}, pools=pool("15.00", "99.00", channels=3, renews=renews))
    assert monthly(made) == Decimal("49.80"), "3 x 15.00 and 4.80; what is paid once does not recur"


def test_m8_owned_channels_and_running_numbers_recur_from_the_first_day():
    made = quiet(
        duration="1 month",
        billing={"renews": "2026-11-20", "owned": {"standard": 3}},
        dids={"a": NUMBER | {"activated": "2026-09-15"}},
        pools=pool("15.00", channels=3),
    )
    assert monthly(made) == Decimal("49.80")


@pytest.mark.parametrize(("cycle", "amount"), [("month", "28.00"), ("28 days", "30.44"), ("30 days", "28.41")])
def test_m8_a_fee_for_28_or_30_days_is_more_in_a_month(cycle, amount):
    """28.00 x 30.4375/28 = 30.4375, and 28.00 x 30.4375/30 = 28.408..."""
    assert monthly(quiet(billing={"cycle": cycle}, pools=pool("28.00", channels=1))) == Decimal(amount)


def test_m8_what_is_bought_halfway_counts_for_half_of_the_time():
    """10 channels all of 30 days, 5 more for the last 15: 300.00 + 150.00 / 2."""
    made = quiet(buy("2026-11-17", 5), duration="1 month", pools=pool("30.00", "9.00", channels=10))
    assert monthly(made) == Decimal("375.00")


def test_m8_a_removed_channel_recurs_as_long_as_it_is_paid_for():
    """10 for 30 days, then 6 for 31: (10 x 15.00 x 30 + 6 x 15.00 x 31) / 61 = 119.508...

    Paid back from 18 November on, 4 x 15.00 x 14 days less: (7290 - 840) / 61 = 105.737...
    """
    kept = quiet(remove("2026-11-17 12:00", 4), pools=pool("15.00", channels=10))
    assert monthly(kept) == Decimal("119.51")
    back = quiet(remove("2026-11-17 12:00", 4), billing={"removal": "prorated"}, pools=pool("15.00", channels=10))
    assert monthly(back) == Decimal("105.74")


def test_m8_a_number_that_comes_and_one_that_goes():
    """Added on 17 November: 15 of 30 days. Ended then: paid to 2 December all the same."""
    added = quiet({"at": "2026-11-17", "add": {"did": "a"}}, duration="1 month", dids={"a": NUMBER, "b": QUIET})
    assert monthly(added) == Decimal("2.40")
    ended = quiet({"at": "2026-11-17", "end": {"did": "a"}}, duration="1 month", dids={"a": NUMBER, "b": QUIET})
    assert monthly(ended) == Decimal("4.80")


def test_m8_a_mode_counts_from_the_day_on_which_it_takes_effect():
    """From the 20th on, 12 of 30 days at 0.80: (18 x 4.80 + 12 x 0.80) / 30 = 3.20."""
    assert monthly(quiet(switch("2026-11-05", "DID+0"), duration="1 month", dids=SINCE_THE_20TH)) == Decimal("3.20")
