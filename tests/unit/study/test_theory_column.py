"""The theory column: which formula applies, what it says, and why none does."""

from __future__ import annotations

import math

import pytest

import capsim
from capsim.analysis import erlang_b, gamma_mixture_blocking

EXPONENTIAL = {"distribution": "exponential", "mean": "3 min"}
REDIAL = {"probability": 0.5, "delay": "1 min", "attempts": 2}
LOGNORMAL = {"distribution": "lognormal", "mean": "3 min", "cv": 1.5}


def run(dids, groups=None, replications=12, **keys):
    pools = {"one": {"coverage": ["GB"], "flat_rate": {"monthly": 1}, "metered": {"rate": "0.01"}}}
    usual = {
        "start": "2026-11-02",
        "duration": "3 days",
        "warm_up": "3 h",
        "pools": pools,
        "groups": groups or {},
        "dids": dids,
    }
    return capsim.simulate(capsim.Scenario(**usual | keys), replications)


def did(erlangs=3.0, holding=EXPONENTIAL, traffic=None, **keys):
    return {
        "country": "GB",
        "traffic": {"erlangs": erlangs, "holding": holding} | (traffic or {}),
        "included": 0,
    } | keys


def the(result):
    (found,) = result.theory_found
    return found


def test_one_number_alone_is_erlang_b_whatever_its_holding_times():
    found = the(run({"a": did(holding=LOGNORMAL, included=4)}))
    assert (found.scope, found.name, found.method) == ("did", "a", "Erlang B")
    assert found.value == pytest.approx(erlang_b(3.0, 4))
    assert abs(found.z) < 4


def test_ringing_holds_a_channel_and_is_part_of_the_load():
    ring = {"ring": {"distribution": "deterministic", "mean": "20 s"}, "answered": 0.5}
    found = the(run({"a": did(traffic=ring, included=3)}))
    calls_per_hour = 3 * 20
    assert found.value == pytest.approx(erlang_b(calls_per_hour * (20 + 90) / 3600, 3))
    assert abs(found.z) < 4


def test_one_number_of_a_group_has_its_whole_ladder():
    groups = {"g": {"pool": "one", "shared": 1, "metered": 1}}
    found = the(run({"a": did(group="g", included=2)}, groups))
    assert (found.scope, found.method) == ("group", "Erlang B")
    assert found.value == pytest.approx(erlang_b(3.0, 4))


def test_numbers_without_channels_of_their_own_pool_their_load():
    groups = {"g": {"pool": "one", "shared": 6}}
    found = the(run({"a": did(2, group="g"), "b": did(2, LOGNORMAL, group="g", count=2)}, groups))
    assert found.method == "Erlang B"
    assert found.value == pytest.approx(erlang_b(6.0, 6))
    assert abs(found.z) < 4


def test_small_groups_of_exponential_calls_have_an_exact_chain():
    groups = {"g": {"pool": "one", "shared": 2, "metered": 1}}
    found = the(run({"a": did(2, group="g", included=1), "b": did(1, group="g", included=2)}, groups))
    assert found.method == "exact chain"
    assert "states" in found.note
    assert abs(found.z) < 4


def test_limits_in_small_groups_have_one_too():
    groups = {"g": {"pool": "one", "shared": 3, "capacity_limit": 4}}
    found = the(run({"a": did(2, group="g", included=1), "b": did(1, group="g", included=2, capacity_limit=2)}, groups))
    assert found.method == "exact chain"
    assert abs(found.z) < 4
    other = the(run({"a": did(2, LOGNORMAL, group="g", included=1), "b": did(1, group="g", included=2)}, groups))
    assert other.method is None
    assert "capacity limit (R9)" in other.note


def test_overflow_of_many_numbers_is_equivalent_random():
    groups = {"g": {"pool": "one", "shared": 8}}
    found = the(run({"a": did(1.5, LOGNORMAL, group="g", included=1, count=12)}, groups))
    assert found.method == "equivalent random"
    assert "Hayward" in found.note
    assert found.value == pytest.approx(found.simulated.mean, rel=0.15)


def test_days_with_a_random_factor_are_a_mixture():
    found = the(run({"a": did(5, traffic={"day_factor": {"cv": 0.3}}, included=8)}, duration="20 days"))
    assert found.method == "Erlang B over gamma days"
    assert found.value == pytest.approx(gamma_mixture_blocking(5, 0.3, 8))
    assert abs(found.z) < 4


def test_profiles_have_a_modified_offered_load():
    profile = {"day": {"0-8": 0.2, "8-12": 1.5, "12-24": 0.8}}
    found = the(run({"a": did(4, traffic={"profile": profile}, included=6)}, duration="7 days"))
    assert found.method == "modified offered load"
    assert found.value == pytest.approx(found.simulated.mean, rel=0.1)


@pytest.mark.parametrize(
    ("dids", "groups", "keys", "why"),
    [
        ({"a": did(included=2)}, {}, {"account": {"balance": 10}}, "balance"),
        ({"a": did(traffic={"redial": REDIAL}, included=2)}, {}, {}, "try again"),
        ({"a": did(included=2)}, {}, {"changes": [{"at": "2026-11-03", "end": {"did": "a"}}]}, "capacity changes"),
        (
            {"a": did(group="g", included=1, traffic={"profile": {"day": 1}}), "b": did(group="g", included=1)},
            {"g": {"pool": "one", "shared": 2}}, {}, "rates vary, and DIDs have channels of their own",
        ),
        (
            {"a": did(group="g", traffic={"day_factor": {"cv": 0.3}}), "b": did(group="g")},
            {"g": {"pool": "one", "shared": 5}}, {}, "random factors",
        ),
    ],
)  # fmt: skip
def test_where_no_formula_applies_it_says_why(dids, groups, keys, why):
    found = the(run(dids, groups, replications=2, **keys))
    assert found.method is None
    assert math.isnan(found.value)
    assert why in found.note
    assert found.to_dict()["blocking"] is None


def test_recorded_calls_have_no_formula(tmp_path):
    (tmp_path / "c.csv").write_text("start,duration\n2026-11-02 09:00:00,60\n", "utf-8")
    result = run({"a": {"included": 1}}, replay={"calls": str(tmp_path / "c.csv")})
    assert result.theory_found == ()
    assert result.to_dict()["theory"] is None


def test_the_frame_and_the_json_have_the_same(cli, tmp_path):
    result = run({"a": did(included=4)})
    assert list(result.theory.columns) == ["scope", "name", "method", "theory", "simulated", "low", "high", "z", "note"]
    row = result.to_dict()["theory"]["blocking"][0]
    assert row["method"] == "Erlang B"
    assert row["blocking"] == pytest.approx(result.theory.theory[0], rel=1e-5)
    file = tmp_path / "s.yaml"
    file.write_text(result.scenario.to_yaml(), "utf-8")
    assert "Theory: blocking by formula" in cli("run", file).out


def test_calls_as_long_as_hours_are_not_short_beside_a_day():
    long = {"distribution": "exponential", "mean": "20 h"}
    found = the(run({"a": did(5, long, {"day_factor": {"cv": 0.3}}, included=8)}, replications=2))
    assert found.method is None
    assert "as long as hours" in found.note


def test_a_short_horizon_without_a_warm_up_is_warned_of():
    long = {"distribution": "exponential", "mean": "8 h"}
    found = the(run({"a": did(5, long, included=6)}, replications=2, duration="1 day", warm_up="0 s"))
    assert "the empty start counts" in found.note


@pytest.mark.parametrize(("mean", "method"), [("0 s", None), ("3 min", "modified offered load")])
def test_rates_that_vary_over_odd_times_and_calls_of_no_length_are_no_trouble(mean, method):
    traffic = {"calls_per_hour": 60, "holding": {"distribution": "deterministic", "mean": mean}, "growth": "5%"}
    one = {"country": "GB", "included": 3, "traffic": traffic}
    found = the(run({"a": one}, replications=2, duration="30 min", warm_up="20 min"))
    assert found.method == method
    assert method is None or 0 < found.value < 1


def test_a_number_that_joins_a_group_later_is_not_listed_as_one_without():
    found = capsim.simulate(capsim.load("scenarios/quarter.yaml").override({"replications": 1}))
    assert [(one.scope, one.name) for one in found.theory_found] == [("group", "desk")]
