"""Renewals and purchases where the clocks change (M1, M2, M4), by hand."""

from __future__ import annotations

import pytest

from capsim.tariff import build_prices
from capsim.units import DAY, HOUR
from tests.reference.fees import (
    NUMBER,
    buy,
    due,
    pool,
    quiet,
)


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
    made = quiet(timezone=zone, start=start, duration="40 days", pools=pool(channels=1))
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
    made = quiet(timezone=zone, start=start, duration="40 days", billing={"cycle": cycle}, pools=pool(channels=1))
    assert due(made)[1][0] == first_instant
    assert build_prices(made).fees[1].at == hours * HOUR


def test_m1_where_midnight_comes_twice_a_renewal_is_due_the_first_time():
    """In Havana the clocks go from 01:00 back to 00:00 on 1 November 2026: it is due as 31 days have passed."""
    made = quiet(timezone="America/Havana", start="2026-10-01", duration="40 days", pools=pool(channels=1))
    assert build_prices(made).fees[1].at == 31 * DAY
    assert made.horizon.local(31 * DAY).hour == 0
    assert made.horizon.local(31 * DAY + HOUR).hour == 0


def test_m2_the_day_of_purchase_is_the_local_day():
    """23:30 on 19 March in New York is the 20th in Greenwich: 13 of 31 days, from the 19th on, not 12."""
    made = quiet(
        buy("2026-03-19 23:30", 1), timezone="America/New_York", start="2026-03-01", pools=pool("31.00", channels=0)
    )
    assert due(made)[0] == ("2026-03-19 23:30", "flat_rate", 1, "13.00")


def test_m2_days_of_23_and_of_25_hours_are_days():
    """Bought on the day on which clocks change: 29 March has 23 h, and 3 of 31 days are left; 25 October: 7 of 31."""
    keys = {"timezone": "Europe/London", "pools": pool("31.00", channels=0)}
    assert due(quiet(buy("2026-03-29 12:00", 1), start="2026-03-01", **keys))[0][3] == "3.00"
    assert due(quiet(buy("2026-10-25 12:00", 1), start="2026-10-01", **keys))[0][3] == "7.00"


def test_m4_a_number_renews_at_local_midnight_too():
    made = quiet(
        timezone="Europe/London",
        start="2026-03-01",
        duration="40 days",
        dids={"a": NUMBER | {"activated": "2026-02-14"}},
    )
    assert [fee.at for fee in build_prices(made).fees] == [13 * DAY], "14 March, before the clocks change"
    made = quiet(
        timezone="Europe/London",
        start="2026-03-20",
        duration="40 days",
        dids={"a": NUMBER | {"activated": "2026-02-14"}},
    )
    assert [fee.at for fee in build_prices(made).fees] == [25 * DAY - HOUR], "14 April, after they have changed"
