"""Calls, load and blocking by hour of the week are those of the calls, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

import capsim
from capsim.estimates.hours_of_week import HoursOfWeek
from capsim.studies.run.unit_costs import unit_costs
from tests.reference.scenarios import office


@pytest.fixture(scope="module")
def found():
    return capsim.simulate(office(), keep_calls=True)


def test_each_hour_is_one_of_the_clock_also_where_the_start_is_within_one():
    late = capsim.simulate(office(start="2026-10-23 09:30", duration="75 h"), keep_calls=True)
    calls, week = late.calls, late.week.set_index(["weekday", "hour"])
    local = calls["arrival"].dt
    counted = calls.groupby([local.day_name(), local.hour], observed=True).size()
    for (weekday, hour), number in counted.items():
        of_week = week.loc[(weekday, hour)]
        assert of_week.offered * of_week.hours * 3 == pytest.approx(number)
    assert week.loc[("Friday", 9)].hours == 0.5
    assert (week.hours.sum(), week.loc[("Sunday", 1)].hours) == (75, 2), "the night of two first hours"


def test_each_hour_has_its_calls_also_where_the_clocks_change(found):
    calls, week = found.calls, found.week.set_index(["weekday", "hour"])
    local = calls["arrival"].dt
    days = calls.groupby([local.day_name(), local.hour], observed=True)
    counted = days["cause"].agg(offered="size", blocked=lambda cause: (cause == "capacity_exceeded").sum())
    for (weekday, hour), row in counted.iterrows():
        of_week = week.loc[(weekday, hour)]
        hours = 3 * of_week.hours
        assert of_week.offered * hours == pytest.approx(row.offered)
        assert of_week.blocked * hours == pytest.approx(row.blocked)
        assert of_week.blocking == pytest.approx(row.blocked / row.offered)
        assert of_week.blocking_low <= of_week.blocking <= of_week.blocking_high
    assert week.loc[("Sunday", 1)].hours == 2 + 1, "two Sundays, and the hour that came twice"
    assert week.offered.where(week.index.get_level_values("hour") < 8, 0).sum() == 0


def test_load_is_the_time_that_offered_calls_ask_for():
    rich = capsim.simulate(office(groups={"desk": {"pool": "one", "shared": 90, "metered": 0}}), keep_calls=True)
    calls, week = rich.calls, rich.week
    held = (calls["end"] - calls["arrival"]).dt.total_seconds().sum()
    assert (week.erlangs * week.hours).sum() * 3 * 3600 == pytest.approx(held)


def test_an_hour_that_never_comes_is_left_out_and_a_part_of_one_counts_as_that():
    by_hour = np.zeros((1, 2, 3), np.int64)
    by_hour[0, 1] = 7, 2, 0
    short = office(start="2026-11-02 09:00", duration="90 min", replications=1)
    hours = HoursOfWeek.of(short, by_hour, 1.0)
    assert hours.offered[0, 10] == 14, "7 calls in half an hour"
    assert np.isnan(hours.offered[0, 11])
    assert len(hours.to_frame()) == 2


def test_the_busiest_hour_and_how_few_hours_have_half_of_what_is_lost(found):
    hours = found.by_weekday
    day, hour = hours.busiest
    assert hours.erlangs[day, hour] == np.nanmax(hours.erlangs)
    lost = np.sort(np.nan_to_num(hours.blocked * hours.hours).ravel())[::-1]
    few = hours.concentration()
    assert lost[: few - 1].sum() < lost.sum() / 2 <= lost[:few].sum() * (1 + 1e-9)
    none = HoursOfWeek.of(office(duration="1 h", replications=1), np.zeros((1, 1, 3), np.int64), 1.0)
    assert none.concentration() == 0


def test_hours_are_counted_whether_or_not_the_run_watches(found):
    assert found.week.equals(capsim.simulate(office(), watch=True).week)


def test_what_a_minute_comes_to(found):
    costs, tiers = unit_costs(found), found.tiers
    flat = found.cost.loc["flat_rate", "mean"] / tiers.loc["shared", "minutes"]
    assert costs["flat_rate_minute"].mean == pytest.approx(flat)
    metered = found.cost.loc["metered", "mean"] / tiers.loc["metered", "minutes"]
    assert costs["metered_minute"].mean == pytest.approx(metered)
    assert metered > 0.06, "whole minutes are billed"
    recurring = found.cost.loc["total", "mean"] - found.cost.loc["setup", "mean"]
    assert costs["carried_call"].mean == pytest.approx(recurring / found.totals.loc["carried", "mean"])
    assert costs["metered_minute"].low < costs["metered_minute"].mean < costs["metered_minute"].high
