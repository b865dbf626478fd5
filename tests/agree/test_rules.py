"""Admission (R1, R9, R13, R14): each engine against the reference model, call by call, on traffic full of ties."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from capsim.engines import ENGINES, get_engine, simpy_engine
from capsim.records import OUTCOMES, join_logs
from tests.reference.admission import Call, Did, Group, serve
from tests.reference.small_systems import random_small_system, schedule_of, table_of, tables_of


@pytest.fixture(params=ENGINES)
def engine(request) -> str:
    return request.param


def outcomes_of(dids, groups, calls, engine: str = "simpy", pieces: int = 1) -> list[str]:
    """Outcomes in the order of arrivals."""
    edges = np.linspace(0, 30, pieces + 1).astype(int).tolist()
    log = join_logs(list(get_engine(engine)(tables_of(calls, len(dids), edges), schedule_of(dids, groups))))
    assert (log.end >= log.calls.arrival).all()
    return [OUTCOMES[code] for code in log.outcome[log.calls.order]]


def reference_outcomes(dids, groups, calls) -> list[str]:
    serve(calls, dids, groups)
    return [call.outcome for call in sorted(calls, key=lambda call: (call.arrival, call.did))]


def test_a_call_that_ends_frees_its_channel_for_one_that_arrives_at_that_instant(engine):
    calls = [Call(0, 0, 10), Call(0, 10, 5), Call(0, 12, 5)]
    assert outcomes_of([Did(included=1)], [], calls, engine) == ["included", "included", "capacity_exceeded"]


def test_at_one_instant_the_did_that_comes_first_in_the_scenario_gets_the_last_channel(engine):
    dids, groups = [Did(group=0), Did(group=0)], [Group(shared=1)]
    calls = [Call(1, 5, 3), Call(0, 5, 3)]
    assert outcomes_of(dids, groups, calls, engine) == ["shared", "capacity_exceeded"]


def test_a_call_of_zero_length_frees_its_channel_before_the_next_arrival_of_that_instant(engine):
    calls = [Call(0, 5, 0), Call(0, 5, 4), Call(0, 5, 4)]
    assert outcomes_of([Did(included=1)], [], calls, engine) == ["included", "included", "capacity_exceeded"]


@pytest.mark.no_cover
@pytest.mark.slow
def test_every_outcome_and_every_kind_of_tie_agrees_with_the_reference_model(engine):
    rng = np.random.default_rng(20261102)
    seen, ties = Counter(), Counter()
    for _ in range(600):
        dids, groups, calls = random_small_system(rng)
        assert outcomes_of(dids, groups, calls, engine) == reference_outcomes(dids, groups, calls)
        seen.update(call.outcome for call in calls)
        ties.update(tie for call in calls for tie in call.ties)
    assert set(seen) == set(OUTCOMES) - {"no_balance"}, seen
    assert len(ties) == 4, ties
    assert min(ties.values()) > 100, ties


def test_the_pieces_that_calls_come_in_do_not_matter(engine):
    rng = np.random.default_rng(7)
    for _ in range(60):
        dids, groups, calls = random_small_system(rng)
        assert outcomes_of(dids, groups, calls, engine, 1) == outcomes_of(dids, groups, calls, engine, 6)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "broken",
    ["shared before dedicated", "ends after arrivals", "limits ignored", "the group's limit first"],
)
def test_the_comparison_fails_when_a_rule_is_broken_on_purpose(broken, monkeypatch):
    admit = simpy_engine.admit
    rules = {
        "shared before dedicated": lambda i, d, s, m, did, group, funds: (
            2 if min(did, group) > 0 and i <= 0 and s > 0 else admit(i, d, s, m, did, group, funds)
        ),
        "limits ignored": lambda i, d, s, m, did, group, funds: admit(i, d, s, m, 1, 1, funds),
        "the group's limit first": lambda i, d, s, m, did, group, funds: (
            6 if group <= 0 else admit(i, d, s, m, did, group, funds)
        ),
    }
    if broken in rules:
        monkeypatch.setattr(simpy_engine, "admit", rules[broken])
    else:
        monkeypatch.setattr(simpy_engine, "CALL_ENDS", 2**61)
    rng = np.random.default_rng(20261102)
    cases = (random_small_system(rng) for _ in range(600))
    assert any(outcomes_of(*case) != reference_outcomes(*case) for case in cases)


def test_channels_are_numbered_from_one_and_the_lowest_idle_one_is_taken(engine):
    calls = [Call(0, 0, 10), Call(0, 1, 2), Call(0, 4, 3), Call(0, 5, 3)]
    plan = schedule_of([Did(included=3)], [])
    log = next(iter(get_engine(engine)([table_of(calls, 1, 0, 30)], plan, numbered=True)))
    assert log.channel.tolist() == [1, 2, 2, 3]


def test_the_channels_are_held_by_simpy_resources():
    exchange = simpy_engine.Exchange(schedule_of([Did(2, 1, None, 0)], [Group(3, 4)]), 0, None)
    tiers = [exchange.dids[0].tier(verdict) for verdict in range(4)]
    assert all(isinstance(tier, simpy_engine.BaseResource) for tier in tiers)
    assert [tier.capacity for tier in tiers] == [2, 1, 3, 4]
