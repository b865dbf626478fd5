"""The start of a scenario is the first instant of its timeline: R4 to R7 and M7 say the same of it as of a change."""

from __future__ import annotations

import pytest

import capsim

POOLS = {
    "standard": {"channels": 2, "flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}},
    "bare": {"coverage": "extended"},
}
GROUPS = {"desk": {"pool": "standard", "metered": 1}, "spare": {"pool": "standard", "metered": 1}}


def problems(dids, *changes, pools=POOLS, groups=GROUPS, **keys):
    try:
        capsim.Scenario(
            start="2026-01-01", duration="1 month", pools=pools, groups=groups, dids=dids, changes=list(changes), **keys
        )
    except capsim.ScenarioError as error:
        return list(error.problems)
    return []


def messages(found, rule):
    return [problem.message for problem in found if problem.rule == rule]


LONDON, NAIROBI, NOWHERE = {"country": "GB"}, {"country": "KE"}, {"mode": "DID+0"}
FIXED = {"country": "GB", "additional_capacity": False}
ONE, THREE, OF_BARE = ({"pool": pool, "channels": n} for pool, n in (("standard", 1), ("standard", 3), ("bare", 1)))


@pytest.mark.parametrize(
    ("rule", "written", "did", "change"),
    [
        ("R5", {"dedicated": THREE}, LONDON, {"assign": {"did": "a", "pool": "standard", "dedicated": 3}}),
        ("R6", {"dedicated": ONE}, NAIROBI, {"assign": {"did": "a", "pool": "standard", "dedicated": 1}}),
        ("R6", {"group": "desk"}, NAIROBI, {"join": {"did": "a", "group": "desk"}}),
        ("R6", {"dedicated": ONE}, NOWHERE, {"assign": {"did": "a", "pool": "standard", "dedicated": 1}}),
        ("R6", {"group": "desk"}, NOWHERE, {"join": {"did": "a", "group": "desk"}}),
        ("R7", {"dedicated": ONE}, FIXED, {"assign": {"did": "a", "pool": "standard", "dedicated": 1}}),
        ("R7", {"group": "desk"}, FIXED, {"join": {"did": "a", "group": "desk"}}),
        ("M7", {"dedicated": OF_BARE}, LONDON, {"assign": {"did": "a", "pool": "bare", "dedicated": 1}}),
    ],
)
def test_a_did_and_a_change_of_it_are_told_the_same(rule, written, did, change):
    start = messages(problems({"a": did | written}), rule)
    later = messages(problems({"a": did}, {"at": "1 h", **change}), rule)
    assert len(start) == 1
    assert start == later


@pytest.mark.parametrize(
    ("rule", "written", "before", "change"),
    [
        ("R4", {"shared": 3, "metered": 1}, {"metered": 1}, {"assign": {"group": "g", "shared": 3}}),
        ("R4", {"shared": 0, "metered": 0}, {"metered": 1}, {"set": {"group": "g", "metered": 0}}),
        ("M7", {"pool": "bare", "metered": 1}, {"metered": 1}, {"assign": {"group": "h", "metered": 1}}),
    ],
)
def test_a_group_and_a_change_of_it_are_told_the_same(rule, written, before, change):
    pools = POOLS | {"bare": {"flat_rate": {"monthly": 1}}}
    groups = {"h": {"pool": "bare", "shared": 1}}
    start = messages(problems({"a": {}}, pools=pools, groups={"g": {"pool": "standard"} | written}), rule)
    groups["g"] = {"pool": "standard"} | before
    later = messages(problems({"a": {}}, {"at": "1 h", **change}, pools=pools, groups=groups), rule)
    assert len(start) == 1
    assert start == later


def test_what_is_short_says_how_much_of_it_is_for_each_did():
    (problem,) = problems({"a": LONDON | {"count": 3, "dedicated": ONE}})
    assert (problem.path, problem.rule) == ("dids.a.dedicated.channels", "R5")
    assert "2 of its 2 channels left to assign (needed: 3: 1 for each of 3 DIDs)" in problem.message


def test_a_name_that_leads_nowhere_hides_no_other_problem_of_the_start():
    dids = {"a": LONDON | {"group": "dsk"}, "b": NAIROBI | {"group": "desk"}, "c": LONDON | {"dedicated": THREE}}
    found = problems(dids, groups=GROUPS | {"g": {"pool": "standrd", "metered": 0}})
    assert {(problem.path, problem.rule) for problem in found} == {
        ("dids.a.group", "R3"),
        ("dids.b.group", "R6"),
        ("dids.c.dedicated.channels", "R5"),
        ("groups.g.pool", "R4"),
        ("groups.g", "R4"),
    }


def test_what_several_need_is_told_once():
    assert [problem.path for problem in problems({"a": NOWHERE | {"dedicated": ONE, "group": "desk"}})] == [
        "dids.a.country"
    ]
    wanting = {name: LONDON | {"dedicated": OF_BARE} for name in "abc"}
    assert [(problem.path, problem.rule) for problem in problems(wanting)] == [("pools.bare", "M7")]


def test_what_a_change_adds_is_told_of_where_it_is_written_and_only_there():
    dids = {"a": LONDON, "b": NAIROBI | {"group": "desk", "dedicated": ONE}}
    found = problems(dids, {"at": "1 h", "add": {"did": "b"}})
    assert {(problem.path, problem.rule) for problem in found} == {
        ("dids.b.group", "R6"),
        ("dids.b.dedicated.pool", "R6"),
    }


def test_what_needs_no_channel_is_not_short_of_any():
    found = problems({"a": LONDON | {"dedicated": THREE}, "b": LONDON | {"dedicated": ONE | {"channels": 0}}})
    assert [problem.path for problem in found] == ["dids.a.dedicated.channels"]


@pytest.mark.parametrize("key", ["duration", "warm_up"])
@pytest.mark.parametrize("length", ["999999 months", "99999999 days"])
def test_a_length_beyond_the_calendar_is_an_error_like_any_other(key, length):
    keys = {"start": "2026-01-01", "duration": "1 month", key: length}
    dids = {"a": {"country": "GB", "activated": "2026-01-01"}}
    with pytest.raises(capsim.ScenarioError, match=rf"{key}: must be .* to 3660 days .*\[R15\]"):
        capsim.Scenario(**keys, dids=dids, billing={"owned": {}})


def test_more_dids_than_a_scenario_may_have_are_not_listed():
    """40 million of them would take gigabytes."""
    dids = {f"d{number}": {"count": 100_000} for number in range(400)}
    (problem,) = problems(dids, {"at": "1 h", "add": {"did": "d1"}}, goals={"dids": {"d1": 0.01}})
    assert "40,000,000 DIDs; allowed: at most 100,000" in problem.message
