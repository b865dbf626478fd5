"""The traffic: every draw belongs to (seed, replication, DID, date, purpose), and has the right distribution."""

from __future__ import annotations

import numpy as np
import pytest

from capsim.kernels.chance import fill_functions, fill_uniform
from capsim.traffic import build_streams, draw
from tests.reference.scenarios import spring

HOLDING = {"distribution": "exponential", "mean": "3 min"}


def did(rate=30, **changes):
    return {"traffic": {"calls_per_hour": rate, "holding": HOLDING}} | changes


def calls(of, name="a", seed=1, replication=0, window=200_000):
    """Arrival and holding times of one DID."""
    names = [one.name for one in of.all_dids]
    tables = list(draw(build_streams(of), seed, replication, calls_per_window=window))
    rows = [table.did == names.index(name) for table in tables]
    return tuple(
        np.concatenate([getattr(table, column)[row] for table, row in zip(tables, rows, strict=True)])
        for column in ("arrival", "holding")
    )


def same(one, other):
    return all(len(x) == len(y) and (x == y).all() for x, y in zip(one, other, strict=True))


def test_another_did_moves_no_call():
    assert same(calls(spring({"a": did()})), calls(spring({"z": did(50), "a": did(), "b": did(2)})))


def test_one_more_of_a_count_moves_no_call_even_when_names_get_a_digit_more():
    assert same(
        calls(spring({"x": did(count=9)}), "x-3"),
        calls(spring({"x": did(count=10)}), "x-03"),
    )


def test_capacity_moves_no_call():
    pools = {"standard": {"flat_rate": {"monthly": 1}}}
    bigger = spring({"a": did(country="GB", dedicated={"pool": "standard", "channels": 3})}, pools=pools)
    assert same(calls(spring({"a": did()})), calls(bigger))


def test_seed_replication_and_name_each_give_other_calls():
    base = spring({"a": did(), "b": did()})
    first = calls(base)[0][:20]
    for other in (calls(base, seed=2), calls(base, replication=1), calls(base, "b")):
        assert not (first == other[0][:20]).any()


def test_a_day_that_is_not_simulated_moves_no_call_of_another():
    whole, later = (
        spring({"a": did()}),
        spring({"a": did()}, start="2026-03-29", duration="3 days"),
    )
    two_days = 2 * 24 * 3600 * 1_000_000
    arrival, holding = calls(whole)
    keep = arrival >= two_days
    assert same((arrival[keep] - two_days, holding[keep]), calls(later))


def test_a_warm_up_comes_before_and_changes_nothing_after():
    arrival, holding = calls(spring({"a": did()}, warm_up="5 h"))
    assert arrival[0] < 0
    assert same((arrival[arrival >= 0], holding[arrival >= 0]), calls(spring({"a": did()})))


def test_windows_do_not_matter():
    of = spring({"a": did(200), "b": did(5)}, warm_up="1 h")
    assert same(calls(of), calls(of, window=50))


def test_a_higher_rate_keeps_the_draws_and_their_order():
    slow, fast = (calls(spring({"a": did(rate)}, duration="1 days")) for rate in (20, 40))
    assert (slow[1] == fast[1][: len(slow[1])]).all(), "holding times by sequence"
    assert np.abs(slow[0] - 2 * fast[0][: len(slow[0])]).max() <= 2, "arrivals scaled, to the microsecond"


def test_calls_come_did_by_did_and_their_order_is_that_of_r13():
    for table in draw(build_streams(spring({"a": did(500), "b": did(500)})), 1, 0):
        for first, after in zip(table.first, table.first[1:], strict=False):
            assert (np.diff(table.arrival[first:after]) >= 0).all()
        assert table.first.tolist() == [0, (table.did == 0).sum(), len(table)]
        key = (table.arrival * 10 + table.did)[table.order]
        assert (np.diff(key) >= 0).all()
        assert table.begin <= table.arrival.min()
        assert table.arrival.max() < table.end


def test_the_day_of_the_change_of_clocks_has_23_hours_of_calls():
    arrival, _ = calls(spring({"a": did(4000)}, start="2026-03-29", duration="1 days"))
    assert len(arrival) == pytest.approx(23 * 4000, abs=5 * np.sqrt(23 * 4000))
    assert arrival.max() < 23 * 3600 * 1_000_000


def test_arrivals_are_poisson():
    arrival, _ = calls(spring({"a": did(3000)}, duration="30 days"))
    gaps = np.diff(arrival) / (3600e6 / 3000)
    assert gaps.mean() == pytest.approx(1, abs=0.005)
    assert gaps.std() == pytest.approx(1, abs=0.01)
    minutes = np.bincount(arrival // 60_000_000)
    assert minutes.var() / minutes.mean() == pytest.approx(1, abs=0.03)
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 0.005


@pytest.mark.slow
@pytest.mark.parametrize(
    ("holding", "cv"),
    [
        (HOLDING, 1.0),
        ({"distribution": "lognormal", "mean": "3 min", "cv": 1.2}, 1.2),
        ({"distribution": "gamma", "mean": "3 min", "cv": 0.5}, 0.5),
        ({"distribution": "gamma", "mean": "3 min", "cv": 2.0}, 2.0),
        ({"distribution": "deterministic", "mean": "3 min"}, 0.0),
        ({"distribution": "hyperexponential", "mean": "3 min", "cv": 2.0}, 2.0),
        ({"distribution": "empirical", "values": ["60 s", "120 s", "480 s"], "weights": [1, 1, 1]}, 0.8431),
    ],
)
def test_a_holding_distribution_has_its_mean_and_cv(holding, cv):
    mean = 220.0 if holding["distribution"] == "empirical" else 180.0
    of = spring({"a": {"traffic": {"calls_per_hour": 8000, "holding": holding}}}, duration="30 days")
    held = calls(of)[1] / 1e6
    assert len(held) > 5e6
    assert held.mean() == pytest.approx(mean, rel=0.004)
    assert held.std() / held.mean() == pytest.approx(cv, rel=0.02, abs=1e-9)
    assert of.dids["a"].traffic.holding.cv_value == pytest.approx(cv, rel=1e-3)


@pytest.mark.parametrize(
    ("holding", "law"),
    [
        (HOLDING, ("expon", {"scale": 180})),
        ({"distribution": "gamma", "mean": "3 min", "cv": 0.5}, ("gamma", {"a": 4, "scale": 45})),
        ({"distribution": "gamma", "mean": "3 min", "cv": 2.0}, ("gamma", {"a": 0.25, "scale": 720})),
        (
            {"distribution": "lognormal", "mean": "3 min", "cv": 1.0},
            ("lognorm", {"s": np.sqrt(np.log(2)), "scale": 180 / np.sqrt(2)}),
        ),
    ],
)
def test_a_holding_distribution_has_the_right_shape(holding, law):
    from scipy import stats

    held = calls(spring({"a": {"traffic": {"calls_per_hour": 500, "holding": holding}}}, duration="10 days"))[1] / 1e6
    name, parameters = law
    assert stats.kstest(held, getattr(stats, name)(**parameters).cdf).pvalue > 1e-4


def test_the_generator_is_uniform_and_its_streams_are_unrelated():
    one, other, next_key = (np.empty(1_000_000) for _ in range(3))
    fill_uniform(1, 2, 0, one)
    fill_uniform(2, 2, 0, other)
    fill_uniform(1, 3, 0, next_key)
    for u in (one, other, next_key):
        counts = np.bincount((u * 1000).astype(int), minlength=1000)
        chi = ((counts - 1000) ** 2 / 1000).sum()
        assert 850 < chi < 1150
        pairs = np.bincount((u[:-1] * 30).astype(int) * 30 + (u[1:] * 30).astype(int), minlength=900)
        assert abs(((pairs - pairs.mean()) ** 2 / pairs.mean()).sum() - 899) < 200
    for pair in ((one, other), (one, next_key), (other, next_key)):
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.005


def test_the_kernels_functions_are_those_of_a_library():
    from scipy.special import ndtri

    u = np.concatenate(
        [np.random.default_rng(1).random(100_000), 10.0 ** -np.arange(1, 16), 1 - 2.0 ** -np.arange(1, 50)]
    )
    out = np.empty((len(u), 3))
    fill_functions(u, out)
    np.testing.assert_allclose(out[:, 0], np.log(u), rtol=4e-16)
    np.testing.assert_allclose(out[:, 1], u, rtol=2e-14)
    np.testing.assert_allclose(out[:, 2], ndtri(u), rtol=2e-14, atol=1e-15)
