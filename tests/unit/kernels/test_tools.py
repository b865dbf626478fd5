"""The kernels' tools by themselves: division by a product, sorting, the place of a moment among arrivals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import kernel
from capsim.kernels.order import deal, merge, rank, sort


@kernel
def divide(numbers, divisor, out):
    inverse_ = inverse(divisor)
    for i in range(numbers.size):
        out[i] = quotient(numbers[i], divisor, inverse_)


@kernel
def put_in_order(arrival, base, span, start, when, who, moments, ranks):
    slots = deal(arrival, base, span, start)
    merge(arrival, slots, when, who)
    for i in range(moments.size):
        ranks[i] = rank(moments[i], when, slots)
    return slots.number


@kernel
def sort_all(moments, names):
    sort(moments, names, 0, moments.size)


@given(st.integers(1, 2**49 - 1), st.lists(st.integers(0, 2**49 - 1), min_size=1), st.integers(0, 2**20))
def test_a_quotient_is_exact_at_and_beside_every_multiple(divisor, numbers, multiple):
    edge = min(multiple * divisor, 2**49 - 2)
    numbers = np.array([*numbers, 0, edge, max(edge - 1, 0), edge + 1, 2**49 - 1], np.int64)
    out = np.empty_like(numbers)
    divide(numbers, np.int64(divisor), out)
    assert (out == numbers // divisor).all()


@given(
    st.lists(st.lists(st.integers(-50, 400), max_size=30).map(sorted), min_size=1, max_size=5).filter(any),
    st.integers(1, 100_000),
    st.lists(st.integers(-50, 600), max_size=20),
)
def test_calls_that_stand_did_by_did_are_put_in_order_and_moments_find_their_place(dids, unit, moments):
    arrival = np.array([moment for did in dids for moment in did], np.int64) * unit
    moments = np.array(moments, np.int64) * unit
    base, span = -50 * unit, 451 * unit
    start = np.empty(2 * len(arrival) + 12, np.int64)
    when, who, ranks = np.empty_like(arrival), np.empty_like(arrival), np.empty_like(moments)
    assert put_in_order(arrival, base, span, start, when, who, moments, ranks) <= 2 * len(arrival) + 1
    assert (who == np.argsort(arrival, kind="stable")).all()
    assert (when == arrival[who]).all()
    assert (ranks == np.searchsorted(when, moments)).all()


@pytest.mark.parametrize("distinct", [1, 3, 1000])
def test_thousands_are_sorted_by_moment_and_then_by_name(distinct):
    rng = np.random.default_rng(distinct)
    moments, names = rng.integers(0, distinct, 5000), rng.permutation(5000)
    expected = sorted(zip(moments.tolist(), names.tolist(), strict=True))
    sort_all(moments, names)
    assert list(zip(moments.tolist(), names.tolist(), strict=True)) == expected
