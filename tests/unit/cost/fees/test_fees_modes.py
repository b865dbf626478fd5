"""Modes and renewals of DIDs (R12), by hand."""

from __future__ import annotations

from datetime import date

from capsim.tariff import build_prices
from tests.reference.fees import (
    NUMBER,
    SINCE_THE_20TH,
    days,
    due,
    on,
    quiet,
    switch,
)


def included(made):
    """Included channels of the number `a` as time passes: from when, how many."""
    return [
        (f"{made.horizon.local(step.at):%Y-%m-%d}", step.dids[0].included)
        for step in made.timeline.steps
        if 0 in step.dids
    ]


def test_r12_a_switch_waits_for_the_next_cycle():
    """Switched on the 5th, it has its two channels up to the 20th, and pays 0.80 from then on."""
    made = quiet(switch("2026-11-05", "DID+0"), dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-20 00:00", "dids", 1, "0.80"), ("2026-12-20 00:00", "dids", 1, "0.80")]
    assert included(made) == [("2026-11-20", 0)]


def test_r12_renewed_at_once_the_number_pays_in_full_and_has_a_new_cycle():
    """No credit for what was paid to the 20th; from the 5th on, it renews on the 5th."""
    made = quiet(switch("2026-11-05 14:00", "DID+0", renew="1 month"), dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-05 14:00", "dids", 1, "0.80"), ("2026-12-05 00:00", "dids", 1, "0.80")]
    assert included(made) == [("2026-11-05", 0)]


def test_r12_a_pending_switch_can_be_cleared():
    changes = switch("2026-11-05", "DID+0"), {"at": "2026-11-06", "clear": {"did": "a"}}
    made = quiet(*changes, dids=SINCE_THE_20TH)
    assert due(made) == [("2026-11-20 00:00", "dids", 1, "4.80"), ("2026-12-20 00:00", "dids", 1, "4.80")]
    assert {channels for _, channels in included(made)} <= {2}


def test_r12_cleared_and_switched_again_it_waits_again():
    changes = switch("2026-11-05", "DID+0"), {"at": "2026-11-06", "clear": {"did": "a"}}, switch("2026-11-25", "DID+0")
    assert [row[3] for row in due(quiet(*changes, dids=SINCE_THE_20TH))] == ["4.80", "0.80"]


def test_r12_switched_there_and_back():
    there_and_back = switch("2026-11-05", "DID+0"), switch("2026-11-25", "DID+2")
    made = quiet(*there_and_back, dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["0.80", "4.80"]
    assert included(made) == [("2026-11-20", 0), ("2026-12-20", 2)]


def test_r12_switched_back_before_the_next_cycle_nothing_changes():
    made = quiet(switch("2026-11-05", "DID+0"), switch("2026-11-06", "DID+2"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["4.80", "4.80"]
    assert {channels for _, channels in included(made)} <= {2}


def test_r12_r13_at_the_renewals_midnight_the_fee_comes_before_the_switch():
    """Switched at 00:00 of the 20th, it has just paid for the old mode, and the next cycle is that of 20 December."""
    made = quiet(switch("2026-11-20", "DID+0"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["4.80", "0.80"]
    assert included(made) == [("2026-12-20", 0)]


def test_r12_a_microsecond_before_the_renewals_midnight_the_switch_is_in_time():
    made = quiet(switch("2026-11-19 23:59:59.999999", "DID+0"), dids=SINCE_THE_20TH)
    assert [row[3] for row in due(made)] == ["0.80", "0.80"]


def test_r12_a_number_renewed_for_three_months_pays_them_at_once():
    """3 x 4.80 on 5 November, to 5 February; then a month again."""
    renew = {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}
    made = quiet(renew, duration="5 months", dids=SINCE_THE_20TH)
    assert due(made) == [
        ("2026-11-05 00:00", "dids", 1, "14.40"),
        ("2027-02-05 00:00", "dids", 1, "4.80"),
        ("2027-03-05 00:00", "dids", 1, "4.80"),
    ]
    first = build_prices(made).fees[0]
    assert (first.start, first.end) == (date(2026, 11, 5), date(2027, 2, 5))


def test_r12_a_mode_that_waits_takes_effect_with_a_renewal():
    changes = switch("2026-11-04", "DID+0"), {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}
    made = quiet(*changes, duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "2.40"), ("2027-02-05 00:00", "0.80")]
    assert included(made) == [("2026-11-05", 0)]


def test_r12_after_a_renewal_for_three_months_a_switch_waits_for_their_end():
    changes = {"at": "2026-11-05", "renew": {"did": "a", "period": "3 months"}}, switch("2026-11-10", "DID+0")
    made = quiet(*changes, duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "14.40"), ("2027-02-05 00:00", "0.80")]


def test_r12_renewed_on_31_december_it_renews_on_28_february_after_two_months():
    renew = {"at": "2026-12-31", "renew": {"did": "a", "period": "2 months"}}
    made = quiet(renew, start="2026-12-02", duration="4 months", dids=SINCE_THE_20TH)
    assert [(row[0], row[3]) for row in due(made)] == [
        ("2026-12-20 00:00", "4.80"),
        ("2026-12-31 00:00", "9.60"),
        ("2027-02-28 00:00", "4.80"),
        ("2027-03-31 00:00", "4.80"),
    ]


def test_r12_a_renewal_is_for_one_cycle_where_its_period_is_left_out():
    assert days(quiet({"at": "2026-11-05", "renew": {"did": "a"}}, dids=SINCE_THE_20TH)) == [
        "2026-11-05",
        "2026-12-05",
    ]


def test_r12_a_renewal_is_for_one_cycle_where_cycles_have_28_days_too():
    """4 cycles of 28 days are 16 weeks; the period left out is one cycle: from 5 November to 3 December, and to 31."""
    keys = {"billing": {"cycle": "28 days"}, "dids": SINCE_THE_20TH}
    made = quiet({"at": "2026-11-05", "renew": {"did": "a", "period": "8 weeks"}}, **keys)
    assert [(row[0], row[3]) for row in due(made)] == [("2026-11-05 00:00", "9.60"), ("2026-12-31 00:00", "4.80")]
    made = quiet({"at": "2026-11-05", "renew": {"did": "a"}}, **keys)
    assert days(made) == ["2026-11-05", "2026-12-03", "2026-12-31"]


def test_r12_a_switch_of_an_entry_is_a_switch_of_each_of_its_numbers():
    dids = {"a": NUMBER | {"count": 3, "activated": "2026-10-20"}}
    made = quiet(switch("2026-11-05", "DID+0"), dids=dids)
    assert due(made)[0] == ("2026-11-20 00:00", "dids", 3, "2.40")
    one = {"at": "2026-11-05", "switch": {"did": "a-2", "mode": "DID+0"}}
    assert sorted(on(quiet(one, dids=dids), "2026-11-20")) == [("dids", 1, "0.80"), ("dids", 2, "9.60")]
