"""Loads that differ from day to day, against brute force, a closed form, and limits."""

import math

import numpy as np
import pytest
from scipy.special import exp1
from scipy.stats import gamma

from capsim.analysis import erlang_b, gamma_mixture_blocking


def by_brute_force(load: float, cv: float, channels: int, panels: int = 20_000) -> float:
    """E[X B(load X, channels)] straight from the definition, by panels of equal width in the root of X's range."""
    shape, scale = cv**-2, cv**2
    top = max(gamma.isf(1e-17, shape, scale=scale), 3.0 * channels / load * cv**2 + 1.0)
    low = gamma.ppf(1e-17, shape, scale=scale) if cv < 0.5 else 0.0
    edges = low + (top - low) * np.linspace(0.0, 1.0, panels + 1) ** 8 if cv >= 0.5 else np.linspace(low, top, panels)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    half = np.diff(edges)[:, np.newaxis] / 2
    x = ((edges[1:] + edges[:-1])[:, np.newaxis] / 2 + half * nodes).ravel()
    return float(((half * weights).ravel() * gamma.pdf(x, shape, scale=scale) * x) @ erlang_b(load * x, channels))


@pytest.mark.parametrize("cv", [0.01, 0.1, 0.5, 2.0])
@pytest.mark.parametrize(
    ("load", "channels"), [(0.1, 1), (1.0, 4), (90.0, 107), (90.0, 60), (1000.0, 1050), (5000.0, 4900)]
)
def test_the_blocking_is_that_of_brute_force(load, cv, channels):
    assert gamma_mixture_blocking(load, cv, channels) == pytest.approx(by_brute_force(load, cv, channels), rel=1e-9)


def test_one_channel_under_exponential_days_is_the_exponential_integral():
    # E[a X^2 / (1 + a X)] with X exponential; a X / (1 + a X) = 1 - 1 / (1 + a X), and so on
    for load in (0.3, 1.0, 7.0, 5000.0):
        inverse = 1 / load
        theory = 1 - inverse + inverse**2 * math.exp(inverse) * exp1(inverse)
        assert gamma_mixture_blocking(load, 1.0, 1) == pytest.approx(theory, rel=1e-9)


def test_days_that_are_all_alike_are_erlang_b():
    assert gamma_mixture_blocking(90.0, 0.0, 107) == erlang_b(90.0, 107)
    small = 1e-4
    assert gamma_mixture_blocking(90.0, small, 107) == pytest.approx(erlang_b(90.0, 107), rel=1e-5)


def test_small_variation_adds_half_the_second_derivative_of_the_lost_load():
    load, cv, step = 90.0, 0.01, 0.01
    lost = [a * erlang_b(a, 100) for a in (load - step, load, load + step)]
    added = (lost[0] - 2 * lost[1] + lost[2]) / step**2 * (cv * load) ** 2 / 2
    assert gamma_mixture_blocking(load, cv, 100) - lost[1] / load == pytest.approx(added / load, rel=0.02)


def test_more_variation_blocks_more():
    blocking = [gamma_mixture_blocking(500.0, cv, 540) for cv in (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 2.0)]
    assert blocking == sorted(blocking)


@pytest.mark.slow
def test_a_large_sample_of_days_has_it():
    days = np.random.default_rng(7).gamma(1 / 0.09, 0.09, 400_000)
    sampled = float((days * erlang_b(50.0 * days, 60)).mean() / days.mean())
    assert gamma_mixture_blocking(50.0, 0.3, 60) == pytest.approx(sampled, rel=0.01)


def test_the_lost_share_of_a_group_far_too_large_keeps_its_digits():
    shape, channels = 1 / 0.25, 60
    # almost nothing is blocked: B(a) is a^c exp(-a) / c! there, whose mean is known
    log = channels * math.log(0.01) - math.lgamma(channels + 1) + math.lgamma(shape + channels + 1)
    log += channels * math.log(0.25) - math.lgamma(shape + 1) - (shape + channels + 1) * math.log1p(0.01 * 0.25)
    assert gamma_mixture_blocking(0.01, 0.5, channels) == pytest.approx(math.exp(log), rel=1e-12)


def test_edges_and_refusals():
    assert gamma_mixture_blocking(0.0, 0.5, 3) == 0.0
    assert gamma_mixture_blocking(5.0, 0.5, 0) == 1.0
    for bad in ((-1.0, 0.1, 3), (1.0, -0.1, 3), (1.0, math.inf, 3), (1.0, 0.1, math.nan)):
        with pytest.raises(ValueError, match="finite number"):
            gamma_mixture_blocking(*bad)
