"""Intervals: inside [0, 1], skewed where events are rare, honest where none was seen."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capsim.analysis.student import t_quantile
from capsim.estimates.estimate import of_means, of_probabilities, of_ratios


def test_students_t_is_that_of_the_tables():
    for degrees, t in ((1, 12.706), (2, 4.303), (9, 2.262), (30, 2.042), (1000, 1.962), (50_000, 1.960)):
        assert t_quantile(0.95, degrees) == pytest.approx(t, abs=5e-4)


def test_a_mean_has_students_interval():
    one = of_means([1.0, 2.0, 3.0]).one()
    assert (one.mean, one.high - one.mean) == (2, pytest.approx(4.3027 / math.sqrt(3), rel=1e-4))


def test_one_replication_gives_no_interval():
    for one in (of_means([5.0]).one(), of_probabilities([3], [10], 1.0).one(), of_ratios([3.0], [10.0]).one()):
        assert math.isnan(one.low)
        assert math.isnan(one.high)
        assert one.to_dict()["low"] is None


def test_a_figure_that_never_varies_has_no_width():
    one = of_means([20.8] * 10).one()
    assert one.low == one.mean == one.high == 20.8


def test_blocking_is_a_ratio_of_totals_not_a_mean_of_ratios():
    assert of_probabilities([0, 10], [100, 900], 1.0).one().mean == 0.01


def test_where_nothing_was_blocked_the_upper_end_allows_for_clusters():
    alone, clustered = (
        of_probabilities([0] * 10, [100] * 10, 1.0).one(),
        of_probabilities([0] * 10, [100] * 10, 7.0).one(),
    )
    assert (alone.mean, alone.low) == (0, 0)
    assert alone.high == pytest.approx(2.9957 / 1000, rel=1e-4)
    assert clustered.high == pytest.approx(7 * alone.high)


def test_where_every_call_is_blocked_the_probability_is_one():
    one = of_probabilities([7, 9], [7, 9], 1.0).one()
    assert one.low == one.mean == one.high == 1


def test_no_call_offered_is_not_a_probability():
    one = of_probabilities([0, 0], [0, 0], 1.0).one()
    assert math.isnan(one.mean)
    assert math.isnan(one.high)


@given(arrays(np.int64, (6, 2), elements=st.integers(0, 50)))
def test_a_probability_never_leaves_zero_to_one(counts):
    blocked, offered = counts[:, 0], counts.sum(axis=1)
    one = of_probabilities(blocked, offered, 1.0).one()
    if offered.sum():
        assert 0 <= one.low <= one.mean <= one.high <= 1
        assert one.high > 0, "never 0 +- 0"


def test_intervals_of_rare_clustered_events_cover_the_truth():
    rng = np.random.default_rng(5)
    truth, covered, trials = 3 * 2e-4, 0, 1500
    for _ in range(trials):
        blocked = 3 * rng.poisson(2e-4 * 2000, size=10)
        one = of_probabilities(blocked, np.full(10, 2000), 3.0).one()
        covered += one.low <= truth <= one.high
    assert covered / trials > 0.93
