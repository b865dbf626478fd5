"""Changes that are valid and may not be meant: warnings."""

from __future__ import annotations

import pytest

from tests.reference.marked_changes import FIRST_LINE, check


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
