"""Changes of a scenario made in Python: any value, far dates, and very many."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import capsim
from capsim.capacity import build_schedule
from capsim.tariff import build_prices
from tests.reference.marked_changes import in_python


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
    with pytest.raises(capsim.ScenarioError, match=r"allowed: at most 20,000 \[R11\]") as raised:
        in_python(*daily)
    (problem,) = raised.value.problems
    counted = int(re.search(r"take place ([\d,]+) times", problem.message)[1].replace(",", ""))
    assert 20_000 < counted <= 20_000 + 30, "of 700 changes of 30 turns each, none is expanded after the limit"


@pytest.mark.no_cover
@pytest.mark.slow
def test_changes_that_touch_many_thousands_of_dids_again_and_again_are_refused():
    daily = {"every": "day 12:00", "set": {"did": "a", "capacity_limit": 4}}
    with pytest.raises(capsim.ScenarioError, match=r"changes\.0.*1,000,000 times.*\[R11\]"):
        capsim.Scenario(start="2026-11-02", duration="1 month", dids={"a": {"count": 34_000}}, changes=[daily])
