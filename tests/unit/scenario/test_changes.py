"""What is wrong with a change is said at that change: line, column, path, what was got, what is allowed, and the rule.

In the texts below » stands just before the place that the error points to.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import capsim
from capsim.capacity import build_schedule
from capsim.tariff import build_prices

SOUND = """\
name: A company with a bit of everything
timezone: Europe/London
start: 2026-11-02                # a Monday
duration: 2 months
pools:
  standard: {channels: 12, flat_rate: {setup: 5.00, monthly: 15.00}, metered: {rate: 0.010}}  # 10 of 12 are assigned
  custom: {coverage: [GB, KE], flat_rate: {setup: 2.00, monthly: 20.00}}                      # has what is assigned
  bare: {metered: {rate: 0.020}}                                                              # sells by the minute
groups:
  support: {pool: standard, shared: 6, metered: 10}
  night: {pool: standard, shared: 2}
  africa: {pool: custom, shared: 1}
  overflow: {pool: bare, metered: 5}
dids:
  london: {country: GB, group: support, dedicated: {pool: standard, channels: 2}, fees: {monthly: {DID+2: 4, DID+0: 1}}}
  branch: {count: 3, country: GB, group: support}
  nairobi: {country: KE, group: africa}
  spare: {country: GB}
  campaign: {country: GB, fees: {monthly: {DID+2: 4}}}
  tollfree: {included: 30, country: GB}
  fixed: {additional_capacity: false, country: GB}
  nowhere: {mode: DID+0}
"""


@pytest.fixture
def loaded(tmp_path):
    """A function: the example with some changes, loaded from a file."""

    def load(*changes: str, replacing: tuple[tuple[str, str], ...] = ()) -> capsim.Scenario:
        text = SOUND
        for old, new in replacing:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "s.yaml"
        lines = "".join(f"  - {change.replace('»', '')}\n" for change in changes)
        file.write_text(f"{text}changes:\n{lines}", "utf-8")
        return capsim.load(file)

    return load


@pytest.fixture
def broken(loaded, tmp_path):
    """A function: the problems of the example with some changes."""

    def problems(*changes: str, replacing: tuple[tuple[str, str], ...] = ()):
        try:
            loaded(*changes, replacing=replacing)
        except capsim.ScenarioError as error:
            for problem in error.problems:
                assert problem.file == str(tmp_path / "s.yaml")
                assert problem.line is not None
                assert problem.column is not None
            return list(error.problems)
        return []

    return problems


FIRST_LINE = SOUND.count("\n") + 2
"""Line of the first change; the second is in the next one."""


def check(problems, changes, rule, path, words):
    """There is one problem, at the mark in its line, with rule and path, and its text has the words."""
    assert [(one.rule, one.path) for one in problems] == [(rule, path)], problems
    (problem,) = problems
    (marked,) = [number for number, change in enumerate(changes) if "»" in change]
    column = len("  - ") + changes[marked].index("»") + 1
    assert (problem.line, problem.column) == (FIRST_LINE + marked, column), problem
    for word in words:
        assert word in problem.message, problem


def test_the_example_is_sound(loaded):
    made = loaded("{at: 2026-12-01, buy: {pool: standard, channels: 4}}")
    assert made.assigned_channels("standard") == 10
    assert made.warnings == []


# -- what the walk through the timeline finds -----------------------------------------------------------------

WALK = [
    # R5, M7: pools
    ("buy: {pool: »standrd, channels: 4}", "R5", "buy.pool", ["no pool 'standrd'", "did you mean 'standard'?"]),
    ("remove: {pool: »standrd, channels: 4}", "R5", "remove.pool", ["did you mean 'standard'?"]),
    ("buy: {pool: »custom, channels: 4}", "R5", "buy.pool", ["leaves channels out", "pools.custom.channels"]),
    ("remove: {pool: »custom, channels: 1}", "R5", "remove.pool", ["leaves channels out"]),
    ("remove: {pool: standard, channels: »3}", "R11", "remove.channels", ["only unassigned", "2 of 12", "(got 3)"]),
    # R4, R5: assigned out of what is bought
    ("assign: {group: support, shared: »3}", "R4", "assign.shared",
     ["'standard' has 2 of its 12 channels left", "needed: 3"]),
    ("set: {group: support, shared: »9}", "R4", "set.shared", ["2 of its 12 channels left", "needed: 3"]),
    ("assign: {did: london, dedicated: »3}", "R5", "assign.dedicated", ["2 of its 12 channels left", "needed: 3"]),
    ("assign: {did: spare, dedicated: »3, pool: standard}", "R5", "assign.dedicated", ["2 of its 12 channels left"]),
    ("assign: {did: branch, dedicated: »1, pool: standard}", "R5", "assign.dedicated", ["left to assign"]),
    ("set: {did: london, dedicated: »5}", "R5", "set.dedicated", ["2 of its 12 channels left", "needed: 3"]),
    # R11: taken away, more than there is
    ("unassign: {group: support, shared: »7}", "R11", "unassign.shared", ["'support' has 6 shared channels"]),
    ("unassign: {group: support, metered: »11}", "R11", "unassign.metered", ["'support' has 10 metered channels"]),
    ("unassign: {did: london, dedicated: »3}", "R11", "unassign.dedicated", ["london has 2 dedicated channels"]),
    # R4: groups
    ("assign: {group: »suport, shared: 1}", "R4", "assign.group", ["no group 'suport'", "did you mean 'support'?"]),
    ("set: {group: »suport, capacity_limit: 4}", "R4", "set.group", ["did you mean 'support'?"]),
    ("join: {did: spare, group: »suport}", "R4", "join.group", ["did you mean 'support'?"]),
    ("delete: {group: »nigth}", "R4", "delete.group", ["did you mean 'night'?"]),
    ("add: {group: »nigth}", "R4", "add.group", ["did you mean 'night'?"]),
    ("unassign: {group: »night, shared: 2}", "R4", "unassign.group",
     ["'night' would be left without a channel", "at least 1"]),
    ("set: {group: »support, shared: 0, metered: 0}", "R4", "set.group", ["left without a channel"]),
    ("assign: {group: support, metered: »991}", "R4", "assign.metered", ["at most 1,000", "got 1,001"]),
    ("delete: {group: »support}", "R11", "delete.group", ["still has DIDs", "'support' has 4"]),
    # M7: what has no price
    ("assign: {group: africa, metered: »1}", "M7", "assign.metered", ["'custom' has no price for metered calls"]),
    ("assign: {group: overflow, shared: »1}", "M7", "assign.shared", ["'bare' has no price for flat-rate channels"]),
    ("assign: {did: spare, dedicated: »1, pool: bare}", "M7", "assign.dedicated",
     ["'bare' has no price for flat-rate"]),
    # R3: names and members
    ("end: {did: »lodnon}", "R3", "end.did", ["no DID 'lodnon'", "did you mean 'london'?"]),
    ("set: {did: »branch-4, capacity_limit: 4}", "R3", "set.did", ["no DID 'branch-4'", "did you mean 'branch-"]),
    ("leave: {did: »lond}", "R3", "leave.did", ["did you mean 'london'?"]),
    ("add: {did: »lond}", "R3", "add.did", ["did you mean 'london'?"]),
    ("switch: {did: »lond, mode: DID+0}", "R3", "switch.did", ["did you mean 'london'?"]),
    ("renew: {did: »lond}", "R3", "renew.did", ["did you mean 'london'?"]),
    ("clear: {did: »lond}", "R3", "clear.did", ["did you mean 'london'?"]),
    ("leave: {did: »spare}", "R3", "leave.did", ["spare is in no group", "got 'spare'"]),
    ("join: {did: london, group: »support}", "R3", "join.group", ["london is a member already", "got 'support'"]),
    # R6: countries and pools
    ("join: {did: nairobi, group: »support}", "R6", "join.group", ["'standard' does not cover KE", "nairobi"]),
    ("join: {did: »nowhere, group: support}", "R6", "join.did", ["needs the DID's country", "dids.nowhere.country"]),
    ("assign: {did: nairobi, dedicated: 1, pool: »standard}", "R6", "assign.pool", ["does not cover KE"]),
    ("assign: {did: »nowhere, dedicated: 1, pool: standard}", "R6", "assign.did", ["needs the DID's country"]),
    ("assign: {did: spare, dedicated: 1, pool: »custm}", "R6", "assign.pool",
     ["no pool 'custm'", "did you mean 'custom'?"]),
    ("»assign: {did: spare, dedicated: 1}", "R6", "assign.pool",
     ["spare has no dedicated channels yet", "name their pool"]),
    ("assign: {did: london, dedicated: 1, pool: »custom}", "R6", "assign.pool",
     ["are of the pool 'standard'", "unassign them first", "got 'custom'"]),
    # R7: no additional capacity
    ("join: {did: »fixed, group: support}", "R7", "join.did", ["fixed supports no additional capacity"]),
    ("assign: {did: »fixed, dedicated: 1, pool: standard}", "R7", "assign.did", ["no additional capacity"]),
    ("switch: {did: »fixed, mode: DID+0}", "R7", "switch.did", ["no additional capacity"]),
    # R2, R12, M4: modes
    ("switch: {did: »tollfree, mode: DID+0}", "R2", "switch.did", ["fixed capacity", "included: 30"]),
    ("switch: {did: london, mode: »DID+2}", "R12", "switch.mode", ["in this mode already", "got DID+2"]),
    ("switch: {did: campaign, mode: »DID+0}", "M4", "switch.mode", ["dids.campaign.fees.monthly", "got DID+0"]),
    ("clear: {did: »london}", "R12", "clear.did", ["no mode waits for london's"]),
    ("renew: {did: london, period: »3 weeks}", "R12", "renew.period",
     ["whole number of billing cycles", "got 3 weeks"]),
    ("renew: {did: london, period: »0 months}", "R12", "renew.period", ["got 0 months"]),
    ("renew: {did: london, period: »36 h}", "R12", "renew.period", ["got 36 h"]),
    ("renew: {did: london, period: »1201 months}", "R12", "renew.period", ["got 1201 months"]),
    ("switch: {did: london, mode: DID+0, renew: »28 days}", "R12", "switch.renew", ["got 28 days"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "path", "words"), WALK, ids=[row[0].replace("»", "") for row in WALK])
def test_a_change_that_breaks_a_rule_is_told_so_at_its_place(broken, change, rule, path, words):
    """By itself, and between two that are sound."""
    change = f"{{at: 2026-12-01, {change}}}"
    sound = "{at: 2026-11-20, set: {did: london, capacity_limit: 20}}"
    for changes in [(change,), (sound, change, sound)]:
        check(broken(*changes), changes, rule, f"changes.{changes.index(change)}.{path}", words)


def dated(changes):
    """Changes as the file has them, of texts such as "12-01 leave: {did: london}"."""
    return [f"{{at: 2026-{change[:5]}, {change[6:]}}}" for change in changes]


TWO = [
    # what one change does is there for the next
    (["12-01 end: {did: london}", "12-02 leave: {did: »london}"],
     "R11", "changes.1.leave.did", ["london is ended"]),
    (["12-01 end: {did: london}", "12-01 end: {did: »london}"],
     "R11", "changes.1.end.did", ["london is ended"]),
    (["12-02 add: {did: spare}", "12-01 end: {did: »spare}"],
     "R11", "changes.1.end.did", ["spare is there only once a change adds it"]),
    (["12-01 add: {did: spare}", "12-02 add: {did: »spare}"],
     "R11", "changes.1.add.did", ["spare is added twice"]),
    (["12-01 add: {group: overflow}", "12-02 add: {group: »overflow}"],
     "R11", "changes.1.add.group", ["added twice", "got 'overflow'"]),
    (["12-01 add: {group: overflow}", "11-30 assign: {group: »overflow, metered: 1}"],
     "R4", "changes.1.assign.group", ["not there at this time", "got 'overflow'"]),
    (["12-01 delete: {group: night}", "12-02 join: {did: spare, group: »night}"],
     "R4", "changes.1.join.group", ["not there at this time", "got 'night'"]),
    (["12-01 delete: {group: night}", "12-01 delete: {group: »night}"],
     "R4", "changes.1.delete.group", ["not there at this time"]),
    (["12-01 join: {did: spare, group: night}", "12-02 delete: {group: »night}"],
     "R11", "changes.1.delete.group", ["still has DIDs", "'night' has 1"]),
    (["12-01 leave: {did: london}", "12-02 leave: {did: »london}"],
     "R3", "changes.1.leave.did", ["in no group"]),
    (["12-01 switch: {did: london, mode: DID+0}", "12-01 switch: {did: london, mode: »DID+0}"],
     "R12", "changes.1.switch.mode", ["is in this mode already, or waits for it", "got DID+0"]),
    (["11-20 switch: {did: london, mode: DID+0}", "12-03 clear: {did: »london}"],
     "R12", "changes.1.clear.did", ["no mode waits"]),
    (["11-20 switch: {did: london, mode: DID+0}", "12-03 switch: {did: london, mode: »DID+0}"],
     "R12", "changes.1.switch.mode", ["in this mode already"]),
    (["12-01 assign: {group: support, shared: 2}", "12-01 remove: {pool: standard, channels: »1}"],
     "R11", "changes.1.remove.channels", ["0 of 12", "got 1"]),
    (["12-01 remove: {pool: standard, channels: 2}", "12-02 assign: {group: night, shared: »1}"],
     "R4", "changes.1.assign.shared", ["0 of its 10 channels left", "needed: 1"]),
    # by time, and not by their order in the file
    (["12-02 assign: {group: night, shared: »1}", "12-01 remove: {pool: standard, channels: 2}"],
     "R4", "changes.0.assign.shared", ["0 of its 10 channels left"]),
    # at one instant, in the order of the file (R13)
    (["12-01 assign: {group: night, shared: »3}", "12-01 buy: {pool: standard, channels: 1}"],
     "R4", "changes.0.assign.shared", ["2 of its 12 channels left", "needed: 3"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "path", "words"), TWO, ids=[row[0][1].replace("»", "") for row in TWO])
def test_a_change_is_held_against_what_those_before_it_have_left(broken, changes, rule, path, words):
    changes = dated(changes)
    check(broken(*changes), changes, rule, path, words)


@pytest.mark.parametrize(
    "changes",
    [
        ["12-01 buy: {pool: standard, channels: 1}", "12-01 assign: {group: night, shared: 3}"],
        ["12-01 unassign: {did: london, dedicated: 2}", "12-01 assign: {group: night, shared: 4}"],
        ["12-01 end: {did: london}", "12-01 assign: {group: night, shared: 4}"],
        ["12-01 delete: {group: night}", "12-01 remove: {pool: standard, channels: 4}"],
        ["12-01 set: {did: london, dedicated: 0}", "12-02 assign: {did: london, dedicated: 1, pool: custom}"],
        ["12-01 leave: {did: nairobi}", "12-01 delete: {group: africa}"],
        ["12-01 join: {did: branch, group: night}", "12-01 join: {did: london, group: night}"],
        ["12-01 join: {did: branch-2, group: night}", "12-05 join: {did: branch-2, group: support}"],
        ["12-01 add: {group: overflow}", "12-01 join: {did: spare, group: overflow}"],
        ["11-20 switch: {did: london, mode: DID+0}", "12-01 clear: {did: london}"],
        ["12-01 set: {group: support, capacity_limit: 200}", "12-02 set: {group: support, capacity_limit: none}"],
        ["12-01 set: {did: tollfree, capacity_limit: 32767}", "12-02 set: {did: tollfree, capacity_limit: none}"],
        ["12-01 set: {group: support, shared: 0}", "12-02 set: {group: support, shared: 6, metered: 0}"],
        ["12-01 unassign: {group: support, shared: 6}", "12-02 assign: {group: support, metered: 990}"],
    ],
)  # fmt: skip
def test_what_the_rules_allow_is_taken(broken, changes):
    assert broken(*dated(changes)) == []


def test_several_changes_that_break_rules_are_all_told_of_in_the_order_of_the_file(broken):
    problems = broken(
        "{at: 2026-12-20, delete: {group: support}}",
        "{at: 2026-12-01, leave: {did: spare}}",
        "{at: 2026-12-10, buy: {pool: standrd, channels: 1}}",
    )
    assert [problem.path for problem in problems] == [
        "changes.0.delete.group",
        "changes.1.leave.did",
        "changes.2.buy.pool",
    ]
    assert [problem.line for problem in problems] == [FIRST_LINE, FIRST_LINE + 1, FIRST_LINE + 2]


def test_a_change_that_breaks_a_rule_changes_nothing_and_later_ones_are_not_blamed(broken):
    """Three numbers cannot have 1 each of the 2 channels left: none has, and the next change finds the 2."""
    changes = [
        "{at: 2026-12-01, assign: {did: branch, dedicated: »1, pool: standard}}",
        "{at: 2026-12-02, assign: {group: support, shared: 2}}",
    ]
    check(broken(*changes), changes, "R5", "changes.0.assign.dedicated", ["left to assign"])


def test_what_the_start_breaks_and_what_changes_break_is_told_at_once(broken):
    too_many = (("standard, shared: 6", "standard, shared: 60"),)
    problems = broken("{at: 2026-12-01, leave: {did: spare}}", replacing=too_many)
    assert [one.path for one in problems] == ["groups.support.shared", "groups.night.shared", "changes.0.leave.did"]


def test_where_a_name_leads_nowhere_changes_are_not_walked_through(broken):
    problems = broken(
        "{at: 2026-12-01, leave: {did: spare}}", replacing=(("pool: standard, shared: 6", "pool: standrd, shared: 6"),)
    )
    assert [problem.path for problem in problems] == ["groups.support.pool"]


# -- what goes wrong on one day only --------------------------------------------------------------------------


def test_assigned_exceeds_bought_on_one_day_of_the_timeline(broken):
    """The 2 free channels are lent to the night group until 20 December; on the 19th they are not there."""
    changes = [
        "{at: 2026-12-10, until: 2026-12-20, assign: {group: night, shared: 2}}",
        "{at: 2026-12-19, assign: {group: support, shared: »1}}",
    ]
    check(broken(*changes), changes, "R4", "changes.1.assign.shared", ["0 of its 12 channels left", "needed: 1"])
    changes[1] = "{at: 2026-12-20, assign: {group: support, shared: 1}}"
    assert broken(*changes) == [], "at the very instant at which they come back, they can be had"


def test_a_recurring_turn_that_fails_the_third_time(broken):
    """Fridays 6 and 13 November have room for 2; from 16 November on, the night group has one of them."""
    changes = [
        "{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, shared: »2}}",
        "{at: 2026-11-16, assign: {group: night, shared: 1}}",
    ]
    words = ["1 of its 12 channels left", "needed: 2", "2026-11-20 17:00"]
    check(broken(*changes), changes, "R4", "changes.0.assign.shared", words)


def test_a_recurring_turn_that_adds_up(broken):
    """1 more each Friday, and none goes back: the third finds no channel."""
    changes = ["{every: Friday 17:00, assign: {group: support, shared: »1}}"]
    words = ["0 of its 12 channels left", "needed: 1", "2026-11-20 17:00"]
    check(broken(*changes), changes, "R4", "changes.0.assign.shared", words)


def test_what_cannot_be_undone_is_told_with_the_day_on_which_it_is_undone(broken):
    """Bought for a while, and assigned for good."""
    changes = [
        "{at: 2026-12-01, until: 2026-12-10, buy: {pool: standard, channels: »4}}",
        "{at: 2026-12-02, assign: {group: support, shared: 6}}",
    ]
    words = ["only unassigned channels can be removed", "0 of 16", "got 4", "2026-12-10 00:00"]
    check(broken(*changes), changes, "R11", "changes.0.buy.channels", words)


def test_what_was_taken_away_for_a_while_may_not_be_there_any_more(broken):
    changes = [
        "{at: 2026-12-01, until: 2026-12-10, unassign: {group: support, shared: »3}}",
        "{at: 2026-12-02, assign: {group: night, shared: 4}}",
    ]
    words = ["1 of its 12 channels left", "needed: 3", "2026-12-10 00:00"]
    check(broken(*changes), changes, "R4", "changes.0.unassign.shared", words)


def test_a_campaign_number_that_was_ended_before_cannot_end_again(broken):
    changes = [
        "{at: 2026-12-04 17:00, until: 2026-12-06 23:00, add: {did: »spare}}",
        "{at: 2026-12-05, end: {did: spare}}",
    ]
    check(broken(*changes), changes, "R11", "changes.0.add.did", ["spare is ended", "2026-12-06 23:00"])


def test_a_recurring_leave_finds_nobody_the_second_time(broken):
    changes = ["{every: day 12:00, leave: {did: »london}}"]
    check(broken(*changes), changes, "R3", "changes.0.leave.did", ["in no group", "2026-11-03 12:00"])


def test_a_did_is_not_in_a_group_that_comes_later(broken):
    problems = broken("{at: 2026-12-01, add: {group: africa}}")
    assert [(problem.rule, problem.path) for problem in problems] == [("R4", "dids.nairobi.group")]
    assert "only once a change adds it" in problems[0].message


def test_no_did_of_an_entry_is_in_a_group_that_comes_later(broken):
    """branch-1 comes after the group, but branch-2 and branch-3 are there from the start, in no group that exists."""
    problems = broken(
        "{at: 2026-12-01, add: {group: overflow}}",
        "{at: 2026-12-02, add: {did: branch-1}}",
        replacing=(("count: 3, country: GB, group: support", "count: 3, country: GB, group: overflow"),),
    )
    assert [(problem.rule, problem.path) for problem in problems] == [("R4", "dids.branch.group")]


def test_a_did_and_its_group_may_come_together(broken):
    changes = ["{at: 2026-12-01, add: {group: africa}}", "{at: 2026-12-01, add: {did: nairobi}}"]
    assert broken(*changes) == []
    changes = ["{at: 2026-12-01, add: {did: »nairobi}}", "{at: 2026-12-01, add: {group: africa}}"]
    check(broken(*changes), changes, "R4", "changes.0.add.did", ["its group 'africa' is not there"])


# -- DIDs of one entry ----------------------------------------------------------------------------------------


def limits(made):
    """Limits of the DIDs of the entry `branch` at the end of the timeline."""
    *_, (_, capacity) = build_schedule(made).in_turn()
    return [int(capacity.did_limit[row]) for row, name in enumerate(capacity.did_names) if name.startswith("branch")]


def test_an_entry_of_several_dids_is_meant_as_a_whole_or_one_of_them(loaded):
    changes = [
        "{at: 2026-12-01, set: {did: branch, capacity_limit: 7}}",
        "{at: 2026-12-02, set: {did: branch-2, capacity_limit: 3}}",
    ]
    assert limits(loaded(*changes)) == [7, 3, 7]


def test_one_of_several_that_cannot_is_named(broken):
    """What is asked of an entry is asked of those of its DIDs to which it applies; of none, it is an error."""
    changes = ["{at: 2026-12-01, leave: {did: branch-2}}", "{at: 2026-12-02, leave: {did: branch}}",
               "{at: 2026-12-03, leave: {did: »branch}}"]  # fmt: skip
    check(broken(*changes), changes, "R3", "changes.2.leave.did", ["branch-1 is in no group", "got 'branch'"])


def test_one_of_several_and_then_all_of_them_cannot_be_added(broken):
    changes = ["{at: 2026-12-01, add: {did: branch-2}}", "{at: 2026-12-02, add: {did: »branch}}"]
    check(broken(*changes), changes, "R11", "changes.1.add.did", ["branch-2 is added twice"])


def test_dedicated_channels_for_an_entry_are_for_each_of_its_dids(broken, loaded):
    changes = ["{at: 2026-12-01, assign: {did: branch, dedicated: 2, pool: custom}}"]
    fees = [fee for fee in build_prices(loaded(*changes)).fees if fee.pool == "custom"]
    assert [(fee.start.day, fee.kind, fee.quantity) for fee in fees] == [
        (2, "setup", 1),
        (2, "flat_rate", 1),
        (1, "setup", 3 * 2),
        (1, "flat_rate", 3 * 2),
        (2, "flat_rate", 1 + 3 * 2),
    ]
    fewer = ["{at: 2026-12-01, buy: {pool: standard, channels: 3}}",
             "{at: 2026-12-01, assign: {did: branch, dedicated: »2, pool: standard}}"]  # fmt: skip
    check(broken(*fewer), fewer, "R5", "changes.1.assign.dedicated", ["left to assign", "needed: 2"])


# -- times ----------------------------------------------------------------------------------------------------

WRONG_TIMES = [
    ("{at: »2026-11-01, leave: {did: london}}", "at", ["before the start", "2026-11-01"]),
    ("{at: »2026-11-01 23:59, leave: {did: london}}", "at", ["before the start"]),
    ("{at: »2026-12-32, leave: {did: london}}", "at",
     ["local date or date-time", "36 h or 2 weeks", "got '2026-12-32'"]),
    ("{at: »2026-12-01 24:00, leave: {did: london}}", "at", ["local date or date-time", "got '2026-12-01 24:00'"]),
    ("{at: »2026-12-01T12:00Z, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »1 December, leave: {did: london}}", "at", ["local date or date-time", "got '1 December'"]),
    ("{at: »2026-13-01, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »2300-01-01, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »20261201, leave: {did: london}}", "at", ["local date or date-time", "got 20261201"]),
    ("{at: »-3 h, leave: {did: london}}", "at", ["length of time after the start", "got '-3 h'"]),
    ("{at: »3 fortnights, leave: {did: london}}", "at", ["'fortnights'", "got '3 fortnights'"]),
    ("{at: »1.5 weeks, leave: {did: london}}", "at", ["whole number of weeks", "got '1.5 weeks'"]),
    ("{at: »Friday 17:00, leave: {did: london}}", "at", ["local date or date-time", "got 'Friday 17:00'"]),
    ("{at: »999999999999 months, leave: {did: london}}", "at", ["beyond the calendar", "999999999999 months"]),
    ("{at: »999999999999 weeks, leave: {did: london}}", "at", ["beyond the calendar"]),
    ("{at: »999999999999 h, leave: {did: london}}", "at", ["beyond the calendar"]),
    ("{at: »9999999999999 h, leave: {did: london}}", "at", ["number and a unit"]),
    ("{at: 2026-12-01, until: »2026-12-01, assign: {group: support, metered: 1}}", "until",
     ["later than at", "2026-12-01"]),
    ("{at: 2026-12-01, until: »2026-11-30 23:59, assign: {group: support, metered: 1}}", "until", ["later than at"]),
    ("{at: 2 weeks, until: »36 h, assign: {group: support, metered: 1}}", "until", ["later than at", "36 h"]),
    ("{at: 2026-12-01, until: »999999999999 days, assign: {group: support, metered: 1}}", "until",
     ["beyond the calendar"]),
    ("{at: 2026-12-01, until: »soon, assign: {group: support, metered: 1}}", "until", ["got 'soon'"]),
    ("{every: »Frday 17:00, leave: {did: london}}", "every", ["Friday 17:00", "Monday, Tuesday", "got 'Frday 17:00'"]),
    ("{every: »Friday, leave: {did: london}}", "every", ["a day and a local time", "got 'Friday'"]),
    ("{every: »Friday 5pm, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »Friday 7:00, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »Friday 24:00, leave: {did: london}}", "every", ["00:00 to 23:59", "got 'Friday 24:00'"]),
    ("{every: »Friday 23:60, leave: {did: london}}", "every", ["00:00 to 23:59"]),
    ("{every: »2026-12-01, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »2 weeks, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: Friday 17:00, until: »Sundy 23:00, assign: {group: support, metered: 1}}", "until",
     ["Sunday", "got 'Sundy 23:00'"]),
    ("{every: day 17:00, until: »Sunday 23:00, assign: {group: support, metered: 1}}", "until",
     ["after the next turn has begun", "Sunday 23:00", "day 17:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "words"), WRONG_TIMES, ids=[row[0].replace("»", "") for row in WRONG_TIMES])
def test_a_time_that_cannot_be_is_an_error_at_the_time(broken, change, key, words):
    check(broken(change), [change], "R11", f"changes.0.{key}", words)


@pytest.mark.parametrize(
    ("zone", "start", "at"),
    [
        ("Europe/London", "2026-03-01", "2026-03-29 01:30"),
        ("Europe/London", "2026-03-01", "2026-03-29 01:00"),
        ("America/New_York", "2026-03-01", "2026-03-08 02:00"),
        ("Africa/Cairo", "2026-04-01", "2026-04-24 00:30"),
        ("Pacific/Apia", "2011-12-01", "2011-12-30 12:00"),
    ],
)
def test_a_local_time_that_the_clocks_skip_is_an_error(broken, zone, start, at):
    change = f"{{at: »{at}, leave: {{did: london}}}}"
    replacing = (("timezone: Europe/London", f"timezone: {zone}"), ("start: 2026-11-02", f"start: {start}"))
    check(broken(change, replacing=replacing), [change], "R11", "changes.0.at", ["does not exist", zone, "go forward"])


def test_a_date_is_meant_as_it_begins_also_where_the_clocks_skip_its_midnight(loaded):
    replacing = (("timezone: Europe/London", "timezone: Africa/Cairo"), ("start: 2026-11-02", "start: 2026-04-01"))
    made = loaded("{at: 2026-04-24, set: {did: london, capacity_limit: 4}}", replacing=replacing)
    assert instants(made) == ["Fri 04-24 01:00 +0300"]


def test_an_until_that_the_clocks_skip_is_an_error_too(broken):
    change = "{at: 2026-03-28, until: »2026-03-29 01:30, assign: {group: support, metered: 1}}"
    problems = broken(change, replacing=(("start: 2026-11-02", "start: 2026-03-01"),))
    check(problems, [change], "R11", "changes.0.until", ["does not exist", "2026-03-29 01:30"])


def instants(made):
    """When something changes: local time, with the offset from Greenwich."""
    return [f"{made.horizon.local(step.at):%a %m-%d %H:%M %z}" for step in made.timeline.steps]


def test_a_local_time_that_comes_twice_is_meant_the_first_time(loaded):
    """In London the clocks go from 02:00 back to 01:00 on 25 October."""
    made = loaded(
        "{at: 2026-10-25 01:30, set: {did: london, capacity_limit: 4}}",
        replacing=(("start: 2026-11-02", "start: 2026-10-20"),),
    )
    assert instants(made) == ["Sun 10-25 01:30 +0100"]


def test_a_recurring_local_time_stays_the_same_on_the_clock(loaded):
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 1}}"
    made = loaded(weekends, replacing=(("start: 2026-11-02", "start: 2026-10-20"), ("2 months", "2 weeks")))
    assert instants(made) == [
        "Fri 10-23 17:00 +0100",
        "Sun 10-25 23:00 +0000",
        "Fri 10-30 17:00 +0000",
        "Sun 11-01 23:00 +0000",
    ]


@pytest.mark.parametrize("until", ["02:00", "02:15", "02:30", "02:31", "03:00"])
def test_a_turn_that_begins_in_the_skipped_hour_ends_on_the_same_day_if_it_takes_place_at_all(loaded, until):
    """In London 01:30 is skipped on 29 March; the night's turn to 02:00 or later must not go on to the next night."""
    nightly = f"{{every: day 01:30, until: day {until}, assign: {{group: support, metered: 1}}}}"
    made = loaded(nightly, replacing=(("start: 2026-11-02", "start: 2026-03-28"), ("2 months", "4 days")))
    metered = dict.fromkeys(range(28, 32), 10)
    for step in made.timeline.steps:
        if "support" in step.groups:
            metered[step.day.day] = step.groups["support"].metered
    assert metered == {28: 10, 29: 10, 30: 10, 31: 10}, "what each day ends with"


def test_a_turn_under_way_at_the_start_begins_with_it_and_one_at_the_end_stays(loaded):
    """From Saturday 7 November to Saturday 21 November, 12:00."""
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 1}}"
    replacing = (("start: 2026-11-02", "start: 2026-11-07 12:00"), ("2 months", "2 weeks"))
    assert instants(loaded(weekends, replacing=replacing)) == [
        "Sat 11-07 12:00 +0000",
        "Sun 11-08 23:00 +0000",
        "Fri 11-13 17:00 +0000",
        "Sun 11-15 23:00 +0000",
        "Fri 11-20 17:00 +0000",
    ]


def test_weekday_and_day_are_five_and_seven_days(loaded):
    replacing = (("2 months", "1 weeks"),)
    change = "{every: weekday 08:00, until: weekday 18:00, assign: {group: support, metered: 1}}"
    assert len(instants(loaded(change, replacing=replacing))) == 10
    change = change.replace("weekday", "day")
    assert len(instants(loaded(change, replacing=replacing))) == 14


def test_a_turn_may_end_a_minute_before_the_next_begins_even_over_a_weekend(broken):
    assert broken("{every: weekday 09:00, until: weekday 08:59, assign: {group: support, metered: 1}}") == []


def test_one_turn_may_begin_as_the_one_before_it_ends(loaded):
    change = "{every: day 08:00, until: day 08:00, assign: {group: support, metered: 1}}"
    made = loaded(change, replacing=(("2 months", "3 days"),))
    assert [step.groups["support"].metered for step in made.timeline.steps if step.groups] == [11, 11, 11, 11]


# -- what may not be meant: warnings --------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["2027-01-02", "2027-01-02 00:00:01", "2 months", "2030-06-01"])
def test_a_change_at_or_after_the_end_is_warned_of(loaded, at):
    made = loaded(f"{{at: {at}, leave: {{did: london}}}}")
    (warning,) = made.warnings
    assert (warning.path, warning.line) == ("changes.0", FIRST_LINE)
    assert "at or after the end" in warning.message
    assert made.timeline.steps == ()


def test_a_change_in_the_last_microsecond_is_not_warned_of(loaded):
    made = loaded("{at: 2027-01-01 23:59:59.999999, leave: {did: london}}")
    assert made.warnings == []
    assert len(made.timeline.steps) == 1


def test_a_change_after_the_end_is_held_against_the_rules_all_the_same(broken):
    changes = ["{at: 2027-06-01, delete: {group: »support}}"]
    check(broken(*changes), changes, "R11", "changes.0.delete.group", ["still has DIDs"])


def test_an_until_after_the_end_is_nothing_to_warn_of(loaded):
    assert loaded("{at: 2026-12-31, until: 2027-02-01, assign: {group: support, metered: 1}}").warnings == []


def test_each_turn_that_buys_again_pays_the_setup_again_and_is_warned_of(loaded):
    """Friday 4, 11, 18, 25 December, 1 January; and 4 in November: 9 times."""
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: africa, shared: 2}}"
    (warning,) = loaded(weekends).warnings
    assert (warning.path, warning.line, warning.column) == ("changes.0", FIRST_LINE, len("  - ") + 1)
    for word in ["'custom'", "9 times", "setup fee (here 2.00)", "M1, M2"]:
        assert word in warning.message


def test_channels_bought_explicitly_by_each_turn_are_warned_of_too(loaded):
    weekends = "{every: Friday 17:00, until: Sunday 23:00, buy: {pool: standard, channels: 2}}"
    (warning,) = loaded(weekends).warnings
    assert "'standard'" in warning.message
    assert "setup fee (here 5.00)" in warning.message


@pytest.mark.parametrize(
    "changes",
    [
        ["{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 2}}"],  # nothing is bought
        ["{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, shared: 2}}"],  # of those bought already
        ["{at: 2026-12-04, until: 2026-12-06, assign: {group: africa, shared: 2}}"],  # once
        ["{at: 2026-12-04, until: 2026-12-06, buy: {pool: standard, channels: 2}}"],
        # moved there and back: nothing is bought again
        ["{at: 2026-11-03, assign: {did: spare, dedicated: 2, pool: custom}}",
         "{every: Friday 17:00, until: Sunday 23:00, unassign: {did: spare, dedicated: 2}}",
         "{every: Friday 17:00, until: Sunday 23:00, assign: {group: africa, shared: 2}}"],
    ],
)  # fmt: skip
def test_where_nothing_is_bought_again_there_is_no_warning(loaded, changes):
    assert loaded(*changes).warnings == []


def test_a_recurring_turn_that_comes_once_in_the_horizon_is_not_warned_of(loaded):
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: africa, shared: 2}}"
    assert loaded(weekends, replacing=(("2 months", "1 weeks"),)).warnings == []


# -- keys that do not go together -----------------------------------------------------------------------------

ALL = "buy, remove, assign, unassign, set, join, leave, switch, renew, clear, add, end, delete"
NEEDS_OWNER = "needs a did with dedicated channels, or a group with shared or metered ones"
NEEDS_VALUE = "needs a did with dedicated or capacity_limit, or a group with shared, metered or capacity_limit"
WRONG_KEYS = [
    ("»{at: 2026-12-01}", "", f"needs exactly one of {ALL} (got none)"),
    ("»{}", "", f"needs exactly one of {ALL} (got none)"),
    ("»{at: 2026-12-01, leave: {did: london}, end: {did: london}}", "", "needs exactly one of"),
    ("»{leave: {did: london}}", "", "needs either at or every"),
    ("»{at: 2026-12-01, every: day 10:00, leave: {did: london}}", "", "either at or every, not both"),
    ("»{every: Friday 17:00, switch: {did: london, mode: DID+0}}", "", "switch happens once"),
    ("»{every: Friday 17:00, renew: {did: london}}", "", "renew happens once"),
    ("»{every: Friday 17:00, add: {did: spare}}", "", "add happens once"),
    ("»{every: Friday 17:00, end: {did: spare}}", "", "end happens once"),
    ("»{every: Friday 17:00, delete: {group: night}}", "", "delete happens once"),
    ("»{at: 2026-12-01, until: 2026-12-05, set: {group: night, shared: 1}}", "", "until goes with buy, assign"),
    ("»{at: 2026-12-01, until: 2026-12-05, remove: {pool: standard, channels: 1}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, join: {did: spare, group: night}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, switch: {did: london, mode: DID+0}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, add: {group: night}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: Sunday 23:00, assign: {group: night, shared: 1}}", "", "until must be a moment"),
    ("»{every: day 17:00, until: 2026-12-05, assign: {group: night, shared: 1}}", "", "until must be a day and a time"),
    ("»{every: Friday 17:00, until: 36 h, assign: {group: night, shared: 1}}", "", "until must be a day and a time"),
    ("{at: 2026-12-01, »assign: {}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {group: support}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, group: support, shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, dedicated: 1, metered: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {group: support, dedicated: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »unassign: {group: support, shared: 2, pool: standard}}", "unassign", NEEDS_OWNER),
    ("{at: 2026-12-01, »set: {}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, metered: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, capacity_limit: 2, pool: standard}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {group: support}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {group: support, dedicated: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, group: support, capacity_limit: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »add: {}}", "add", "needs a did or a group"),
    ("{at: 2026-12-01, »add: {did: spare, group: night}}", "add", "needs a did or a group, not both"),
    ("{at: 2026-12-01, »buy: {pool: standard}}", "buy.channels", "is missing"),
    ("{at: 2026-12-01, »buy: {channels: 2}}", "buy.pool", "is missing"),
    ("{at: 2026-12-01, »join: {did: spare}}", "join.group", "is missing"),
    ("{at: 2026-12-01, »switch: {did: london}}", "switch.mode", "is missing"),
    ("{at: 2026-12-01, »leave: {}}", "leave.did", "is missing"),
    ("{at: 2026-12-01, »byu: {pool: standard, channels: 4}}", "byu", "unknown key 'byu'; did you mean 'buy'?"),
    ("{at: 2026-12-01, buy: {pool: standard, »chanels: 4}}", "buy.chanels", "did you mean 'channels'?"),
    ("{at: 2026-12-01, delete: {group: overflow, »force: 1}}", "delete.force", "unknown key 'force'"),
    ("{»on: 2026-12-01, leave: {did: london}}", "on", "unknown key 'on'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "words"), WRONG_KEYS, ids=[row[0].replace("»", "") for row in WRONG_KEYS])
def test_keys_that_do_not_go_together_are_told_of_with_those_that_do(broken, change, path, words):
    where = f"changes.0.{path}".removesuffix(".")
    problems = broken(change)
    assert where in [problem.path for problem in problems], problems
    problem = next(one for one in problems if one.path == where)
    assert words in problem.message
    assert problem.rule in ("R11", "R12")
    assert (problem.line, problem.column) == (FIRST_LINE, len("  - ") + change.index("»") + 1)
    if words != "unknown key 'on'" and "byu" not in change and "chanels" not in change:
        assert len(problems) == 1, problems


# -- values out of range and of the wrong kind ----------------------------------------------------------------

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


# -- the same in Python ---------------------------------------------------------------------------------------


def in_python(*changes):
    pools = {"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}}
    return capsim.Scenario(
        start="2026-11-02", duration="1 month", pools=pools, groups={"desk": {"pool": "standard", "shared": 3}},
        dids={"a": {"country": "GB", "group": "desk"}}, changes=list(changes),
    )  # fmt: skip


def test_a_scenario_made_in_python_takes_dates_and_times_of_python():
    at = datetime(2026, 11, 10, 12)
    (step,) = in_python({"at": at, "leave": {"did": "a"}}).timeline.steps
    (same,) = in_python({"at": at.date(), "leave": {"did": "a"}}).timeline.steps
    assert step.at - same.at == 12 * 3_600_000_000


@pytest.mark.parametrize(
    "change",
    [
        None,
        [],
        (),
        set(),
        object(),
        b"bytes",
        float("nan"),
        {1: 2},
        {None: None},
        {"at": None, "leave": None},
        {"at": float("inf"), "leave": {"did": "a"}},
        {"at": datetime(2026, 11, 10, tzinfo=UTC), "leave": {"did": "a"}},
        {"at": Path("x"), "leave": {"did": "a"}},
        {"at": "2026-11-10", "leave": {"did": None}},
        {"at": "2026-11-10", "leave": {"did": b"a"}},
        {"at": "2026-11-10", "leave": {"did": ["a"]}},
        {"at": "2026-11-10", "assign": {"group": "desk", "shared": float("nan")}},
        {"at": "2026-11-10", "assign": {"group": "desk", "shared": 10**30}},
        {"at": "2026-11-10", "set": {"group": "desk", "capacity_limit": float("inf")}},
        {"at": "2026-11-10", "set": {"group": "desk", "capacity_limit": 10**30}},
        {"at": "2026-11-10", "set": {"group": "desk", "capacity_limit": {}}},
        {"at": "x" * 100_000, "leave": {"did": "a"}},
        {"at": "2026-11-10", "leave": {"did": "a" * 100_000}},
        {"at": "1" * 5000 + " h", "leave": {"did": "a"}},
        {"every": "Friday ١٧:٠٠", "leave": {"did": "a"}},  # digits, but not those of ASCII
        {"at": "٣ h", "leave": {"did": "a"}},
        {"at": "2026-11-10", "renew": {"did": "a", "period": "999999999999 months"}},
        {"at": "2026-11-10", "renew": {"did": "a", "period": "999999999999.5 h"}},
    ],
    ids=lambda change: "an object" if type(change) is object else repr(change)[:60],
)
def test_whatever_stands_in_a_change_the_error_is_an_ordinary_one(change):
    with pytest.raises(capsim.ScenarioError) as raised:
        in_python(change)
    for problem in raised.value.problems:
        assert problem.path.startswith("changes")
        assert len(problem.message) < 500


@pytest.mark.parametrize(
    "changes",
    [
        # 9999-11: the next billing cycle would begin in the year 10000
        [{"at": "95677 months", "switch": {"did": "a", "mode": "DID+0"}}],
        # renewed in the year 9993 for a hundred years
        [{"at": "95600 months", "renew": {"did": "a", "period": "1200 months"}},
         {"at": "95601 months", "switch": {"did": "a", "mode": "DID+0"}}],
        [{"at": "2199-12-31 23:59:59.999999", "switch": {"did": "a", "mode": "DID+0"}}],
        [{"at": "2199-12-31", "renew": {"did": "a", "period": "1200 months"}},
         {"at": "2199-12-31", "switch": {"did": "a", "mode": "DID+0"}}],
        [{"at": "2026-11-10", "until": "95677 months", "assign": {"group": "desk", "shared": 1}}],
    ],
)  # fmt: skip
def test_a_change_far_beyond_the_end_is_a_warning_or_an_ordinary_error(changes):
    try:
        made = in_python(*changes)
    except capsim.ScenarioError as error:
        assert all(problem.path.startswith("changes") for problem in error.problems)
    else:
        build_schedule(made), build_prices(made)


def test_channels_that_grow_without_bound_are_counted_or_refused():
    """A million more each day are more than 2^31 after six years."""
    daily = {"every": "day 00:00", "assign": {"group": "desk", "shared": 1_000_000}}
    keys = {"start": "2026-11-02", "duration": "72 months", "groups": {"desk": {"pool": "standard", "shared": 3}}}
    pools = {"standard": {"flat_rate": {"monthly": 15}}}
    try:
        made = capsim.Scenario(**keys, pools=pools, dids={"a": {}}, changes=[daily])
    except capsim.ScenarioError as error:
        assert [problem.path for problem in error.problems] == ["changes.0.assign.shared"]
    else:
        build_schedule(made), build_prices(made)


def test_many_thousands_of_turns_are_refused_at_once():
    daily = [{"every": "day 12:00", "set": {"group": "desk", "capacity_limit": 4}}] * 700
    before = time.perf_counter()
    with pytest.raises(capsim.ScenarioError, match=r"allowed: at most 20,000 \[R11\]"):
        in_python(*daily)
    assert time.perf_counter() - before < 10


@pytest.mark.slow
def test_changes_that_touch_many_thousands_of_dids_again_and_again_are_refused():
    daily = {"every": "day 12:00", "set": {"did": "a", "capacity_limit": 4}}
    with pytest.raises(capsim.ScenarioError, match=r"changes\.0.*1,000,000 times.*\[R11\]"):
        capsim.Scenario(start="2026-11-02", duration="1 month", dids={"a": {"count": 50_000}}, changes=[daily])


def test_an_error_names_no_code_of_ours(broken):
    """No path of a message has the name of a Python type in it, such as capacity_limit.int."""
    for value in ["all", "2.5", "[1]", "{}", "true"]:
        for problem in broken(f"{{at: 2026-12-01, set: {{group: support, capacity_limit: {value}}}}}"):
            assert re.fullmatch(r"changes\.0\.set(\.capacity_limit)?", problem.path), problem
