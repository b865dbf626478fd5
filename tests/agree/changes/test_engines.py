"""Changes: the two engines against each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.admission import Did, Group
from tests.reference.comparison import differing, facts_of
from tests.reference.prepaid import ROUND, Change, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.systems import System, with_ticks_of

BEGIN, HORIZON = -6, 30

limits = st.one_of(st.none(), st.integers(1, 6))

few, wide = st.integers(0, 3), st.sampled_from([0, 1, 2, 3, 9, 11])

some_groups = st.builds(Group, shared=wide, metered=few, limit=limits)

moments = st.one_of(st.sampled_from([0, 0, 7, 7, 15, 29]), st.integers(0, HORIZON - 1))

arrivals = st.one_of(moments, st.integers(BEGIN, HORIZON - 1))

cuts = st.lists(st.integers(BEGIN, HORIZON - 1), max_size=6)

amounts = st.builds(Fraction, st.integers(0, 40), st.sampled_from([1, 1, 2, 3, 60]))

prices = st.builds(
    IntervalPrice,
    first=st.integers(1, 8),
    following=st.integers(1, 6),
    at_once=amounts,
    each=amounts,
    rounding=st.sampled_from(list(ROUND)),
    factor=st.sampled_from([1, 1, 10]),
)


@st.composite
def timelines(draw) -> System:
    groups = draw(st.lists(some_groups, max_size=3))
    place = st.one_of(st.none(), st.integers(0, len(groups) - 1)) if groups else st.none()
    some_dids = st.builds(Did, included=wide, dedicated=wide, limit=limits, group=place)
    dids = draw(st.lists(some_dids, min_size=1, max_size=5))
    of_did = st.builds(Change, moments, st.integers(0, len(dids) - 1), some_dids)
    of_group = st.builds(Change, moments, st.integers(0, len(groups) - 1), some_groups) if groups else of_did
    changes = sorted(draw(st.lists(st.one_of(of_did, of_group), max_size=8)), key=lambda change: change.at)
    calls = st.builds(
        RingingCall,
        did=st.integers(0, len(dids) - 1),
        arrival=arrivals,
        ring=st.one_of(st.just(0), st.integers(0, 9)),
        talk=st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60)),
        answered=st.booleans() | st.just(True),
    )
    return System(dids, groups, draw(st.lists(calls, max_size=60)), changes, None, BEGIN, HORIZON)


@st.composite
def prepaid_timelines(draw) -> System:
    system = draw(timelines())
    top_up = draw(st.booleans())
    fees = draw(st.lists(st.tuples(moments, st.integers(-20, 40)), max_size=4))
    system.account = PrepaidAccount(
        draw(st.integers(-3, 200)),
        draw(st.integers(0, 40)) if top_up else None,
        draw(st.integers(1, 60)) if top_up else None,
        sorted(fees, key=lambda fee: fee[0]),
        [draw(prices) for _ in system.groups],
        [draw(st.none() | prices) for _ in system.dids],
    )
    return system


seconds = st.sampled_from([1, 1, 1_000_003])


def logs_differ(system: System, second: int, width: int, *pieces: list[int]) -> list[str]:
    system = with_ticks_of(system, second)
    simpy, compiled = (
        facts_of(engine, system, [cut * second for cut in where], width * second)
        for engine, where in zip(("simpy", "compiled"), pieces, strict=True)
    )
    return sorted({*differing(simpy, compiled)} - {"before"})


@pytest.mark.no_cover
@pytest.mark.slow
@settings(max_examples=250)
@given(timelines(), cuts, cuts, seconds)
def test_both_engines_give_the_same_log_through_all_changes(system, some_cuts, other_cuts, second):
    assert not logs_differ(system, second, 1, some_cuts, other_cuts)


@pytest.mark.no_cover
@pytest.mark.slow
@settings(max_examples=250)
@given(prepaid_timelines(), cuts, cuts, seconds, st.integers(1, 7))
def test_both_engines_give_the_same_log_and_book_of_a_prepaid_account(system, some_cuts, other_cuts, second, width):
    assert not logs_differ(system, second, width, some_cuts, other_cuts)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("prepaid", [False, True])
def test_both_engines_give_the_same_log_where_hundreds_of_calls_meet_changes(prepaid):
    rng = np.random.default_rng(12)
    for _ in range(4):
        groups = [Group(int(rng.integers(0, 60)), int(rng.integers(0, 60))) for _ in range(4)]
        dids = [Did(int(rng.choice([0, 2, 30])), 0, None, int(rng.integers(0, 4))) for _ in range(40)]
        calls = [
            RingingCall(
                int(did), int(rng.choice([-3, 4, 9, int(rng.integers(-5, 30))])), int(rng.integers(0, 3)), int(talk)
            )
            for did, talk in zip(rng.integers(0, 40, 2000), rng.integers(0, 40, 2000), strict=True)
        ]
        changes = [
            *(Change(int(at), int(rng.integers(0, 40)), Did(2, 2, 9, int(rng.integers(0, 4)))) for at in range(20)),
            *(Change(int(at), int(rng.integers(0, 4)), Group(20, int(rng.integers(0, 40)))) for at in range(3, 30, 3)),
        ]
        price = IntervalPrice(3, 2, Fraction(7), Fraction(5, 2))
        account = PrepaidAccount(6000, metered=[price] * 4, own=[None, price] * 20) if prepaid else None
        system = System(dids, groups, calls, sorted(changes, key=lambda one: one.at), account, -5, 30)
        assert not logs_differ(system, 1, 1, [3, 11], [])
        assert len({*facts_of("compiled", system)["outcome"]}) > 4
