"""Values of changes out of range or of the wrong kind."""

from __future__ import annotations

import re

import pytest

import capsim
from tests.reference.marked_changes import FIRST_LINE, SOUND, check

WRONG_VALUES = [
    ("{at: 2026-12-01, buy: {pool: standard, channels: »0}}", "R11", "buy.channels", ["at least 1", "got 0"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »-4}}", "R11", "buy.channels", ["at least 1", "got -4"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »1000001}}", "R11", "buy.channels", ["at most 1,000,000"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »2.5}}", "R11", "buy.channels", ["whole number", "got 2.5"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »4.0}}", "R11", "buy.channels", ["whole number"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »four}}", "R11", "buy.channels", ["whole number", "got 'four'"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »'4'}}", "R11", "buy.channels", ["whole number", "got '4'"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »true}}", "R11", "buy.channels", ["whole number", "got true"]),
    ("{at: 2026-12-01, buy: {pool: standard, »channels: [4]}}", "R11", "buy.channels", ["whole number", "a list of 1"]),
    ("{at: 2026-12-01, buy: {pool: standard, channels: »99999999999999999999}}", "R11", "buy.channels",
     ["at most 1,000,000"]),
    ("{at: 2026-12-01, assign: {group: support, metered: »0}}", "R11", "assign.metered", ["at least 1", "got 0"]),
    ("{at: 2026-12-01, assign: {group: support, metered: »1001}}", "R11", "assign.metered",
     ["at most 1,000", "got 1001"]),
    ("{at: 2026-12-01, set: {group: support, shared: »-1}}", "R11", "set.shared", ["at least 0", "got -1"]),
    ("{at: 2026-12-01, set: {group: support, metered: »1001}}", "R11", "set.metered", ["at most 1,000", "got 1001"]),
    ("{at: 2026-12-01, leave: {did: »7}}", "R11", "leave.did", ["must be text", "got 7"]),
    ("{at: 2026-12-01, leave: {did: »''}}", "R11", "leave.did", ["a name must be text"]),
    ("{at: 2026-12-01, leave: {did: »'*'}}", "R11", "leave.did", ["'*'"]),
    ("{at: 2026-12-01, leave: »london}", "R11", "leave", ["mapping of keys", "got 'london'"]),
    ("{at: 2026-12-01, »leave: [london]}", "R11", "leave", ["mapping of keys", "a list of 1"]),
    ("{at: 2026-12-01, leave: »true}", "R11", "leave", ["mapping of keys", "got true"]),
    ("{at: 2026-12-01, switch: {did: london, mode: »metered}}", "R12", "switch.mode",
     ["DID+2, DID+0", "got 'metered'"]),
    ("{at: 2026-12-01, switch: {did: london, mode: »2}}", "R12", "switch.mode", ["DID+2, DID+0", "got 2"]),
    ("{at: 2026-12-01, switch: {did: london, mode: DID+0, renew: »true}}", "R12", "switch.renew", ["got true"]),
    ("{at: 2026-12-01, renew: {did: london, period: »1}}", "R12", "renew.period",
     ["a bare number has no unit", "got 1"]),
    ("{at: 2026-12-01, renew: {did: london, period: »-1 month}}", "R12", "renew.period", ["got '-1 month'"]),
    ("{at: »2026, leave: {did: london}}", "R11", "at", ["local date or date-time", "got 2026"]),
    ("{at: »true, leave: {did: london}}", "R11", "at", ["local date or date-time", "got true"]),
    ("{»at: [2026-12-01], leave: {did: london}}", "R11", "at", ["local date or date-time", "a list of 1"]),
    ("{»at: {}, leave: {did: london}}", "R11", "at", ["local date or date-time", "a mapping"]),
    ("{every: »7, leave: {did: london}}", "R11", "every", ["a day and a local time", "got 7"]),
    ("{every: day 10:00, until: »7, assign: {group: support, metered: 1}}", "R11", "until", ["got 7"]),
    ("»text", "R11", "", ["mapping of keys", "got 'text'"]),
    ("»7", "R11", "", ["mapping of keys", "got 7"]),
    ("»[]", "R11", "", ["mapping of keys", "a list of 0"]),
    # R9
    ("{at: 2026-12-01, set: {did: london, capacity_limit: »0}}", "R9", "set.capacity_limit",
     ["1 to 32,767", "none", "got 0"]),
    ("{at: 2026-12-01, set: {did: london, capacity_limit: »32768}}", "R9", "set.capacity_limit",
     ["1 to 32,767", "got 32768"]),
    ("{at: 2026-12-01, set: {group: support, capacity_limit: »-1}}", "R9", "set.capacity_limit", ["none", "got -1"]),
    ("{at: 2026-12-01, set: {group: support, capacity_limit: »all}}", "R9", "set.capacity_limit",
     ["none", "got 'all'"]),
    ("{at: 2026-12-01, set: {group: support, capacity_limit: »2.5}}", "R9", "set.capacity_limit", ["none", "got 2.5"]),
    ("{at: 2026-12-01, set: {did: london, capacity_limit: »true}}", "R9", "set.capacity_limit", ["none", "got true"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "path", "words"), WRONG_VALUES, ids=[row[0].replace("»", "") for row in WRONG_VALUES]
)
def test_a_value_out_of_range_or_of_the_wrong_kind_is_told_of_with_what_is_allowed(broken, change, rule, path, words):
    check(broken(change), [change], rule, f"changes.0.{path}".removesuffix("."), words)


@pytest.mark.parametrize(
    "change",
    [
        "{at: , leave: {did: london}}",
        "{at: 2026-12-01, leave: }",
        "{at: 2026-12-01, leave: null}",
        "{at: 2026-12-01, leave: {did: ~}}",
        "{at: 2026-12-01, assign: {group: support, shared: null}}",
        "{at: 2026-12-01, until: null, assign: {group: support, metered: 1}}",
        "{every: null, leave: {did: london}}",
        "null",
        "",
    ],
)
def test_a_key_without_a_value_is_an_error_at_that_key(broken, change):
    problems = broken(change)
    assert len(problems) == 1
    assert "has no value (null)" in problems[0].message
    assert problems[0].line == FIRST_LINE
    assert problems[0].path.startswith("changes.0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("changes: {at: 2026-12-01}", "must be a list (got a mapping)"),
        ("changes: soon", "must be a list (got 'soon')"),
        ("changes: 7", "must be a list (got 7)"),
        ("changes: true", "must be a list (got true)"),
        ("changes:", "has no value (null)"),
    ],
)
def test_changes_are_a_list(tmp_path, text, words):
    file = tmp_path / "s.yaml"
    file.write_text(f"{SOUND}{text}\n", "utf-8")
    with pytest.raises(capsim.ScenarioError) as raised:
        capsim.load(file)
    (problem,) = raised.value.problems
    assert (problem.path, problem.line) == ("changes", FIRST_LINE - 1)
    assert words in problem.message


def test_no_change_at_all_is_fine(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(f"{SOUND}changes: []\n", "utf-8")
    assert capsim.load(file).timeline.steps == ()


def test_an_error_names_no_code_of_ours(broken):
    """No path of a message has the name of a Python type in it, such as capacity_limit.int."""
    for value in ["all", "2.5", "[1]", "{}", "true"]:
        for problem in broken(f"{{at: 2026-12-01, set: {{group: support, capacity_limit: {value}}}}}"):
            assert re.fullmatch(r"changes\.0\.set(\.capacity_limit)?", problem.path), problem
