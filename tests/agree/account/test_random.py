"""The prepaid account on random systems: both engines against the reference model, and what always holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from capsim.engines import ENGINES
from tests.reference.admission import TIERS
from tests.reference.by_hand import POOR
from tests.reference.comparison import differing, facts_of, reference_facts, run_model
from tests.reference.events import KINDS_OF_CHANGE, KINDS_OF_CHARGE, EventCounter
from tests.reference.random_systems import random_cuts, random_system
from tests.reference.systems import System, in_rows


@pytest.mark.no_cover
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


def some_facts(number: int, width: int | None = None) -> Iterator[tuple[System, dict[str, list]]]:
    """What both engines say of random systems, in bins of some width."""
    rng = np.random.default_rng(20261107)
    for _ in range(number):
        system = random_system(rng, prepaid=True)
        for engine in ENGINES:
            yield system, facts_of(engine, system, random_cuts(rng, system), width or int(rng.integers(1, 40)))


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_balance_is_what_there_was_and_what_was_added_less_what_was_drawn():
    for system, facts in some_facts(200):
        balance, drawn, top_ups = facts["balance, drawn, top-ups"]
        assert balance == system.account.balance + top_ups * (system.account.amount or 0) - drawn
        assert facts["closing"][-1] == balance


@pytest.mark.no_cover
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
