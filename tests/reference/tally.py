"""Reference model of the tallies of a log: outcomes, busy channels, and peaks by bin."""

from __future__ import annotations

import numpy as np

from capsim.engines import get_engine
from capsim.measures import Meter
from capsim.measures.tally import bin_width
from tests.reference.small_systems import schedule_of, tables_of


def metered(dids, groups, calls, edges, horizon):
    """Tally of capsim, logs and capacity of a small system, in pieces between ``edges``."""
    schedule = schedule_of(dids, groups)
    capacity = schedule.first
    meter, logs = Meter(schedule, horizon), []
    for log in get_engine("simpy")(tables_of(calls, len(dids), edges), schedule):
        meter.add(log)
        logs.append(log)
    return meter.result(), logs, capacity


def brute_force(log, capacity, horizon: int, bins: int) -> dict:
    """Tally a log by searching all its calls at every arrival and at every edge of a bin."""
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
