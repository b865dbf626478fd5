"""Volume breaks (M5), by hand."""

from __future__ import annotations

import pytest

from tests.reference.fees import (
    buy,
    due,
    on,
    pool,
    quiet,
    remove,
)

BREAKS = [{"from": 10, "setup": "3.00", "monthly": "24.00"}]
"""30.00 a channel, and 24.00 from 10 channels on; setup 5.00, and then 3.00."""


def test_m5_all_units_a_purchase_that_crosses_a_break_has_the_new_price_at_once_and_the_others_at_renewal():
    """8 owned, 4 more on 17 November: 12. The 4 pay 24.00 x 15/30 each; on 2 December all 12 pay 24.00."""
    pools = pool("30.00", "5.00", channels=8, breaks=BREAKS)
    made = quiet(buy("2026-11-17", 4), remove("2026-12-10", 3), duration="3 months", pools=pools)
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
    made = quiet(buy("2026-11-17", 4), remove("2026-12-10", 3), duration="3 months", pools=pools)
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
    made = quiet(buy("2026-11-17", 1), buy("2026-11-17", 1), duration="1 month", pools=pool(channels=8, breaks=BREAKS))
    assert on(made, "2026-11-17") == [("flat_rate", 1, "15.00"), ("setup", 1, "3.00"), ("flat_rate", 1, "12.00")]


@pytest.mark.parametrize(("before", "price"), [(8, "30.00"), (9, "24.00"), (10, "24.00")])
def test_m5_the_break_is_reached_with_the_tenth_channel(before, price):
    made = quiet(buy("2026-11-02", 1), duration="1 month", pools=pool(channels=before, breaks=BREAKS))
    assert due(made)[-1][1:] == ("flat_rate", 1, price)


def test_m5_the_last_of_several_breaks_that_is_reached_holds():
    breaks = [*BREAKS, {"from": 20, "monthly": "18.00"}]
    made = quiet(buy("2026-11-17", 15), pools=pool(channels=8, breaks=breaks))
    assert on(made, "2026-11-17") == [("flat_rate", 15, "135.00")], "23 are owned: 15 x 18.00 x 15/30; no setup there"
    assert on(made, "2026-12-02") == [("flat_rate", 23, "414.00")]
