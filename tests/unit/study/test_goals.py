"""Goals: met, missed, or not proven, by the interval."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import capsim
from capsim.estimates.busy_hour import BusyHour
from capsim.estimates.estimate import Estimate
from capsim.show.columns import cells
from capsim.studies.run.columns import goal_columns
from capsim.studies.run.goals import GOAL_KINDS, GoalKind, all_met, judged
from capsim.studies.run.rows import goal_rows
from tests.reference.scenarios import desk_with_branches


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(0.01, 0.02, "met"), (0.01, 0.03, "met"), (0.02, 0.031, "not proven"), (0.03, 0.04, "not proven"),
     (0.031, 0.04, "missed"), (math.nan, math.nan, "not proven")],
)  # fmt: skip
def test_the_whole_interval_has_to_keep_a_goal(low, high, status):
    assert judged(Estimate(0.02, low, high), 0.03) == status


def test_goals_are_of_all_calls_of_groups_of_dids_and_of_cost():
    goals = {
        "blocking": "90%", "each_group": "50%", "each_did": "1%", "dids": {"a": "30%", "b-2": {"blocking": "99%"}},
        "monthly_cost": 89,
    }  # fmt: skip
    found = capsim.simulate(desk_with_branches(goals=goals)).goals.set_index(["scope", "name"]).status
    assert found.to_dict() == {
        ("overall", ""): "met", ("group", "desk"): "met", ("did", "a"): "met", ("did", "b-1"): "missed",
        ("did", "b-2"): "met", ("cost", ""): "missed",
    }  # fmt: skip


def test_a_scenario_without_goals_has_none():
    result = capsim.simulate(desk_with_branches(goals=None))
    assert result.goals.empty
    assert result.to_dict()["goals"] == []
    assert all_met(result.goal_outcomes)


def test_one_replication_proves_nothing_of_blocking():
    result = capsim.simulate(desk_with_branches(goals={"blocking": "90%"}), replications=1)
    assert result.goals.status.tolist() == ["not proven"]
    assert not all_met(result.goal_outcomes)


def test_the_busy_hour_is_that_of_the_mean_day_and_the_busiest_days_are_its_five_largest():
    scenario = desk_with_branches(goals=None, start="2026-11-02 06:00", duration="192 h", timezone="Europe/London")
    calls = np.ones((2, 192), np.int64)
    calls[:, 5::24] = 10  # 11 o'clock
    calls[0, 3] = 200  # one odd hour at 9 o'clock: 200 + 7 x 1 and 8 in the other replication, against 80 and 80
    for replication, days in enumerate(((1, 2, 3, 4, 5), (0, 1, 4, 6, 7))):
        calls[replication, [5 + 24 * day for day in days]] += 7
    busy = BusyHour.of(scenario, calls)
    assert busy.hour == 11
    assert np.flatnonzero(busy.chosen[0]).tolist() == [5 + 24 * day for day in range(8)]
    assert np.flatnonzero(busy.busiest[1]).tolist() == [5 + 24 * day for day in (0, 1, 4, 6, 7)]


def test_the_hour_of_the_day_is_local_where_clocks_change():
    scenario = desk_with_branches(goals=None, start="2026-03-28", duration="2 days", timezone="Europe/London")
    calls = np.ones((1, 47), np.int64)
    calls[0, [10, 24 + 9]] = 5  # 10 o'clock on both days: the second has no 01:00
    assert BusyHour.of(scenario, calls).hour == 10


def test_blocking_of_the_busy_hour_is_counted_by_the_hour():
    profile = {"day": {"0-9": 0.2, "9-10": 1.0, "10-24": 0.2}}
    scenario = desk_with_branches(goals={"busy_hour": "1%", "busiest_days": "7%"}, duration="10 days")
    scenario = scenario.override({"dids.a.traffic.profile": profile, "dids.b": None, "dids.a.traffic.erlangs": 6})
    result = capsim.simulate(scenario, keep_calls=True)
    calls = result.calls
    busy = calls[calls.arrival.dt.hour == 9]
    found = {one.scope: one.found for one in result.goal_outcomes}
    assert found["busy hour"].mean == pytest.approx(busy.tier.isna().mean(), abs=1e-12)
    assert found["busiest days"].mean > found["busy hour"].mean
    counts = busy.groupby(["replication", busy.arrival.dt.date]).tier.agg(["size", lambda tier: tier.isna().sum()])
    worst = counts.sort_values("size", ascending=False, kind="stable").groupby(level=0).head(5)
    assert found["busiest days"].mean == pytest.approx(worst.iloc[:, 1].sum() / worst["size"].sum(), rel=0.1)


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ({}, "goals: needs a goal"),
        ({"blocking": "101%"}, "goals.blocking: must be a share"),
        ({"blokcing": "1%"}, "did you mean 'blocking'?"),
        ({"groups": {"dest": "1%"}}, "goals.groups.dest: there is no group 'dest'; did you mean 'desk'?"),
        ({"dids": {"c": "1%"}}, "goals.dids.c: there is no DID 'c'"),
        ({"groups": {"desk": {"cost": 3}}}, "needs one key, blocking (got cost)"),
        ({"monthly_cost": -1}, "goals.monthly_cost"),
    ],
)
def test_goals_that_make_no_sense_are_errors(goals, words):
    with pytest.raises(capsim.ScenarioError) as caught:
        desk_with_branches(goals=goals)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("goals", "status"), [("{blocking: 99%}", 0), ("{blocking: 0.01%}", 1), ("{monthly_cost: 1}", 1)]
)
def test_check_exits_with_1_unless_all_goals_are_met(cli, tmp_path, goals, status):
    file = tmp_path / "s.yaml"
    text = (
        "start: 2026-11-02\nduration: 1 day\nreplications: 3\ndids: {a: {included: 2, fees: {monthly: 2}, traffic: "
        f"{{erlangs: 2, holding: {{distribution: exponential, mean: 3 min}}}}}}}}\ngoals: {goals}\n"
    )
    file.write_text(text, "utf-8")
    assert cli("run", file).status == 0
    said = cli("run", file, "--check")
    assert said.status == status
    assert "Goals (" in said.out
    assert ("--check: 1 missed" in said.err) == bool(status)
    assert len(json.loads(cli("run", file, "--json").out)["goals"]) == 1


def test_check_needs_goals(cli):
    said = cli("run", "scenarios/first.yaml", "--check")
    assert said.status == 2
    assert "--check needs goals" in said.err


def test_goals_are_written_with_the_tables(cli, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "start: 2026-11-02\nduration: 1 day\nreplications: 2\ndids: {a: {}}\ngoals: {monthly_cost: 1}\n", "utf-8"
    )
    assert cli("run", file, "--out", tmp_path / "o").status == 0
    assert (tmp_path / "o" / "goals.csv").read_text("utf-8").startswith("scope,name,goal,mean,low,high,status\ncost,,1")


def test_goals_of_nobody_are_not_met_in_silence(cli, tmp_path):
    file = tmp_path / "s.yaml"
    text = "start: 2026-11-02\nduration: 1 day\nreplications: 2\ndids: {a: {}}\ngoals: {each_group: 0.1%}\n"
    file.write_text(text, "utf-8")
    assert cli("run", file).status == 0
    assert cli("run", file, "--check").status == 2


def test_a_number_that_nobody_calls_needs_no_proof_unless_it_is_named():
    silent = {"dids.c": {"included": 1}}
    assert set(capsim.simulate(desk_with_branches(goals={"each_did": "99.9%"}).override(silent)).goals.name) == {
        "a",
        "b-1",
        "b-2",
    }
    named = capsim.simulate(
        desk_with_branches(goals={"dids": {"c": "1%"}}, dids={"c": {"included": 1}, "a": {"included": 1}})
    )
    assert named.goals.status.tolist() == ["not proven"]


def test_a_kind_of_goal_is_a_line_of_the_table(monkeypatch):
    """A new kind shows in frames, JSON, text and plans without a change to them."""

    def find(_result, goals, _level):
        if goals.monthly_cost is not None:
            yield "", 0.5, Estimate(0.4, 0.3, 0.45)

    monkeypatch.setattr(
        "capsim.studies.run.goals.GOAL_KINDS", (*GOAL_KINDS, GoalKind("fees", "Share of fees", False, find))
    )
    scenario = desk_with_branches(goals={"blocking": "99%", "monthly_cost": 1000})
    result = capsim.simulate(scenario, replications=2)
    assert result.goals.scope.tolist() == ["overall", "cost", "fees"]
    assert result.to_dict()["goals"][-1]["status"] == "met"
    rows, _ = goal_rows(result.goal_outcomes)
    assert cells(goal_columns("USD"), rows)[-1][0] == "Share of fees"
    assert [one.scope for one in capsim.plan(scenario, budget=1e5).goal_outcomes] == ["overall", "cost", "fees"]


@pytest.mark.parametrize(
    ("low", "high", "status"), [(0.9, 0.99, "met"), (0.89, 0.99, "not proven"), (0.7, 0.89, "missed")]
)
def test_a_goal_may_be_the_least_figure_accepted(low, high, status):
    assert judged(Estimate((low + high) / 2, low, high), 0.9, at_least=True) == status
