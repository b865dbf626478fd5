"""Traffic as it really is, against theory: rates that vary by the hour, uncertain days, callers who try again."""

from __future__ import annotations

import numpy as np
import pytest

import capsim
from capsim.analysis import erlang_b, gamma_mixture_blocking, solve_retrials, transient_blocking
from capsim.traffic import build_streams
from capsim.units import HOUR
from tests.reference.scenarios import one_number

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

REPLICATIONS = 60


def week(channels, traffic, mean="3 min", **keys):
    traffic = {"holding": {"distribution": "exponential", "mean": mean}, **traffic}
    return one_number(channels, traffic, **{"duration": "7 days", "replications": REPLICATIONS, "seed": 11, **keys})


def distance(found, figure, exact):
    """In standard errors, from a 95% interval of a mean or of blocking."""
    one = found.totals.loc[figure]
    return (one["mean"] - exact) / ((one["high"] - one["low"]) / (2 * 2.0))


def sinusoid():
    return [1 + 0.8 * np.sin(2 * np.pi * (hour + 0.5) / 24) for hour in range(24)]


@pytest.mark.parametrize(
    ("profile", "channels", "calls_per_hour"),
    [
        (sinusoid(), 10, 120),
        (sinusoid(), 40, 700),
        ([0] * 8 + [1, 1.5, 2, 1.2, 0.6, 1.4, 1.6, 1, 0.3] + [0] * 7, 6, 80),
    ],
    ids=["sinusoid, 10 channels", "sinusoid, 40 channels", "office hours"],
)
def test_blocking_of_a_load_that_varies_by_the_hour_is_that_of_the_time_dependent_chain(
    profile, channels, calls_per_hour
):
    made = week(channels, {"calls_per_hour": calls_per_hour, "profile": {"day": profile}})
    exact = transient_blocking([calls_per_hour * factor for factor in profile] * 7, [1.0] * 168, 3 / 60, channels)
    found = capsim.simulate(made)
    assert found.totals.loc["offered", "mean"] == pytest.approx(exact.offered.sum(), rel=0.01)
    assert abs(distance(found, "blocking", exact.blocking)) < 4
    assert abs(distance(found, "erlangs", exact.busy.mean())) < 4
    steady = erlang_b(np.mean(profile) * calls_per_hour * 3 / 60, channels)
    assert abs(distance(found, "blocking", steady)) > 10, "a constant load of the same mean has another blocking"


def test_busy_channels_follow_the_time_dependent_chain_hour_by_hour():
    profile = [0.2] * 8 + [1, 1.5, 2, 1.2, 0.6, 1.4, 1.6, 1, 0.3] + [0.2] * 7
    made = week(12, {"calls_per_hour": 200, "profile": {"day": profile}}, duration="2 days", replications=400)
    exact = transient_blocking([200 * factor for factor in profile] * 2, [1.0] * 48, 3 / 60, 12)
    usage = capsim.simulate(made).usage
    by_hour = usage.groupby(np.arange(len(usage)) * 48 // len(usage)).calls.mean()
    assert by_hour.to_numpy() == pytest.approx(exact.busy, abs=0.12)


@pytest.mark.parametrize(("load", "cv", "channels"), [(8, 0.3, 12), (20, 0.5, 30), (40, 0.15, 52)])
def test_uncertain_days_have_the_blocking_of_erlang_b_over_the_gamma_distribution(load, cv, channels):
    """Calls of 20 s, so that nearly all of a day is in balance with its factor."""
    traffic = {"erlangs": load, "day_factor": {"cv": cv}}
    found = capsim.simulate(week(channels, traffic, mean="20 s", duration="40 days", replications=20))
    assert abs(distance(found, "blocking", gamma_mixture_blocking(load, cv, channels))) < 4
    assert found.totals.loc["blocking", "low"] > 1.3 * erlang_b(load, channels), "far more than on days alike"


@pytest.mark.parametrize(
    ("erlangs", "channels", "probability", "delay", "attempts"),
    [(3.0, 4, 0.7, 2, 3), (5.0, 4, 0.9, 1, 2), (1.5, 2, 0.5, 6, 4)],
)
def test_redials_have_the_blocking_of_the_exact_retrial_chain(erlangs, channels, probability, delay, attempts):
    spacing = {"distribution": "exponential", "mean": f"{delay} min"}
    redial = {"probability": probability, "delay": spacing, "attempts": attempts}
    made = week(channels, {"erlangs": erlangs, "redial": redial}, duration="6 days", warm_up="3 h")
    exact = solve_retrials(erlangs / 3, 3.0, channels, probability, delay, attempts)
    found = capsim.simulate(made)
    assert abs(distance(found, "blocking", exact.attempt_blocking)) < 4
    assert abs(distance(found, "loss", exact.lost)) < 4
    assert abs(distance(found, "erlangs", exact.busy)) < 4
    totals = found.totals["mean"]
    assert totals.offered / totals.first_attempts == pytest.approx(exact.attempts_per_call, rel=0.01)
    assert abs(distance(found, "blocking", erlang_b(erlangs, channels))) > 10, "it is not that of Erlang B"


def test_a_profile_of_one_hour_has_as_many_calls_as_it_says():
    streams = build_streams(week(1, {"calls_per_hour": 100, "profile": {"day": {"9": 1}}}))
    assert streams.expected_calls(9 * HOUR, 10 * HOUR) == pytest.approx(100)
    assert streams.expected_calls(10 * HOUR, 24 * HOUR) == 0
