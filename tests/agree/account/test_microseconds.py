"""Charges to the microsecond (R10), by hand and at random."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from capsim.engines import ENGINES
from tests.reference.by_hand import prepaid, talk
from tests.reference.comparison import differing, facts_of, reference_facts, run_model
from tests.reference.events import EventCounter
from tests.reference.prepaid import EventDriven, IntervalPrice
from tests.reference.random_systems import nudged, random_cuts, random_system
from tests.reference.systems import System

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


@pytest.mark.no_cover
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
