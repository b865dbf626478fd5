"""Fees of DIDs (M4, R11), by hand."""

from __future__ import annotations

import pytest

from tests.reference.fees import (
    DESK,
    NUMBER,
    QUIET,
    days,
    due,
    london,
    on,
    pool,
    quiet,
)


def test_m4_a_number_pays_its_setup_and_each_cycle_from_its_first_day():
    assert due(quiet(dids={"a": NUMBER})) == [
        ("2026-11-02 00:00", "setup", 1, "1.00"),
        ("2026-11-02 00:00", "dids", 1, "4.80"),
        ("2026-12-02 00:00", "dids", 1, "4.80"),
    ]


def test_m4_numbers_of_one_entry_are_one_item():
    made = quiet(duration="1 month", dids={"branch": NUMBER | {"count": 40, "mode": "DID+0"}})
    assert due(made) == [("2026-11-02 00:00", "setup", 40, "40.00"), ("2026-11-02 00:00", "dids", 40, "32.00")]


def test_m4_mode_metered_pays_as_did_0():
    pools = {"standard": pool()["standard"] | {"metered": {"rate": "0.01"}}}
    made = quiet(duration="1 month", pools=pools, dids={"a": NUMBER | {"mode": "metered"}})
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
    made = quiet(dids={"a": NUMBER | {"activated": activated}})
    assert days(made) == fee_days
    assert {row[1:] for row in due(made)} == {("dids", 1, "4.80")}


def test_m4_cycles_of_28_days_run_from_the_activation():
    """28 October + 28 days is 25 November, and 23 December."""
    made = quiet(billing={"cycle": "28 days"}, dids={"a": NUMBER | {"activated": "2026-10-28"}})
    assert days(made) == ["2026-11-25", "2026-12-23"]


def test_m4_a_number_activated_on_the_first_day_pays_its_setup():
    made = quiet(duration="1 month", dids={"a": NUMBER | {"activated": "2026-11-02"}})
    assert [row[1:] for row in due(made)] == [("setup", 1, "1.00"), ("dids", 1, "4.80")]


def test_m4_a_number_added_within_a_month_has_its_own_cycle_in_full():
    """Added on 17 November at 13:30: all of 4.80 then, whatever the hour, and again on 17 December at midnight."""
    made = quiet({"at": "2026-11-17 13:30", "add": {"did": "a"}}, dids={"a": NUMBER})
    assert due(made) == [
        ("2026-11-17 13:30", "setup", 1, "1.00"),
        ("2026-11-17 13:30", "dids", 1, "4.80"),
        ("2026-12-17 00:00", "dids", 1, "4.80"),
    ]


def test_m4_numbers_of_one_entry_that_come_at_different_times_pay_at_different_times():
    changes = [{"at": "2026-11-17", "add": {"did": "a-2"}}, {"at": "2026-11-20", "add": {"did": "a-3"}}]
    made = quiet(*changes, duration="1 month", dids={"a": NUMBER | {"count": 3}})
    assert [row for row in due(made) if row[1] == "dids"] == [
        ("2026-11-02 00:00", "dids", 1, "4.80"),
        ("2026-11-17 00:00", "dids", 1, "4.80"),
        ("2026-11-20 00:00", "dids", 1, "4.80"),
    ]


def test_m4_a_number_that_is_never_added_in_the_horizon_pays_nothing():
    assert due(quiet({"at": "2027-02-01", "add": {"did": "a"}}, dids={"a": NUMBER})) == []


def test_m4_a_number_added_on_31_january_renews_on_28_february_and_31_march():
    made = quiet(
        {"at": "2026-01-31 10:00", "add": {"did": "a"}}, start="2026-01-02", duration="3 months", dids={"a": NUMBER}
    )
    assert [row[0] for row in due(made) if row[1] == "dids"] == [
        "2026-01-31 10:00",
        "2026-02-28 00:00",
        "2026-03-31 00:00",
    ]


def test_m4_an_added_number_brings_its_dedicated_channels():
    made = quiet({"at": "2026-11-17", "add": {"did": "london"}}, dids=london(), pools=pool())
    assert due(made) == [("2026-11-17 00:00", "flat_rate", 2, "30.00"), ("2026-12-02 00:00", "flat_rate", 2, "60.00")]


def test_m4_an_ended_number_pays_no_further_fee_and_gets_none_back():
    made = quiet({"at": "2026-11-17", "end": {"did": "a"}}, dids={"a": NUMBER, "b": QUIET})
    assert due(made) == [("2026-11-02 00:00", "setup", 1, "1.00"), ("2026-11-02 00:00", "dids", 1, "4.80")]


def test_m4_a_campaign_number_pays_one_cycle():
    changes = [{"at": "2026-12-04 17:00", "until": "2026-12-06 23:00", "add": {"did": "a"}}]
    made = quiet(*changes, duration="3 months", dids={"a": NUMBER, "b": QUIET})
    assert due(made) == [("2026-12-04 17:00", "setup", 1, "1.00"), ("2026-12-04 17:00", "dids", 1, "4.80")]


def test_r11_an_ended_number_gives_its_dedicated_channels_back():
    made = quiet({"at": "2026-11-17", "end": {"did": "london"}}, dids=london(), groups=DESK, pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]
    made = quiet({"at": "2026-11-17", "end": {"did": "london"}}, dids=london(), groups=DESK, pools=pool(channels=5))
    assert on(made, "2026-12-02") == [("flat_rate", 5, "150.00")], "unassigned, and paid for"
