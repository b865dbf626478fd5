"""Each of the rules R2 to R9, and the money rules that loading checks, has its own error at its own place."""

from __future__ import annotations

import itertools

import pytest

import capsim
from tests.reference.scenarios import numbers

POOL = {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}


def test_the_example_with_every_key_is_sound(broken):
    assert broken() == []


@pytest.mark.parametrize(
    ("changes", "rule", "path", "words"),
    [
        ([("mode: DID+0", "mode: DID+0\n    included: 3")], "R2", "dids.branch", "both mode and included"),
        ([("mode: DID+2  ", "mode: DID+3  ")], "R2", "dids.london.mode", "DID+2, DID+0, metered (got 'DID+3')"),
        ([("mode: DID+2  ", "included: -1")], "R2", "dids.london.included", "at least 0 (got -1)"),
        (
            [("mode: DID+0\n    group: support", "mode: DID+0\n    group: suport")],
            "R3",
            "dids.branch.group",
            "did you mean 'support'?",
        ),
        ([("count: 40", "count: 40\n    number: '+441'")], "R3", "dids.branch", "both number and count"),
        (
            [("shared: 10, metered: 100", "shared: 0, metered: 0")],
            "R4",
            "groups.support",
            "at least 1 shared or metered",
        ),
        ([("metered: 100", "metered: 1001")], "R4", "groups.support.metered", "at most 1,000 (got 1001)"),
        (
            [("shared: 10", "shared: 11")],
            "R4",
            "groups.support.shared",
            "10 of its 12 channels left to assign (needed: 11)",
        ),
        (
            [("{pool: standard, shared", "{pool: standrd, shared")],
            "R4",
            "groups.support.pool",
            "did you mean 'standard'?",
        ),
        (
            [("pool: standard, channels: 2", "pool: standard, channels: 13")],
            "R5",
            "dids.london.dedicated.channels",
            "12 of its 12 channels left to assign (needed: 13)",
        ),
        ([("channels: 12", "channels: -1")], "R5", "pools.standard.channels", "at least 0 (got -1)"),
        (
            [("country: GB\n    mode: DID+0", "country: KE\n    mode: DID+0")],
            "R6",
            "dids.branch.group",
            "does not cover KE",
        ),
        ([("country: GB\n    mode: DID+0", "mode: DID+0")], "R6", "dids.branch.country", "needs the DID's country"),
        (
            [("country: GB\n    mode: DID+0", "country: UK\n    mode: DID+0")],
            "R6",
            "dids.branch.country",
            "did you mean GB?",
        ),
        ([("coverage: standard ", "coverage: [GB, XX] ")], "R6", "pools.standard.coverage", "'XX'"),
        (
            [("additional_capacity: true", "additional_capacity: false")],
            "R7",
            "dids.london.dedicated",
            "no additional capacity",
        ),
        (
            [("mode: DID+0\n    group: support", "mode: metered\n    additional_capacity: false")],
            "R7",
            "dids.branch.mode",
            "no additional capacity",
        ),
        (
            [("capacity_limit: 40", "capacity_limit: 32768")],
            "R9",
            "dids.london.capacity_limit",
            "at most 32,767 (got 32768)",
        ),
        ([("capacity_limit: 40", "capacity_limit: 0")], "R9", "dids.london.capacity_limit", "at least 1 (got 0)"),
        ([("capacity_limit: 120", "capacity_limit: 0")], "R9", "groups.support.capacity_limit", "at least 1 (got 0)"),
        ([("first_interval: 60 s", "first_interval: 0 s")], "M3", "pools.standard.metered", "longer than 0 s"),
        ([("{DID+2: 4.80, DID+0: 0.80}", "{DID+0: 0.80}")], "M4", "dids.london", "needs a price for DID+2"),
        (
            [("{from: 30, setup: 0.00, monthly: 10.00}", "{from: 30, monthly: 9}, {from: 20, monthly: 8}")],
            "M5",
            "pools.standard.flat_rate",
            "rise",
        ),
        ([("currency: USD", "currency: USX")], "M6", "currency", "ISO 4217"),
        (
            [("    metered: {rate: 0.010, first_interval: 60 s, next_interval: 60 s, connection_fee: 0}\n", "")],
            "M7",
            "pools.standard",
            "no price",
        ),
        ([("monthly: 15.00", "monthly: -15.00")], "M1", "pools.standard.flat_rate.monthly", "from 0 to"),
        ([("start: 2026-11-02", "start: 2026-03-29 01:30")], "R15", "start", "the clocks go forward"),
        ([("duration: 1 month", "duration: 0 s")], "R15", "duration", "longer than 0 s"),
    ],
    ids=lambda value: value if isinstance(value, str) and value[0] in "RM" and len(value) < 4 else None,
)
def test_a_broken_rule_is_cited_where_it_is_broken(broken, changes, rule, path, words):
    problems = broken(*changes)
    assert (rule, path) in [(problem.rule, problem.path) for problem in problems], problems
    problem = next(one for one in problems if (one.rule, one.path) == (rule, path))
    assert words in problem.message


def did(**keys):
    return {
        "country": "GB",
        "traffic": {"calls_per_hour": 1, "holding": {"distribution": "exponential", "mean": "1 min"}},
    } | keys


def priced(dids, **keys):
    return numbers(dids, **{"pools": {"standard": POOL}, **keys})


def test_r8_metered_dids_share_the_group_pay_per_minute_with_100_channels():
    made = priced({"a": did(mode="metered"), "b": did(mode="metered")})
    assert made.all_groups["pay-per-minute"].metered == 100
    assert {one.entry.group_name for one in made.all_dids} == {"pay-per-minute"}
    assert made.dids["a"].included_channels == 0


def test_r8_the_group_can_be_changed_like_any_other_or_another_be_named():
    groups = {"pay-per-minute": {"pool": "standard", "metered": 7}, "other": {"pool": "standard", "metered": 3}}
    made = priced({"a": did(mode="metered"), "b": did(mode="metered", group="other")}, groups=groups)
    assert made.all_groups["pay-per-minute"].metered == 7
    assert made.dids["b"].group_name == "other"


def test_r8_needs_a_pool_of_the_name_standard():
    with pytest.raises(capsim.ScenarioError, match=r"pay-per-minute.*\[R8\]"):
        priced({"a": did(mode="metered")}, pools={"main": POOL})


def test_r6_the_seven_countries_are_in_extended_pools_only():
    for country in ["CO", "EC", "KE", "NI", "TH", "UG", "VE"]:
        groups = {"g": {"pool": "standard", "metered": 1}}
        with pytest.raises(capsim.ScenarioError, match=r"\[R6\]"):
            priced({"a": did(country=country, group="g")}, groups=groups)
        priced(
            {"a": did(country=country, group="g")}, groups=groups, pools={"standard": POOL | {"coverage": "extended"}}
        )


def test_r6_dedicated_channels_and_the_group_may_be_of_different_pools():
    pools = {"one": POOL, "two": POOL | {"coverage": ["GB"]}}
    priced(
        {"a": did(group="g", dedicated={"pool": "two", "channels": 1})},
        pools=pools,
        groups={"g": {"pool": "one", "shared": 1}},
    )


@pytest.mark.parametrize(("mode", "additions"), list(itertools.product(["DID+2", "DID+0"], range(8))))
def test_r2_all_combinations_are_sound(mode, additions):
    dedicated, shared, metered = (bool(additions & bit) for bit in (1, 2, 4))
    keys, extra = {}, {"mode": mode}
    if dedicated:
        extra["dedicated"] = {"pool": "standard", "channels": 1}
    if shared or metered:
        keys["groups"] = {"g": {"pool": "standard", "shared": int(shared), "metered": int(metered)}}
        extra["group"] = "g"
    made = priced({"a": did(**extra)}, **keys)
    assert made.assigned_channels("standard") == dedicated + shared


def test_r5_a_pool_that_names_no_channels_has_as_many_as_are_assigned():
    made = priced(
        {"a": did(count=3, group="g", dedicated={"pool": "standard", "channels": 2})},
        groups={"g": {"pool": "standard", "shared": 4}},
    )
    assert made.bought_channels("standard") == 3 * 2 + 4


def test_r3_one_number_belongs_to_one_did():
    with pytest.raises(capsim.ScenarioError, match=r"is the number of dids.a too.*\[R3\]"):
        priced({"a": did(number="+441234567"), "b": did(number="441234567")})


def test_names_of_a_count_must_not_clash():
    with pytest.raises(capsim.ScenarioError, match="branch-2"):
        priced({"branch": did(count=3), "branch-2": did()})
    assert [one.name for one in priced({"x": did(count=40)}).all_dids][::39] == ["x-01", "x-40"]
