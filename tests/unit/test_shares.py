"""Shares as users write them: numbers, percentages, and blocking above 20% only with a percent sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import capsim
from capsim.shares import asked_blocking, asked_share, parse_blocking, parse_share


@pytest.mark.parametrize(
    ("value", "share"), [(0.005, 0.005), ("0.5%", 0.005), ("0.5 %", 0.005), (0, 0), (1, 1), ("100%", 1)]
)
def test_a_share_is_a_number_or_a_percentage(value, share):
    assert parse_share(value) == share


@pytest.mark.parametrize(
    "value", [-0.1, 1.1, "101%", "-1%", "x", "", "0.5", "%", True, None, float("nan"), "nan%", "1e9%"]
)
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ValueError, match="must be a share from 0 to 1"):
        parse_share(value)


@given(st.floats(0, 1))
def test_a_bare_blocking_is_taken_up_to_a_fifth(value):
    if value <= 0.2:
        assert parse_blocking(value) == value
    else:
        with pytest.raises(ValueError, match="percent sign"):
            parse_blocking(value)


def test_a_bare_blocking_above_a_fifth_asks_which_of_two_is_meant():
    with pytest.raises(ValueError, match=r"write 50% if that is meant, or 0.5% for 0.005"):
        parse_blocking(0.5)
    assert parse_blocking("50%") == 0.5


@pytest.mark.parametrize("value", ["0.5", 0.5, "abc", "-1", "1e400", "٣%"])
def test_an_argument_that_is_no_blocking_is_named(value):
    with pytest.raises(capsim.InputError, match=r"--max-blocking: .*got"):
        asked_blocking(value, "--max-blocking")


def test_the_text_of_a_bare_number_counts_as_the_number():
    assert asked_blocking("0.001", "x") == asked_blocking(0.001, "x") == asked_blocking("0.1%", "x") == 0.001
    assert asked_share("0.5", "x") == 0.5
    assert asked_share(None, "x") is None


BLOCKING_GOALS = [
    {"blocking": 0.5}, {"busy_hour": 0.3}, {"busiest_days": 1}, {"each_group": 0.21}, {"each_did": 0.9},
    {"groups": {"desk": 0.5}}, {"groups": {"desk": {"blocking": 0.5}}}, {"dids": {"sales": 0.5}},
]  # fmt: skip


@pytest.mark.parametrize("goals", BLOCKING_GOALS)
def test_every_goal_on_blocking_asks_for_the_percent_sign(goals):
    scenario = capsim.load("scenarios/first.yaml")
    with pytest.raises(capsim.ScenarioError, match="percent sign"):
        scenario.override({"goals": goals})


def test_other_shares_stay_bare_numbers():
    traffic = {"dids.sales.traffic.redial": {"probability": 0.9, "delay": "1 min", "attempts": 2}}
    capsim.load("scenarios/first.yaml").override(traffic)


@pytest.mark.parametrize("study", [capsim.plan, capsim.frontier])
def test_python_takes_blocking_as_a_percentage(study):
    scenario = capsim.load("scenarios/first.yaml").override({"duration": "1 day", "replications": 2})
    options = {"budget": 1e5} if study is capsim.plan else {"max_shared": 4}
    texts, numbers = (study(scenario, max_blocking=value, **options).to_dict() for value in ("5%", 0.05))
    assert texts == numbers
    with pytest.raises(capsim.InputError, match=r"max_blocking: .*percent sign"):
        study(scenario, max_blocking=0.5)
