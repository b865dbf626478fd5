"""Loads that change with the time, against closed forms, matrix exponentials, and limits."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm

from capsim.analysis import erlang_b, modified_offered_load, transient_blocking


def generator(rate: float, holding: float, channels: int) -> np.ndarray:
    """Rates of the busy channels, two accumulators beside them: time spent full, integral of the busy ones."""
    rates = np.zeros((channels + 3, channels + 3))
    for busy in range(channels + 1):
        if busy < channels:
            rates[busy, busy + 1] = rate
        if busy:
            rates[busy, busy - 1] = busy / holding
        rates[busy, busy] = -rates[busy].sum()
        rates[busy, channels + 2] = busy
    rates[channels, channels + 1] = 1.0
    return rates


def by_matrix_exponential(rates, durations, holding, channels, start):
    """Blocked calls and mean busy channels of each interval, and the last distribution."""
    blocked, busy, state = [], [], np.array(start, float)
    for rate, length in zip(rates, durations, strict=True):
        after = np.append(state, [0.0, 0.0]) @ expm(generator(rate, holding, channels) * length)
        state = after[: channels + 1]
        blocked.append(rate * after[channels + 1])
        busy.append(after[channels + 2] / length)
    return blocked, busy, state


def test_one_channel_from_empty_is_the_closed_form():
    rate, holding, length = 2.0, 2.0, 3.0
    total = rate + 1 / holding
    full = rate / total * (length - (1 - math.exp(-total * length)) / total)
    solved = transient_blocking([rate], [length], holding, 1)
    assert solved.blocking == pytest.approx(full / length, rel=1e-12)
    assert solved.busy[0] == pytest.approx(full / length, rel=1e-12)


@pytest.mark.parametrize("channels", [1, 4, 30])
def test_every_interval_is_that_of_the_matrix_exponential_within_the_error_stated(channels):
    rates, durations = [0.5 * channels, 0.0, 2.0 * channels, 0.1], [0.7, 0.2, 9.0, 3.0]
    start = np.arange(1.0, channels + 2) / np.arange(1.0, channels + 2).sum()
    solved = transient_blocking(rates, durations, 1.3, channels, start)
    blocked, busy, last = by_matrix_exponential(rates, durations, 1.3, channels, start)
    assert solved.error < 1e-11
    assert solved.blocked == pytest.approx(blocked, abs=1e-10 * channels)
    assert solved.busy == pytest.approx(busy, abs=1e-10 * channels)
    assert solved.last == pytest.approx(last, abs=1e-11)
    assert solved.offered == pytest.approx(np.multiply(rates, durations))


def test_a_steady_rate_comes_to_erlang_b_and_stays_there():
    solved = transient_blocking([5.0, 5.0], [60.0, 1e7], 1.0, 6)
    assert solved.blocking_by_interval[0] < erlang_b(5.0, 6)
    assert solved.blocking_by_interval[1] == pytest.approx(erlang_b(5.0, 6), rel=1e-12)
    assert solved.busy[1] == pytest.approx(5.0 * (1 - erlang_b(5.0, 6)), rel=1e-12)


def test_calls_are_conserved_in_every_interval():
    rates, durations, holding = np.array([30.0, 80.0, 5.0]), np.array([2.0, 5.0, 4.0]), 0.6
    solved = transient_blocking(rates, durations, holding, 40)
    counts = np.arange(41)
    carried = solved.offered.sum() - solved.blocked.sum()
    released = float(solved.busy @ durations) / holding
    assert carried - released == pytest.approx(float((solved.last - solved.first) @ counts), abs=1e-8)


@pytest.mark.parametrize("durations", [[12.0, 12.0], [0.3, 0.1]])
def test_a_periodic_start_is_where_the_cycle_returns(durations):
    rates, channels = [3.0, 9.0], 7
    solved = transient_blocking(rates, durations, 1.0, channels, "periodic")
    _, _, last = by_matrix_exponential(rates, durations, 1.0, channels, solved.first)
    assert solved.last == pytest.approx(solved.first, abs=1e-10)
    assert last == pytest.approx(solved.first, abs=1e-10)


@pytest.mark.slow
def test_a_cycle_short_beside_the_holding_time_is_erlang_b_of_its_mean_rate():
    solved = transient_blocking([2.0, 10.0], [0.001, 0.001], 1.0, 7, "periodic")
    assert solved.blocking == pytest.approx(erlang_b(6.0, 7), rel=1e-3)


def test_a_cycle_long_beside_the_holding_time_is_erlang_b_of_each_rate():
    solved = transient_blocking([4.0, 9.0], [1e6, 1e6], 1.0, 7, "periodic")
    theory = (4 * erlang_b(4.0, 7) + 9 * erlang_b(9.0, 7)) / 13
    assert solved.blocking == pytest.approx(theory, rel=1e-5)


def test_a_sampled_rate_converges_as_the_square_of_its_pieces_and_the_error_covers_it():
    def rate(time: float) -> float:
        return 6.0 + 5.0 * math.sin(2 * math.pi * time / 24.0)

    runs = [transient_blocking(rate, [6.0] * 4, 1.0, 8, "periodic", pieces=n) for n in (4, 8, 64)]
    off = [abs(run.blocking - runs[-1].blocking) for run in runs]
    assert off[0] / off[1] == pytest.approx(4.0, rel=0.2)
    for run in runs[:2]:
        assert np.abs(run.blocking_by_interval - runs[-1].blocking_by_interval).max() < run.error
    assert runs[-1].error < 2e-4
    assert runs[0].offered.sum() == pytest.approx(144.0, rel=1e-6)


def test_a_sampled_rate_is_that_of_an_ordinary_integrator():
    from scipy.integrate import solve_ivp

    def rate(time: float) -> float:
        return 3.0 + 0.5 * time

    def slope(time, state):
        return state @ generator(rate(time), 1.0, 5)

    exact = solve_ivp(slope, (0.0, 8.0), [1.0] + [0.0] * 7, rtol=1e-10, atol=1e-13, dense_output=True)
    blocked = quad(lambda time: rate(time) * exact.sol(time)[5], 0.0, 8.0, limit=200)[0]
    solved = transient_blocking(rate, [8.0], 1.0, 5, pieces=200)
    assert float(solved.blocked[0]) == pytest.approx(blocked, rel=1e-5)


def test_without_channels_all_is_blocked_and_without_calls_nothing_is_said():
    assert transient_blocking([5.0, 0.0], [1.0, 2.0], 1.0, 0).blocking == 1.0
    silent = transient_blocking([0.0], [3.0], 1.0, 2, [0.0, 0.0, 1.0])
    assert math.isnan(silent.blocking)
    assert silent.busy[0] == pytest.approx(2 * (1 - math.exp(-3.0)) / 3.0)


def test_the_load_without_limits_is_that_of_its_differential_equation():
    rates, durations, holding = np.array([3.0, 0.0, 8.0]), np.array([1.0, 0.5, 4.0]), 1.5
    solved = modified_offered_load(rates, durations, holding, 6, 2.0)
    change = np.diff(solved.loads)
    assert change == pytest.approx(rates * durations - solved.mean_loads * durations / holding)
    many = transient_blocking(rates, durations, holding, 60, np.eye(61)[2])
    assert solved.mean_loads == pytest.approx(many.busy, rel=1e-9)
    assert solved.loads[-1] == pytest.approx(float(many.last @ np.arange(61)), rel=1e-9)


def test_the_integral_of_a_modified_offered_load_is_that_of_ordinary_quadrature():
    for channels in (1, 40, 400):
        solved = modified_offered_load([2.0 * channels], [5.0], 1.0, channels)
        share = quad(lambda t, c=channels: erlang_b(2.0 * c * -math.expm1(-t), c), 0.0, 5.0, epsabs=1e-13, limit=500)
        assert solved.blocking == pytest.approx(share[0] / 5.0, rel=1e-10)


def test_a_modified_offered_load_is_exact_for_a_steady_rate_in_equilibrium():
    solved = modified_offered_load([5.0, 5.0], [2.0, 70.0], 2.0, 12, "periodic")
    assert solved.loads == pytest.approx([10.0] * 3)
    assert solved.blocking == pytest.approx(erlang_b(10.0, 12), rel=1e-12)


def test_a_modified_offered_load_is_near_the_exact_chain_while_blocking_is_small_and_the_rate_slow():
    hours = np.arange(24)
    for channels, near in ((75, 0.01), (50, 0.05)):
        rates = 10.0 * (1.0 - np.cos(2 * np.pi * (hours + 0.5) / 24))
        exact = transient_blocking(rates, [60.0] * 24, 3.0, channels, "periodic").blocking
        assert modified_offered_load(rates, [60.0] * 24, 3.0, channels, "periodic").blocking == pytest.approx(
            exact, rel=near
        )


def test_a_modified_offered_load_lags_behind_an_overload():
    rates, durations = [4.0, 40.0, 4.0], [20.0, 2.0, 2.0]
    exact = transient_blocking(rates, durations, 1.0, 8, "periodic").blocking_by_interval
    theory = modified_offered_load(rates, durations, 1.0, 8, "periodic").blocking_by_interval
    assert theory[1] < exact[1]
    assert theory[2] > exact[2]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"rates": [1.0, -1.0]}, "rates"),
        ({"rates": [1.0]}, "one length"),
        ({"durations": [1.0, 0.0]}, "durations"),
        ({"rates": [], "durations": []}, "durations"),
        ({"mean_holding": 0.0}, "mean_holding"),
        ({"channels": 2.5}, "channels"),
        ({"start": "full"}, "start"),
        ({"start": [0.5, 0.5]}, "start"),
        ({"accuracy": 0.5}, "accuracy"),
        ({"rates": lambda time: 1.0 - time}, "rates"),
        ({"rates": lambda time: 1.0, "pieces": 0}, "pieces"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change, match):
    given = {"rates": [1.0, 2.0], "durations": [1.0, 1.0], "mean_holding": 1.0, "channels": 2}
    with pytest.raises(ValueError, match=match):
        transient_blocking(**(given | change))


@pytest.mark.parametrize(("start", "match"), [(-1.0, "start"), ("empty", "start")])
def test_a_start_that_is_no_load_is_refused(start, match):
    with pytest.raises(ValueError, match=match):
        modified_offered_load([1.0], [1.0], 1.0, 2, start)
