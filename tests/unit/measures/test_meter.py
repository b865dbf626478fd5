"""Counting, against a few calls by hand and against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from capsim.engines import get_engine
from capsim.measures import Meter
from tests.cases import random_case, schedule_of, tables_of
from tests.plainly import PlainCall, PlainDid, PlainGroup

SCALE = 1_000_000


def metered(dids, groups, calls, edges, horizon):
    schedule = schedule_of(dids, groups)
    capacity = schedule.first
    meter, logs = Meter(schedule, horizon), []
    for log in get_engine("simpy")(tables_of(calls, len(dids), edges), schedule):
        meter.add(log)
        logs.append(log)
    return meter.result(), logs, capacity


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


@pytest.mark.slow
def test_tallies_equal_brute_force_however_the_log_is_cut():
    rng = np.random.default_rng(3)
    bins_seen, ties_seen = 0, 0
    for case in range(300):
        dids, groups, calls = random_case(rng)
        if case % 3 == 0:
            calls += [PlainCall(int(rng.integers(0, len(dids))), 7, int(rng.integers(0, 3))) for _ in range(90)]
        unit = int(rng.choice([1, SCALE // 2, 7 * SCALE]))
        for call in calls:
            call.arrival, call.length = (call.arrival - 6) * unit, call.length * unit
        edges = [unit * edge for edge in (-6, -2, 0, 3, 9, 20)]
        horizon = edges[-1]
        whole, logs, capacity = metered(dids, groups, calls, [edges[0], horizon], horizon)
        cut, _, _ = metered(dids, groups, calls, edges, horizon)
        plain = brute_force(logs[0], capacity, horizon, whole.area.shape[2])
        for name in ("outcomes", "busy", "talk", "group_peak", "tier_peak", "area", "bin_peak"):
            assert (getattr(whole, name) == getattr(cut, name)).all(), name
            if name in plain:
                assert (getattr(whole, name) == plain[name]).all(), (name, case)
        bins_seen = max(bins_seen, whole.area.shape[2])
        ties_seen += len(calls) - len({call.arrival for call in calls})
    assert bins_seen > 15
    assert ties_seen > 1000


def brute_force(log, capacity, horizon: int, bins: int) -> dict:
    """Every tally once more, by looking at all calls at every arrival and at every edge of a bin."""
    from capsim.measures.tally import bin_width

    groups = len(capacity.group_names) + 1
    width = bin_width(horizon, 4 * groups)
    shape = (groups, 4, bins)
    area, bin_peak, tier_peak = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(5, np.int64)
    busy = np.zeros((len(capacity.did_names), 4), np.int64)
    did = log.calls.did
    calls = [
        (
            int(log.calls.arrival[row]),
            int(log.end[row]),
            int(capacity.group[did[row]]),
            int(log.outcome[row]),
            int(did[row]),
        )
        for row in log.calls.order
        if log.outcome[row] < 4
    ]
    for position, (now, end, group, tier, who) in enumerate(calls):
        busy[who, tier] += max(0, min(end, horizon) - max(now, 0))
        for bin_ in range(bins):
            area[group, tier, bin_] += max(0, min(end, (bin_ + 1) * width, horizon) - max(now, bin_ * width))
        if now >= 0:
            others = [call for call in calls[:position] if call[1] > now]
            here = (group, tier, now // width)
            bin_peak[here] = max(bin_peak[here], 1 + sum(call[2:4] == (group, tier) for call in others))
            tier_peak[tier] = max(tier_peak[tier], 1 + sum(call[3] == tier for call in others))
            tier_peak[4] = max(tier_peak[4], 1 + len(others))
    for bin_ in range(bins):
        lasting = [call for call in calls if call[0] < bin_ * width < call[1]]
        for group in range(groups):
            for tier in range(4):
                count = sum(call[2:4] == (group, tier) for call in lasting)
                bin_peak[group, tier, bin_] = max(bin_peak[group, tier, bin_], count)
        if bin_ == 0:
            for tier in range(4):
                tier_peak[tier] = max(tier_peak[tier], sum(call[3] == tier for call in lasting))
            tier_peak[4] = max(tier_peak[4], len(lasting))
    return {
        "area": area,
        "bin_peak": bin_peak,
        "group_peak": bin_peak.max(axis=2),
        "tier_peak": tier_peak,
        "busy": busy,
    }


def test_busy_bins_are_followed_across_bins():
    from capsim.measures.tally import bin_width

    horizon = 3 * 3600 * SCALE
    width = bin_width(horizon, 8)
    tally, _, _ = metered([PlainDid(included=1)], [PlainGroup()], [PlainCall(0, 0, horizon * 2)], [0, horizon], horizon)
    assert (tally.area[1, 0] == width).all()
    assert (tally.bin_peak[1, 0] == 1).all()
