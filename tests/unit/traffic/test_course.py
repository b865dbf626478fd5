"""Rates that vary: by hour and weekday, in surges, with growth, and from day to day by chance."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import capsim
from capsim.traffic import build_streams, draw
from capsim.units import HOUR, MINUTE
from tests.reference.scenarios import steady_number

OFFICE = {"weekday": {"8-12": 1.0, "12-13": 0.5, "13-18": 1.5}, "Saturday": {"9-13": 0.25}}
ALL = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def arrivals(made, did=0, replication=0, **keys):
    """Of one DID: microseconds from the start."""
    tables = list(draw(build_streams(made), made.seed, replication, **keys))
    return np.concatenate([table.arrival[table.first[did] : table.first[did + 1]] for table in tables])


def local(made, clock, zone=None):
    start = made.horizon.start.astimezone(UTC)
    return [(start + timedelta(microseconds=int(at))).astimezone(ZoneInfo(zone or made.timezone)) for at in clock]


def by_hour(made, clock):
    """Calls by weekday and local hour."""
    found = np.zeros((7, 24), int)
    for moment in local(made, clock):
        found[moment.weekday(), moment.hour] += 1
    return found


# -- profiles -------------------------------------------------------------------------------------------------


def test_calls_come_by_the_factor_of_their_local_hour_and_closed_hours_have_none():
    made = steady_number({"profile": OFFICE, "calls_per_hour": 600})
    counts = by_hour(made, arrivals(made))
    expected = np.zeros((7, 24))
    expected[:5, 8:12], expected[:5, 12], expected[:5, 13:18], expected[5, 9:13] = 1, 0.5, 1.5, 0.25
    expected *= 4 * 600
    assert (counts[expected == 0] == 0).all()
    assert (abs(counts - expected) <= 4.5 * np.sqrt(expected)).all()


def test_the_more_specific_day_counts():
    made = steady_number({"profile": {"day": 1, "weekday": 2, "weekend": 0.5, "Friday": 0, "sunday": [3] * 24}})
    hours = made.profile_of(made.dids["a"]).hours
    assert [day[0] for day in hours] == [2, 2, 2, 2, 0, 0.5, 3]


def test_a_profile_may_have_a_name_and_be_shared():
    made = steady_number({"profile": "office"}, profiles={"office": OFFICE})
    assert (arrivals(made) == arrivals(steady_number({"profile": OFFICE}))).all()


def test_a_profile_that_is_1_throughout_changes_nothing():
    assert (arrivals(steady_number({"profile": {"day": 1}})) == arrivals(steady_number())).all()
    assert (arrivals(steady_number({"profile": {"day": 2}})) == arrivals(steady_number({"calls_per_hour": 120}))).all()


def test_arrivals_are_those_of_a_constant_rate_sent_through_the_inverse_of_the_cumulative_factor():
    """Told hour by hour, in Python. Half a microsecond of the constant rate is 5 here; 20 where the factor is 0.25."""
    made = steady_number({"profile": OFFICE}, timezone="Europe/London")
    flat = arrivals(steady_number({"calls_per_hour": 600}, timezone="Europe/London"))  # 10 times as many
    profile = made.profile_of(made.dids["a"]).hours
    found, day_length = [], 24 * HOUR
    for day in range(28):
        hours = profile[day % 7]
        totals = np.concatenate([[0.0], np.cumsum(hours)]) * HOUR
        for at in flat[(flat >= day * day_length) & (flat < (day + 1) * day_length)]:
            along = (at - day * day_length) * 10.0
            if along < totals[-1]:
                hour = bisect_right(totals.tolist(), along) - 1
                found.append(day * day_length + hour * HOUR + (along - totals[hour]) / hours[hour])
    ours = arrivals(made)
    assert len(ours) == pytest.approx(len(found), abs=5), "rounding of the constant rate's arrivals, 10 times magnified"
    assert np.abs(ours[: len(found)] - np.array(found[: len(ours)])).max() <= 21


def test_scaling_a_rate_keeps_the_order_of_the_calls_and_adds_at_the_end_of_each_day():
    made = steady_number({"profile": OFFICE}), steady_number({"profile": OFFICE, "calls_per_hour": 90})
    few, many = (arrivals(one) for one in made)
    for day in range(0, 28):
        begin, end = day * 24 * HOUR, (day + 1) * 24 * HOUR
        first, second = (one[(one >= begin) & (one < end)] for one in (few, many))
        assert len(second) >= len(first)
        assert (np.sort(second[: len(first)]) == second[: len(first)]).all()
        assert (second[: len(first)] <= first).all(), "each call comes earlier, none is another"


def test_one_day_moves_no_other():
    quiet = steady_number({"profile": OFFICE | {"Tuesday": {"8-18": 0.3}}})
    usual, other = (arrivals(one) for one in (steady_number({"profile": OFFICE}), quiet))
    tuesday = [moment.weekday() == 1 for moment in local(quiet, usual)]
    still = [moment.weekday() == 1 for moment in local(quiet, other)]
    assert (usual[~np.array(tuesday)] == other[~np.array(still)]).all()


@pytest.mark.parametrize("calls_per_window", [20, 500, 10_000])
def test_calls_do_not_depend_on_the_windows_in_which_they_are_drawn(calls_per_window):
    varied = {"profile": OFFICE, "growth": "20%", "day_factor": {"cv": 0.5}, "surges": SURGES}
    made = steady_number(varied, timezone="Europe/London", warm_up="5 h")
    assert (arrivals(made) == arrivals(made, calls_per_window=calls_per_window)).all()
    cuts = [7 * HOUR, 24 * HOUR, 24 * HOUR + 1, 400 * HOUR]
    assert (arrivals(made) == arrivals(made, calls_per_window=calls_per_window, cuts=cuts)).all()


def test_hours_are_read_off_the_local_clock_also_on_the_days_on_which_it_changes():
    """In London 01:00 to 02:00 does not occur on 29 March, and lasts two hours on 25 October."""
    one_hour = {"calls_per_hour": 3000, "profile": {"day": {"1": 1}}}
    made = steady_number(one_hour, start="2026-03-28", duration="3 days", timezone="Europe/London")
    days = [moment.day for moment in local(made, arrivals(made))]
    assert 29 not in days
    assert days.count(28) == pytest.approx(3000, abs=250)
    made = steady_number(one_hour, start="2026-10-24", duration="3 days", timezone="Europe/London")
    moments = local(made, arrivals(made))
    assert {moment.hour for moment in moments} == {1}
    days = [moment.day for moment in moments]
    assert days.count(25) == pytest.approx(6000, abs=350)
    assert days.count(26) == pytest.approx(3000, abs=250)


def test_a_did_has_the_days_and_hours_of_its_own_time_zone():
    holding = {"distribution": "exponential", "mean": "3 min"}
    did = {"timezone": "America/New_York", "traffic": {"calls_per_hour": 600, "holding": holding, "profile": OFFICE}}
    made = steady_number(dids={"a": did})
    moments = local(made, arrivals(made), "America/New_York")
    assert {moment.hour for moment in moments} == set(range(8, 18))
    assert 6 not in {moment.weekday() for moment in moments}


# -- surges and growth ----------------------------------------------------------------------------------------

SURGES = [
    {"start": "2026-11-05 10:20", "length": "90 min", "factor": 5},
    {"start": "1 week", "length": "1 day", "factor": 0},
]


def test_a_surge_multiplies_the_rate_from_its_start_for_its_length_and_no_call_elsewhere_is_another():
    plain, surging = (
        arrivals(steady_number(one)) for one in ({"calls_per_hour": 300}, {"calls_per_hour": 300, "surges": SURGES})
    )
    begin = 3 * 24 * HOUR + 10 * HOUR + 20 * MINUTE
    inside = (surging >= begin) & (surging < begin + 90 * MINUTE)
    assert inside.sum() == pytest.approx(5 * 450, abs=200)
    closed = (surging >= 7 * 24 * HOUR) & (surging < 8 * 24 * HOUR)
    assert closed.sum() == 0
    assert (plain[plain < begin] == surging[surging < begin]).all()
    other_days = [(one >= 8 * 24 * HOUR) | (one < 3 * 24 * HOUR) for one in (plain, surging)]
    assert (plain[other_days[0]] == surging[other_days[1]]).all()


def test_surges_that_overlap_multiply():
    two = [{"start": "1 h", "length": "2 h", "factor": 3}, {"start": "2 h", "length": "2 h", "factor": 4}]
    made = steady_number({"calls_per_hour": 1000, "surges": two}, duration="6 h")
    hours = np.bincount(arrivals(made) // HOUR, minlength=6) / 1000
    assert hours == pytest.approx([1, 3, 12, 4, 1, 1], rel=0.13)


def test_a_surge_over_midnight_goes_on_the_next_day():
    over = [{"start": "2026-11-03 22:00", "length": "5 h", "factor": 6}]
    hours = np.bincount(arrivals(steady_number({"calls_per_hour": 1000, "surges": over}, duration="3 days")) // HOUR)
    assert [hour for hour, count in enumerate(hours) if count > 3000] == [46, 47, 48, 49, 50]


def test_growth_is_by_the_month_of_30_days_and_a_half_day_by_day():
    made = steady_number({"calls_per_hour": 400, "growth": "10%"}, duration="12 months")
    days = np.bincount(arrivals(made) // (24 * HOUR), minlength=365)
    for month in range(12):
        middle = 30.4375 * (month + 0.5)
        counted = days[int(30.4375 * month) : int(30.4375 * (month + 1))].mean()
        assert counted == pytest.approx(400 * 24 * 1.1 ** (middle / 30.4375), rel=0.02)
    assert (arrivals(steady_number({"growth": "0%"})) == arrivals(steady_number())).all()


# -- uncertain days -------------------------------------------------------------------------------------------


def numbers(count, **day_factor):
    holding = {"distribution": "exponential", "mean": "3 min"}
    traffic = {"calls_per_hour": 400, "holding": holding, "day_factor": day_factor}
    return {"dids": {"a": {"count": count, "traffic": traffic}}}


def factors(made, count, days):
    """Calls of each DID by day, over their mean."""
    return np.array(
        [np.bincount(arrivals(made, did) // (24 * HOUR), minlength=days)[:days] for did in range(count)]
    ) / (24 * 400)


@pytest.mark.parametrize("cv", [0.1, 0.5, 1.5])
def test_days_have_a_factor_of_mean_1_and_the_cv_that_is_asked_for(cv):
    made = steady_number(**numbers(1, cv=cv), duration="1000 days")
    found = factors(made, 1, 1000)[0]
    assert found.mean() == pytest.approx(1, abs=4 * cv / np.sqrt(1000))
    assert found.std() == pytest.approx(cv, rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_days_of_several_dids_are_correlated_as_asked_for(correlation):
    made = steady_number(**numbers(2, cv=0.6, correlation=correlation), duration="1500 days")
    found = factors(made, 2, 1500)
    assert np.corrcoef(found)[0, 1] == pytest.approx(correlation, abs=0.08)
    assert found.std(axis=1) == pytest.approx(0.6, rel=0.15)


def test_a_did_more_moves_no_others_days():
    one, two = (steady_number(**numbers(count, cv=0.6, correlation=0.5)) for count in (1, 2))
    assert (arrivals(one) == arrivals(two)).all()


def test_an_uncertain_day_keeps_the_order_of_its_calls():
    plain, uncertain = arrivals(steady_number()), arrivals(steady_number({"day_factor": {"cv": 0.4}}))
    for day in range(28):
        first, second = (one[one // (24 * HOUR) == day] - day * 24 * HOUR for one in (plain, uncertain))
        both = min(len(first), len(second))
        ratio = (second[:both] / first[:both])[5:]
        assert ratio == pytest.approx(np.full(len(ratio), ratio[-1]), rel=1e-6), "one factor for all of the day"


def test_days_of_other_replications_are_others():
    made = steady_number({"day_factor": {"cv": 0.4}})
    counts = [np.bincount(arrivals(made, replication=number) // (24 * HOUR)) for number in range(2)]
    assert np.corrcoef(*counts)[0, 1] < 0.6


# -- what is expected -----------------------------------------------------------------------------------------


def test_as_many_calls_are_expected_as_come():
    varied = {"profile": OFFICE, "growth": "20%", "surges": SURGES, "calls_per_hour": 100}
    made = steady_number(varied, timezone="Europe/London", start="2026-10-19", warm_up="30 h")
    streams = build_streams(made)
    come = [arrivals(made, replication=number) for number in range(40)]
    edges = np.arange(0, 28 * 24, 37) * HOUR
    for begin, end in zip(edges[:-1], edges[1:], strict=True):
        counts = [((one >= begin) & (one < end)).sum() for one in come]
        expected = streams.expected_calls(int(begin), int(end))
        assert np.mean(counts) == pytest.approx(expected, abs=4.5 * np.sqrt(max(expected, 0.02) / 40))
    assert streams.expected_calls(streams.begin, streams.end) == pytest.approx(
        np.mean([len(one) for one in come]), rel=0.02
    )


# -- what is wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traffic", "path", "words"),
    [
        ({"profile": "offce"}, "profile", "there is no profile 'offce'; did you mean 'office'?"),
        ({"profile": {"Mondy": 1}}, "profile", "unknown day 'Mondy'; did you mean 'Monday'?"),
        ({"profile": {"Monday": [1] * 23}}, "profile", "Monday has 23 numbers"),
        ({"profile": {"Monday": {"8-25": 1}}}, "profile", "'8-25' for hours"),
        ({"profile": {"Monday": {"12-8": 1}}}, "profile", "'12-8' for hours"),
        ({"profile": {"Monday": {"8-12": 1, "11-13": 1}}}, "profile", "an hour of 11-13 twice"),
        ({"profile": {"Monday": -1}}, "profile", "a factor from 0 to 1,000"),
        ({"profile": {"Monday": "busy"}}, "profile", "a factor from 0 to 1,000"),
        ({"profile": {"Monday": {"8-9": 2000}}}, "profile", "a factor from 0 to 1,000"),
        ({"profile": {"Monday": 0}}, "profile", "no hour with a factor above 0"),
        ({"profile": {}}, "profile", "mapping of days"),
        ({"profile": [1, 2]}, "profile", "mapping of days"),
        ({"growth": "3"}, "growth", "growth per month"),
        ({"growth": "1000%"}, "growth", "from -90% to 900%"),
        ({"growth": 3}, "growth", "is it 3%?"),
        ({"growth": "900%"}, "growth", "grows to more than 1,000 times the rate within the horizon"),
        ({"surges": [{"start": "99999 months", "length": "99 days", "factor": 2}]}, "surges.0.start", "the year 9999"),
        ({"surges": [{"start": "1 h", "length": "9000 weeks", "factor": 2}]}, "surges.0.length", "to 3660 days"),
        ({"surges": [{"start": "1 h", "length": "0 h", "factor": 2}]}, "surges.0.length", "longer than 0 s"),
        ({"surges": [{"start": "2026-11-05", "length": "1 h"}]}, "surges.0.factor", "is missing"),
        ({"surges": [{"start": "2026-11-05", "length": "1 h", "factor": -1}]}, "surges.0.factor", "at least 0"),
        ({"day_factor": {"cv": 0}}, "day_factor.cv", "at least 0.001"),
        ({"day_factor": {"cv": 0.5, "correlation": 1.5}}, "day_factor.correlation", "at most 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_an_error_with_what_is_allowed(traffic, path, words):
    with pytest.raises(capsim.ScenarioError) as caught:
        steady_number(traffic, profiles={"office": OFFICE}, duration="4 months")
    (problem,) = caught.value.problems
    assert problem.path == f"dids.a.traffic.{path}"
    assert words in problem.message


def test_a_surge_outside_of_the_horizon_is_warned_of():
    surge = {"length": "1 h", "factor": 2}
    early, in_time, late = (surge | {"start": start} for start in ("2026-11-01 20:00", "2026-11-02", "4 weeks"))
    (one, other) = steady_number({"surges": [early, in_time, late]}).warnings
    assert (one.path, other.path) == ("dids.a.traffic.surges.0", "dids.a.traffic.surges.2")
    assert "outside the horizon" in one.message
    assert len(steady_number({"surges": [early]}, warm_up="4 h").warnings) == 0


def test_a_date_that_the_calendar_leaves_out_has_no_call():
    """Samoa went from 29 to 31 December 2011."""
    made = steady_number(
        {"profile": {"weekday": {"8-12": 1}}}, start="2011-12-26", duration="1 week", timezone="Pacific/Apia"
    )
    days = {moment.day for moment in local(made, arrivals(made))}
    assert days == {26, 27, 28, 29}


def test_the_dates_of_a_profile_are_those_of_the_calendar():
    """2 November 2026 is a Monday."""
    assert ALL[date(2026, 11, 2).weekday()] == "Monday"
    made = steady_number({"profile": {"Monday": 1}})
    assert {moment.weekday() for moment in local(made, arrivals(made))} == {0}
    assert min(local(made, arrivals(made))) > datetime(2026, 11, 2, tzinfo=UTC)
