"""Counting, against a few calls by hand and against brute force."""

from __future__ import annotations

import numpy as np

from capsim.engines import get_engine
from capsim.measures import Meter
from tests.agree.test_simpy_engine import PlainCall, PlainDid, PlainGroup, plan_of, random_case, table_of

SCALE = 1_000_000


def metered(dids, groups, calls, edges, horizon):
    plan = plan_of(dids, groups)
    tables = [
        table_of([call for call in calls if a <= call.arrival < b], a, b)
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    meter, logs = Meter(plan, horizon), []
    for log in get_engine("simpy")(tables, plan):
        meter.add(log)
        logs.append(log)
    return meter.result(), logs, plan


def test_calls_of_the_warm_up_hold_channels_and_are_not_counted():
    calls = [PlainCall(0, -5, 8), PlainCall(0, 1, 1), PlainCall(0, 4, 20)]
    tally, _, _ = metered([PlainDid(included=1)], [], calls, [-10, 10], 10)
    assert tally.outcomes[0].tolist() == [1, 0, 0, 0, 1, 0, 0, 0], "the second is blocked by the warm-up's"
    assert tally.busy[0, 0] == 3 + 6, "channel time is counted inside the horizon"
    assert tally.talk[0, 0] == 20, "a counted call is counted in full"
    assert tally.tier_peak.tolist() == [1, 0, 0, 0, 1]


def test_a_call_of_zero_length_counts_for_the_peak():
    tally, _, _ = metered([PlainDid(included=2)], [], [PlainCall(0, 3, 0), PlainCall(0, 3, 0)], [0, 10], 10)
    assert tally.tier_peak[4] == 1, "the first is over when the second arrives"
    assert tally.busy.sum() == 0


def test_tallies_equal_brute_force_however_the_log_is_cut():
    rng = np.random.default_rng(3)
    for _ in range(150):
        dids, groups, calls = random_case(rng)
        for call in calls:
            call.arrival -= 6
        whole, logs, plan = metered(dids, groups, calls, [-6, 16], 16)
        cut, _, _ = metered(dids, groups, calls, [-6, -2, 0, 3, 9, 16], 16)
        for name in ("outcomes", "busy", "talk", "group_peak", "tier_peak", "area", "bin_peak"):
            assert (getattr(whole, name) == getattr(cut, name)).all(), name
        log = logs[0]
        carried = np.flatnonzero(log.carried)
        busy = np.zeros_like(whole.busy)
        for row in carried:
            span = min(log.end[row], 16) - max(log.calls.arrival[row], 0)
            busy[log.calls.did[row], log.outcome[row]] += max(span, 0)
        assert (whole.busy == busy).all()
        assert whole.area.sum() == busy.sum(), "usage over time adds up to the channel time"
        assert whole.tier_peak[4] == _brute_peak(log, carried, 16)
        assert plan.did_names


def _brute_peak(log, carried, horizon) -> int:
    """Most calls in progress just after an arrival of the horizon, or at its start."""
    peak = sum(log.calls.arrival[row] < 0 < log.end[row] for row in carried)
    for position, row in enumerate(carried):
        now = log.calls.arrival[row]
        if 0 <= now < horizon:
            earlier = carried[:position]
            peak = max(peak, 1 + sum(log.end[one] > now for one in earlier))
    return peak


def test_busy_bins_are_followed_across_bins():
    from capsim.measures.tally import bin_width

    horizon = 3 * 3600 * SCALE
    width = bin_width(horizon, 8)
    tally, _, _ = metered([PlainDid(included=1)], [PlainGroup()], [PlainCall(0, 0, horizon * 2)], [0, horizon], horizon)
    assert (tally.area[1, 0] == width).all()
    assert (tally.bin_peak[1, 0] == 1).all()
