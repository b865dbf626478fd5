"""Erlang's B formula: published values, exact fractions, quadrature, and its inverses."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.analysis import channels_for, erlang_b, load_for
from capsim.analysis.recursion import start


def exact(load: Fraction, channels: int) -> Fraction:
    blocking = Fraction(1)
    for n in range(1, channels + 1):
        blocking = load * blocking / (n + load * blocking)
    return blocking


@pytest.mark.parametrize(
    ("load", "channels", "blocking"),
    [(1, 1, 0.5), (1, 2, 0.2), (2, 2, 0.4), (5, 10, 0.018385), (10, 10, 0.214582)],
)
def test_published_values(load, channels, blocking):
    assert erlang_b(load, channels) == pytest.approx(blocking, abs=6e-7)


def test_ninety_erlangs_at_one_percent_need_107_channels():
    assert channels_for(90, 0.01) == 107
    assert erlang_b(90, 107) <= 0.01 < erlang_b(90, 106)
    assert channels_for(100, 0.01) == 117


@given(st.integers(1, 400), st.integers(0, 120))
def test_whole_channels_are_those_of_exact_fractions(tenths, channels):
    assert erlang_b(tenths / 10, channels) == pytest.approx(float(exact(Fraction(tenths, 10), channels)), rel=1e-9)


@pytest.mark.parametrize(("load", "channels"), [(0.3, 0.5), (2.0, 1.7), (10.0, 12.25), (50.0, 40.5)])
def test_fractional_channels_are_those_of_fortets_integral(load, channels):
    from scipy.integrate import quad

    inverse, _ = quad(
        lambda t: load * math.exp(-load * t + channels * math.log1p(t)), 0, math.inf, epsabs=0, epsrel=1e-11
    )
    assert erlang_b(load, channels) == pytest.approx(1 / inverse, rel=1e-8)


def test_a_hundred_thousand_channels_are_stable_and_quick():
    busy, idle = erlang_b(100_000.0, 100_000), erlang_b(50_000.0, 100_000)
    begins, _ = start(100_000.0, 100_000.0)
    assert 100_000 - begins < 10 * math.sqrt(100_000), "steps of the recursion"
    assert busy == pytest.approx(math.sqrt(2 / math.pi / 100_000), rel=0.01), "the heavy-traffic limit"
    assert 0 <= idle < 1e-300


def test_edges():
    assert erlang_b(0.0, 3) == 0
    assert erlang_b(0.0, 0) == erlang_b(7.0, 0) == 1
    for load, channels in ((-1.0, 2), (1.0, -2), (math.nan, 1)):
        with pytest.raises(ValueError, match=r"-1|-2|nan"):
            erlang_b(load, channels)


def test_arrays_broadcast():
    values = erlang_b(np.array([1.0, 2.0])[:, None], np.array([1, 2, 3]))
    assert values.shape == (2, 3)
    assert values[1, 1] == pytest.approx(0.4)


@given(st.floats(0.01, 500), st.floats(0, 300))
def test_more_load_blocks_more_and_more_channels_block_less(load, channels):
    blocking = erlang_b(load, channels)
    assert 0 <= blocking <= 1
    assert erlang_b(load * 1.1, channels) >= blocking * (1 - 1e-9)
    assert erlang_b(load, channels + 1) <= blocking * (1 + 1e-9)


@given(st.floats(0.05, 300), st.floats(1e-6, 0.5))
def test_the_inverses_lead_back(load, blocking):
    channels = channels_for(load, blocking)
    assert erlang_b(load, channels) <= blocking
    assert channels == 0 or erlang_b(load, channels - 1) > blocking
    if channels:
        assert erlang_b(load_for(channels, blocking), channels) == pytest.approx(blocking, rel=1e-6)
