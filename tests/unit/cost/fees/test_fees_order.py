"""Fees and changes at one instant (R13), by hand."""

from __future__ import annotations

import pytest

import capsim
from tests.reference.fees import (
    NUMBER,
    QUIET,
    buy,
    days,
    due,
    on,
    pool,
    quiet,
    remove,
)


def test_r13_at_the_renewals_midnight_fees_of_cycles_come_before_changes():
    """At 00:00 of 2 December the 10 are renewed, then 4 are bought, for the whole of the new cycle."""
    made = quiet(buy("2026-12-02", 4), pools=pool("31.00", "1.00", channels=10))
    assert on(made, "2026-12-02") == [("flat_rate", 10, "310.00"), ("setup", 4, "4.00"), ("flat_rate", 4, "124.00")]


def test_r13_what_is_removed_at_the_renewals_midnight_has_been_renewed():
    made = quiet(remove("2026-12-02", 4), duration="3 months", pools=pool(channels=10))
    assert [(row[0][:10], row[2]) for row in due(made)] == [("2026-11-02", 10), ("2026-12-02", 10), ("2027-01-02", 6)]
    in_time = quiet(remove("2026-12-01 23:59:59.999999", 4), pools=pool(channels=10))
    assert on(in_time, "2026-12-02") == [("flat_rate", 6, "180.00")]


def test_r13_a_number_ended_at_its_renewals_midnight_has_been_renewed():
    made = quiet({"at": "2026-12-02", "end": {"did": "a"}}, dids={"a": NUMBER, "b": QUIET}, duration="3 months")
    assert days(made) == ["2026-11-02", "2026-11-02", "2026-12-02"]


def test_r13_what_is_bought_at_the_start_comes_after_the_first_days_own():
    made = quiet(buy("2026-11-02", 2), duration="1 month", pools=pool(setup="1.00", channels=10))
    assert due(made) == [
        ("2026-11-02 00:00", "setup", 10, "10.00"),
        ("2026-11-02 00:00", "flat_rate", 10, "300.00"),
        ("2026-11-02 00:00", "setup", 2, "2.00"),
        ("2026-11-02 00:00", "flat_rate", 2, "60.00"),
    ]


def test_r13_changes_of_one_instant_are_taken_in_the_files_order():
    """Bought first, the channel can be removed at once; the other way round there is none."""
    bought_first = buy("2026-11-17", 1), remove("2026-11-17", 1)
    assert on(quiet(*bought_first, pools=pool(channels=0)), "2026-11-17") == [("flat_rate", 1, "15.00")]
    with pytest.raises(capsim.ScenarioError, match=r"changes\.0\.remove\.channels.*\[R11\]"):
        quiet(*reversed(bought_first), pools=pool(channels=0))
