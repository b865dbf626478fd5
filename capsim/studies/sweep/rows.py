"""Kinds of a sweep's figures, and values as a table has them."""

from __future__ import annotations

from typing import Any

from capsim.cost import cost_names

SHARES = ("blocking", "loss", "utilization", "asr")
"""Figures that are shares of a whole."""
OF_ACCOUNT = ("opening", "drawn", "top_ups", "closing", "lowest")
"""Figures of a prepaid account that are amounts of money."""


def is_money(figure: str) -> bool:
    """Tell whether a figure is an amount of money."""
    return figure in OF_ACCOUNT or figure in cost_names()


def plain(value: Any) -> Any:
    """Return a value as a table has it: a number or a text."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        by = getattr(value, "by", None)
        return float(by) if by is not None else str(value)
