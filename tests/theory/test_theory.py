"""The engine against theory: exact chains, and nested Erlang B whatever the holding distribution."""

from __future__ import annotations

import pytest

import capsim
from capsim.analysis import erlang_b
from capsim.engines import simpy_engine
from tests.theory.ladders import score_ladders, table

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

LADDERS = 60


@pytest.fixture(scope="module")
def scores():
    return score_ladders(LADDERS, seed=2026)


def test_intervals_hold_the_exact_value_as_often_as_they_say(scores):
    total, inside = sum(s.total for s in scores.values()), sum(s.inside for s in scores.values())
    assert total > 300
    assert 0.90 < inside / total < 0.985, table(scores)


def test_estimates_are_not_biased(scores):
    for name, score in scores.items():
        if score.total >= 15:
            assert abs(score.bias) < 4, (name, table(scores))


def test_every_kind_of_figure_was_compared(scores):
    assert {"blocking overall", "blocking of a DID", "Erlangs, metered", "cause did_limit"} <= set(scores)


@pytest.mark.parametrize("broken", ["metered before shared", "one channel too many", "limits ignored"])
def test_the_check_fails_when_a_rule_is_broken_on_purpose(broken, monkeypatch):
    admit = simpy_engine.admit
    rules = {
        "metered before shared": lambda i, d, s, m, did, group, funds: (
            3 if min(did, group) > 0 and max(i, d) <= 0 and m > 0 else admit(i, d, s, m, did, group, funds)
        ),
        "one channel too many": lambda i, d, s, m, did, group, funds: (
            admit(i, d, s, m, did, group, funds) if s != 1 else admit(i, d, 0, m, did, group, funds)
        ),
        "limits ignored": lambda i, d, s, m, _did, _group, funds: admit(i, d, s, m, 1, 1, funds),
    }
    monkeypatch.setattr(simpy_engine, "admit", rules[broken])
    scores = score_ladders(20, seed=2026, engine="simpy")
    total, inside = sum(s.total for s in scores.values()), sum(s.inside for s in scores.values())
    assert inside / total < 0.88, table(scores)


@pytest.mark.parametrize(
    "holding",
    [
        {"distribution": "exponential", "mean": "3 min"},
        {"distribution": "deterministic", "mean": "3 min"},
        {"distribution": "lognormal", "mean": "3 min", "cv": 1.5},
        {"distribution": "gamma", "mean": "3 min", "cv": 0.6},
        {"distribution": "hyperexponential", "mean": "3 min", "cv": 2},
        {"distribution": "empirical", "values": ["1 min", "5 min"]},
    ],
    ids=lambda holding: holding["distribution"],
)
def test_one_dids_ladder_is_nested_erlang_b_whatever_the_holding_distribution(holding):
    load = 4.0
    scenario = capsim.Scenario(
        start="2026-01-05",
        duration="6 days",
        warm_up="3 h",
        seed=5,
        replications=10,
        pools={"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}},
        groups={"g": {"pool": "standard", "shared": 2, "metered": 1}},
        dids={
            "a": {
                "country": "GB",
                "mode": "DID+2",
                "dedicated": {"pool": "standard", "channels": 1},
                "group": "g",
                "traffic": {"erlangs": load, "holding": holding},
            }
        },
    )
    result = capsim.simulate(scenario)
    below = 1.0
    for tier, upto in (("included", 2), ("dedicated", 3), ("shared", 5), ("metered", 6)):
        above = float(erlang_b(load, upto))
        exact = load * (below - above)
        row = result.tiers.loc[tier]
        width = row.erlangs_high - row.erlangs_low
        assert abs(row.erlangs - exact) < 0.9 * width, (tier, exact, row.erlangs, width)
        assert width < 0.06
        below = above
    blocking = result.totals.loc["blocking"]
    assert abs(blocking["mean"] - below) < 0.9 * (blocking.high - blocking.low)


def test_the_bound_for_no_blocked_calls_holds_although_calls_are_lost_in_clusters():
    """Of short runs without a blocked call, at most 5% of all runs have a bound below the true blocking."""
    load, channels, missed, silent, runs = 14.0, 26, 0, 0, 300
    true = float(erlang_b(load, channels))
    scenario = capsim.Scenario(
        start="2026-01-05",
        duration="5 h",
        warm_up="30 min",
        replications=2,
        dids={
            "a": {
                "included": channels,
                "traffic": {"erlangs": load, "holding": {"distribution": "exponential", "mean": "3 min"}},
            }
        },
    )
    naive = 0
    for seed in range(runs):
        figures = capsim.simulate(scenario, seed=seed).samples.totals
        blocking, offered = figures["blocking"].one(), figures["offered"].one().mean * 2
        if blocking.mean == 0:
            silent += 1
            missed += blocking.high < true
            naive += 2.9957 / offered < true
    assert silent > 20, "the test must see runs without a blocked call"
    assert missed / runs <= 0.05, (missed, silent, naive)
