"""Changes that break a rule are reported at their place, with the rule and what is allowed."""

from __future__ import annotations

import pytest

from tests.reference.marked_changes import FIRST_LINE, check


def test_the_example_is_sound(loaded):
    made = loaded("{at: 2026-12-01, buy: {pool: standard, channels: 4}}")
    assert made.assigned_channels("standard") == 10
    assert made.warnings == []


WALK = [
    # R5, M7: pools
    ("buy: {pool: »standrd, channels: 4}", "R5", "buy.pool", ["no pool 'standrd'", "did you mean 'standard'?"]),
    ("remove: {pool: »standrd, channels: 4}", "R5", "remove.pool", ["did you mean 'standard'?"]),
    ("buy: {pool: »custom, channels: 4}", "R5", "buy.pool", ["gives no number of channels", "pools.custom.channels"]),
    ("remove: {pool: »custom, channels: 1}", "R5", "remove.pool", ["gives no number of channels"]),
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
     ["'night' would have no channel", "at least 1"]),
    ("set: {group: »support, shared: 0, metered: 0}", "R4", "set.group", ["would have no channel"]),
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
    ("join: {did: london, group: »support}", "R3", "join.group",
     ["london is a member of this group already", "got 'support'"]),
    # R6: countries and pools
    ("join: {did: nairobi, group: »support}", "R6", "join.group", ["'standard' does not cover KE", "nairobi"]),
    ("join: {did: »nowhere, group: support}", "R6", "join.did", ["needs the DID's country", "dids.nowhere.country"]),
    ("assign: {did: nairobi, dedicated: 1, pool: »standard}", "R6", "assign.pool", ["does not cover KE"]),
    ("assign: {did: »nowhere, dedicated: 1, pool: standard}", "R6", "assign.did", ["needs the DID's country"]),
    ("assign: {did: spare, dedicated: 1, pool: »custm}", "R6", "assign.pool",
     ["no pool 'custm'", "did you mean 'custom'?"]),
    ("»assign: {did: spare, dedicated: 1}", "R6", "assign.pool",
     ["spare has no dedicated channels yet", "name the pool"]),
    ("assign: {did: london, dedicated: 1, pool: »custom}", "R6", "assign.pool",
     ["come from the pool 'standard'", "unassign them first", "got 'custom'"]),
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
