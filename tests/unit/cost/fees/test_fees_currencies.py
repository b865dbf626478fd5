"""Rounding in other currencies, and prices of nothing (M6, M7), by hand."""

from __future__ import annotations

import pytest

from tests.reference.fees import (
    QUIET,
    buy,
    due,
    pool,
    quiet,
    switch,
)


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
    made = quiet(buy("2026-12-28", 1), start="2026-12-21", currency=currency, pools=pool(monthly, channels=0))
    assert due(made)[0] == ("2026-12-28 00:00", "flat_rate", 1, amount)


def test_m6_half_a_yen_and_half_a_fils_are_rounded_up():
    """15 of 30 days: half of 27 yen, and of 0.001 dinar."""
    keys = {"duration": "1 month"}
    assert due(quiet(buy("2026-11-17", 1), currency="JPY", pools=pool("27", channels=0), **keys))[0][3] == "14"
    assert due(quiet(buy("2026-11-17", 1), currency="KWD", pools=pool("0.001", channels=0), **keys))[0][3] == "0.001"


def test_m6_prices_of_numbers_are_rounded_as_an_item_too():
    """Three numbers at 0.335 yen are 1.005 yen: 1 yen, and not three times 0."""
    dids = {"a": QUIET | {"count": 3, "fees": {"monthly": "0.335"}}}
    assert due(quiet(duration="1 month", currency="JPY", dids=dids))[0][3] == "1"


def test_m7_what_costs_nothing_is_no_item():
    free = quiet(buy("2026-11-17", 2), pools=pool("0", "0", channels=3), dids={"a": QUIET})
    assert due(free) == []
    only_setup = quiet(buy("2026-11-17", 2), pools=pool("0", "1.00", channels=3))
    assert [row[1:] for row in due(only_setup)] == [("setup", 3, "3.00"), ("setup", 2, "2.00")]
    no_channel = quiet(pools=pool("30.00", "5.00", channels=0))
    assert due(no_channel) == []


def test_m4_where_one_mode_is_free_only_the_other_is_an_item():
    dids = {"a": QUIET | {"activated": "2026-10-20", "fees": {"monthly": {"DID+2": "4.80", "DID+0": "0"}}}}
    assert due(quiet(switch("2026-11-25", "DID+0"), dids=dids)) == [("2026-11-20 00:00", "dids", 1, "4.80")]
