"""The prepaid balance (R10) by hand, and both engines against the reference model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest

from capsim.engines import ENGINES, Ledger, simpy_engine
from capsim.engines.pending import Pending
from tests.reference.admission import TIERS, Did, Group
from tests.reference.comparison import Outcome, differing, facts_of, outcome_of, reference_facts, run_model
from tests.reference.events import KINDS_OF_CHANGE, KINDS_OF_CHARGE, EventCounter
from tests.reference.mutants import MUTANTS
from tests.reference.prepaid import Change, EventDriven, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.random_systems import nudged, random_cuts, random_system
from tests.reference.systems import System, in_rows

FULL, POOR = "capacity_exceeded", "no_balance"
PRICE = IntervalPrice(first=3, following=2, at_once=Fraction(7), each=Fraction(2))
"""4 to connect and 1 a tick: 7 for the first three ticks, and 2 for each two after them."""
FREE = IntervalPrice(first=3, following=2, at_once=Fraction(0), each=Fraction(0))


def talk(arrival: int, length: int, ring: int = 0, did: int = 0, answered: bool = True) -> RingingCall:
    return RingingCall(did, arrival, ring, length, answered)


def prepaid(
    balance: int, *calls: RingingCall, metered: int = 1, price: IntervalPrice = PRICE, dids: int = 1, **other
) -> System:
    """DIDs in one group that has metered channels only, and an account."""
    account = PrepaidAccount(balance, metered=[price], **{"own": [None] * dids, **other})
    return System([Did(group=0)] * dids, [Group(metered=metered)], list(calls), account=account)


def moves(result: Outcome, opening: int) -> list[tuple[int, int]]:
    """When the balance became another, and which."""
    balances = [opening, *result.closing]
    return [(at, after) for at, (before, after) in enumerate(pairwise(balances)) if after != before]


# -- what a call is charged, and when --------------------------------------------------------------------------------


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


# -- a balance that is not positive --------------------------------------------------------------------------------


@pytest.mark.parametrize(("opening", "left"), [(7, 0), (5, -2)])
def test_a_call_that_only_a_metered_channel_could_take_is_refused_at_a_balance_of_zero_and_below(model, opening, left):
    result = outcome_of(model, prepaid(opening, talk(0, 3), talk(1, 3), talk(9, 3), metered=2))
    assert result.outcome == ["metered", POOR, POOR]
    assert result.end == [3, 1, 9]
    assert result.channel == [1, 0, 0]
    assert moves(result, opening) == [(0, left)]


@pytest.mark.parametrize("opening", [0, -3])
def test_an_account_that_opens_without_a_balance_serves_no_metered_call(model, opening):
    result = outcome_of(model, prepaid(opening, talk(0, 3), talk(1, 0, ring=3, answered=False)))
    assert result.outcome == [POOR, POOR]
    assert result.drawn == 0


def test_any_positive_balance_is_enough_for_a_call_to_begin(model):
    result = outcome_of(model, prepaid(1, talk(0, 3)))
    assert result.outcome == ["metered"]
    assert moves(result, 1) == [(0, -6)]


def test_with_all_metered_channels_busy_a_call_meets_the_lack_of_channels_balance_or_not(model):
    result = outcome_of(model, prepaid(9, talk(0, 5), talk(1, 1), talk(4, 1), talk(5, 1)))
    assert [result.closing[at] for at in (1, 4, 5)] == [2, 0, 0]
    assert result.outcome == ["metered", FULL, FULL, POOR]


def test_where_there_is_no_metered_channel_at_all_no_call_meets_the_balance(model):
    system = System([Did(group=0), Did()], [Group(shared=1)], [talk(0, 5), talk(1, 5), talk(1, 5, did=1)])
    system.account = PrepaidAccount(0, metered=[PRICE], own=[None, None])
    assert outcome_of(model, system).outcome == ["shared", FULL, FULL]


def test_limits_are_named_before_the_balance(model):
    system = System([Did(included=1, limit=1, group=0), Did(group=0)], [Group(metered=5, limit=2)], [])
    system.calls = [talk(0, 9, did=1), talk(1, 9), talk(2, 9), talk(2, 9, did=1), talk(3, 9, did=1)]
    system.account = PrepaidAccount(7, metered=[PRICE], own=[None, None])
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "included", "did_limit", "group_limit", POOR]  # at 3, the first was torn down


def test_other_tiers_take_calls_without_a_balance_and_their_calls_go_on(model):
    system = System([Did(1, 1, None, 0)], [Group(shared=1, metered=1)], [talk(at, 25) for at in range(4)])
    system.account = PrepaidAccount(-1, fees=[(2, 5)], metered=[PRICE], own=[None])
    result = outcome_of(model, system)
    assert result.outcome == ["included", "dedicated", "shared", POOR]
    assert result.end == [25, 26, 27, 3]
    assert not any(result.torn_down)


def test_calls_of_one_instant_that_do_not_ring_are_charged_before_the_next_of_them_arrives(model):
    result = outcome_of(model, prepaid(7, talk(4, 3), talk(4, 3), metered=2))
    assert result.outcome == ["metered", POOR]


def test_calls_that_ring_are_let_in_by_a_balance_that_one_of_them_will_use_up_and_are_charged_all_the_same(model):
    result = outcome_of(model, prepaid(7, talk(0, 4, ring=1), talk(0, 4, ring=2), talk(0, 3, ring=3), metered=3))
    assert result.outcome == ["metered"] * 3
    assert moves(result, 7) == [(1, 0), (2, -7), (3, -14)]
    assert result.torn_down == [True, True, False]
    assert result.end == [4, 5, 6]


# -- teardown ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opening", [7, 6])
def test_a_call_is_torn_down_at_the_end_of_a_paid_interval_when_the_balance_is_not_positive(model, opening):
    result = outcome_of(model, prepaid(opening, talk(0, 20)))
    assert (result.outcome, result.channel, result.end, result.torn_down) == (["metered"], [1], [3], [True])
    assert result.drawn == 7


def test_a_charge_may_take_the_balance_below_zero_and_the_call_goes_on_until_the_interval_ends(model):
    result = outcome_of(model, prepaid(8, talk(0, 20)))
    assert moves(result, 8) == [(0, 1), (3, -1)]
    assert (result.end, result.torn_down) == ([5], [True])


@pytest.mark.parametrize(("opening", "length"), [(7, 3), (8, 5)])
def test_a_call_that_ends_as_its_paid_interval_does_is_not_torn_down(model, opening, length):
    result = outcome_of(model, prepaid(opening, talk(0, length), talk(10, 1)))
    assert result.outcome == ["metered", POOR]
    assert (result.end[0], result.torn_down[0]) == (length, False)


def test_the_balance_in_the_midst_of_a_paid_interval_does_not_matter_to_the_call(model):
    result = outcome_of(model, prepaid(8, talk(0, 6), fees=[(1, 9), (2, -9)]))
    assert [result.closing[at] for at in (0, 1, 2)] == [1, -8, 1]
    assert (result.end, result.torn_down) == ([5], [True])  # at 3 it could go on, at 5 it could not


def test_a_call_is_not_torn_down_while_it_rings(model):
    result = outcome_of(model, prepaid(7, talk(0, 9, ring=10), talk(1, 3), metered=2))
    assert moves(result, 7) == [(1, 0), (10, -7)]
    assert (result.end, result.torn_down) == ([13, 4], [True, False])


def test_an_interval_that_costs_nothing_needs_a_positive_balance_to_begin_like_any_other(model):
    price = IntervalPrice(3, 2, Fraction(7), Fraction(0))
    result = outcome_of(model, prepaid(8, talk(0, 20), price=price, fees=[(6, 1)]))
    assert moves(result, 8) == [(0, 1), (6, 0)]
    assert (result.end, result.torn_down) == ([7], [True])


def test_metered_calls_of_a_group_without_a_price_draw_nothing_and_need_a_positive_balance_all_the_same(model):
    result = outcome_of(model, prepaid(5, talk(0, 20), talk(4, 2), talk(5, 2), price=FREE, metered=2, fees=[(4, 5)]))
    assert result.outcome == ["metered", POOR, POOR]
    assert moves(result, 5) == [(4, 0)]
    assert (result.end[0], result.torn_down[0]) == (5, True)


def test_the_channel_of_a_call_torn_down_is_free_for_arrivals_of_that_instant_which_the_balance_refuses(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(2, 1), talk(3, 1)))
    assert result.outcome == ["metered", FULL, POOR]
    assert result.torn_down == [True, False, False]


def test_the_channel_of_a_call_torn_down_serves_an_arrival_of_that_instant_when_a_fee_is_paid_back_then(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(3, 3), talk(3, 3), fees=[(3, -10)]))
    assert result.outcome == ["metered", "metered", FULL]
    assert result.channel == [1, 1, 0]
    assert result.torn_down == [True, False, False]
    assert moves(result, 7) == [(0, 0), (3, 3)]  # 10 paid back, 7 for the call


def test_the_channel_of_a_call_torn_down_serves_an_arrival_of_that_instant_when_a_fee_tops_the_account_up(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(3, 3), fees=[(3, 1)], threshold=0, amount=20))
    assert result.outcome == ["metered", "metered"]
    assert result.torn_down == [True, False]
    assert (moves(result, 7), result.top_ups) == ([(0, 0), (3, 12)], 1)


def test_a_call_torn_down_leaves_room_under_the_limits_of_its_did_and_its_group_at_that_instant(model):
    dids = [Did(limit=1, group=0), Did(dedicated=2, group=0)]
    system = System(dids, [Group(metered=1, limit=1)], [talk(0, 20), talk(2, 1), talk(2, 9, did=1)])
    system.calls += [talk(3, 9), talk(3, 9, did=1), talk(3, 9, did=1)]
    system.account = PrepaidAccount(7, metered=[PRICE], own=[None, None])
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "did_limit", "group_limit", POOR, "dedicated", "group_limit"]


def test_the_end_that_a_call_torn_down_would_have_had_is_no_event_any_more(model):
    result = outcome_of(model, prepaid(7, talk(0, 9), talk(4, 20), talk(9, 1), talk(10, 1), fees=[(4, -100)]))
    assert result.outcome == ["metered", "metered", FULL, FULL]  # the one channel is the second call's
    assert result.torn_down == [True, False, False, False]


def test_two_calls_are_torn_down_at_one_instant(model):
    result = outcome_of(model, prepaid(9, talk(0, 20), talk(0, 0, ring=3), talk(0, 20), metered=3))
    assert moves(result, 9) == [(0, -5), (3, -12)]
    assert (result.end, result.torn_down) == ([3, 3, 3], [True, False, True])


# -- top-up --------------------------------------------------------------------------------------------------------


def test_the_account_is_topped_up_at_once_by_a_charge_that_takes_it_below_the_threshold_not_to_it(model):
    result = outcome_of(model, prepaid(17, talk(0, 6), threshold=10, amount=20))
    assert moves(result, 17) == [(0, 10), (3, 28), (5, 26)]
    assert (result.top_ups, result.drawn) == (1, 11)


def test_a_charge_tops_up_once_even_where_the_balance_stays_below_the_threshold(model):
    result = outcome_of(model, prepaid(8, talk(0, 6), threshold=50, amount=10))
    assert moves(result, 8) == [(0, 11), (3, 19), (5, 27)]
    assert result.top_ups == 3


def test_a_top_up_that_leaves_no_positive_balance_saves_no_call(model):
    result = outcome_of(model, prepaid(1, talk(0, 6), threshold=5, amount=6))
    assert moves(result, 1) == [(0, 0)]
    assert (result.top_ups, result.torn_down) == (1, [True])


def test_a_top_up_lets_a_call_go_on_that_its_own_charge_would_have_ended(model):
    result = outcome_of(model, prepaid(7, talk(0, 6), threshold=1, amount=2))
    assert moves(result, 7) == [(0, 2)]  # at 3 and at 5, 2 are drawn and 2 are added
    assert (result.top_ups, result.drawn, result.torn_down) == (3, 11, [False])


def test_nothing_but_a_charge_tops_up(model):
    calls = [talk(1, 9), talk(2, 5, ring=3, answered=False)]
    result = outcome_of(
        model, prepaid(5, *calls, price=FREE, metered=2, fees=[(4, -1), (6, 0)], threshold=10, amount=9)
    )
    assert moves(result, 5) == [(4, 6)]  # below the threshold all along, and only a credit
    assert result.top_ups == 0


def test_an_empty_account_with_a_top_up_refuses_calls_until_something_is_charged(model):
    result = outcome_of(model, prepaid(0, talk(1, 1), talk(3, 1), fees=[(3, 1)], threshold=5, amount=9))
    assert result.outcome == [POOR, "metered"]
    assert moves(result, 0) == [(3, 10)]  # 0 - 1 + 9 for the fee, and - 7 + 9 for the call
    assert result.top_ups == 2


# -- fees ----------------------------------------------------------------------------------------------------------


def test_fees_draw_on_the_balance_and_may_take_it_below_zero(model):
    result = outcome_of(model, prepaid(10, talk(4, 1), talk(5, 1), talk(7, 1), fees=[(0, 4), (5, 6), (5, 3), (7, -9)]))
    assert result.outcome == ["metered", POOR, POOR]
    assert moves(result, 10) == [(0, 6), (4, -1), (5, -10), (7, -1)]
    assert result.drawn == 4 + 7 + 9 - 9


def test_a_fee_tops_up_as_any_charge_does(model):
    result = outcome_of(model, prepaid(10, fees=[(0, 4), (5, 2), (8, 1)], threshold=5, amount=20))
    assert moves(result, 10) == [(0, 6), (5, 24), (8, 23)]
    assert result.top_ups == 1


@pytest.mark.parametrize(("fees", "left", "top_ups"), [([5, -5], 18, 1), ([-5, 5], 8, 0)])
def test_fees_of_one_instant_are_drawn_one_by_one_in_their_order(model, fees, left, top_ups):
    result = outcome_of(model, prepaid(8, fees=[(5, fee) for fee in fees], threshold=4, amount=10))
    assert (result.balance, result.top_ups) == (left, top_ups)


# -- at one instant (R13) ------------------------------------------------------------------------------------------


def test_at_one_instant_a_call_that_ends_is_gone_before_an_earlier_call_is_charged(model):
    result = outcome_of(model, prepaid(15, talk(0, 9), talk(0, 3), metered=2))
    assert moves(result, 15) == [(0, 1), (3, -1)]
    assert (result.end, result.torn_down) == ([5, 3], [True, False])


@pytest.mark.parametrize(("first", "then"), [(0, 1), (1, 0)])
def test_an_earlier_calls_charge_tears_a_later_one_down_at_the_same_instant(model, first, then):
    result = outcome_of(model, prepaid(17, talk(2, 20, did=then), talk(0, 20, did=first), metered=2, dids=2))
    assert moves(result, 17) == [(0, 10), (2, 3), (3, 1), (5, -1)]
    assert result.end == [5, 7]
    assert all(result.torn_down)


def test_calls_of_one_arrival_are_charged_in_the_order_of_their_dids(model):
    result = outcome_of(model, prepaid(15, talk(0, 20, did=1), talk(0, 20, did=0), metered=2, dids=2))
    assert moves(result, 15) == [(0, 1), (3, -1)]
    assert result.end == [3, 5]


def test_calls_of_one_did_and_one_arrival_are_charged_in_their_sequence(model):
    result = outcome_of(model, prepaid(22, *[talk(0, 20) for _ in range(3)], metered=3))
    assert result.end == [5, 3, 3]


def test_calls_are_charged_in_the_order_in_which_they_arrived_not_in_which_they_were_answered(model):
    result = outcome_of(model, prepaid(14, talk(0, 20, ring=5), talk(2, 20), metered=2))
    assert moves(result, 14) == [(2, 7), (5, 0)]  # at 5, the first is answered and pays 7, which ends the second
    assert result.end == [8, 5]


def test_an_earlier_calls_top_up_saves_a_later_one_at_the_same_instant(model):
    result = outcome_of(model, prepaid(15, talk(0, 4), talk(0, 4), metered=2, threshold=0, amount=5))
    assert moves(result, 15) == [(0, 1), (3, 2)]  # 1 - 2 + 5 - 2
    assert (result.top_ups, result.torn_down) == (1, [False, False])


def test_a_later_calls_top_up_comes_too_late_for_an_earlier_one(model):
    calls = talk(0, 9), talk(0, 4, ring=3)
    result = outcome_of(model, prepaid(8, *calls, metered=2, threshold=0, amount=10, fees=[(1, 1)]))
    assert moves(result, 8) == [(0, 1), (1, 0), (3, 3), (6, 1)]  # at 3, the second is answered: 0 - 7 + 10
    assert (result.end, result.torn_down) == ([3, 7], [True, False])
    result = outcome_of(model, prepaid(8, *calls[::-1], metered=2, threshold=0, amount=10, fees=[(1, 1)]))
    assert moves(result, 8)[:3] == [(0, 1), (1, 0), (3, 1)]  # at 3, the first is answered, then the second pays 2
    assert (result.end, result.torn_down) == ([7, 9], [False, False])


def test_interval_charges_come_before_the_fees_of_that_instant(model):
    result = outcome_of(model, prepaid(8, talk(0, 20), fees=[(3, 1)]))
    assert moves(result, 8) == [(0, 1), (3, -2)]
    assert result.end == [5]


def test_a_fee_paid_back_at_the_instant_of_a_teardown_comes_too_late_and_an_instant_before_does_not(model):
    assert outcome_of(model, prepaid(7, talk(0, 4), fees=[(3, -9)])).torn_down == [True]
    assert outcome_of(model, prepaid(7, talk(0, 4), fees=[(2, -9)])).torn_down == [False]


def test_fees_come_before_the_arrivals_of_that_instant_and_before_what_those_are_charged(model):
    assert outcome_of(model, prepaid(5, talk(4, 1), fees=[(4, 5)])).outcome == [POOR]
    assert outcome_of(model, prepaid(0, talk(4, 1), fees=[(4, -1)])).outcome == ["metered"]
    result = outcome_of(model, prepaid(9, talk(4, 1), fees=[(4, 3)], threshold=6, amount=10))
    assert result.outcome == ["metered"]
    assert (result.balance, result.top_ups) == (9, 1)  # 9 - 3 is not below 6, and 6 - 7 is


def test_a_metered_channel_that_is_new_and_the_fee_of_that_instant_meet_the_arrival(model):
    system = prepaid(5, talk(4, 1), talk(5, 1), talk(9, 1), metered=0, fees=[(5, 5), (9, -1)])
    system.changes = [Change(5, 0, Group(metered=1))]
    assert outcome_of(model, system).outcome == [FULL, POOR, "metered"]


# -- changes of capacity -------------------------------------------------------------------------------------------


def two_groups(balance: int, *calls: RingingCall, **other) -> System:
    """Two DIDs of a group, of which the first moves at 4 to one with another price."""
    system = System([Did(group=0)] * 2, [Group(metered=1)] * 2, list(calls), [Change(4, 0, Did(group=1))])
    prices = [PRICE, IntervalPrice(1, 1, Fraction(50), Fraction(50))]
    system.account = PrepaidAccount(balance, metered=prices, own=[None, None], **other)
    return system


def test_a_call_whose_did_has_moved_pays_the_price_of_the_group_it_began_in(model):
    result = outcome_of(model, two_groups(100, talk(0, 8)))
    assert moves(result, 100) == [(0, 93), (3, 91), (5, 89), (7, 87)]


def test_a_call_that_is_answered_after_its_did_has_moved_pays_the_price_of_the_group_it_began_in(model):
    assert moves(outcome_of(model, two_groups(100, talk(0, 4, ring=6))), 100) == [(6, 93), (9, 91)]


def test_a_call_of_the_instant_of_the_move_pays_the_price_of_the_new_group(model):
    assert moves(outcome_of(model, two_groups(100, talk(4, 1))), 100) == [(4, 50)]


def test_a_call_torn_down_after_its_did_has_moved_frees_the_channel_it_began_on(model):
    calls = [talk(0, 20), talk(4, 1, did=1), talk(5, 1, did=1), talk(5, 1)]
    result = outcome_of(model, two_groups(8, *calls, fees=[(5, -100)]))
    assert result.outcome == ["metered", FULL, "metered", "metered"]
    assert (result.end[0], result.torn_down[0]) == (5, True)
    assert moves(result, 8) == [(0, 1), (3, -1), (5, -1 + 100 - 50 - 7)]


def test_a_call_whose_channel_was_taken_away_goes_on_paying(model):
    system = prepaid(20, talk(0, 20), talk(4, 1))
    system.changes = [Change(2, 0, Group())]
    result = outcome_of(model, system)
    assert result.outcome == ["metered", FULL]
    assert moves(result, 20) == [(0, 13), (3, 11), (5, 9), (7, 7), (9, 5), (11, 3), (13, 1), (15, -1)]
    assert (result.end[0], result.torn_down[0]) == (17, True)


def test_a_call_torn_down_in_a_tier_that_has_shrunk_leaves_it_as_full_as_its_size(model):
    system = prepaid(15, talk(0, 20), talk(0, 20), talk(3, 2), talk(5, 2), talk(5, 2), metered=2, fees=[(5, -50)])
    system.changes = [Change(1, 0, Group(metered=1))]
    result = outcome_of(model, system)
    assert result.end[:2] == [5, 3]
    assert result.outcome == ["metered", "metered", FULL, "metered", FULL]


# -- a number's own price ------------------------------------------------------------------------------------------

OWN = IntervalPrice(first=4, following=4, at_once=Fraction(10), each=Fraction(10))
"""10 for every four ticks."""


@pytest.mark.parametrize("tier", ["included", "dedicated", "shared"])
def test_a_numbers_own_price_is_drawn_when_a_call_ends_and_the_balance_does_not_matter(model, tier):
    own = tier in ("included", "dedicated")
    did, group = Did(**({tier: 1} if own else {}), group=0), Group(**({} if own else {tier: 1}))
    calls = [talk(1, 5, ring=2), talk(4, 1), talk(10, 3, ring=3, answered=False), talk(20, 4)]
    result = outcome_of(model, System([did], [group], calls, account=PrepaidAccount(5, metered=[PRICE], own=[OWN])))
    assert result.outcome == [tier, FULL, tier, tier]
    assert moves(result, 5) == [(8, -15), (24, -25)]
    assert not any(result.torn_down)


def test_a_metered_call_pays_its_own_numbers_price_at_its_end_beside_its_intervals(model):
    result = outcome_of(model, prepaid(100, talk(0, 5), own=[OWN]))
    assert moves(result, 100) == [(0, 93), (3, 91), (5, 71)]


def test_a_call_torn_down_pays_its_numbers_own_price_then_for_the_time_it_was_on(model):
    result = outcome_of(model, prepaid(8, talk(0, 20), own=[OWN]))
    assert moves(result, 8) == [(0, 1), (3, -1), (5, -21)]  # 5 ticks are two intervals of 4
    assert (result.end, result.torn_down) == ([5], [True])


def test_a_call_without_talk_pays_its_numbers_own_price_at_its_answer(model):
    result = outcome_of(model, prepaid(100, talk(0, 0), talk(4, 0, ring=2), own=[OWN]))
    assert moves(result, 100) == [(0, 83), (6, 66)]


def test_a_numbers_own_price_is_drawn_in_the_order_of_calls_and_may_tear_a_later_one_down(model):
    calls = talk(0, 3), talk(0, 4, did=1)
    result = outcome_of(model, prepaid(24, *calls, metered=2, dids=2, own=[OWN, None]))
    assert moves(result, 24) == [(0, 10), (3, 0)]
    assert (result.end, result.torn_down) == ([3, 3], [False, True])
    result = outcome_of(model, prepaid(24, *calls, metered=2, dids=2, own=[None, OWN]))
    assert moves(result, 24) == [(0, 10), (3, 8), (4, -2)]
    assert not any(result.torn_down)


def test_a_numbers_own_price_tops_up_and_a_call_without_answer_pays_none(model):
    calls = talk(0, 1), talk(5, 0, ring=4, answered=False)
    result = outcome_of(model, prepaid(20, *calls, own=[OWN], threshold=5, amount=30))
    assert moves(result, 20) == [(0, 13), (1, 33)]
    assert result.top_ups == 1


# -- the warm-up, and the end of the horizon -----------------------------------------------------------------------


def test_a_call_that_arrived_in_the_warm_up_draws_nothing_and_is_never_torn_down(model):
    system = prepaid(7, talk(-9, 30), talk(-1, 4, ring=2), talk(0, 9), talk(9, 1), metered=3, own=[OWN])
    system.begin = -9
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "metered", "metered", POOR]
    assert result.torn_down == [False, False, True, False]
    assert result.end[:3] == [21, 5, 3]
    assert moves(result, 7) == [(0, 0), (3, -10)]


def test_the_warm_up_refuses_metered_calls_without_a_balance_too(model):
    system = prepaid(0, talk(-5, 2), talk(3, 2))
    system.begin = -9
    result = outcome_of(model, system)
    assert result.outcome == [POOR, POOR]


def test_a_call_of_the_warm_up_holds_its_channel_through_a_balance_that_is_gone(model):
    system = prepaid(9, talk(-2, 9), talk(4, 1), talk(7, 1), fees=[(0, 9)])
    system.begin = -9
    assert outcome_of(model, system).outcome == ["metered", FULL, POOR]


def test_a_call_of_the_very_start_of_the_horizon_is_charged(model):
    system = prepaid(50, talk(-1, 0, ring=1), talk(0, 1))
    system.begin = -9
    assert moves(outcome_of(model, system), 50) == [(0, 43)]


@pytest.mark.parametrize(("arrival", "charges"), [(22, 4), (23, 3), (24, 3), (25, 2)])
def test_nothing_falls_due_at_the_end_of_the_horizon_or_after_it(model, arrival, charges):
    result = outcome_of(model, prepaid(100, talk(arrival, 20)))
    assert result.drawn == 7 + 2 * (charges - 1)
    assert (result.end, result.torn_down) == ([arrival + 20], [False])


def test_no_call_is_torn_down_at_the_end_of_the_horizon_or_after_it(model):
    assert outcome_of(model, prepaid(7, talk(26, 20))).end == [29]
    result = outcome_of(model, prepaid(7, talk(27, 20)))  # its paid interval ends at 30
    assert (result.end, result.torn_down) == ([47], [False])


def test_a_call_that_is_answered_at_the_end_of_the_horizon_is_not_charged(model):
    result = outcome_of(model, prepaid(100, talk(25, 5, ring=4), talk(25, 5, ring=5), metered=2))
    assert moves(result, 100) == [(29, 93)]


def test_a_numbers_own_price_is_not_drawn_at_the_end_of_the_horizon(model):
    result = outcome_of(model, prepaid(100, talk(22, 7), talk(22, 8), metered=2, price=FREE, own=[OWN]))
    assert moves(result, 100) == [(29, 80)]


# -- to the microsecond --------------------------------------------------------------------------------------------

SECOND = 1_000_000
MINUTE = 60 * SECOND
BY_MINUTES = IntervalPrice(MINUTE, MINUTE, Fraction(35, 2), Fraction(25, 2))
"""In thousandths: 5 to connect and 12.5 a minute, 60/60. A call's price is 18, 30, 43, 55."""
BY_SIX_SECONDS = IntervalPrice(30 * SECOND, 6 * SECOND, Fraction(25, 4), Fraction(5, 4))
"""In thousandths: 12.5 a minute, 30/6. A call's price is 6, 8 (exactly 7.5), 9, 10, 11, 13 (exactly 12.5)."""


def by_the_clock(model: str, system: System) -> tuple[list[int], list[bool], int]:
    """Ends, teardowns, and what was drawn, of calls given in order."""
    facts = reference_facts(system, width=MINUTE, reference=run_model(system, EventDriven))
    if model != "reference":
        result = facts_of(model, system, width=MINUTE)
        assert not differing(facts, result)
        facts = result
    return facts["end"], facts["torn_down"], facts["balance, drawn, top-ups"][1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("length", "price", "drawn"),
    [
        (MINUTE, BY_MINUTES, 18),
        (MINUTE + 1, BY_MINUTES, 30),
        (2 * MINUTE, BY_MINUTES, 30),
        (2 * MINUTE + 1, BY_MINUTES, 43),
        (1, BY_SIX_SECONDS, 6),
        (30 * SECOND, BY_SIX_SECONDS, 6),
        (30 * SECOND + 1, BY_SIX_SECONDS, 8),
        (54 * SECOND, BY_SIX_SECONDS, 11),
        (54 * SECOND + 1, BY_SIX_SECONDS, 13),
    ],
)
def test_a_microsecond_more_than_whole_intervals_pays_another(model, length, price, drawn):
    system = replace(prepaid(1000, talk(7, length, ring=11), price=price), horizon=10 * MINUTE)
    assert by_the_clock(model, system) == ([7 + 11 + length], [False], drawn)


@pytest.mark.parametrize(
    ("at", "end", "drawn"),
    [(MINUTE - 1, MINUTE, 18), (MINUTE, 2 * MINUTE, 30), (MINUTE + 1, 2 * MINUTE, 30)],
)
def test_a_fee_a_microsecond_before_a_paid_interval_ends_decides_and_one_at_its_end_does_not(model, at, end, drawn):
    system = prepaid(20, talk(0, 3 * MINUTE), price=BY_MINUTES, fees=[(at, 2)])
    assert by_the_clock(model, replace(system, horizon=10 * MINUTE)) == ([end], [True], drawn + 2)


@pytest.mark.parametrize(("length", "torn_down"), [(MINUTE, False), (MINUTE + 1, True)])
def test_a_call_that_would_have_ended_a_microsecond_after_its_paid_interval_is_torn_down(model, length, torn_down):
    system = replace(prepaid(18, talk(5, length), price=BY_MINUTES), horizon=10 * MINUTE)
    assert by_the_clock(model, system) == ([5 + MINUTE], [torn_down], 18)


@pytest.mark.parametrize(("arrival", "drawn"), [(9 * MINUTE - 1, 30), (9 * MINUTE, 18)])
def test_an_interval_that_begins_a_microsecond_before_the_end_of_the_horizon_is_charged(model, arrival, drawn):
    system = replace(prepaid(1000, talk(arrival, 2 * MINUTE), price=BY_MINUTES), horizon=10 * MINUTE)
    assert by_the_clock(model, system) == ([arrival + 2 * MINUTE], [False], drawn)


@pytest.mark.slow
def test_what_happens_a_microsecond_earlier_or_later_agrees_with_the_reference_model():
    class Seen(EventDriven, EventCounter):
        pass

    rng = np.random.default_rng(20261105)
    seen = Counter()
    for _ in range(400):
        fast = random_system(rng, prepaid=True)
        system = nudged(rng, fast, SECOND + 3)
        reference = run_model(system, Seen)
        seen.update(reference.seen)
        for engine in ENGINES:
            cuts = [cut * (SECOND + 3) for cut in random_cuts(rng, fast)]
            facts = facts_of(engine, system, cuts, SECOND)
            assert not differing(facts, reference_facts(system, cuts, SECOND, reference)), engine
    assert min(seen[kind] for kind in ("teardown", "top-up", "calls charged at one instant", "own price: metered")) > 50


# -- at random -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_that_an_account_can_do_agrees_with_the_reference_model():
    rng = np.random.default_rng(20261104)
    seen = Counter()
    for number in range(1500):
        system = random_system(rng, prepaid=True, many=number % 8 == 0)
        reference = run_model(system, EventCounter)
        seen.update(reference.seen)
        for engine in ENGINES:
            cuts, width = random_cuts(rng, system), int(rng.integers(1, 8))
            facts = facts_of(engine, system, cuts, width)
            assert not differing(facts, reference_facts(system, cuts, width, reference)), engine
    assert set(seen) == KINDS_OF_CHARGE | KINDS_OF_CHANGE
    assert min(seen[kind] for kind in KINDS_OF_CHARGE) > 10, seen
    assert min(seen[kind] for kind in KINDS_OF_CHANGE) > 0, seen


# -- what would not go unseen --------------------------------------------------------------------------------------


@cache
def compiled_facts() -> list[tuple[System, dict[str, list]]]:
    """Systems, and what an engine says of each."""
    rng = np.random.default_rng(20261106)
    systems = [random_system(rng, prepaid=True, many=number % 8 == 0) for number in range(800)]
    return [(system, facts_of("compiled", system)) for system in systems]


@pytest.mark.slow
@pytest.mark.parametrize("broken", MUTANTS, ids=lambda broken: broken.__doc__)
def test_the_comparison_fails_when_the_reference_model_breaks_a_rule(broken):
    wrong = (
        1
        for system, facts in compiled_facts()
        if differing(facts, reference_facts(system, reference=run_model(system, broken)))
    )
    assert sum(islice(wrong, 6)) > 5


def going_on_with_nothing(cashier: simpy_engine.Cashier, *of_call) -> None:
    if cashier.ledger.balance == 0:
        cashier.charge(*of_call)
    else:
        LOOK(cashier, *of_call)


def all_of_one_rank(cashier: simpy_engine.Cashier, call: simpy_engine.Call, number: int, *times: int) -> None:  # noqa: ARG001
    TAKE_ON(cashier, call, 0, *times)


def at_the_threshold(ledger: Ledger, at: int, amount: int) -> None:
    account = ledger.account
    if account.threshold is not None:
        ledger.account = replace(account, threshold=account.threshold + 1)
    DRAW(ledger, at, amount)
    ledger.account = account


LOOK, TAKE_ON, DRAW = simpy_engine.Cashier.look, simpy_engine.Cashier.take_on, Ledger.draw
BROKEN_ENGINES = {
    "fees come before charges": ("simpy", simpy_engine, "FEES", 0),
    "fees come after arrivals": ("simpy", simpy_engine, "FEES", 2**61),
    "charges come after arrivals": ("simpy", simpy_engine, "FIRST_CHARGE", 2**61),
    "charges come as they were foreseen": ("simpy", simpy_engine.Cashier, "take_on", all_of_one_rank),
    "a call goes on with a balance of zero": ("simpy", simpy_engine.Cashier, "look", going_on_with_nothing),
    "a call torn down leaves its channel once more": ("simpy", simpy_engine, "hang_up", lambda end: end.call.hang_up()),
    "a charge to the threshold tops up": ("simpy", Ledger, "draw", at_the_threshold),
    "older tables do not hear of a teardown": ("compiled", Pending, "tear_down", lambda *_: None),
}


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN_ENGINES)
def test_the_comparison_fails_when_an_engine_breaks_a_rule(broken, monkeypatch):
    systems = [system for system, _ in compiled_facts()]
    engine, *patch = BROKEN_ENGINES[broken]
    monkeypatch.setattr(*patch)
    cuts = [5, 10, 15]
    wrong = (1 for system in systems if differing(facts_of(engine, system, cuts), reference_facts(system, cuts)))
    assert sum(islice(wrong, 6)) > 5


# -- what always holds ---------------------------------------------------------------------------------------------


def some_facts(number: int, width: int | None = None) -> Iterator[tuple[System, dict[str, list]]]:
    """What both engines say of random systems, in bins of some width."""
    rng = np.random.default_rng(20261107)
    for _ in range(number):
        system = random_system(rng, prepaid=True)
        for engine in ENGINES:
            yield system, facts_of(engine, system, random_cuts(rng, system), width or int(rng.integers(1, 40)))


@pytest.mark.slow
def test_the_balance_is_what_there_was_and_what_was_added_less_what_was_drawn():
    for system, facts in some_facts(200):
        balance, drawn, top_ups = facts["balance, drawn, top-ups"]
        assert balance == system.account.balance + top_ups * (system.account.amount or 0) - drawn
        assert facts["closing"][-1] == balance


@pytest.mark.slow
def test_the_balance_at_its_lowest_in_a_bin_is_none_above_those_at_the_bins_start_and_end():
    for system, facts in some_facts(200):
        opening = [system.account.balance, *facts["closing"]]
        assert all(low <= min(one, other) for low, (one, other) in zip(facts["lowest"], pairwise(opening), strict=True))


def test_bins_of_any_width_tell_of_the_same_balance():
    rng = np.random.default_rng(20261108)
    for system, fine in some_facts(100, width=1):
        width = int(rng.integers(2, 40))
        bins = range(0, system.horizon, width)
        wide = facts_of("compiled", system, width=width)
        assert wide["closing"] == [fine["closing"][min(at + width, system.horizon) - 1] for at in bins]
        assert wide["lowest"] == [min(fine["lowest"][at : at + width]) for at in bins]


def test_what_was_drawn_is_all_fees_and_the_prices_of_all_intervals_that_began_and_of_all_calls_that_ended():
    for system, facts in some_facts(200):
        drawn = sum(amount for at, amount in system.account.fees if at < system.horizon)
        for call, outcome, end, group in zip(
            in_rows(system.calls), facts["outcome"], facts["end"], facts["group"], strict=True
        ):
            answer = call.arrival + call.ring
            if call.arrival < 0 or not call.answered or outcome not in TIERS:
                continue
            if outcome == "metered" and answer < system.horizon:
                price = system.account.metered[group]
                paid = min(end, system.horizon) - answer - price.first
                drawn += price.of(1 + max(0, -(-paid // price.following)))
            own = system.account.own[call.did]
            if own and end < system.horizon:
                drawn += own.of_talk(end - answer)
        assert facts["balance, drawn, top-ups"][1] == drawn


def test_calls_are_refused_and_torn_down_only_without_a_balance_and_torn_down_only_as_a_paid_interval_ends():
    refused = torn_down = 0
    for system, facts in some_facts(200, width=1):
        for call, outcome, end, torn, group in zip(
            in_rows(system.calls), *(facts[name] for name in ("outcome", "end", "torn_down", "group")), strict=True
        ):
            if outcome == POOR:
                refused += 1
                assert (facts["lowest"][call.arrival] if call.arrival >= 0 else system.account.balance) <= 0
            if torn:
                torn_down += 1
                price = system.account.metered[group]
                assert outcome == "metered"
                assert call.arrival >= 0
                assert facts["lowest"][end] <= 0
                assert end < min(call.arrival + call.ring + call.talk, system.horizon)
                beyond = end - call.arrival - call.ring - price.first
                assert beyond >= 0
                assert beyond % price.following == 0
    assert min(refused, torn_down) > 100
