"""The price of a DID's own calls, drawn as each call ends (R10), by hand."""

from __future__ import annotations

import pytest

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FULL, OWN, PRICE, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import PrepaidAccount
from tests.reference.systems import System


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
