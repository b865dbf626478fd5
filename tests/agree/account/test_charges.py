"""What a call is charged, and when (R10, M3), by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.reference.admission import Did, Group
from tests.reference.by_hand import PRICE, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import IntervalPrice, PrepaidAccount
from tests.reference.systems import System


@pytest.mark.slow
def test_a_call_pays_connection_and_first_interval_at_its_answer_and_each_next_interval_as_it_begins(model):
    result = outcome_of(model, prepaid(100, talk(2, 8, ring=4)))
    assert moves(result, 100) == [(6, 93), (9, 91), (11, 89), (13, 87)]  # it ends at 14
    assert result.drawn == PRICE.of_talk(8) == 7 + 3 * 2
    assert (result.outcome, result.end, result.torn_down) == (["metered"], [14], [False])


def test_a_call_that_is_over_within_its_first_interval_pays_that(model):
    result = outcome_of(model, prepaid(100, talk(0, 1), talk(5, 2), talk(10, 3)))
    assert moves(result, 100) == [(0, 93), (5, 86), (10, 79)]


def test_a_call_that_ends_as_its_paid_interval_does_pays_no_more(model):
    result = outcome_of(model, prepaid(100, talk(0, 5), talk(10, 6)))
    assert moves(result, 100) == [(0, 93), (3, 91), (10, 84), (13, 82), (15, 80)]


def test_a_call_without_any_talk_pays_its_first_interval(model):
    result = outcome_of(model, prepaid(100, talk(1, 0), talk(4, 0, ring=2)))
    assert moves(result, 100) == [(1, 93), (6, 86)]
    assert result.end == [1, 6]


def test_ringing_costs_nothing_and_neither_does_a_call_that_is_not_answered(model):
    result = outcome_of(model, prepaid(100, talk(0, 0, ring=9, answered=False), talk(5, 9, ring=7), metered=2))
    assert result.outcome == ["metered", "metered"]
    assert moves(result, 100) == [(12, 93), (15, 91), (17, 89), (19, 87)]


@pytest.mark.parametrize(
    ("rounding", "prices"),
    [("half up", [1, 1, 2, 2, 3]), ("half even", [0, 1, 2, 2, 2]), ("up", [1, 1, 2, 2, 3]), ("down", [0, 1, 1, 2, 2])],
)
def test_charges_are_the_rounded_price_so_far_less_what_was_charged_before(model, rounding, prices):
    price = IntervalPrice(3, 2, Fraction(1, 2), Fraction(1, 2), rounding)  # 1/2, 1, 3/2, 2, 5/2
    result = outcome_of(model, prepaid(100, talk(0, 11), price=price))
    assert [100 - result.closing[at] for at in (0, 3, 5, 7, 9)] == prices
    assert result.drawn == prices[-1] == price.of_talk(11)


def test_charges_of_a_call_add_up_to_its_price_and_not_to_those_of_its_intervals(model):
    price = IntervalPrice(3, 2, Fraction(7, 3), Fraction(4, 3))
    result = outcome_of(model, prepaid(100, talk(0, 11), price=price))
    assert moves(result, 100) == [(0, 98), (3, 96), (5, 95), (7, 94), (9, 92)]  # 7/3, 11/3, 5, 19/3, 23/3


def test_a_price_in_coarser_units_than_those_of_the_account_is_rounded_in_its_own(model):
    price = IntervalPrice(3, 2, Fraction(7, 3), Fraction(4, 3), factor=10)
    result = outcome_of(model, prepaid(100, talk(0, 11), price=price))
    assert moves(result, 100) == [(0, 80), (3, 60), (5, 50), (7, 40), (9, 20)]


@pytest.mark.parametrize("parts", [1, 10**10, 10**14])
def test_a_price_is_charged_exactly_however_many_parts_of_a_unit_it_is_given_in(model, parts):
    more = Fraction(1, parts)
    price = IntervalPrice(3, 2, 12_499 + more, 125 - more, "up")
    result = outcome_of(model, prepaid(99_999, talk(0, 5), price=price))
    assert moves(result, 99_999) == [(0, 87_499), (3, 87_375)]  # 12499 and a bit more, rounded up; 12624


@pytest.mark.parametrize("parts", [1, 10**10, 10**12])
def test_many_intervals_are_charged_exactly_however_many_parts_of_a_unit_their_price_is_given_in(model, parts):
    price = IntervalPrice(1, 1, Fraction(0), 1_000_000 + Fraction(1, parts), "down")
    result = outcome_of(model, prepaid(10**9, talk(0, 20), price=price, own=[price]))
    assert result.drawn == 2 * 19 * (1_000_000 + (parts == 1))  # the first interval is free, twice


def test_calls_in_progress_together_pay_each_at_its_own_pace(model):
    result = outcome_of(model, prepaid(100, talk(0, 6), talk(1, 4), talk(2, 2), metered=3))
    assert moves(result, 100) == [(0, 93), (1, 86), (2, 79), (3, 77), (4, 75), (5, 73)]


def test_two_groups_have_each_its_own_price(model):
    system = System([Did(group=0), Did(group=1)], [Group(metered=1)] * 2, [talk(0, 4), talk(10, 4, did=1)])
    system.account = PrepaidAccount(
        100, metered=[PRICE, IntervalPrice(1, 1, Fraction(5), Fraction(3))], own=[None, None]
    )
    assert moves(outcome_of(model, system), 100) == [(0, 93), (3, 91), (10, 86), (11, 83), (12, 80), (13, 77)]


@pytest.mark.slow
def test_without_an_account_no_call_is_refused_or_ended_for_money(model):
    system = prepaid(0, talk(0, 20), talk(1, 20), metered=2)
    system.account = None
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "metered"]
    assert not any(result.torn_down)
