"""What one log leaves to the next."""

from __future__ import annotations

from capsim.kernels.progress import go_on
from capsim.records import CallLog, InProgress


def still_in_progress(log: CallLog) -> InProgress:
    """Calls that go on when the log's table ends."""
    before = log.before
    return InProgress(
        *go_on(
            log.calls.end, log.calls.first, log.outcome, log.end, log.channel,
            before.first, before.tier, before.end, before.channel,
        )
    )  # fmt: skip
