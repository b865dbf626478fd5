"""Plans: what is decided, what is proven, and what is said of it."""

from __future__ import annotations

import json

import pytest

import capsim
from capsim.scenario import load
from tests.reference.scenarios import desk_to_plan, traffic_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    return capsim.plan(desk_to_plan(), 0.01)


def test_the_plan_is_proven_with_fresh_seeds(found):
    assert found.best.status == "proven"
    assert found.result.seed != desk_to_plan().seed
    assert found.result.totals.loc["blocking", "high"] < 0.01
    assert found.result.cost_estimates["monthly"].mean < found.current.cost_estimates["monthly"].mean
    assert found.difference.monthly.high < 0


def test_included_channels_that_cost_less_than_flat_rate_ones_are_taken(found):
    assert found.mix["dids.a.mode"] == "DID+2"
    assert found.changes["dids.a.mode"] == "DID+2"
    dear = capsim.plan(desk_to_plan().override({"dids.a.fees.monthly": {"DID+2": "40.80", "DID+0": "0.80"}}), 0.01)
    assert dear.mix["dids.a.mode"] == "DID+0"


def test_a_mode_without_a_price_is_not_chosen():
    found = capsim.plan(desk_to_plan().override({"dids.a.fees.monthly": 0}), 0.01)
    assert not [path for path in found.mix if path.endswith("mode")]


def test_runners_up_cost_no_less_and_have_the_same_calls(found):
    assert found.runners_up
    for trial in found.runners_up:
        assert trial.result.seed == found.result.seed
        assert trial.result.replications == found.result.replications
        assert trial.result.totals.loc["offered", "mean"] == found.result.totals.loc["offered", "mean"]


def test_the_planned_scenario_can_be_run_and_saved(found, tmp_path):
    file = tmp_path / "planned.yaml"
    file.write_text(found.planned.to_yaml(), "utf-8")
    again = capsim.simulate(load(file), replications=found.result.replications, seed=found.result.seed)
    assert again.totals.loc["blocking", "mean"] == found.result.totals.loc["blocking", "mean"]
    assert again.cost_totals == found.result.cost_totals


def test_a_stricter_target_costs_no_less():
    loose, strict = (capsim.plan(desk_to_plan(), share) for share in (0.05, 0.001))
    assert loose.result.cost_estimates["monthly"].mean <= strict.result.cost_estimates["monthly"].mean
    assert strict.one_more_nine is not None
    assert strict.one_more_nine.monthly >= strict.best.choice.monthly
    assert strict.all_calls.blocking == 0
    assert strict.all_calls.monthly >= strict.one_more_nine.monthly


def test_a_price_break_is_bought_into_where_it_makes_the_whole_cheaper():
    """7 channels at 15.00 are 105.00; from 8 on each costs 11.00: 8 are 88.00."""
    plain = {"coverage": ["GB"], "flat_rate": {"monthly": "15"}}
    breaks = {"coverage": ["GB"], "flat_rate": {"monthly": "15", "breaks": [{"from": 8, "monthly": "11"}]}}
    did = {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic_of(3)}
    groups = {"desk": {"pool": "one", "shared": 12}}
    needed = capsim.plan(desk_to_plan(pools={"one": plain}, groups=groups, dids={"a": did}), 0.05)
    assert needed.mix["groups.desk.shared"] == 7
    assert needed.result.cost_estimates["flat_rate"].mean == 105.0
    found = capsim.plan(desk_to_plan(pools={"one": breaks}, groups=groups, dids={"a": did}), 0.05)
    assert found.mix.get("pools.one.channels", found.mix["groups.desk.shared"]) == 8
    assert found.result.cost_estimates["flat_rate"].mean == 88.0


def test_a_number_without_a_group_gets_dedicated_channels():
    did = {"country": "GB", "mode": "DID+2", "traffic": traffic_of(3), "count": 2, "fees": {"monthly": 1}}
    found = capsim.plan(desk_to_plan(groups={}, dids={"a": did}), 0.01)
    assert found.mix == {"dids.a.dedicated": {"pool": "one", "channels": 6}}
    assert found.planned.assigned_channels("one") == 12
    one_less = found.planned.override({"dids.a.dedicated.channels": 5})
    assert capsim.simulate(one_less, replications=30).totals.loc["blocking", "low"] > 0.01


def test_each_group_and_each_number_may_have_the_target():
    groups = {"desk": {"pool": "one", "shared": 12}, "shop": {"pool": "one", "shared": 12}}
    dids = {
        "a": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic_of(4)},
        "b": {"country": "GB", "mode": "DID+0", "group": "shop", "traffic": traffic_of(0.5)},
    }  # fmt: skip
    scenario = desk_to_plan(groups=groups, dids=dids)
    overall, group = (capsim.plan(scenario, 0.01, scope) for scope in ("overall", "group"))
    assert all(one.status == "met" for one in group.result.goal_outcomes)
    assert {one.name for one in group.result.goal_outcomes} == {"desk", "shop"}
    assert group.result.cost_estimates["monthly"].mean >= overall.result.cost_estimates["monthly"].mean
    each = capsim.plan(scenario, 0.01, "did")
    assert {one.name for one in each.result.goal_outcomes} == {"a", "b"}


def test_the_busy_hour_may_have_a_target_of_its_own():
    profile = {"day": {"0-9": 0.1, "9-11": 1.0, "11-24": 0.3}}
    scenario = desk_to_plan().override({"dids.a.traffic.profile": profile, "dids.a.traffic.erlangs": 6})
    day, hour = capsim.plan(scenario, 0.02), capsim.plan(scenario, None, busy_hour=0.02)
    (outcome,) = hour.result.goal_outcomes
    assert outcome.scope == "busy hour"
    assert outcome.found.high <= 0.02
    assert hour.result.cost_estimates["monthly"].mean > day.result.cost_estimates["monthly"].mean
    both = capsim.plan(scenario, 0.02, busy_hour=0.01, busiest_days=0.07)
    assert all(one.status == "met" for one in both.result.goal_outcomes)


def test_goals_of_the_scenario_are_the_target_where_none_is_asked_for():
    found = capsim.plan(desk_to_plan(goals={"blocking": "2%", "groups": {"desk": "3%"}}))
    assert (found.target.blocking, found.target.goals.groups) == (0.02, {"desk": 0.03})
    assert found.best is not None
    with pytest.raises(capsim.InputError, match="say how much may be blocked"):
        capsim.plan(desk_to_plan())


def test_limits_and_redials_are_guessed_at_and_proven_by_simulation():
    redial = {"probability": 0.7, "delay": "1 min", "attempts": 3}
    scenario = desk_to_plan().override({"dids.a.traffic.redial": redial, "duration": "1 week"})
    found = capsim.plan(scenario, 0.02, n_jobs=1)
    assert any("is a guess, for callers who are blocked try again" in step for step in found.steps)
    assert found.best.status == "proven"
    assert found.planned.dids["a"].traffic.redial is not None


def test_what_no_channels_can_keep_is_not_proven():
    scenario = desk_to_plan().override({"dids.a.capacity_limit": 3, "duration": "1 day"})
    found = capsim.plan(scenario, 0.001)
    assert found.best is None
    assert found.mix == {}
    assert found.planned is None
    assert "No mix was proven" in found.verdict
    assert found.to_dict()["proven"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0,), "max_blocking: must be a share between 0% and 100%"),
        ((1.5,), "max_blocking"),
        ((0.01, "everyone"), "scope: must be one of overall, group, did"),
        ((None, "overall", 2.0), "busy_hour"),
    ],
)
def test_what_cannot_be_asked_is_an_error(arguments, words):
    with pytest.raises(capsim.InputError, match=words):
        capsim.plan(desk_to_plan(), *arguments)


def test_a_scenario_without_calls_has_nothing_to_plan():
    with pytest.raises(capsim.InputError, match="no calls to plan for"):
        capsim.plan(desk_to_plan(dids={"a": {"country": "GB", "group": "desk"}}), 0.01)


def test_recorded_calls_as_they_were_prove_nothing(tmp_path):
    (tmp_path / "c.csv").write_text("start,duration\n2026-11-02 09:00:00,60\n", "utf-8")
    scenario = desk_to_plan(dids={"a": {"country": "GB", "group": "desk"}}, replay={"calls": str(tmp_path / "c.csv")})
    with pytest.raises(capsim.InputError, match=r"replay\.days: recorded calls as they were prove nothing"):
        capsim.plan(scenario, 0.01)


def test_the_same_scenario_and_seed_give_the_same_plan(found):
    again = capsim.plan(desk_to_plan(), 0.01, n_jobs=1)
    assert json.dumps(again.to_dict()) == json.dumps(found.to_dict())


def test_pictures_and_frames(found, tmp_path):
    for name, axes in found.plot.all().items():
        assert axes.get_xlabel(), name
        axes.get_figure().savefig(tmp_path / f"{name}.png")
    assert found.to_frame().chosen.sum() == 1


def test_the_command_plans_proves_explains_and_saves(cli, tmp_path):
    file = tmp_path / "desk.yaml"
    file.write_text(desk_to_plan().to_yaml(), "utf-8")
    said = cli(
        "plan", file, "--max-blocking", "1%", "--explain", "--save", tmp_path / "p.yaml", "--out", tmp_path / "o"
    )
    assert said.status == 0
    assert "Cheapest proven: " in said.out
    assert "Step by step" in said.out
    assert "<- plan" in said.out
    assert cli("run", tmp_path / "p.yaml").status == 0
    assert {"plan.json", "planned.yaml", "mixes.csv"} <= {path.name for path in (tmp_path / "o").iterdir()}
    document = json.loads(cli("plan", file, "--max-blocking", "1%", "--json").out)
    assert document["target"]["blocking"] == 0.01
    assert set(document) >= {"scenario", "target", "mix", "blocking", "cost", "runners_up", "current"}
    assert document["blocking"]["high"] < 0.01


def test_the_command_exits_with_1_where_nothing_is_proven(cli, tmp_path):
    file = tmp_path / "desk.yaml"
    file.write_text(desk_to_plan().override({"dids.a.capacity_limit": 3, "duration": "1 day"}).to_yaml(), "utf-8")
    assert cli("plan", file, "--max-blocking", "0.1%", "-q").status == 1
    assert cli("plan", file).status == 2


def test_a_number_with_channels_to_spare_is_no_hindrance():
    spare = {"country": "GB", "included": 60, "traffic": traffic_of(0.2)}
    assert capsim.plan(desk_to_plan().override({"dids.c": spare}), 0.01).best is not None


def test_a_group_that_the_plan_drops_takes_its_goal_with_it():
    scenario = desk_to_plan(goals={"groups": {"desk": "90%"}}).override({"dids.a.mode": "DID+2", "duration": "2 days"})
    found = capsim.plan(scenario, "90%")
    assert found.mix["groups.desk"] is None
    assert found.planned.all_groups == {}


def test_nothing_needs_to_be_proven_of_numbers_and_groups_without_calls():
    scenario = desk_to_plan().override({"dids.c": {"country": "GB"}, "groups.idle": {"pool": "one", "metered": 1}})
    for scope in ("group", "did"):
        assert capsim.plan(scenario, 0.05, scope).best is not None


def test_a_break_may_be_bought_into_with_other_modes():
    """From 9 channels on each costs 5.00: 9 shared ones, and no included ones, are cheapest."""
    breaks = {"coverage": ["GB"], "flat_rate": {"monthly": "15", "breaks": [{"from": 9, "monthly": "5"}]}}
    scenario = desk_to_plan(pools={"one": breaks | {"metered": {"rate": "0.01"}}}).override(
        {"dids.a.traffic.erlangs": 3}
    )
    found = capsim.plan(scenario, 0.01)
    assert found.mix["dids.a.mode"] == "DID+0"
    assert found.result.cost_estimates["flat_rate"].mean == 45.0


def test_that_nothing_is_blocked_in_the_busy_hour_cannot_be_asked():
    with pytest.raises(capsim.InputError, match="no simulation can prove"):
        capsim.plan(desk_to_plan(goals={"busy_hour": 0}))
