"""Charges of calls whose DID or group changes (R10, R11), by hand."""

from __future__ import annotations

from fractions import Fraction

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FULL, PRICE, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.systems import System


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
