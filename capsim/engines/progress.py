"""What one log leaves to the next."""

from __future__ import annotations

from capsim.kernels.progress import go_on
from capsim.records import CallLog, InProgress


def still_in_progress(log: CallLog, calls_before: int) -> InProgress:
    """Calls that go on when the log's table ends; ``calls_before`` it came so many calls of other tables."""
    calls, before = log.calls, log.before
    first, tier, end, channel, group, arrival, answer, call = go_on(
        calls.end, log.group, calls.first, calls.arrival, calls.ring, calls.answered, log.outcome, log.end,
        log.channel, calls_before, before.first, before.tier, before.end, before.channel, before.group,
        before.arrival, before.answer, before.call,
    )  # fmt: skip
    at_home = not len(before) or before.members is log.group
    members = log.group if at_home else None
    return InProgress(first, tier, end, channel, group, arrival, answer, call, members)
