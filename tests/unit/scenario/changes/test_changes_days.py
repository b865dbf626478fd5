"""Changes that break a rule only on one day, or only for one DID of an entry."""

from __future__ import annotations

from capsim.capacity import build_schedule
from capsim.tariff import build_prices
from tests.reference.marked_changes import check


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
    check(broken(*changes), changes, "R4", "changes.0.add.did", ["group 'africa' is not there"])


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
