"""Changes and an account by override."""

from __future__ import annotations

import pytest

import capsim


def test_a_value_of_a_change_is_overridden_by_its_position(prepaid, found):
    more = prepaid.override({"changes.0.buy.channels": 5, "changes.1.assign.shared": 5})
    assert (more.changes[0].buy.channels, more.changes[1].assign.shared) == (5, 5)
    assert prepaid.changes[0].buy.channels == 2, "a new scenario"
    result = capsim.simulate(more, replications=3)
    assert result.causes.loc["capacity_exceeded", "mean"] < found.causes.loc["capacity_exceeded", "mean"]
    assert result.cost["mean"].flat_rate > found.cost["mean"].flat_rate
    assert result.to_dict()["tiers"]["shared"]["most_channels"] == 7


def test_changes_and_an_account_can_be_added_and_taken_away(prepaid):
    bare = prepaid.override({"changes": None, "account": None})
    assert (bare.changes, bare.account) == ((), None)
    again = bare.override(
        {
            "changes": [
                {"at": "2026-10-25 12:00", "buy": {"pool": "standard", "channels": 2}},
                {"at": "2026-10-25 12:00", "assign": {"group": "g", "shared": 2}},
            ],
            "account": {"balance": 30, "top_up": {"threshold": 10, "amount": 15}},
        }
    )
    one, other = (capsim.simulate(of, replications=1).to_dict() for of in (prepaid, again))
    assert one == other


@pytest.mark.parametrize(
    ("values", "path", "rule"),
    [
        ({"changes.0.buy.channels": 0}, "changes.0.buy.channels", "R11"),
        ({"changes.0.buy.channels": "many"}, "changes.0.buy.channels", "R11"),
        ({"changes.0.buy.pool": "stand"}, "changes.0.buy.pool", None),
        ({"changes.7.buy.channels": 5}, "changes.7.buy.channels", None),
        ({"changes.first.buy.channels": 5}, "changes.first.buy.channels", None),
        ({"changes.1.assign.shared": 50}, "changes.1.assign.shared", "R4"),
        ({"changes.1.at": "2026-13-01"}, "changes.1.at", "R11"),
        ({"changes": [{"at": "2026-10-25", "bye": {}}]}, "changes.0.bye", "R11"),
        ({"changes": [{"at": "2026-10-25"}]}, "changes.0", "R11"),
        ({"changes": {"at": "2026-10-25"}}, "changes", "R11"),
        ({"account.balance": -1}, "account.balance", "R10"),
        ({"account.balance": "lots"}, "account.balance", "R10"),
        ({"account": {}}, "account.balance", "R10"),
        ({"account": {"balance": 5, "top_up": {"threshold": 1}}}, "account.top_up.amount", "R10"),
        ({"account.top_up.amount": 0}, "account.top_up.amount", "R10"),
        ({"account.topup": {}}, "account.topup", "R10"),
    ],
)
def test_a_wrong_override_is_an_error_with_its_path_and_rule(prepaid, values, path, rule):
    with pytest.raises(capsim.ScenarioError) as caught:
        prepaid.override(values)
    assert [problem.path for problem in caught.value.problems] == [path]
    if rule is not None:
        assert [problem.rule for problem in caught.value.problems] == [rule]
