"""Overflow, its clusters, and the exact ladder, against small chains solved by hand or by brute force."""

import numpy as np
import pytest

from capsim.analysis import (
    CAUSES,
    ChainDid,
    ChainGroup,
    equivalent_random,
    erlang_b,
    hayward_blocking,
    overflow_blocking,
    overflow_cluster_size,
    overflow_dispersion,
    overflow_moments,
    solve_ladder,
)


def overflow_by_brute_force(load: float, channels: int, beyond: int = 60) -> tuple[float, float]:
    """Mean and variance of calls on an unlimited group behind a full one, from the two-dimensional chain."""
    size = (channels + 1) * (beyond + 1)
    rates = np.zeros((size, size))

    def state(busy: int, over: int) -> int:
        return busy * (beyond + 1) + over

    for busy in range(channels + 1):
        for over in range(beyond + 1):
            here = state(busy, over)
            if busy < channels:
                rates[here, state(busy + 1, over)] += load
            elif over < beyond:
                rates[here, state(busy, over + 1)] += load
            if busy:
                rates[here, state(busy - 1, over)] += busy
            if over:
                rates[here, state(busy, over - 1)] += over
    np.fill_diagonal(rates, -rates.sum(axis=1))
    system = np.vstack([rates.T, np.ones(size)])
    share = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]
    calls = np.tile(np.arange(beyond + 1), channels + 1)
    mean = float(share @ calls)
    return mean, float(share @ calls**2 - mean**2)


@pytest.mark.parametrize(("load", "channels"), [(1.0, 1), (3.0, 4), (6.0, 5)])
def test_kostens_moments_are_those_of_the_chain(load, channels):
    mean, variance = overflow_by_brute_force(load, channels)
    assert overflow_moments(load, channels) == pytest.approx((mean, variance), rel=1e-6)


def test_an_equivalent_random_group_has_the_moments_it_was_made_from():
    for load, channels in ((5.0, 4), (20.0, 22), (90.0, 80)):
        group = equivalent_random(*overflow_moments(load, channels))
        assert group == pytest.approx((load, channels), rel=1e-5)


def test_equivalent_random_and_hayward_are_near_the_exact_chain():
    dids = [ChainDid(rate=2.0, mean_holding=1.0, included=2, group=0) for _ in range(2)]
    exact = solve_ladder(dids, [ChainGroup(shared=3)])
    mean, variance = overflow_moments(2.0, 2)
    lost = float(exact.blocking.mean() * 2.0)
    theory = overflow_blocking([mean] * 2, [variance] * 2, 3)
    assert 2 * mean * theory == pytest.approx(2 * lost, rel=0.15)
    assert hayward_blocking(2 * mean, variance / mean, 3) == pytest.approx(theory, rel=0.15)


def test_the_time_between_blocked_calls_has_the_dispersion_of_its_phases():
    for load, channels in ((1.0, 1), (1.0, 5), (4.0, 3)):
        rates = np.zeros((channels + 1, channels + 1))
        for busy in range(channels + 1):
            if busy < channels:
                rates[busy, busy + 1] = load
            if busy:
                rates[busy, busy - 1] = busy
            rates[busy, busy] = -(load + busy)
        inverse = np.linalg.inv(-rates)
        first, second = inverse.sum(axis=1)[-1], 2 * (inverse @ inverse).sum(axis=1)[-1]
        assert overflow_dispersion(load, channels) == pytest.approx(second / first**2 - 1, rel=1e-9)
        assert overflow_cluster_size(load, channels) == pytest.approx((overflow_dispersion(load, channels) + 1) / 2)


def test_clusters_are_sane_for_large_groups():
    assert 1 <= overflow_cluster_size(500.0, 1000) < 5
    assert 10 < overflow_dispersion(970.0, 1000) < 100


def test_one_channel_by_hand():
    solved = solve_ladder([ChainDid(rate=2.0, mean_holding=0.5, included=1)])
    assert solved.overall_blocking == pytest.approx(0.5)
    assert solved.erlangs[0].tolist() == pytest.approx([0.5, 0, 0, 0])


def test_one_dids_ladder_is_nested_erlang_b():
    solved = solve_ladder([ChainDid(1.5, 2.0, included=2, dedicated=1, group=0)], [ChainGroup(shared=2, metered=1)])
    steps = [1.0, *(float(erlang_b(3.0, n)) for n in (2, 3, 5, 6))]
    assert solved.erlangs[0] == pytest.approx([3 * (a - b) for a, b in zip(steps, steps[1:], strict=False)])
    assert solved.blocking[0] == pytest.approx(steps[-1])


def test_two_dids_on_one_shared_channel_by_hand():
    solved = solve_ladder([ChainDid(1.0, 1.0, group=0), ChainDid(3.0, 0.5, group=0)], [ChainGroup(shared=1)])
    idle = 1 / (1 + 1.0 + 1.5)
    assert solved.blocking == pytest.approx([1 - idle] * 2)
    assert solved.erlangs[:, 2] == pytest.approx([idle, 1.5 * idle])


def test_limits_have_their_causes_and_the_dids_comes_first():
    solved = solve_ladder([ChainDid(1.0, 1.0, included=3, limit=1, group=0)], [ChainGroup(shared=1, limit=1)])
    assert dict(zip(CAUSES, solved.blocked_by_cause[0], strict=True)) == pytest.approx(
        {"did_limit": 0.5, "group_limit": 0.0, "capacity_exceeded": 0.0}
    )


def test_calls_are_conserved_and_littles_law_holds():
    dids = [ChainDid(1.0, 1.5, 1, 1, None, 0), ChainDid(0.7, 3.0, 2, 0, 3, 0), ChainDid(0.4, 2.0, 1)]
    solved = solve_ladder(dids, [ChainGroup(shared=2, metered=1, limit=5)])
    rates = np.array([did.rate for did in dids])
    assert solved.carried.sum(axis=1) + solved.blocking * rates == pytest.approx(rates)
    assert solved.erlangs == pytest.approx(solved.carried * np.array([[1.5], [3.0], [2.0]]))


def test_groups_do_not_feel_each_other():
    one, other = ChainDid(2.0, 1.0, 1, group=0), ChainDid(5.0, 1.0, 2, group=1)
    both = solve_ladder([one, other], [ChainGroup(shared=2), ChainGroup(metered=3)])
    assert both.blocking[0] == pytest.approx(solve_ladder([one], [ChainGroup(shared=2)]).blocking[0])


@pytest.mark.slow
def test_a_chain_too_large_is_refused_with_its_size():
    dids = [ChainDid(1.0, 1.0, included=9, group=0) for _ in range(6)]
    with pytest.raises(ValueError, match="states"):
        solve_ladder(dids, [ChainGroup(shared=9)])
