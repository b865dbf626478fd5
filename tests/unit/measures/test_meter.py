"""Counting, against a few calls by hand and against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from capsim.measures.tally import bin_width
from tests.reference.admission import Call, Did, Group
from tests.reference.small_systems import random_small_system
from tests.reference.tally import brute_force, metered

SCALE = 1_000_000


def test_calls_of_the_warm_up_hold_channels_and_are_not_counted():
    calls = [Call(0, -5, 8), Call(0, 1, 1), Call(0, 4, 20)]
    tally, _, _ = metered([Did(included=1)], [], calls, [-10, 10], 10)
    assert tally.outcomes[0].tolist() == [1, 0, 0, 0, 1, 0, 0, 0], "the second is blocked by the warm-up's"
    assert tally.busy[0, 0] == 3 + 6, "channel time is counted inside the horizon"
    assert tally.talk[0, 0] == 20, "a counted call is counted in full"
    assert tally.tier_peak.tolist() == [1, 0, 0, 0, 1]


def test_a_call_of_zero_length_counts_for_the_peak():
    tally, _, _ = metered([Did(included=2)], [], [Call(0, 3, 0), Call(0, 3, 0)], [0, 10], 10)
    assert tally.tier_peak[4] == 1, "the first is over when the second arrives"
    assert tally.busy.sum() == 0


@pytest.mark.no_cover
@pytest.mark.slow
def test_tallies_equal_brute_force_however_the_log_is_cut():
    rng = np.random.default_rng(3)
    bins_seen, ties_seen = 0, 0
    for case in range(300):
        dids, groups, calls = random_small_system(rng)
        if case % 3 == 0:
            calls += [Call(int(rng.integers(0, len(dids))), 7, int(rng.integers(0, 3))) for _ in range(90)]
        unit = int(rng.choice([1, SCALE // 2, 7 * SCALE]))
        for call in calls:
            call.arrival, call.length = (call.arrival - 6) * unit, call.length * unit
        edges = [unit * edge for edge in (-6, -2, 0, 3, 9, 20)]
        horizon = edges[-1]
        whole, logs, capacity = metered(dids, groups, calls, [edges[0], horizon], horizon)
        cut, _, _ = metered(dids, groups, calls, edges, horizon)
        expected = brute_force(logs[0], capacity, horizon, whole.area.shape[2])
        for name in ("outcomes", "busy", "talk", "group_peak", "tier_peak", "area", "bin_peak"):
            assert (getattr(whole, name) == getattr(cut, name)).all(), name
            if name in expected:
                assert (getattr(whole, name) == expected[name]).all(), (name, case)
        bins_seen = max(bins_seen, whole.area.shape[2])
        ties_seen += len(calls) - len({call.arrival for call in calls})
    assert bins_seen > 15
    assert ties_seen > 1000


def test_busy_bins_are_followed_across_bins():
    horizon = 3 * 3600 * SCALE
    width = bin_width(horizon, 8)
    tally, _, _ = metered([Did(included=1)], [Group()], [Call(0, 0, horizon * 2)], [0, horizon], horizon)
    assert (tally.area[1, 0] == width).all()
    assert (tally.bin_peak[1, 0] == 1).all()
