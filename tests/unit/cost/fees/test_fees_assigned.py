"""Pools that follow what is assigned, and groups that come and go (R5, R11), by hand."""

from __future__ import annotations

import pytest

from tests.reference.fees import (
    DESK,
    days,
    due,
    london,
    on,
    pool,
    quiet,
    remove,
)


def test_r5_a_pool_without_channels_buys_what_is_assigned():
    """2 dedicated and 3 shared; 2 more shared on 17 November: 2 x 30.00 x 15/30."""
    more = {"at": "2026-11-17", "assign": {"group": "desk", "shared": 2}}
    made = quiet(more, groups=DESK, dids=london(), pools=pool(setup="1.00"))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 5, "5.00"),
        ("2026-11-02 00:00", "flat_rate", 5, "150.00"),
        ("2026-11-17 00:00", "setup", 2, "2.00"),
        ("2026-11-17 00:00", "flat_rate", 2, "30.00"),
        ("2026-12-02 00:00", "flat_rate", 7, "210.00"),
    ]


def test_r5_what_is_unassigned_there_is_removed():
    fewer = {"at": "2026-11-17 12:00", "unassign": {"group": "desk", "shared": 2}}
    made = quiet(fewer, groups=DESK, dids=london(), pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]
    made = quiet(fewer, groups=DESK, dids=london(), pools=pool(), billing={"removal": "prorated"})
    assert on(made, "2026-11-17") == [("flat_rate", -2, "-28.00")], "14 of 30 days"


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("removal", ["no refund", "prorated"])
def test_r5_channels_moved_from_a_did_to_a_group_at_one_instant_are_not_bought(first, removal):
    """In whichever order: what counts is what is assigned once all of the instant is done."""
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17 12:00", "assign": {"group": "desk", "shared": 2}},
    ]
    made = quiet(*move[first:], *move[:first], groups=DESK, dids=london(), pools=pool(), billing={"removal": removal})
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 5, "150.00"), ("2026-12-02 00:00", "flat_rate", 5, "150.00")]


def test_r5_a_move_that_adds_two_buys_two():
    move = [
        {"at": "2026-11-17", "set": {"did": "london", "dedicated": 0}},
        {"at": "2026-11-17", "set": {"group": "desk", "shared": 7}},
    ]
    made = quiet(*move, groups=DESK, dids=london(), pools=pool())
    assert on(made, "2026-11-17") == [("flat_rate", 2, "30.00")]


def test_r5_channels_that_are_free_for_a_minute_are_bought_again():
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17 12:01", "assign": {"group": "desk", "shared": 2}},
    ]
    made = quiet(*move, groups=DESK, dids=london(), pools=pool())
    assert on(made, "2026-11-17") == [("flat_rate", 2, "30.00")]


def test_r5_channels_moved_in_a_pool_that_names_its_number_cost_nothing():
    move = [
        {"at": "2026-11-17 12:00", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-18 12:00", "assign": {"group": "desk", "shared": 2}},
    ]
    made = quiet(*move, groups=DESK, dids=london(), pools=pool(channels=5))
    assert days(made) == ["2026-11-02", "2026-12-02"]


def test_r5_a_move_to_a_group_of_another_pool_is_bought_there():
    move = [
        {"at": "2026-11-17", "unassign": {"did": "london", "dedicated": 2}},
        {"at": "2026-11-17", "assign": {"group": "desk", "shared": 2}},
    ]
    pools = pool() | {"custom": {"flat_rate": {"monthly": "60.00"}}}
    made = quiet(*move, groups={"desk": {"pool": "custom", "shared": 3}}, dids=london(), pools=pools)
    assert on(made, "2026-11-17") == [("flat_rate", 2, "60.00")], "2 x 60.00 x 15/30"
    assert on(made, "2026-12-02") == [("flat_rate", 5, "300.00")], "and the pool standard has none to renew"


def test_r5_a_turn_each_weekend_buys_each_time():
    """Fridays 6, 13, 20, 27 November: 26, 19, 12 and 5 of 30 days, and the setup again each time; 2 December: none."""
    weekends = {"every": "Friday 17:00", "until": "Sunday 23:00", "assign": {"group": "desk", "shared": 1}}
    made = quiet(weekends, duration="32 days", groups=DESK, pools=pool(setup="1.00"))
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
    assert days(quiet(weekends, groups=DESK, pools=pools)) == ["2026-11-02", "2026-12-02"]


def test_r11_a_group_that_is_added_buys_its_shared_channels_then():
    made = quiet({"at": "2026-11-17", "add": {"group": "desk"}}, groups=DESK, pools=pool())
    assert due(made) == [("2026-11-17 00:00", "flat_rate", 3, "45.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]


def test_r11_deleting_a_group_returns_its_shared_channels():
    """A pool that follows what is assigned renews without them."""
    groups = DESK | {"night": {"pool": "standard", "shared": 4}}
    made = quiet({"at": "2026-11-17", "delete": {"group": "night"}}, groups=groups, pools=pool())
    assert due(made) == [("2026-11-02 00:00", "flat_rate", 7, "210.00"), ("2026-12-02 00:00", "flat_rate", 3, "90.00")]


def test_r11_r5_returned_channels_of_a_pool_are_paid_for_until_they_are_removed():
    groups = DESK | {"night": {"pool": "standard", "shared": 4}}
    delete = {"at": "2026-11-17", "delete": {"group": "night"}}
    made = quiet(delete, groups=groups, pools=pool(channels=7))
    assert on(made, "2026-12-02") == [("flat_rate", 7, "210.00")], "unassigned ones are paid for too"
    made = quiet(delete, remove("2026-11-17", 4), groups=groups, pools=pool(channels=7))
    assert on(made, "2026-12-02") == [("flat_rate", 3, "90.00")]
