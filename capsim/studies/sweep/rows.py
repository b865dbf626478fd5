"""What the figures of a sweep are: shares, money, and values as a table has them."""

from __future__ import annotations

from typing import Any

SHARES = ("blocking", "loss", "utilization", "asr")


MONEY = (
    "setup",
    "flat_rate",
    "metered",
    "dids",
    "total",
    "monthly",
    "opening",
    "drawn",
    "top_ups",
    "closing",
    "lowest",
)


def plain(value: Any) -> Any:
    """A value as a table has it: a number or a text."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        by = getattr(value, "by", None)
        return float(by) if by is not None else str(value)
